/*
 * Requests of the driver's own making, and how one is made ready for sending: another target, the next
 * stack location, the completion routine, a second use.
 *
 * Source: wdf/creating-framework-request-objects, wdf/reusing-framework-request-objects,
 *         microsoft/Windows-Driver-Frameworks (fxrequestapi.cpp, fxrequest.cpp)
 */
#include "sim/wdf/target.h"

static NTSTATUS create(struct fx *f, struct fx_driver *driver, PWDF_OBJECT_ATTRIBUTES attributes,
                       PIRP irp, enum fx_origin origin, struct fx_target *t,
                       struct fx_request **out)
{
    NTSTATUS status = fx_request_make(f, driver, attributes, irp, origin, out);

    if (!NT_SUCCESS(status) || !t)
        return status;
    status = fx_request_fit(f, *out, t);
    if (!NT_SUCCESS(status)) {
        fx_delete(&(*out)->object);
        *out = NULL;
    }
    return status;
}

/*
 * WdfRequestCreate: a request to send.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_DEVICE_STATE (the target is not
 *          open), those of the attributes
 * Gap      none known
 * Says     CALL (a0 = target), RETURN (object = the request)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestcreate
 */
NTSTATUS imp_WdfRequestCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                              PWDF_OBJECT_ATTRIBUTES RequestAttributes, WDFIOTARGET IoTarget,
                              WDFREQUEST *Request)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestCreate, 0, fx_handle_obj(f, IoTarget), 0, 0, 0);
    struct fx_target *t = IoTarget ? fx_target_of(f, IoTarget) : NULL;
    struct fx_request *r = NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    if ((!IoTarget || t) && fx_required(f, Request)) {
        status =
            create(f, fx_driver_of(DriverGlobals), RequestAttributes, NULL, FX_INTERNAL, t, &r);
        *Request = r ? (WDFREQUEST)r->object.handle : NULL;
    }
    c.obj = r ? r->object.obj : 0;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRequestCreateFromIrp: a request around an IRP that the driver has got by WDM's ways.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, those of the attributes
 * Gap      none known
 * Says     CALL (a0 = the IRP, a1 = RequestFreesIrp), RETURN (object = the request)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestcreatefromirp
 */
NTSTATUS imp_WdfRequestCreateFromIrp(PWDF_DRIVER_GLOBALS DriverGlobals,
                                     PWDF_OBJECT_ATTRIBUTES RequestAttributes, PIRP Irp,
                                     BOOLEAN RequestFreesIrp, WDFREQUEST *Request)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestCreateFromIrp, 0, Irp ? irp_obj(f->s, Irp) : 0,
                               RequestFreesIrp, 0, 0);
    struct fx_request *r = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (fx_required(f, Irp) && fx_required(f, Request)) {
        status = create(f, fx_driver_of(DriverGlobals), RequestAttributes, Irp,
                        RequestFreesIrp ? FX_INTERNAL : FX_FROM_DRIVER, NULL, &r);
        *Request = r ? (WDFREQUEST)r->object.handle : NULL;
    }
    c.obj = r ? r->object.obj : 0;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS new_irp(struct fx_request *r, PIRP irp)
{
    if (r->origin == FX_INTERNAL && r->irp)
        IoFreeIrp(r->irp);
    r->irp = irp;
    r->origin = FX_FROM_DRIVER;
    return STATUS_SUCCESS;
}

static NTSTATUS reuse(struct fx *f, struct fx_request *r, PWDF_REQUEST_REUSE_PARAMS p)
{
    if (p->Size != sizeof(*p) || (p->Flags & ~(ULONG)WDF_REQUEST_REUSE_SET_NEW_IRP))
        return STATUS_INVALID_PARAMETER;
    if (r->sent && r->sent->busy)
        fx_break(f, API_WdfRequestReuse, r->object.obj, WDF_BREAK_SENT_DELETED, 0, 0);
    if (r->sent)
        r->sent->routine = NULL;
    fx_sent_restore(f, r);
    if ((p->Flags & WDF_REQUEST_REUSE_SET_NEW_IRP) && r->origin == FX_FROM_IO && r->irp)
        return STATUS_WDF_REQUEST_INVALID_STATE;
    if (p->Flags & WDF_REQUEST_REUSE_SET_NEW_IRP)
        new_irp(r, p->NewIrp);
    else if (r->irp && r->origin == FX_INTERNAL)
        IoReuseIrp(r->irp, p->Status);
    else if (r->irp)
        r->irp->IoStatus.Status = p->Status;
    if (r->irp)
        r->irp->Cancel = FALSE;
    if (r->origin != FX_FROM_IO)
        r->can_complete = r->owned = false;
    r->completed = r->cancelled = false;
    return STATUS_SUCCESS;
}

/*
 * WdfRequestReuse: as if the request were new.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (size, flags), STATUS_WDF_REQUEST_INVALID_STATE (a new
 *          IRP for a request of the I/O manager's)
 * Gap      none known
 * Says     CALL, RETURN; MISUSE while a target has it
 * Source   wdfrequest/nf-wdfrequest-wdfrequestreuse
 */
NTSTATUS imp_WdfRequestReuse(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                             PWDF_REQUEST_REUSE_PARAMS ReuseParams)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestReuse, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (r && fx_required(f, ReuseParams))
        status = reuse(f, r, ReuseParams);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRequestChangeTarget: sees to it that the request can be sent to another target.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_STATE, STATUS_REQUEST_NOT_ACCEPTED (its IRP has too few
 *          stack locations), STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (a0 = target), RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestchangetarget
 */
NTSTATUS imp_WdfRequestChangeTarget(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                    WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestChangeTarget, fx_handle_obj(f, Request),
                               fx_handle_obj(f, IoTarget), 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    struct fx_target *t = r ? fx_target_of(f, IoTarget) : NULL;
    NTSTATUS status = t ? fx_request_fit(f, r, t) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* Whether there is an IRP with `least` stack locations left: bug check 0x10D/6 when not. */
static bool formattable(struct fx *f, struct fx_request *r, CCHAR least)
{
    if (!r->irp) {
        fx_bugcheck(f, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_NULL_IRP,
                    (uintptr_t)r->object.handle, 0);
        return false;
    }
    if (r->irp->CurrentLocation >= least)
        return true;
    fx_bugcheck(f, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_NO_MORE_STACK_LOCATIONS,
                va_of(f->s, r->irp).v, 0);
    return false;
}

static void formatted(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = fx_sent_of(f, r);

    x->ready = x->next_filled = true;
}

/*
 * WdfRequestFormatRequestUsingCurrentType: the next driver gets what this one has got.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN; BUGCHECK 0x10D/6: 2 without an IRP, 1 without a stack location
 * Source   wdfrequest/nf-wdfrequest-wdfrequestformatrequestusingcurrenttype
 */
VOID imp_WdfRequestFormatRequestUsingCurrentType(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestFormatRequestUsingCurrentType,
                               fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals;
    if (r && formattable(f, r, 2)) {
        IoCopyCurrentIrpStackLocationToNext(r->irp);
        formatted(f, r);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestWdmFormatUsingStackLocation: the next driver gets a stack location that the driver has filled.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN; BUGCHECK as WdfRequestFormatRequestUsingCurrentType
 * Source   wdfrequest/nf-wdfrequest-wdfrequestwdmformatusingstacklocation
 */
VOID imp_WdfRequestWdmFormatUsingStackLocation(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFREQUEST Request, PIO_STACK_LOCATION Stack)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestWdmFormatUsingStackLocation,
                               fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals;
    if (r && fx_required(f, Stack) && formattable(f, r, 2)) {
        *IoGetNextIrpStackLocation(r->irp) = *Stack;
        formatted(f, r);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestSetCompletionRoutine: whom to call when the target is done with the request. NULL: nobody.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestsetcompletionroutine
 */
VOID imp_WdfRequestSetCompletionRoutine(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                        PFN_WDF_REQUEST_COMPLETION_ROUTINE CompletionRoutine,
                                        WDFCONTEXT CompletionContext)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestSetCompletionRoutine, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals;
    if (r) {
        fx_sent_of(f, r)->routine = CompletionRoutine;
        r->sent->context = CompletionContext;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestGetCompletionParams: what the completion routine was given.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; *Params
 * Gap      none known
 * Says     CALL, RETURN (status, information); MISUSE for a wrong Size
 * Source   wdfrequest/nf-wdfrequest-wdfrequestgetcompletionparams
 */
VOID imp_WdfRequestGetCompletionParams(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                       PWDF_REQUEST_COMPLETION_PARAMS Params)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestGetCompletionParams, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    bool given = r && fx_required(f, Params);

    (void)DriverGlobals;
    if (given && Params->Size != sizeof(*Params)) {
        fx_break(f, API_WdfRequestGetCompletionParams, r->object.obj, WDF_BREAK_SIZE, Params->Size,
                 sizeof(*Params));
        given = false;
    } else if (given) {
        *Params = fx_sent_of(f, r)->params;
        Params->Size = sizeof(*Params);
    }
    call_end(&c, given ? (uint32_t)Params->IoStatus.Status : 0,
             given ? Params->IoStatus.Information : 0, 0, 0);
}

/*
 * WdfRequestAllocateTimer: so that a later send with a time-out cannot fail for lack of memory.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      no memory is needed, so none can lack
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestallocatetimer
 */
NTSTATUS imp_WdfRequestAllocateTimer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestAllocateTimer, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (r) {
        fx_sent_of(f, r);
        status = STATUS_SUCCESS;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
