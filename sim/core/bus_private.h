/*
 * What bus.c (devices and registers) and bus_door.c (what a model calls) share.
 */
#ifndef DMACHECK_SIM_CORE_BUS_PRIVATE_H
#define DMACHECK_SIM_CORE_BUS_PRIVATE_H

#include "sim/core/bus.h"

/* Takes all of the device's timed work out of the queue. */
void bus_works_cancel(struct dm_device *d);

#endif
