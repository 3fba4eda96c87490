/*
 * Weakly ordered processors (profile key weak_order): a store to ordinary memory may become visible to a
 * device after a later store to one of its registers. What stands between the two is a memory barrier, an
 * interlocked operation, a WRITE_REGISTER function or any other call of Windows; between two plain stores
 * stands nothing. So a descriptor in a common buffer may still be on its way when the device, told of it by a
 * plain pointer, reads it.
 */
#ifndef DMACHECK_SIM_CORE_WEAKORDER_H
#define DMACHECK_SIM_CORE_WEAKORDER_H

#include "sim/core/sim.h"

/* The CPU is about to store into a live common buffer, within one page. */
void weakorder_store(struct sim *s, uint32_t obj, uint64_t address, uint64_t bytes, void *pc);
/* All stores so far are visible before any later one. */
void weakorder_fence(struct sim *s);
/* A register is stored to by plain pointer, at the running site. */
void weakorder_doorbell(struct sim *s);
/*
 * A device reads memory that lies at `memory` and has got `buf`: by choice it gets the bytes that were there
 * before a store that is still on its way; UNORDERED says so in any case. who: as events name the engine.
 */
void weakorder_read(struct sim *s, uint32_t device, const char *memory, char *buf, uint64_t bytes,
                    uint64_t who);
void weakorder_reset(struct sim *s);

#endif
