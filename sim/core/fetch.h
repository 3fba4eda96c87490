/*
 * The active adversary: memory that somebody else can write at any time, read twice by a driver. A
 * driver that decides by the first reading and acts by the second can be made to act on anything. So
 * where a fault is planned for it (user-memory, device-memory), the bytes change between the two
 * readings, that is said (DOUBLE_FETCH), and the run shows what follows.
 *
 * Two readings count when the same agent makes them at two places of its code, in one call of the
 * machine into the driver: waiting in a loop for a value is one place. Without a plan nothing is kept.
 */
#ifndef DMACHECK_SIM_CORE_FETCH_H
#define DMACHECK_SIM_CORE_FETCH_H

#include "sim/core/fault.h"
#include "sim/core/sim.h"

static inline bool fetch_planned(const struct sim *s, enum fault_point point)
{
    return s->fault.one_in || fault_named(&s->fault, point);
}

/* The CPU is about to load bytes that a user program (FAULT_USER_MEMORY; obj 0) or the device
 * (FAULT_DEVICE_MEMORY; obj: the common buffer) can change. */
void fetch_load(struct sim *s, enum fault_point point, uint32_t obj, uint64_t address,
                uint64_t bytes, void *pc);

#endif
