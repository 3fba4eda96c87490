/*
 * From pointers to object ids: open addressing with linear probing. Nothing is ever taken out, only
 * marked dead, so a search ends at the first empty entry and a dead pointer still has its name. A
 * reset raises the map's epoch, and entries of older epochs count as empty.
 */
#include "sim/core/objmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

/* The high bits of the product carry every bit of the pointer. */
static inline uint32_t slot_of(const struct objmap *m, const void *p)
{
    return (uint32_t)((uint64_t)(uintptr_t)p * 0x9e3779b97f4a7c15u >> 36) & m->mask;
}

int objmap_create(struct objmap *m, unsigned bits)
{
    must(bits >= 2 && bits <= 27);
    *m = (struct objmap) { .mask = (1u << bits) - 1, .epoch = 1 };
    m->entries = calloc(1ull << bits, sizeof *m->entries);
    return m->entries ? 0 : ERR_NOMEM;
}

void objmap_destroy(struct objmap *m)
{
    free(m->entries);
    *m = (struct objmap) { 0 };
}

void objmap_reset(struct objmap *m)
{
    m->used = 0;
    if (++m->epoch == 0) {
        memset(m->entries, 0, (m->mask + 1ull) * sizeof *m->entries);
        m->epoch = 1;
    }
}

/* The entry of p, or the empty one where it would go. */
static inline struct objmap_entry *probe(const struct objmap *m, const void *p)
{
    for (uint32_t i = slot_of(m, p);; i = (i + 1) & m->mask) {
        struct objmap_entry *e = &m->entries[i];

        if (e->epoch != m->epoch || e->p == p)
            return e;
    }
}

static void grow(struct objmap *m)
{
    struct objmap bigger = { .mask = m->mask * 2 + 1, .used = m->used, .epoch = m->epoch };

    bigger.entries = calloc(bigger.mask + 1ull, sizeof *bigger.entries);
    must(bigger.entries != NULL);
    for (uint32_t i = 0; i <= m->mask; i++)
        if (m->entries[i].epoch == m->epoch)
            *probe(&bigger, m->entries[i].p) = m->entries[i];
    free(m->entries);
    *m = bigger;
}

void objmap_put(struct objmap *m, const void *p, uint32_t obj, void *data)
{
    struct objmap_entry *e = probe(m, p);

    if (e->epoch != m->epoch && ++m->used > m->mask / 4 * 3) {
        grow(m);
        e = probe(m, p);
    }
    *e =
        (struct objmap_entry) { .p = p, .obj = obj, .live = true, .epoch = m->epoch, .data = data };
}

void objmap_drop(struct objmap *m, const void *p)
{
    struct objmap_entry *e = probe(m, p);

    if (e->epoch == m->epoch)
        e->live = false;
}

struct objmap_entry *objmap_find(const struct objmap *m, const void *p)
{
    struct objmap_entry *e = probe(m, p);

    return e->epoch == m->epoch && e->live ? e : NULL;
}

struct objmap_entry *objmap_last(const struct objmap *m, const void *p)
{
    struct objmap_entry *e = probe(m, p);

    return e->epoch == m->epoch ? e : NULL;
}
