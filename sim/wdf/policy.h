/*
 * A device's power policy: its idle settings and what keeps it from idling.
 */
#ifndef DMACHECK_SIM_WDF_POLICY_H
#define DMACHECK_SIM_WDF_POLICY_H

#include "sim/wdf/pnp.h"
#include "sim/wdf/work.h"

struct fx_idle {
    bool set, enabled;      /* WdfDeviceAssignS0IdleSettings */
    bool overridable;       /* the user may say otherwise */
    bool wakes_with_system; /* PowerUpIdleDeviceOnSystemWake */
    DEVICE_POWER_STATE dx;
    uint64_t timeout_ns;
    LONG references;
    bool started;   /* between start and stop */
    bool asleep;    /* the system is */
    bool lost;      /* a way into D0 has failed */
    bool requested; /* a device power IRP is ours */
    bool expired;   /* the timer has, and nothing has come since */
    bool timer_made;
    NTSTATUS answer;
    KEVENT turn, done, in_d0;
    KTIMER timer;
    KDPC dpc;
    struct fx_work work;
    struct fx_tag *tags; /* of WdfDeviceStopIdle */
};

#endif
