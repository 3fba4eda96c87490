/*
 * A plan's objects: one table that is as large as it can ever have to be.
 */
#include "machine/plan_things.h"

#include <stdlib.h>

#include "base/must.h"
#include "base/rng.h"
#include "sim/core/mem.h"

/* The last page below the end of a program's addresses: nothing is ever mapped there. */
#define NOWHERE 0x7ffffffff000u
#define NOWHERE_BYTES 0x1000u

void plan_things_begin(struct plan_things *t, size_t most)
{
    size_t size = 16;

    while (size < 2 * most)
        size *= 2;
    t->mask = size - 1;
    t->slots = calloc(size, sizeof(*t->slots));
    must(t->slots);
}

void plan_things_end(struct plan_things *t) { free(t->slots); }

static struct plan_slot *slot_of(const struct plan_things *t, enum plan_sort sort, uint32_t number)
{
    uint64_t key = (uint64_t)(sort + 1) << 32 | number;
    size_t at = (size_t)rng_mix(key) & t->mask;

    while (t->slots[at].key && t->slots[at].key != key)
        at = (at + 1) & t->mask;
    return &t->slots[at];
}

void *plan_thing(const struct plan_things *t, enum plan_sort sort, uint32_t number)
{
    return slot_of(t, sort, number)->p;
}

void plan_thing_put(struct plan_things *t, enum plan_sort sort, uint32_t number, void *p)
{
    struct plan_slot *s = slot_of(t, sort, number);

    s->key = (uint64_t)(sort + 1) << 32 | number;
    s->p = p;
}

void *plan_thing_take(struct plan_things *t, enum plan_sort sort, uint32_t number)
{
    struct plan_slot *s = slot_of(t, sort, number);
    void *p = s->uses ? NULL : s->p;

    if (p)
        s->p = NULL;
    return p;
}

void plan_thing_use(struct plan_things *t, enum plan_sort sort, uint32_t number, int more)
{
    slot_of(t, sort, number)->uses += (unsigned)more;
}

/* A stack's place is another one in each run, and the host's memory is not ours to hand out. */
void *plan_wild(uint64_t name)
{
    void *p = va_pointer((struct va) { name });

    return p || !name ? p : (void *)(uintptr_t)(NOWHERE + name % NOWHERE_BYTES);
}
