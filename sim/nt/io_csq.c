/*
 * Cancel-safe queues: the driver brings the queue and the lock, these functions bring the order of
 * steps in which an IRP can be queued, taken out and cancelled with no race between the three.
 */
#include "sim/nt/io.h"

/* CsqCallback's a0: which routine of the queue. */
enum csq_routine { CSQ_INSERT, CSQ_REMOVE, CSQ_PEEK, CSQ_ACQUIRE, CSQ_RELEASE, CSQ_CANCELED };

static void csq_begin(struct sim *s, enum csq_routine which, PIRP irp)
{
    callback_begin(s, API_CsqCallback, s->trace.on && irp ? irp_obj(s, irp) : 0, which,
                   sched_irql(s), 0, 0);
}

static void csq_end(struct sim *s, uint64_t result) { callback_end(s, API_CsqCallback, 0, result); }

static KIRQL csq_lock(struct sim *s, PIO_CSQ csq)
{
    KIRQL irql = 0;

    csq_begin(s, CSQ_ACQUIRE, NULL);
    csq->CsqAcquireLock(csq, &irql);
    csq_end(s, irql);
    return irql;
}

static void csq_unlock(struct sim *s, PIO_CSQ csq, KIRQL irql)
{
    csq_begin(s, CSQ_RELEASE, NULL);
    csq->CsqReleaseLock(csq, irql);
    csq_end(s, 0);
}

static void csq_remove(struct sim *s, PIO_CSQ csq, PIRP irp)
{
    csq_begin(s, CSQ_REMOVE, irp);
    csq->CsqRemoveIrp(csq, irp);
    csq_end(s, 0);
}

static void csq_canceled(struct sim *s, PIO_CSQ csq, PIRP irp)
{
    csq_begin(s, CSQ_CANCELED, irp);
    csq->CsqCompleteCanceledIrp(csq, irp);
    csq_end(s, 0);
}

/* DriverContext[3] leads from the IRP to the queue, directly or over the caller's context. */
static PIO_CSQ irp_csq(PIRP irp, PIO_CSQ_IRP_CONTEXT *context)
{
    PULONG type = irp->Tail.Overlay.DriverContext[3];

    *context = NULL;
    if (*type != IO_TYPE_CSQ_IRP_CONTEXT)
        return (PIO_CSQ)type;
    *context = (PIO_CSQ_IRP_CONTEXT)type;
    return (*context)->Csq;
}

static void irp_leave(PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
    if (context)
        context->Irp = NULL;
    irp->Tail.Overlay.DriverContext[3] = NULL;
}

static VOID csq_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    struct sim *s = sim_now();
    PIO_CSQ_IRP_CONTEXT context;
    PIO_CSQ csq;
    KIRQL irql;

    (void)device;
    io_cancel_unlock(s, irp->CancelIrql);
    csq = irp_csq(irp, &context);
    irql = csq_lock(s, csq);
    csq_remove(s, csq, irp);
    irp_leave(irp, context);
    csq_unlock(s, csq, irql);
    csq_canceled(s, csq, irp);
}

static NTSTATUS csq_init(PIO_CSQ csq, ULONG type, PVOID insert, PIO_CSQ_REMOVE_IRP remove,
                         PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                         PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP canceled)
{
    *csq = (IO_CSQ) { .Type = type,
                      .CsqInsertIrp = (PIO_CSQ_INSERT_IRP)insert,
                      .CsqRemoveIrp = remove,
                      .CsqPeekNextIrp = peek,
                      .CsqAcquireLock = acquire,
                      .CsqReleaseLock = release,
                      .CsqCompleteCanceledIrp = canceled };
    return STATUS_SUCCESS;
}

/*
 * IoCsqInitialize: sets a cancel-safe queue up.
 *
 * Irql     any
 * Returns  STATUS_SUCCESS
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iocsqinitialize
 */
NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
                         PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                         PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                         PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCsqInitialize, 0, va_of(s, Csq).v, 0, 0, 0);
    NTSTATUS status = csq_init(Csq, IO_TYPE_CSQ, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp,
                               CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoCsqInitializeEx: as IoCsqInitialize; the insert routine may refuse.
 *
 * Irql     any
 * Returns  STATUS_SUCCESS
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iocsqinitializeex
 */
NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                           PIO_CSQ_REMOVE_IRP CsqRemoveIrp, PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                           PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock, PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                           PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCsqInitializeEx, 0, va_of(s, Csq).v, 0, 0, 0);
    NTSTATUS status = csq_init(Csq, IO_TYPE_CSQ_EX, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp,
                               CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS csq_insert_call(struct sim *s, PIO_CSQ csq, PIRP irp, PVOID insert_context)
{
    NTSTATUS status = STATUS_SUCCESS;

    csq_begin(s, CSQ_INSERT, irp);
    if (csq->Type == IO_TYPE_CSQ_EX)
        status = ((PIO_CSQ_INSERT_IRP_EX)(PVOID)csq->CsqInsertIrp)(csq, irp, insert_context);
    else
        csq->CsqInsertIrp(csq, irp);
    csq_end(s, (uint32_t)status);
    return status;
}

/*
 * The cancel routine is set after the IRP is in the queue, under the queue's lock; then Cancel is
 * looked at again, for an IoCancelIrp that came before and found no routine.
 */
static NTSTATUS csq_insert(struct sim *s, PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context,
                           PVOID insert_context)
{
    NTSTATUS status;
    KIRQL irql;

    irp->Tail.Overlay.DriverContext[3] = context ? (PVOID)context : (PVOID)csq;
    if (context)
        *context = (IO_CSQ_IRP_CONTEXT) { IO_TYPE_CSQ_IRP_CONTEXT, irp, csq };
    csq->ReservePointer = NULL;
    irql = csq_lock(s, csq);
    status = csq_insert_call(s, csq, irp, insert_context);
    if (!NT_SUCCESS(status)) {
        irp_leave(irp, context);
        csq_unlock(s, csq, irql);
        return status;
    }
    IoMarkIrpPending(irp);
    IoSetCancelRoutine(irp, csq_cancel);
    if (!irp->Cancel || !IoSetCancelRoutine(irp, NULL)) {
        csq_unlock(s, csq, irql);
        return status;
    }
    csq_remove(s, csq, irp);
    irp_leave(irp, context);
    csq_unlock(s, csq, irql);
    csq_canceled(s, csq, irp);
    return status;
}

/*
 * IoCsqInsertIrp: puts an IRP into the queue and marks it pending.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, CALLBACK for each routine of the queue, RETURN
 * Source   wdm/nf-wdm-iocsqinsertirp
 */
VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCsqInsertIrp, irp_obj(s, Irp), va_of(s, Csq).v, 0, 0, 0);

    csq_insert(s, Csq, Irp, Context, NULL);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoCsqInsertIrpEx: as IoCsqInsertIrp; gives the insert routine's answer.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  what the insert routine returned
 * Gap      none known
 * Says     CALL, CALLBACK for each routine of the queue, RETURN
 * Source   wdm/nf-wdm-iocsqinsertirpex
 */
NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCsqInsertIrpEx, irp_obj(s, Irp), va_of(s, Csq).v, 0, 0, 0);
    NTSTATUS status = csq_insert(s, Csq, Irp, Context, InsertContext);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* An IRP whose cancel routine is already gone belongs to that routine: it is passed over. */
static PIRP csq_next(struct sim *s, PIO_CSQ csq, PVOID peek_context)
{
    PIO_CSQ_IRP_CONTEXT context;
    KIRQL irql = csq_lock(s, csq);
    PIRP irp = NULL;

    for (;;) {
        csq_begin(s, CSQ_PEEK, irp);
        irp = csq->CsqPeekNextIrp(csq, irp, peek_context);
        csq_end(s, irp && s->trace.on ? irp_obj(s, irp) : 0);
        if (!irp || IoSetCancelRoutine(irp, NULL))
            break;
    }
    if (irp) {
        csq_remove(s, csq, irp);
        irp_csq(irp, &context);
        irp_leave(irp, context);
    }
    csq_unlock(s, csq, irql);
    return irp;
}

/*
 * IoCsqRemoveNextIrp: the next IRP that matches, out of the queue and no longer cancelable.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the IRP, or NULL
 * Gap      none known
 * Says     CALL, CALLBACK for each routine of the queue, RETURN
 * Source   wdm/nf-wdm-iocsqremovenextirp
 */
PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCsqRemoveNextIrp, 0, va_of(s, Csq).v, 0, 0, 0);
    PIRP irp = csq_next(s, Csq, PeekContext);

    call_end(&c, irp ? irp_obj(s, irp) : 0, 0, 0, 0);
    return irp;
}

/*
 * IoCsqRemoveIrp: this IRP, if it is still in the queue.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the IRP, or NULL when it has been cancelled or taken out
 * Gap      none known
 * Says     CALL, CALLBACK for each routine of the queue, RETURN
 * Source   wdm/nf-wdm-iocsqremoveirp
 */
PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCsqRemoveIrp, 0, va_of(s, Csq).v, 0, 0, 0);
    KIRQL irql = csq_lock(s, Csq);
    PIRP irp = Context->Irp;

    if (irp && !IoSetCancelRoutine(irp, NULL))
        irp = NULL;
    if (irp) {
        csq_remove(s, Csq, irp);
        irp_leave(irp, Context);
    }
    csq_unlock(s, Csq, irql);
    call_end(&c, irp ? irp_obj(s, irp) : 0, 0, 0, 0);
    return irp;
}
