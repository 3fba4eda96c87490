/*
 * A driver's touch of memory that it may not touch, as an event: what lies there, and how far from it.
 * With ASan its report says when; without it, whoever hears every access asks here.
 */
#ifndef DMACHECK_SIM_CORE_BAD_TOUCH_H
#define DMACHECK_SIM_CORE_BAD_TOUCH_H

#include "sim/core/sim.h"

struct touch_of_cpu {
    const void *at;
    uint64_t bytes;
    bool store;
};

/* Says it. site: the driver's line; otherwise: what it is where no pool block explains it. */
void bad_touch_say(struct sim *s, uint32_t site, const struct touch_of_cpu *t,
                   enum bad_access otherwise);
/* Says it if it touches pool memory that is not part of a live block. pc: of the access. Nothing where
 * ASan is there to see it. */
void bad_touch_look(struct sim *s, const struct touch_of_cpu *t, const void *pc);

#endif
