/*
 * A device that does what it should not: a layer between the bus and any model. What it does, and when, are
 * faults of trace/faults.def (those of FAULT_DEVICE) that a plan names, each with a value, so that a run
 * is recorded, replayed, shrunk and printed as any run with faults is. Without such a plan dma->hostile is
 * NULL and costs a test of it.
 *
 *   point                      value (low 32 bits), where (high 32 bits)
 *   device-register            both: what the register reads as
 *   device-interrupt-lost      -
 *   device-interrupt-twice     ns until the second one, below a millisecond
 *   device-interrupt-early     message
 *   device-interrupt-late      ns, below 100 milliseconds
 *   device-address-within      where in the range that the access was to go to
 *   device-address-beyond      how far behind it
 *   device-payload             value: a word; where: which word of what is written
 *   device-write-again         ns until then, below a millisecond
 *
 * Gap: what goes beyond the memory that was given is refused on every machine. Without an IOMMU it would be
 * written, and no driver could live with that.
 */
#ifndef DMACHECK_SIM_CORE_HOSTILE_H
#define DMACHECK_SIM_CORE_HOSTILE_H

#include "sim/core/bus.h"

struct hostile;

/* At the beginning of a run, when its faults are planned. */
void hostile_begin(struct sim *s);

/* --- what the bus asks while dma->hostile is there --- */
uint64_t hostile_register(struct dm_device *d, uint64_t value, unsigned size_bytes);
void hostile_stored(struct dm_device *d); /* the driver has written a register */
/* false: the message has been taken care of. */
bool hostile_interrupt(struct dm_device *d, uint32_t message, uint64_t *delay_ns);
bool hostile_read(struct dm_device *d, uint64_t who, uint64_t ba, void *buf, size_t bytes);
bool hostile_write(struct dm_device *d, uint64_t who, uint64_t ba, const void *buf, size_t bytes);

#endif
