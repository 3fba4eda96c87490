/*
 * What a runner asks of the framework: binding a driver's image to it.
 */
#ifndef DMACHECK_SIM_WDF_HOST_H
#define DMACHECK_SIM_WDF_HOST_H

#include "sim/nt/host.h"
#include "sim/wdf/wdf.h"

/* The stub for host_driver_load; binding must stay while it loads. */
void host_wdf_stub(struct host_stub *stub, struct fx_binding *binding);

#endif
