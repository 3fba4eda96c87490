/*
 * Cancelling IRPs: the system-wide cancel spin lock, and the call of a cancel routine with it held.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"

#define BUGCHECK_CANCEL_STATE_IN_COMPLETED_IRP 0x48

/* Acquires the cancel spin lock; returns the IRQL before. */
KIRQL io_cancel_lock(struct sim *s)
{
    KIRQL old = sched_irql(s);

    if (old < IRQL_DISPATCH)
        sched_irql_set(s, IRQL_DISPATCH);
    ke_spin_acquire(s, &s->nt->io->cancel_lock);
    return old;
}

void io_cancel_unlock(struct sim *s, KIRQL irql)
{
    ke_spin_release(s, &s->nt->io->cancel_lock);
    if (sched_irql(s) != irql)
        sched_irql_set(s, irql);
}

/*
 * The cancel routine gets the lock and must release it to Irp->CancelIrql. One that forgets leaves
 * the lock held: the next acquisition says so (io_spin.c).
 */
BOOLEAN io_cancel(struct sim *s, PIRP irp)
{
    struct io_irp *r = io_irp_of(s, irp);
    PDRIVER_CANCEL routine;
    PDEVICE_OBJECT device;
    uint32_t obj;
    KIRQL irql;

    if (!r || irp->Type != IO_TYPE_IRP)
        return FALSE;
    obj = r->obj;
    irql = io_cancel_lock(s);
    trace_emit(&s->trace, EV_IRP_CANCEL, API_NONE, obj, 0, 0, 0, 0);
    irp->Cancel = TRUE;
    routine = IoSetCancelRoutine(irp, NULL);
    if (!routine) {
        io_cancel_unlock(s, irql);
        return FALSE;
    }
    if (irp->CurrentLocation > irp->StackCount + 1) {
        sim_bugcheck(s, BUGCHECK_CANCEL_STATE_IN_COMPLETED_IRP, va_of(s, irp).v, 0, 0, 0);
        io_cancel_unlock(s, irql);
        return FALSE;
    }
    irp->CancelIrql = irql;
    device = irp->CurrentLocation <= irp->StackCount
                 ? IoGetCurrentIrpStackLocation(irp)->DeviceObject
                 : NULL;
    callback_begin(s, API_DriverCancel, obj, device_obj(s, device), irql, 0, 0);
    routine(device, irp);
    callback_end(s, API_DriverCancel, obj, sched_irql(s));
    io_irql_restore(s, API_DriverCancel, obj, irql, (const void *)routine);
    return TRUE;
}

/*
 * IoCancelIrp: asks whoever has the IRP to end it soon.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE when a cancel routine was set and has been called
 * Gap      none known
 * Says     CALL, IRP_CANCEL, CALLBACK, CALLBACK_END, RETURN; BUGCHECK 0x48 when the IRP is completed
 * Source   wdm/nf-wdm-iocancelirp
 */
BOOLEAN IoCancelIrp(PIRP Irp)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCancelIrp, irp_obj(s, Irp), 0, 0, 0, 0);
    BOOLEAN called = io_cancel(s, Irp);

    call_end(&c, called, 0, 0, 0);
    return called;
}

/*
 * IoAcquireCancelSpinLock: takes the cancel spin lock and raises to DISPATCH_LEVEL.
 *
 * Irql     <= DISPATCH_LEVEL; DISPATCH_LEVEL on return
 * Returns  nothing; *Irql: the IRQL before
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioacquirecancelspinlock
 */
VOID IoAcquireCancelSpinLock(PKIRQL Irql)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAcquireCancelSpinLock, 0, 0, 0, 0, 0);

    *Irql = io_cancel_lock(s);
    call_end(&c, *Irql, 0, 0, 0);
}

/*
 * IoReleaseCancelSpinLock: gives the cancel spin lock back.
 *
 * Irql     DISPATCH_LEVEL; Irql on return
 * Returns  nothing
 * Gap      releasing a lock that is not held changes nothing but the IRQL
 * Says     CALL (a1 = 1: it was held), RETURN
 * Source   wdm/nf-wdm-ioreleasecancelspinlock
 */
VOID IoReleaseCancelSpinLock(KIRQL Irql)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoReleaseCancelSpinLock, 0, Irql, s->nt->io->cancel_lock != 0, 0, 0);

    io_cancel_unlock(s, Irql);
    call_end(&c, 0, 0, 0, 0);
}
