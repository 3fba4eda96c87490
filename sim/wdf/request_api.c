/*
 * Requests as drivers call them: completion, what they ask, where they came from.
 *
 * Source: wdfrequest/, microsoft/Windows-Driver-Frameworks (fxrequestapi.cpp)
 */
#include "sim/wdf/io.h"

static bool completable(struct fx *f, struct fx_request *r, enum api api)
{
    if (!fx_request_is_owned(f, r, api))
        return false;
    if (r->origin == FX_FROM_IO || r->can_complete)
        return fx_request_at_valid(f, r, api);
    fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NOT_OWNED, 0, 0);
    return false;
}

/* information: NULL, what the IRP has stays. */
static void complete(struct fx *f, WDFREQUEST request, NTSTATUS status,
                     const ULONG_PTR *information, CCHAR boost, enum api api)
{
    struct fx_request *r = fx_request_of(f, request);

    if (!r || !completable(f, r, api))
        return;
    r->boost = boost;
    if (information)
        r->irp->IoStatus.Information = *information;
    fx_request_complete(f, r, status);
}

/*
 * WdfRequestComplete: the driver is done with a request.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      completed at once though the driver keeps references on a request that it has made itself
 * Says     CALL (a0 = status), what IofCompleteRequest says, callbacks of what the queue presents next,
 *          RETURN; BUGCHECK 0x10D/5 for a request that is gone, 0x10D/6 (4) when Information is larger
 *          than its buffer (parameters 3 and 4: request, Information; Windows: data that has both),
 *          MISUSE for one that is marked cancelable or not the driver's
 * Source   wdfrequest/nf-wdfrequest-wdfrequestcomplete, debugger/bug-check-0x10d---wdf-violation
 */
VOID imp_WdfRequestComplete(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request, NTSTATUS Status)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestComplete, fx_handle_obj(f, Request),
                               (uint32_t)Status, 0, 0, 0);

    (void)DriverGlobals;
    complete(f, Request, Status, NULL, IO_NO_INCREMENT, API_WdfRequestComplete);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestCompleteWithInformation: the same, with IoStatus.Information.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      as WdfRequestComplete
 * Says     CALL (a0 = status, a1 = information), as WdfRequestComplete
 * Source   wdfrequest/nf-wdfrequest-wdfrequestcompletewithinformation
 */
VOID imp_WdfRequestCompleteWithInformation(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                           NTSTATUS Status, ULONG_PTR Information)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestCompleteWithInformation,
                               fx_handle_obj(f, Request), (uint32_t)Status, Information, 0, 0);

    (void)DriverGlobals;
    complete(f, Request, Status, &Information, IO_NO_INCREMENT,
             API_WdfRequestCompleteWithInformation);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestCompleteWithPriorityBoost: the same, and the requester's thread is to run soon.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      as WdfRequestComplete; the boost is not given
 * Says     CALL (a0 = status, a1 = boost), as WdfRequestComplete
 * Source   wdfrequest/nf-wdfrequest-wdfrequestcompletewithpriorityboost
 */
VOID imp_WdfRequestCompleteWithPriorityBoost(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                             NTSTATUS Status, CCHAR PriorityBoost)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestCompleteWithPriorityBoost, fx_handle_obj(f, Request),
                   (uint32_t)Status, (uint64_t)(int64_t)PriorityBoost, 0, 0);

    (void)DriverGlobals;
    complete(f, Request, Status, NULL, PriorityBoost, API_WdfRequestCompleteWithPriorityBoost);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestSetInformation: IoStatus.Information, ahead of completion.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestsetinformation
 */
VOID imp_WdfRequestSetInformation(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                  ULONG_PTR Information)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestSetInformation, fx_handle_obj(f, Request),
                               Information, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals;
    if (r && fx_request_in_irp(f, r, API_WdfRequestSetInformation))
        r->irp->IoStatus.Information = Information;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestGetInformation: IoStatus.Information.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; 0 when the request is completed
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetinformation
 */
ULONG_PTR imp_WdfRequestGetInformation(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetInformation, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    ULONG_PTR information = 0;

    (void)DriverGlobals;
    if (r && fx_request_in_irp(f, r, API_WdfRequestGetInformation))
        information = r->irp->IoStatus.Information;
    call_end(&c, information, 0, 0, 0);
    return information;
}

/*
 * WdfRequestGetStatus: the status of the IRP: of the last send, or of one that never began.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  IoStatus.Status; STATUS_UNSUCCESSFUL without an IRP
 * Gap      without an IRP Windows reads what lies at NULL
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetstatus
 */
NTSTATUS imp_WdfRequestGetStatus(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetStatus, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    NTSTATUS status = r && r->irp ? r->irp->IoStatus.Status : STATUS_UNSUCCESSFUL;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRequestGetParameters: what the request asks for.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; *Parameters
 * Gap      Type3InputBuffer of a METHOD_NEITHER control is NULL, as under the framework's verifier
 * Says     CALL, RETURN (type); MISUSE for a wrong Size
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetparameters
 */
VOID imp_WdfRequestGetParameters(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                 PWDF_REQUEST_PARAMETERS Parameters)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetParameters, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    bool given = r && fx_required(f, Parameters);

    (void)DriverGlobals;
    if (given && Parameters->Size != sizeof(*Parameters))
        fx_break(f, API_WdfRequestGetParameters, r->object.obj, WDF_BREAK_SIZE, Parameters->Size,
                 sizeof(*Parameters));
    else if (given && fx_request_at_valid(f, r, API_WdfRequestGetParameters))
        fx_request_parameters(r, Parameters);
    call_end(&c, given ? Parameters->Type : 0, 0, 0, 0);
}

/*
 * WdfRequestWdmGetIrp: the IRP of a request.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL when the request is completed, or has none yet
 * Gap      none known
 * Says     CALL, RETURN (object of the IRP)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestwdmgetirp
 */
PIRP imp_WdfRequestWdmGetIrp(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestWdmGetIrp, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    PIRP irp = r && fx_request_in_irp(f, r, API_WdfRequestWdmGetIrp) ? r->irp : NULL;

    (void)DriverGlobals;
    call_end(&c, irp ? irp_obj(f->s, irp) : 0, 0, 0, 0);
    return irp;
}

/*
 * WdfRequestGetIoQueue: which queue has presented a request.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL: none of the driver's
 * Gap      none known
 * Says     CALL, RETURN (object of the queue)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetioqueue
 */
WDFQUEUE imp_WdfRequestGetIoQueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetIoQueue, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    struct fx_queue *q = r && r->queue && !r->queue->internal ? r->queue : NULL;

    (void)DriverGlobals;
    call_end(&c, q ? q->object.obj : 0, 0, 0, 0);
    return q ? (WDFQUEUE)q->object.handle : NULL;
}

/*
 * WdfRequestGetRequestorMode: whether a program or the kernel asks.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  UserMode or KernelMode; UserMode when the request is completed
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetrequestormode
 */
KPROCESSOR_MODE imp_WdfRequestGetRequestorMode(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetRequestorMode, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    KPROCESSOR_MODE mode = UserMode;

    (void)DriverGlobals;
    if (r && fx_request_in_irp(f, r, API_WdfRequestGetRequestorMode))
        mode = r->irp->RequestorMode;
    call_end(&c, (uint64_t)mode, 0, 0, 0);
    return mode;
}

/*
 * WdfRequestGetRequestorProcessId: of which process the request is.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its number; 0: the system's
 * Gap      numbers are the machine's own (IoGetRequestorProcessId)
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetrequestorprocessid
 */
ULONG imp_WdfRequestGetRequestorProcessId(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestGetRequestorProcessId, fx_handle_obj(f, Request),
                               0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    struct io_irp *known = r && r->irp ? io_irp_of(f->s, r->irp) : NULL;
    ULONG process = known && known->thread ? agent_process(known->thread) : 0;

    (void)DriverGlobals;
    call_end(&c, process, 0, 0, 0);
    return process;
}

/*
 * WdfRequestIsFrom32BitProcess: whether pointers in its buffers have 32 bits.
 *
 * Irql     <= APC_LEVEL
 * Returns  FALSE
 * Gap      the machine runs no 32-bit programs
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestisfrom32bitprocess
 */
BOOLEAN imp_WdfRequestIsFrom32BitProcess(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestIsFrom32BitProcess, fx_handle_obj(f, Request), 0, 0, 0, 0);
    const struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals, (void)r;
    call_end(&c, FALSE, 0, 0, 0);
    return FALSE;
}

/*
 * WdfRequestIsReserved: whether it was made ahead, for when memory runs out.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  FALSE
 * Gap      WdfIoQueueAssignForwardProgressPolicy is not modelled, so none is
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestisreserved
 */
BOOLEAN imp_WdfRequestIsReserved(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestIsReserved, fx_handle_obj(f, Request), 0, 0, 0, 0);
    const struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals, (void)r;
    call_end(&c, FALSE, 0, 0, 0);
    return FALSE;
}

/*
 * WdfRequestGetFileObject: through which handle the request came.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the file object; NULL: the device has none, or this request's IRP names none of them
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetfileobject
 */
WDFFILEOBJECT imp_WdfRequestGetFileObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetFileObject, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    struct fx_file *file = NULL;

    (void)DriverGlobals;
    if (r && fx_request_is_owned(f, r, API_WdfRequestGetFileObject) && r->device)
        file = fx_file_find(r->device, fx_request_at(r)->FileObject);
    call_end(&c, file ? file->object.obj : 0, 0, 0, 0);
    return file ? (WDFFILEOBJECT)file->object.handle : NULL;
}
