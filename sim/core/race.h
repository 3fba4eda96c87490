/*
 * Data races: two agents touch the same bytes of the driver's memory, one of them writes, and nothing
 * orders the two. Order is kept as vector clocks: each thread, and each processor's DPCs and ISRs, has a
 * clock; a lock, an event, a queue or a device carries what its giver knew to its taker. The access door
 * tells every access; a word remembers its last ones.
 *
 * Where Windows may give an order that is not followed step by step, more order is assumed than there
 * is: a race may be missed, and none is told that cannot be. Costs nothing until race_start.
 */
#ifndef DMACHECK_SIM_CORE_RACE_H
#define DMACHECK_SIM_CORE_RACE_H

#include "sim/core/sim.h"

struct agent;
struct cpu;
struct dmacheck_image;

/* This run is asked about races; ends with the run. image: its statics are the driver's; NULL: none. */
void race_start(struct sim *s, const struct dmacheck_image *image);

/* Bytes of the driver's that are ours by allocation: a device extension. */
void race_extension(struct sim *s, const void *p, uint64_t bytes);
void race_extension_end(struct sim *s, const void *p);
/* A block was given out: what was done to it before is another block's story. */
void race_fresh(struct sim *s, const void *p, uint64_t bytes);
/* The next access of this address is an interlocked operation. */
void race_interlocked(struct sim *s, const volatile void *p);

/* What the running context has done so far is known to whoever takes this key after it; and the
 * other way round. A key is any address, or an object's id. */
void race_give_slow(struct sim *s, const void *key);
void race_take_slow(struct sim *s, const void *key);
/* The same for a lock, which is held in between. */
void race_lock(struct sim *s, const void *lock);
void race_unlock(struct sim *s, const void *lock);
/* Takes what all DPCs have done: no DPC that was queued before is still under way. */
void race_take_dpcs(struct sim *s);
/* Of one processor: IRQL rises to or falls from DISPATCH_LEVEL, or a device's. */
void race_irql_slow(struct sim *s, uint8_t old, uint8_t irql);

static inline void race_give(struct sim *s, const void *key)
{
    if (__builtin_expect(s->race != NULL, 0))
        race_give_slow(s, key);
}
static inline void race_take(struct sim *s, const void *key)
{
    if (__builtin_expect(s->race != NULL, 0))
        race_take_slow(s, key);
}
static inline void race_irql(struct sim *s, uint8_t old, uint8_t irql)
{
    if (__builtin_expect(s->race != NULL, 0))
        race_irql_slow(s, old, irql);
}
/* Objects by id; 0 is nobody. */
static inline void race_give_obj(struct sim *s, uint32_t obj)
{
    if (__builtin_expect(s->race != NULL, 0) && obj)
        race_give_slow(s, (const void *)(uintptr_t)obj);
}
static inline void race_take_obj(struct sim *s, uint32_t obj)
{
    if (__builtin_expect(s->race != NULL, 0) && obj)
        race_take_slow(s, (const void *)(uintptr_t)obj);
}

int race_create(struct sim *s);
void race_reset(struct sim *s);
void race_destroy(struct sim *s);

#endif
