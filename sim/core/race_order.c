/*
 * Who knows what: vector clocks (race.h). A context's own count goes up whenever it gives something
 * away, so that what it does later is not taken for known.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/race_private.h"

unsigned race_context(const struct sim *s)
{
    const struct sched *sc = s->sched;
    const struct cpu *c = sc->cpu;

    if (!c || sc->in_event)
        return 0;
    if (c->top == &c->dpc_agent)
        return RACE_DPC + c->index;
    if (c->top == &c->isr_agent)
        return RACE_ISR + c->index;
    if (c->top == &c->idle)
        return RACE_IDLE + c->index;
    return 1 + (unsigned)min_u64((uint64_t)(c->top - sc->agents), RACE_THREADS - 1);
}

static void join(struct race_clock *to, const struct race_clock *from)
{
    for (unsigned i = 0; i < RACE_CONTEXTS; i++)
        to->at[i] = to->at[i] > from->at[i] ? to->at[i] : from->at[i];
}

static struct race_clock *clock_new(struct race *r)
{
    const unsigned per_block = sizeof(r->clocks->clocks) / sizeof(r->clocks->clocks[0]);
    struct race_clock_block *next;

    if (!r->clock_block || r->clock_used == per_block) {
        next = r->clock_block ? r->clock_block->next : r->clocks;
        if (!next) {
            next = malloc(sizeof(*next));
            must(next != NULL);
            next->next = NULL;
            *(r->clock_block ? &r->clock_block->next : &r->clocks) = next;
        }
        r->clock_block = next;
        r->clock_used = 0;
    }
    return memset(&r->clock_block->clocks[r->clock_used++], 0, sizeof(struct race_clock));
}

void race_give_slow(struct sim *s, const void *key)
{
    struct race *r = s->race;
    struct objmap_entry *e = objmap_find(&r->keys, key);
    unsigned me = race_context(s);
    struct race_clock *clock;

    if (e) {
        clock = e->data;
    } else if (r->key_count == RACE_KEYS_MAX) {
        s->race = NULL; /* an order would be lost from here on */
        return;
    } else {
        clock = clock_new(r);
        objmap_put(&r->keys, key, ++r->key_count, clock);
    }
    join(clock, &r->now[me]);
    r->now[me].at[me]++;
}

void race_take_slow(struct sim *s, const void *key)
{
    const struct objmap_entry *e = objmap_find(&s->race->keys, key);

    if (e)
        join(&s->race->now[race_context(s)], e->data);
}

void race_lock(struct sim *s, const void *lock)
{
    if (!s->race)
        return;
    race_take_slow(s, lock);
    s->race->locks[race_context(s)]++;
}

void race_unlock(struct sim *s, const void *lock)
{
    uint16_t *locks;

    if (!s->race)
        return;
    locks = &s->race->locks[race_context(s)];
    *locks = (uint16_t)(*locks - (*locks != 0)); /* a driver may give back what it never took */
    race_give_slow(s, lock);
}

void race_take_dpcs(struct sim *s)
{
    if (!s->race)
        return;
    for (unsigned i = 0; i < SCHED_CPUS_MAX; i++) {
        struct race_clock *dpc = &s->race->now[RACE_DPC + i];

        join(&s->race->now[race_context(s)], dpc);
        dpc->at[RACE_DPC + i]++;
    }
}

/* What runs at DISPATCH_LEVEL on one processor does not run over other such code there, and a device's
 * IRQL keeps its processor's ISRs out: one key for each. An ISR or DPC enters from below by `old`. */
void race_irql_slow(struct sim *s, uint8_t old, uint8_t irql)
{
    const struct cpu *c = s->sched->cpu;

    if (old < IRQL_DISPATCH && irql >= IRQL_DISPATCH)
        race_take_slow(s, &c->dpc_agent);
    if (old <= IRQL_DISPATCH && irql > IRQL_DISPATCH)
        race_take_slow(s, &c->isr_agent);
    if (old > IRQL_DISPATCH && irql <= IRQL_DISPATCH)
        race_give(s, &c->isr_agent);
    if (old >= IRQL_DISPATCH && irql < IRQL_DISPATCH)
        race_give(s, &c->dpc_agent);
}

int race_order_create(struct race *r) { return objmap_create(&r->keys, 10); }

void race_order_reset(struct race *r)
{
    objmap_reset(&r->keys);
    r->key_count = 0;
    r->clock_block = NULL;
    memset(r->now, 0, sizeof(r->now));
    memset(r->locks, 0, sizeof(r->locks));
    for (unsigned i = 0; i < RACE_CONTEXTS; i++)
        r->now[i].at[i] = 1;
}

void race_order_destroy(struct race *r)
{
    while (r->clocks) {
        struct race_clock_block *next = r->clocks->next;

        free(r->clocks);
        r->clocks = next;
    }
    objmap_destroy(&r->keys);
}
