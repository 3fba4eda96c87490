/*
 * The buffers of a request, by its type and by the device's or the control code's method: as an address, as
 * an MDL, as a memory object; and those of METHOD_NEITHER, which only EvtIoInCallerContext may touch.
 *
 * Source: wdf/accessing-data-buffers-in-wdf-drivers,
 *         microsoft/Windows-Driver-Frameworks (fxrequest.cpp, fxrequestkm.cpp, fxrequestapi.cpp)
 */
#include "sim/wdf/io.h"

struct part { /* of a request: one buffer */
    PVOID buffer;
    size_t bytes;
    PMDL mdl; /* of the requester's pages; NULL: the buffer is the system's */
};

static bool is_control(UCHAR major)
{
    return major == IRP_MJ_DEVICE_CONTROL || major == IRP_MJ_INTERNAL_DEVICE_CONTROL;
}

static ULONG method_of(const IO_STACK_LOCATION *at)
{
    return METHOD_FROM_CTL_CODE(at->Parameters.DeviceIoControl.IoControlCode);
}

static WDF_DEVICE_IO_TYPE io_type(const struct fx_request *r)
{
    return r->device ? r->device->io_type : WdfDeviceIoBuffered;
}

static NTSTATUS part_map(struct part *p, PMDL mdl)
{
    if (!mdl)
        return STATUS_BUFFER_TOO_SMALL;
    p->mdl = mdl;
    p->buffer = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
    return p->buffer ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* A control's pointers of METHOD_NEITHER are usable when the kernel made them. */
static bool neither_usable(const struct fx_request *r, UCHAR major)
{
    return r->irp->RequestorMode == KernelMode || major == IRP_MJ_INTERNAL_DEVICE_CONTROL;
}

static NTSTATUS control_input(const struct fx_request *r, struct part *p)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);

    p->bytes = at->Parameters.DeviceIoControl.InputBufferLength;
    p->buffer = r->irp->AssociatedIrp.SystemBuffer;
    if (!p->bytes)
        return STATUS_BUFFER_TOO_SMALL;
    if (method_of(at) != METHOD_NEITHER)
        return STATUS_SUCCESS;
    p->buffer = at->Parameters.DeviceIoControl.Type3InputBuffer;
    return neither_usable(r, at->MajorFunction) ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS control_output(const struct fx_request *r, struct part *p)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);

    p->bytes = at->Parameters.DeviceIoControl.OutputBufferLength;
    p->buffer = r->irp->AssociatedIrp.SystemBuffer;
    if (!p->bytes)
        return STATUS_BUFFER_TOO_SMALL;
    switch (method_of(at)) {
    case METHOD_IN_DIRECT:
    case METHOD_OUT_DIRECT:
        return part_map(p, r->irp->MdlAddress);
    case METHOD_NEITHER:
        p->buffer = r->irp->UserBuffer;
        return neither_usable(r, at->MajorFunction) ? STATUS_SUCCESS
                                                    : STATUS_INVALID_DEVICE_REQUEST;
    default:
        return STATUS_SUCCESS;
    }
}

static NTSTATUS transfer_part(struct fx *f, const struct fx_request *r, enum api api,
                              struct part *p)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);

    if (at->MajorFunction != IRP_MJ_READ && at->MajorFunction != IRP_MJ_WRITE) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_BUFFER, at->MajorFunction, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    p->bytes = at->Parameters.Read.Length;
    p->buffer = r->irp->AssociatedIrp.SystemBuffer;
    if (io_type(r) == WdfDeviceIoNeither && r->irp->RequestorMode == UserMode) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_BUFFER, at->MajorFunction, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!p->bytes)
        return STATUS_BUFFER_TOO_SMALL;
    if (io_type(r) == WdfDeviceIoDirect)
        return part_map(p, r->irp->MdlAddress);
    if (io_type(r) == WdfDeviceIoNeither)
        p->buffer = r->irp->UserBuffer;
    return STATUS_SUCCESS;
}

/* The buffer that the driver reads (input) or fills (output). */
static NTSTATUS part_of(struct fx *f, struct fx_request *r, bool output, enum api api,
                        struct part *p)
{
    UCHAR major;

    *p = (struct part) { 0 };
    if (!fx_request_at_valid(f, r, api))
        return STATUS_INTERNAL_ERROR;
    major = fx_request_at(r)->MajorFunction;
    if (major == (output ? IRP_MJ_WRITE : IRP_MJ_READ))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!is_control(major))
        return transfer_part(f, r, api, p);
    return output ? control_output(r, p) : control_input(r, p);
}

static NTSTATUS buffer_get(struct fx *f, WDFREQUEST request, bool output, enum api api,
                           size_t least, PVOID *buffer, size_t *bytes)
{
    struct fx_request *r = fx_request_of(f, request);
    struct part p;
    NTSTATUS status;

    if (!r || !fx_required(f, buffer))
        return STATUS_INVALID_PARAMETER;
    *buffer = NULL;
    if (bytes)
        *bytes = 0;
    status = part_of(f, r, output, api, &p);
    if (NT_SUCCESS(status) && p.bytes < least)
        status = STATUS_BUFFER_TOO_SMALL;
    if (!NT_SUCCESS(status))
        return status;
    *buffer = p.buffer;
    if (bytes)
        *bytes = p.bytes;
    return STATUS_SUCCESS;
}

/*
 * WdfRequestRetrieveInputBuffer: what the requester gave the driver to read.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    lengths: bytes
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL (shorter than asked, or none),
 *          STATUS_INVALID_DEVICE_REQUEST (a read request, or a program's own pointer),
 *          STATUS_INSUFFICIENT_RESOURCES (no room to map it), STATUS_INTERNAL_ERROR (completed)
 * Gap      none known
 * Says     CALL (a0 = least length), what mapping says, RETURN (status, length)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveinputbuffer
 */
NTSTATUS imp_WdfRequestRetrieveInputBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                           size_t MinimumRequiredLength, PVOID *Buffer,
                                           size_t *Length)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestRetrieveInputBuffer, fx_handle_obj(f, Request),
                               MinimumRequiredLength, 0, 0, 0);
    NTSTATUS status = buffer_get(f, Request, false, API_WdfRequestRetrieveInputBuffer,
                                 MinimumRequiredLength, Buffer, Length);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && Length ? *Length : 0, 0, 0);
    return status;
}

/*
 * WdfRequestRetrieveOutputBuffer: what the driver is to fill.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    lengths: bytes
 * Returns  as WdfRequestRetrieveInputBuffer; STATUS_INVALID_DEVICE_REQUEST for a write request
 * Gap      none known
 * Says     CALL (a0 = least length), what mapping says, RETURN (status, length)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveoutputbuffer
 */
NTSTATUS imp_WdfRequestRetrieveOutputBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                            size_t MinimumRequiredSize, PVOID *Buffer,
                                            size_t *Length)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestRetrieveOutputBuffer, fx_handle_obj(f, Request),
                               MinimumRequiredSize, 0, 0, 0);
    NTSTATUS status = buffer_get(f, Request, true, API_WdfRequestRetrieveOutputBuffer,
                                 MinimumRequiredSize, Buffer, Length);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && Length ? *Length : 0, 0, 0);
    return status;
}

static NTSTATUS memory_get(struct fx *f, WDFREQUEST request, bool output, enum api api,
                           WDFMEMORY *out)
{
    struct fx_request *r = fx_request_of(f, request);
    struct fx_memory **m;
    struct part p;
    NTSTATUS status;

    if (!r || !fx_required(f, out))
        return STATUS_INVALID_PARAMETER;
    status = part_of(f, r, output, api, &p);
    if (!NT_SUCCESS(status))
        return status;
    m = output && is_control(fx_request_at(r)->MajorFunction) ? &r->output : &r->input;
    if (!*m)
        status = fx_memory_for_request(f, &r->object, FX_MEMORY_REQUEST, p.buffer, p.bytes, p.mdl,
                                       fx_request_at(r)->MajorFunction == IRP_MJ_WRITE, m);
    if (NT_SUCCESS(status))
        *out = (WDFMEMORY)(*m)->object.handle;
    return status;
}

/*
 * WdfRequestRetrieveInputMemory: the same as a memory object, which goes with the request.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfRequestRetrieveInputBuffer
 * Gap      a reference on it does not keep the request from completion (Windows: bug check 0x10D/3)
 * Says     CALL, RETURN (status)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveinputmemory
 */
NTSTATUS imp_WdfRequestRetrieveInputMemory(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                           WDFMEMORY *Memory)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestRetrieveInputMemory, fx_handle_obj(f, Request), 0, 0, 0, 0);
    NTSTATUS status = memory_get(f, Request, false, API_WdfRequestRetrieveInputMemory, Memory);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRequestRetrieveOutputMemory: the same of what the driver is to fill.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfRequestRetrieveOutputBuffer
 * Gap      as WdfRequestRetrieveInputMemory
 * Says     CALL, RETURN (status)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveoutputmemory
 */
NTSTATUS imp_WdfRequestRetrieveOutputMemory(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                            WDFMEMORY *Memory)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestRetrieveOutputMemory, fx_handle_obj(f, Request), 0, 0, 0, 0);
    NTSTATUS status = memory_get(f, Request, true, API_WdfRequestRetrieveOutputMemory, Memory);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* --- MDLs --- */

void fx_request_buffers_free(struct fx *f, struct fx_request *r)
{
    (void)f;
    if (r->mdl)
        IoFreeMdl(r->mdl);
    r->mdl = NULL;
}

/* One over the system buffer, made once and kept with the request. */
static NTSTATUS system_mdl(struct fx_request *r, PVOID buffer, ULONG bytes, PMDL *mdl)
{
    if (!buffer || !bytes)
        return STATUS_BUFFER_TOO_SMALL;
    if (!r->mdl) {
        r->mdl = IoAllocateMdl(buffer, bytes, FALSE, FALSE, NULL);
        if (!r->mdl)
            return STATUS_INSUFFICIENT_RESOURCES;
        MmBuildMdlForNonPagedPool(r->mdl);
    }
    *mdl = r->mdl;
    return STATUS_SUCCESS;
}

static NTSTATUS control_mdl(struct fx_request *r, bool output, PMDL *mdl)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);
    ULONG bytes = output ? at->Parameters.DeviceIoControl.OutputBufferLength
                         : at->Parameters.DeviceIoControl.InputBufferLength;

    if (method_of(at) == METHOD_NEITHER)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!output || method_of(at) == METHOD_BUFFERED)
        return system_mdl(r, r->irp->AssociatedIrp.SystemBuffer, bytes, mdl);
    *mdl = r->irp->MdlAddress;
    return *mdl ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
}

static NTSTATUS transfer_mdl(struct fx *f, struct fx_request *r, PMDL *mdl)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);

    switch (io_type(r)) {
    case WdfDeviceIoBuffered:
        if (at->MajorFunction != IRP_MJ_READ && at->MajorFunction != IRP_MJ_WRITE)
            return STATUS_INVALID_PARAMETER;
        return system_mdl(r, r->irp->AssociatedIrp.SystemBuffer, at->Parameters.Read.Length, mdl);
    case WdfDeviceIoDirect:
        *mdl = r->irp->MdlAddress;
        return *mdl ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
    default:
        fx_break(f, API_WdfRequestRetrieveInputWdmMdl, r->object.obj, WDF_BREAK_REQUEST_BUFFER,
                 at->MajorFunction, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

NTSTATUS fx_request_mdl(struct fx_object *request, bool second, PMDL *mdl)
{
    struct fx_request *r = (struct fx_request *)request;
    struct fx *f = fx_now();
    bool control;

    *mdl = NULL;
    if (!fx_request_at_valid(f, r, API_WdfRequestRetrieveInputWdmMdl))
        return STATUS_INTERNAL_ERROR;
    control = is_control(fx_request_at(r)->MajorFunction);
    if (second && !control)
        return STATUS_INVALID_DEVICE_REQUEST;
    return control ? control_mdl(r, second, mdl) : transfer_mdl(f, r, mdl);
}

static NTSTATUS mdl_get(struct fx *f, WDFREQUEST request, bool output, enum api api, PMDL *mdl)
{
    struct fx_request *r = fx_request_of(f, request);
    UCHAR major;

    if (!r || !fx_required(f, mdl))
        return STATUS_INVALID_PARAMETER;
    *mdl = NULL;
    if (!fx_request_at_valid(f, r, api))
        return STATUS_INTERNAL_ERROR;
    major = fx_request_at(r)->MajorFunction;
    if (major == (output ? IRP_MJ_WRITE : IRP_MJ_READ))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_request_mdl(&r->object, output && is_control(major), mdl);
}

/*
 * WdfRequestRetrieveInputWdmMdl: an MDL of what the driver is to read; the requester's own where there is
 * one, else made over the system buffer. It goes with the request.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL (no bytes), STATUS_INVALID_DEVICE_REQUEST (a read
 *          request, METHOD_NEITHER), STATUS_INSUFFICIENT_RESOURCES
 * Gap      one MDL is kept for both buffers of a METHOD_BUFFERED control, of the length first asked for,
 *          as in the framework
 * Says     CALL, what making it says, RETURN (status, the MDL)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveinputwdmmdl
 */
NTSTATUS imp_WdfRequestRetrieveInputWdmMdl(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                           PMDL *Mdl)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestRetrieveInputWdmMdl, fx_handle_obj(f, Request), 0, 0, 0, 0);
    NTSTATUS status = mdl_get(f, Request, false, API_WdfRequestRetrieveInputWdmMdl, Mdl);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) ? mdl_obj(f->s, *Mdl) : 0, 0, 0);
    return status;
}

/*
 * WdfRequestRetrieveOutputWdmMdl: an MDL of what the driver is to fill.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfRequestRetrieveInputWdmMdl; STATUS_INVALID_DEVICE_REQUEST for a write request
 * Gap      as WdfRequestRetrieveInputWdmMdl
 * Says     CALL, what making it says, RETURN (status, the MDL)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveoutputwdmmdl
 */
NTSTATUS imp_WdfRequestRetrieveOutputWdmMdl(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                            PMDL *Mdl)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestRetrieveOutputWdmMdl, fx_handle_obj(f, Request), 0, 0, 0, 0);
    NTSTATUS status = mdl_get(f, Request, true, API_WdfRequestRetrieveOutputWdmMdl, Mdl);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) ? mdl_obj(f->s, *Mdl) : 0, 0, 0);
    return status;
}
