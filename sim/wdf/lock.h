/*
 * WDFSPINLOCK and WDFWAITLOCK: an interrupt object may be given one as its own.
 */
#ifndef DMACHECK_SIM_WDF_LOCK_H
#define DMACHECK_SIM_WDF_LOCK_H

#include "sim/wdf/wdf.h"

struct fx_spin_lock {
    struct fx_object object;
    PKSPIN_LOCK word; /* in the machine's pool */
    KIRQL irql;       /* before it was taken */
    bool interrupt;   /* an interrupt object's: WdfSpinLockAcquire is refused */
    const struct agent *owner;
};

struct fx_wait_lock {
    struct fx_object object;
    PRKEVENT event; /* in the machine's pool; signalled while it is free */
};

/* As WdfWaitLockAcquire and -Release, but for the checks. */
NTSTATUS fx_wait_lock_take(struct fx_wait_lock *l, PLONGLONG timeout);
void fx_wait_lock_give(struct fx_wait_lock *l);

#endif
