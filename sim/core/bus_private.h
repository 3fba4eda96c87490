/*
 * What bus.c (devices and registers) and bus_door.c (what a model calls) share.
 */
#ifndef DMACHECK_SIM_CORE_BUS_PRIVATE_H
#define DMACHECK_SIM_CORE_BUS_PRIVATE_H

#include "sim/core/bus.h"
#include "sim/core/range.h"

/* Takes all of the device's timed work out of the queue. */
void bus_works_cancel(struct dm_device *d);

/* Who acts, as events say it. */
uint64_t bus_engine_doorbell(const struct dm_device *d, unsigned engine);
/* Posted writes (bus_posted.c): all arrive now; are lost; an interrupt goes past them. */
void bus_posted_push(struct dm_device *d);
void bus_posted_drop(struct dm_device *d);
void bus_posted_told(struct dm_device *d);
/* One has come to memory. quietly: its story has been told, and is not this memory's present owner's. */
bool bus_write_arrived(struct dm_device *d, uint64_t who, uint64_t ba, const void *buf,
                       size_t bytes, bool quietly);
/* The device reads, for this engine and doorbell; all ones and false where it must not. */
bool bus_read_as(struct dm_device *d, uint64_t who, uint64_t ba, void *buf, size_t bytes);
/* An access that goes nowhere: said, and that is all. */
void bus_refuse(struct dm_device *d, uint64_t who, uint64_t ba, uint64_t bytes, bool to_device);

/* A bus address as events show it: what can only be a pointer becomes its region offset. */
uint64_t bus_shown(struct sim *s, uint64_t ba);
/* Says (DEV_STRAY) that [ba, +bytes) is not, or not wholly, mapped. r: what range_find knows of ba. */
void bus_say_stray(struct dm_device *d, const struct dma_range *r, uint64_t ba, uint64_t bytes,
                   uint64_t engine_doorbell, bool touch);

#endif
