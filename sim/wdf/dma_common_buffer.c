/*
 * WdfCommonBuffer...: memory that device and driver both see. It comes from the adapter for reads.
 * At or below a page the adapter's own alignment is relied on; above, KMDF asks for as much more as
 * the mask says and aligns the address that the device sees.
 *
 * Source: wdf/using-common-buffers, microsoft/Windows-Driver-Frameworks (fxcommonbuffer.cpp)
 */
#include "sim/wdf/dma.h"

struct fx_common_buffer {
    struct fx_object object;
    struct fx_enabler *enabler;
    uint64_t alignment;
    size_t length, raw_length;
    PVOID raw_va, va;
    PHYSICAL_ADDRESS raw_la, la;
};

static void buffer_dispose(struct fx_object *o)
{
    struct fx_common_buffer *b = (struct fx_common_buffer *)o;
    PDMA_ADAPTER a = b->enabler->infos[0].adapter;

    if (b->raw_va && a)
        a->DmaOperations->FreeCommonBuffer(a, (ULONG)b->raw_length, b->raw_la, b->raw_va, TRUE);
    b->raw_va = NULL;
}

static const struct fx_class buffer_class = { .type = FX_COMMON_BUFFER,
                                              .trace = OBJ_WDFCOMMONBUFFER,
                                              .bytes = sizeof(struct fx_common_buffer),
                                              .passive = true,
                                              .dispose = buffer_dispose };

static struct fx_common_buffer *buffer_of(struct fx *f, WDFCOMMONBUFFER handle)
{
    return (struct fx_common_buffer *)fx_object_of(f, handle, FX_COMMON_BUFFER);
}

static void *raw_allocate(struct fx *f, struct fx_common_buffer *b)
{
    PDMA_ADAPTER a = b->enabler->infos[0].adapter;

    if (b->raw_length > UINT32_MAX) {
        fx_break(f, API_WdfCommonBufferCreate, b->object.obj, WDF_BREAK_DMA_BUFFER, b->raw_length,
                 0);
        return NULL;
    }
    if (!a) { /* a system profile that was not configured */
        dma_null_read(f, FIELD_OFFSET(DMA_ADAPTER, DmaOperations));
        return NULL;
    }
    return a->DmaOperations->AllocateCommonBuffer(a, (ULONG)b->raw_length, &b->raw_la, TRUE);
}

static NTSTATUS buffer_allocate(struct fx *f, struct fx_common_buffer *b, size_t length)
{
    uint64_t move;

    b->raw_length = length;
    if (b->alignment > PAGE_SIZE - 1) {
        b->raw_length = length + b->alignment;
        if (b->raw_length < length) {
            fx_break(f, API_WdfCommonBufferCreate, b->object.obj, WDF_BREAK_DMA_BUFFER, length,
                     b->alignment);
            return STATUS_INTEGER_OVERFLOW;
        }
    }
    b->raw_va = raw_allocate(f, b);
    if (!b->raw_va)
        return STATUS_INSUFFICIENT_RESOURCES;
    b->length = length;
    b->la.QuadPart = (LONGLONG)(((uint64_t)b->raw_la.QuadPart + b->alignment) & ~b->alignment);
    move = (uint64_t)b->la.QuadPart - (uint64_t)b->raw_la.QuadPart;
    b->va = b->alignment > PAGE_SIZE - 1
                ? (char *)b->raw_va + move
                : (PVOID)(((uintptr_t)b->raw_va + b->alignment) & ~b->alignment);
    return STATUS_SUCCESS;
}

static NTSTATUS buffer_create(struct fx *f, struct fx_enabler *e, size_t length,
                              const WDF_COMMON_BUFFER_CONFIG *config,
                              PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object **out)
{
    const struct fx_attributes_rules rules = { .parent_forbidden = true };
    struct fx_common_buffer *b;
    NTSTATUS status;

    if (!dma_passive(f))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!length)
        return STATUS_INVALID_PARAMETER;
    status = fx_attributes_check(f, attributes, &rules);
    if (NT_SUCCESS(status))
        status = fx_object_create(f, e->object.driver, &buffer_class, &e->object, attributes, out);
    if (!NT_SUCCESS(status))
        return status;
    b = (struct fx_common_buffer *)*out;
    b->enabler = e;
    b->alignment = config ? config->AlignmentRequirement : e->alignment;
    status = buffer_allocate(f, b, length);
    if (!NT_SUCCESS(status)) {
        fx_delete(*out);
        *out = NULL;
    }
    return status;
}

/*
 * WdfCommonBufferCreate: a common buffer, aligned as the device and the HAL ask for (packet and
 * system profiles: as the adapter gives it).
 *
 * Irql     PASSIVE_LEVEL; above it STATUS_INVALID_DEVICE_REQUEST
 * Units    Length: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes), STATUS_INSUFFICIENT_RESOURCES,
 *          STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED and others of the attributes
 * Gap      none known
 * Says     CALL (a0 = Length), what AllocateCommonBuffer says, RETURN (object = the new one)
 * Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffercreate
 */
NTSTATUS imp_WdfCommonBufferCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDMAENABLER DmaEnabler,
                                   size_t Length, PWDF_OBJECT_ATTRIBUTES Attributes,
                                   WDFCOMMONBUFFER *CommonBuffer)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCommonBufferCreate, fx_handle_obj(f, DmaEnabler), Length, 0, 0, 0);
    struct fx_enabler *e = enabler_of(f, DmaEnabler);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;

    (void)DriverGlobals;
    if (e && fx_required(f, CommonBuffer)) {
        *CommonBuffer = NULL;
        status = buffer_create(f, e, Length, NULL, Attributes, &o);
        *CommonBuffer = o ? o->handle : NULL;
    }
    c.obj = o ? o->obj : c.obj;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfCommonBufferCreateWithConfig: the same with an alignment of the driver's own.
 *
 * Irql     PASSIVE_LEVEL; above it STATUS_INVALID_DEVICE_REQUEST
 * Units    Length: bytes; Config->AlignmentRequirement: a mask, which nobody checks
 * Returns  as WdfCommonBufferCreate; STATUS_INFO_LENGTH_MISMATCH (Config->Size)
 * Gap      none known
 * Says     CALL (a0 = Length, a1 = AlignmentRequirement), what AllocateCommonBuffer says, RETURN
 *          (object = the new one)
 * Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffercreatewithconfig
 */
NTSTATUS imp_WdfCommonBufferCreateWithConfig(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFDMAENABLER DmaEnabler, size_t Length,
                                             PWDF_COMMON_BUFFER_CONFIG Config,
                                             PWDF_OBJECT_ATTRIBUTES Attributes,
                                             WDFCOMMONBUFFER *CommonBuffer)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCommonBufferCreateWithConfig, fx_handle_obj(f, DmaEnabler), Length,
                   Config ? Config->AlignmentRequirement : 0, 0, 0);
    struct fx_enabler *e = enabler_of(f, DmaEnabler);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;

    (void)DriverGlobals;
    if (e && fx_required(f, Config)) {
        if (Config->Size != sizeof(*Config)) {
            status = STATUS_INFO_LENGTH_MISMATCH;
        } else if (fx_required(f, CommonBuffer)) {
            *CommonBuffer = NULL;
            status = buffer_create(f, e, Length, Config, Attributes, &o);
            *CommonBuffer = o ? o->handle : NULL;
        }
    }
    c.obj = o ? o->obj : c.obj;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfCommonBufferGetAlignedVirtualAddress: where the driver sees it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the address
 * Gap      none known; above page alignment only the address that the device sees is aligned
 * Says     CALL, RETURN
 * Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffergetalignedvirtualaddress
 */
PVOID imp_WdfCommonBufferGetAlignedVirtualAddress(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                  WDFCOMMONBUFFER CommonBuffer)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCommonBufferGetAlignedVirtualAddress,
                               fx_handle_obj(f, CommonBuffer), 0, 0, 0, 0);
    const struct fx_common_buffer *b = buffer_of(f, CommonBuffer);
    PVOID va = b ? b->va : NULL;

    (void)DriverGlobals;
    call_end(&c, va_of(f->s, va).v, 0, 0, 0);
    return va;
}

/*
 * WdfCommonBufferGetAlignedLogicalAddress: where the device sees it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the bus address
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffergetalignedlogicaladdress
 */
PHYSICAL_ADDRESS imp_WdfCommonBufferGetAlignedLogicalAddress(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                             WDFCOMMONBUFFER CommonBuffer)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfCommonBufferGetAlignedLogicalAddress,
                               fx_handle_obj(f, CommonBuffer), 0, 0, 0, 0);
    const struct fx_common_buffer *b = buffer_of(f, CommonBuffer);
    PHYSICAL_ADDRESS la = { .QuadPart = b ? b->la.QuadPart : 0 };

    (void)DriverGlobals;
    call_end(&c, (uint64_t)la.QuadPart, 0, 0, 0);
    return la;
}

/*
 * WdfCommonBufferGetLength: the length that the driver asked for.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    bytes
 * Returns  it
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffergetlength
 */
size_t imp_WdfCommonBufferGetLength(PWDF_DRIVER_GLOBALS DriverGlobals, WDFCOMMONBUFFER CommonBuffer)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfCommonBufferGetLength, fx_handle_obj(f, CommonBuffer), 0, 0, 0, 0);
    const struct fx_common_buffer *b = buffer_of(f, CommonBuffer);
    size_t length = b ? b->length : 0;

    (void)DriverGlobals;
    call_end(&c, length, 0, 0, 0);
    return length;
}
