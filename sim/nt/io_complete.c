/*
 * An IRP on its way up: the completion routines, and at the top the requester's share: bytes copied
 * back, pages unlocked, status told, the IRP freed.
 */
#include "sim/core/userptr.h"
#include "sim/nt/io.h"
#include "sim/nt/io_request.h"
#include "sim/nt/zw.h"

#define BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS 0x44
#define APC_NS 400 /* from completion to the requester's thread taking note, virtual */

static void location_clear(PIO_STACK_LOCATION at)
{
    at->MinorFunction = 0;
    at->Flags = 0;
    at->Control = 0;
    memset(&at->Parameters, 0, sizeof(at->Parameters));
    at->FileObject = NULL;
}

/* The four masters of SL_INVOKE_ON_*: success, error, and cancelled beside either. */
static bool wants(const IO_STACK_LOCATION *at, const IRP *irp)
{
    UCHAR asked = at->Control;

    if (NT_SUCCESS(irp->IoStatus.Status) ? (asked & SL_INVOKE_ON_SUCCESS)
                                         : (asked & SL_INVOKE_ON_ERROR))
        return true;
    return irp->Cancel && (asked & SL_INVOKE_ON_CANCEL);
}

/* The chain of MDLs that describes the requester's buffer: unlocked and freed with the IRP. */
static void release_mdls(struct sim *s, PIRP irp)
{
    PMDL next;

    for (PMDL mdl = irp->MdlAddress; mdl; mdl = mdl->Next)
        if (mdl->MdlFlags & MDL_PAGES_LOCKED)
            mdl_unlock(s, mdl);
    for (PMDL mdl = irp->MdlAddress; mdl; mdl = next) {
        next = mdl->Next;
        mdl_destroy(s, mdl);
    }
    irp->MdlAddress = NULL;
}

static void end_say(struct sim *s, struct io_irp *r)
{
    PIRP irp = r->irp;
    uint64_t information = irp->IoStatus.Information;

    if (!s->trace.on)
        return;
    /* A count of bytes fits 32 bits; what does not is a pointer, with which PnP requests are answered. */
    if (information > UINT32_MAX)
        information = va_of(s, (void *)information).v;
    trace_emit(&s->trace, EV_IRP_END, API_NONE, r->obj, (uint32_t)irp->IoStatus.Status, information,
               mdl_obj(s, irp->MdlAddress), 0);
}

static void associated_end(struct sim *s, PIRP irp)
{
    PIRP master = irp->AssociatedIrp.MasterIrp;

    release_mdls(s, irp);
    io_irp_free(s, irp);
    if (--master->AssociatedIrp.IrpCount == 0)
        io_complete(s, master);
}

static void apc_run(struct sim *s, void *ctx) { io_finish(s, ctx); }

/* In the requester's thread if it is the one that runs now, else when that thread takes note. */
static void apc_queue(struct sim *s, struct io_irp *r)
{
    if (r->thread == sched_current(s) && sched_irql(s) <= IRQL_APC) {
        io_finish(s, r);
        return;
    }
    r->apc.fn = apc_run;
    r->apc.ctx = r;
    r->apc.agent = agent_id(r->thread);
    sched_event_at(s, &r->apc, sched_now_ns(s) + APC_NS);
}

/* Completion has reached the top. What Windows does next depends on whose IRP it is. */
static void top_reached(struct sim *s, struct io_irp *r)
{
    PIRP irp = r->irp;

    if (r->threaded || r->state != IO_IRP_IDLE)
        end_say(s, r);
    userptr_completed(s, r->obj);
    r->state = IO_IRP_ENDED;
    if (r->done) {
        void (*done)(struct sim *, PIRP, void *) = r->done;

        r->done = NULL;
        done(s, irp, r->done_ctx);
        return;
    }
    if (irp->Flags & IRP_ASSOCIATED_IRP) {
        associated_end(s, irp);
        return;
    }
    if (!r->threaded)
        return; /* Gap of IofCompleteRequest: nobody's IRP stays where it is */
    release_mdls(s, irp);
    if ((irp->Flags & IRP_DEFER_IO_COMPLETION) && !irp->PendingReturned)
        return; /* the sender finishes it when the dispatch routine has returned */
    apc_queue(s, r);
}

/* One completion routine. false: it keeps the IRP. */
static bool routine_call(struct sim *s, struct io_irp *r, PIO_STACK_LOCATION at)
{
    PIRP irp = r->irp;
    PDEVICE_OBJECT device = NULL;
    PIO_COMPLETION_ROUTINE routine = at->CompletionRoutine;
    PVOID context = at->Context;
    uint32_t obj = r->obj;
    bool top = irp->CurrentLocation == irp->StackCount + 1;
    uint64_t pending = irp->PendingReturned;
    NTSTATUS status;

    if (!top)
        device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
    location_clear(at);
    if (top)
        r->state = IO_IRP_IDLE; /* whoever made it has it back, unless the routine lets it go on */
    callback_begin(s, API_CompletionRoutine, obj, device_obj(s, device),
                   (uint32_t)irp->IoStatus.Status, irp->IoStatus.Information, pending);
    if (top && !r->threaded)
        end_say(s, r);
    status = routine(device, irp, context);
    callback_end(s, API_CompletionRoutine, obj, (uint32_t)status);
    return status != STATUS_MORE_PROCESSING_REQUIRED;
}

/*
 * Walks up. The location that is left says whether it returned pending and who wants to hear; the
 * one that is entered is the current one while its owner's routine runs.
 */
void io_complete(struct sim *s, PIRP irp)
{
    struct io_irp *r = io_irp_of(s, irp);
    PIO_STACK_LOCATION at;

    if (!r || irp->Type != IO_TYPE_IRP || irp->CurrentLocation > irp->StackCount + 1 ||
        r->state == IO_IRP_ENDED) {
        sim_bugcheck(s, BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS, va_of(s, irp).v, 0, 0, 0);
        return;
    }
    while (irp->CurrentLocation <= irp->StackCount) {
        at = IoGetCurrentIrpStackLocation(irp);
        irp->CurrentLocation++;
        irp->Tail.Overlay.CurrentStackLocation++;
        irp->PendingReturned = (at->Control & SL_PENDING_RETURNED) != 0;
        io_location_left(s, r, at, (CCHAR)(irp->CurrentLocation - 1));
        if (wants(at, irp) && at->CompletionRoutine) {
            if (!routine_call(s, r, at))
                return;
        } else {
            if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount)
                IoMarkIrpPending(irp);
            location_clear(at);
        }
    }
    irp->CurrentLocation++; /* so that a second completion is seen for what it is */
    top_reached(s, r);
}

/* Only the bytes that the driver says it made go back, and only when it did not fail. */
static void copy_back(struct sim *s, struct io_irp *r)
{
    PIRP irp = r->irp;
    uint64_t bytes = min_u64(irp->IoStatus.Information, r->buffer_bytes);

    if (!(irp->Flags & IRP_BUFFERED_IO))
        return;
    if ((irp->Flags & IRP_INPUT_OPERATION) && !NT_ERROR(irp->IoStatus.Status) && bytes) {
        bool user = mem_is_user(irp->UserBuffer);

        if (!user || mem_user_valid(s, agent_process(r->thread), irp->UserBuffer, bytes))
            memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, bytes);
        else
            irp->IoStatus.Status = STATUS_ACCESS_VIOLATION;
    }
    if (irp->Flags & IRP_DEALLOCATE_BUFFER)
        pool_free_internal(s, irp->AssociatedIrp.SystemBuffer);
    irp->Flags &= ~(ULONG)(IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER);
    irp->AssociatedIrp.SystemBuffer = NULL;
}

/*
 * A request that failed at once, without having been pending, leaves the status block and the event
 * alone: its sender has the status as the return value.
 */
void io_finish(struct sim *s, struct io_irp *r)
{
    PIRP irp = r->irp;
    bool tell;

    if (r->state == IO_IRP_FREED)
        return;
    race_give(s, r->thread);
    race_give(s, IO_ORDER_ANY(s));
    tell = !NT_ERROR(irp->IoStatus.Status) || irp->PendingReturned;
    copy_back(s, r);
    if (r->request)
        io_request_end(s, r->request, irp, tell);
    if (tell && irp->UserIosb)
        *irp->UserIosb = irp->IoStatus;
    if (tell && irp->UserEvent)
        ke_event_set(s, irp->UserEvent);
    io_irp_free(s, irp);
}

/*
 * IofCompleteRequest: the driver is done with an IRP.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      the priority boost is not given. An IRP of IoAllocateIrp whose completion nobody stopped
 *          stays where it is; Windows would queue an APC to no thread. Information beyond the
 *          system buffer copies that buffer only; Windows copies what lies behind it
 * Says     CALL (a0 = status, a1 = Information, a2 = Control of the location, a3 = 1: freed or
 *          completed already, 2: a cancel routine is still set), CALLBACK for each completion
 *          routine, IRP_END at the top, RETURN; BUGCHECK 0x44 for a second completion
 * Source   wdm/nf-wdm-iofcompleterequest, debugger/bug-check-0x44
 */
VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    struct sim *s = sim_now();
    struct io_irp *r = io_irp_of(s, Irp);
    bool gone = !r || r->state == IO_IRP_ENDED || Irp->Type != IO_TYPE_IRP;
    bool held = !gone && Irp->CurrentLocation <= Irp->StackCount;
    struct call c =
        call_begin(s, API_IofCompleteRequest, r ? r->obj : irp_obj(s, Irp),
                   r ? (uint32_t)Irp->IoStatus.Status : 0, r ? Irp->IoStatus.Information : 0,
                   held ? IoGetCurrentIrpStackLocation(Irp)->Control : 0,
                   gone                 ? 1
                   : Irp->CancelRoutine ? 2
                                        : 0);

    (void)PriorityBoost;
    io_complete(s, Irp);
    call_end(&c, 0, 0, 0, 0);
}

/* IoSetCompletionRoutineEx keeps the caller's routine here, and a reference on the device. */
struct unload_safe {
    PDEVICE_OBJECT device;
    PIO_COMPLETION_ROUTINE routine;
    PVOID context;
};

static NTSTATUS unload_safe_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct sim *s = sim_now();
    struct unload_safe u = *(struct unload_safe *)context;
    NTSTATUS status;

    io_host_free(s, context, sizeof(u));
    status = u.routine(device, irp, u.context);
    ob_dereference(s, u.device);
    return status;
}

/*
 * IoSetCompletionRoutineEx: a completion routine that keeps the driver from being unloaded.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iosetcompletionroutineex
 */
NTSTATUS IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                  PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
                                  BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
                                  BOOLEAN InvokeOnCancel)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoSetCompletionRoutineEx, irp_obj(s, Irp),
                               device_obj(s, DeviceObject), 0, 0, 0);
    struct unload_safe *u = io_host_alloc(s, sizeof(*u));

    *u = (struct unload_safe) { DeviceObject, CompletionRoutine, Context };
    ob_reference(s, DeviceObject);
    IoSetCompletionRoutine(Irp, unload_safe_done, u, InvokeOnSuccess, InvokeOnError,
                           InvokeOnCancel);
    call_end(&c, 0, 0, 0, 0);
    return STATUS_SUCCESS;
}
