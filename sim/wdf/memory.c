/*
 * Memory objects: a handle for bytes that lie in the machine's pool, in a driver's own memory or in a
 * request. What the framework allocates for a driver comes out of the pool by the call that a driver
 * would make, with the driver's tag, so that all that holds for pool memory holds for it.
 *
 * Source: wdfmemory/, wdf/using-memory-buffers, microsoft/Windows-Driver-Frameworks (fxmemoryobject.cpp,
 *         fxmemorybufferfrompool.cpp, fxmemorybufferpreallocated.cpp, fxrequestmemory.cpp)
 */
#include <string.h>

#include "sim/wdf/wdf.h"

#define TYPE_PREALLOCATED 0x1022 /* what a bug check calls memory that can be assigned */
#define PAGED_BIT 1u             /* of POOL_TYPE */

/* Out of the class's hands: who made the list gives the entry back. */
static void memory_destroy(struct fx_object *o)
{
    struct fx_memory *m = (struct fx_memory *)o;

    if (m->from == FX_MEMORY_POOL)
        ExFreePoolWithTag(m->buffer, m->tag);
    if (m->from == FX_MEMORY_LIST)
        fx_lookaside_give(m);
    if (m->from == FX_MEMORY_LOCKED && m->mdl) {
        MmUnlockPages(m->mdl);
        IoFreeMdl(m->mdl);
    }
}

static const struct fx_class memory_class = { .type = FX_MEMORY,
                                              .trace = OBJ_WDFMEMORY,
                                              .bytes = sizeof(struct fx_memory),
                                              .destroy = memory_destroy };
static const struct fx_class memory_class_paged = { .type = FX_MEMORY,
                                                    .trace = OBJ_WDFMEMORY,
                                                    .bytes = sizeof(struct fx_memory),
                                                    .passive = true,
                                                    .destroy = memory_destroy };
/* Ends with its request. */
static const struct fx_class memory_class_request = { .type = FX_MEMORY,
                                                      .trace = OBJ_WDFMEMORY,
                                                      .bytes = sizeof(struct fx_memory),
                                                      .undeletable = true,
                                                      .destroy = memory_destroy };

const struct fx_class *fx_memory_class(POOL_TYPE pool)
{
    return (ULONG)pool & PAGED_BIT ? &memory_class_paged : &memory_class;
}

NTSTATUS fx_memory_create(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                          PWDF_OBJECT_ATTRIBUTES attributes, POOL_TYPE pool, ULONG tag,
                          size_t bytes, struct fx_memory **out)
{
    ULONG used = tag ? tag : driver->globals->DriverTag;
    void *buffer = ExAllocatePoolWithTag(pool, bytes, used);
    struct fx_object *o;
    NTSTATUS status;

    *out = NULL;
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = fx_object_create(f, driver, fx_memory_class(pool), parent, attributes, &o);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(buffer, used);
        return status;
    }
    *out = (struct fx_memory *)o;
    (*out)->from = FX_MEMORY_POOL;
    (*out)->buffer = buffer;
    (*out)->bytes = bytes;
    (*out)->tag = used;
    return STATUS_SUCCESS;
}

NTSTATUS fx_memory_for_request(struct fx *f, struct fx_object *request, enum fx_memory_from from,
                               void *buffer, size_t bytes, PMDL mdl, bool read_only,
                               struct fx_memory **out)
{
    struct fx_object *o;
    NTSTATUS status =
        fx_object_create(f, request->driver, &memory_class_request, request, NULL, &o);

    *out = (struct fx_memory *)o;
    if (!NT_SUCCESS(status))
        return status;
    (*out)->from = from;
    (*out)->buffer = buffer;
    (*out)->bytes = bytes;
    (*out)->mdl = mdl;
    (*out)->read_only = read_only;
    return STATUS_SUCCESS;
}

NTSTATUS fx_memory_offsets(const struct fx_memory *m, PWDFMEMORY_OFFSET offsets)
{
    size_t end;

    if (!offsets)
        return STATUS_SUCCESS;
    if (__builtin_add_overflow(offsets->BufferOffset, offsets->BufferLength, &end) ||
        end > m->bytes)
        return STATUS_INTEGER_OVERFLOW;
    return STATUS_SUCCESS;
}

/*
 * WdfMemoryCreate: memory from the pool.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Units    BufferSize: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes), STATUS_INSUFFICIENT_RESOURCES, those
 *          of the attributes
 * Gap      the buffer is always a pool block of its own, as with the framework's verifier; else one
 *          below a page lies in the object
 * Says     CALL (pool type, tag, bytes), what the pool says, RETURN (status, va)
 * Source   wdfmemory/nf-wdfmemory-wdfmemorycreate
 */
NTSTATUS imp_WdfMemoryCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_OBJECT_ATTRIBUTES Attributes,
                             POOL_TYPE PoolType, ULONG PoolTag, size_t BufferSize,
                             WDFMEMORY *Memory, PVOID *Buffer)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfMemoryCreate, 0, PoolType, PoolTag, BufferSize, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_memory *m = NULL;

    if (fx_required(f, Memory) && BufferSize) {
        *Memory = NULL;
        status = fx_attributes_check(f, Attributes, &rules);
        if (NT_SUCCESS(status))
            status =
                fx_memory_create(f, d, &d->object, Attributes, PoolType, PoolTag, BufferSize, &m);
    }
    if (m) {
        *Memory = m->object.handle;
        if (Buffer)
            *Buffer = m->buffer;
        c.obj = m->object.obj;
    }
    call_end(&c, (uint32_t)status, m ? va_of(f->s, m->buffer).v : 0, 0, 0);
    return status;
}

/*
 * WdfMemoryCreatePreallocated: a handle for bytes that the driver has.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    BufferSize: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes), STATUS_INSUFFICIENT_RESOURCES, those
 *          of the attributes
 * Gap      none known
 * Says     CALL (va, bytes), RETURN
 * Source   wdfmemory/nf-wdfmemory-wdfmemorycreatepreallocated
 */
NTSTATUS imp_WdfMemoryCreatePreallocated(PWDF_DRIVER_GLOBALS DriverGlobals,
                                         PWDF_OBJECT_ATTRIBUTES Attributes, PVOID Buffer,
                                         size_t BufferSize, WDFMEMORY *Memory)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfMemoryCreatePreallocated, 0, va_of(f->s, Buffer).v,
                               BufferSize, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;

    if (fx_required(f, Buffer) && fx_required(f, Memory)) {
        *Memory = NULL;
        if (BufferSize)
            status = fx_attributes_check(f, Attributes, &rules);
        if (NT_SUCCESS(status))
            status = fx_object_create(f, d, &memory_class, &d->object, Attributes, &o);
    }
    if (o) {
        ((struct fx_memory *)o)->buffer = Buffer;
        ((struct fx_memory *)o)->bytes = BufferSize;
        *Memory = o->handle;
        c.obj = o->obj;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfMemoryAssignBuffer: other bytes for a handle of WdfMemoryCreatePreallocated.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    BufferSize: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes)
 * Gap      none known; memory of another making is bug check 0x10D/5
 * Says     CALL (va, bytes), RETURN
 * Source   wdfmemory/nf-wdfmemory-wdfmemoryassignbuffer
 */
NTSTATUS imp_WdfMemoryAssignBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY Memory,
                                   PVOID Buffer, size_t BufferSize)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfMemoryAssignBuffer, fx_handle_obj(f, Memory),
                               va_of(f->s, Buffer).v, BufferSize, 0, 0);
    struct fx_memory *m = fx_memory_of(f, Memory);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (m && m->from != FX_MEMORY_DRIVERS) {
        fx_bugcheck(f, WDF_INVALID_HANDLE, (uintptr_t)Memory, TYPE_PREALLOCATED, 0);
    } else if (m && fx_required(f, Buffer) && BufferSize) {
        m->buffer = Buffer;
        m->bytes = BufferSize;
        status = STATUS_SUCCESS;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfMemoryGetBuffer: where a memory object's bytes are, and how many.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    *BufferSize: bytes
 * Returns  the address
 * Gap      none known
 * Says     CALL, RETURN (va, bytes)
 * Source   wdfmemory/nf-wdfmemory-wdfmemorygetbuffer
 */
PVOID imp_WdfMemoryGetBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY Memory,
                             size_t *BufferSize)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfMemoryGetBuffer, fx_handle_obj(f, Memory), 0, 0, 0, 0);
    const struct fx_memory *m = fx_memory_of(f, Memory);

    (void)DriverGlobals;
    if (m && BufferSize)
        *BufferSize = m->bytes;
    call_end(&c, m ? va_of(f->s, m->buffer).v : 0, m ? m->bytes : 0, 0, 0);
    return m ? m->buffer : NULL;
}

/*
 * WdfMemoryCopyToBuffer: bytes of a memory object into the driver's memory.
 *
 * Irql     <= DISPATCH_LEVEL; what pageable memory allows
 * Units    SourceOffset, NumBytesToCopyTo: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes), STATUS_BUFFER_TOO_SMALL (the memory
 *          ends before)
 * Gap      none known
 * Says     CALL (offset, va, bytes), RETURN
 * Source   wdfmemory/nf-wdfmemory-wdfmemorycopytobuffer
 */
NTSTATUS imp_WdfMemoryCopyToBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY SourceMemory,
                                   size_t SourceOffset, PVOID Buffer, size_t NumBytesToCopyTo)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfMemoryCopyToBuffer, fx_handle_obj(f, SourceMemory),
                               SourceOffset, va_of(f->s, Buffer).v, NumBytesToCopyTo, 0);
    const struct fx_memory *m = fx_memory_of(f, SourceMemory);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (m && fx_required(f, Buffer) && NumBytesToCopyTo && m->buffer) {
        const char *from = (const char *)m->buffer + SourceOffset;

        status = STATUS_BUFFER_TOO_SMALL;
        if (SourceOffset < m->bytes && NumBytesToCopyTo <= m->bytes - SourceOffset) {
            door_range(from, NumBytesToCopyTo, false, __builtin_return_address(0));
            door_range(Buffer, NumBytesToCopyTo, true, __builtin_return_address(0));
            memcpy(Buffer, from, NumBytesToCopyTo);
            status = STATUS_SUCCESS;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfMemoryCopyFromBuffer: the driver's bytes into a memory object.
 *
 * Irql     <= DISPATCH_LEVEL; what pageable memory allows
 * Units    DestinationOffset, NumBytesToCopyFrom: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes), STATUS_INVALID_BUFFER_SIZE (the
 *          memory ends before), STATUS_ACCESS_VIOLATION (memory of a write request)
 * Gap      none known
 * Says     CALL (offset, va, bytes), MISUSE where the memory is read only, RETURN
 * Source   wdfmemory/nf-wdfmemory-wdfmemorycopyfrombuffer
 */
NTSTATUS imp_WdfMemoryCopyFromBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY DestinationMemory,
                                     size_t DestinationOffset, PVOID Buffer,
                                     size_t NumBytesToCopyFrom)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfMemoryCopyFromBuffer, fx_handle_obj(f, DestinationMemory),
                   DestinationOffset, va_of(f->s, Buffer).v, NumBytesToCopyFrom, 0);
    const struct fx_memory *m = fx_memory_of(f, DestinationMemory);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (m && fx_required(f, Buffer) && NumBytesToCopyFrom) {
        char *to = (char *)m->buffer + DestinationOffset;

        if (m->read_only) {
            fx_break(f, API_WdfMemoryCopyFromBuffer, m->object.obj, WDF_BREAK_READ_ONLY, 0, 0);
            status = STATUS_ACCESS_VIOLATION;
        } else if (DestinationOffset >= m->bytes ||
                   NumBytesToCopyFrom > m->bytes - DestinationOffset) {
            status = STATUS_INVALID_BUFFER_SIZE;
        } else {
            door_range(Buffer, NumBytesToCopyFrom, false, __builtin_return_address(0));
            door_range(to, NumBytesToCopyFrom, true, __builtin_return_address(0));
            memcpy(to, Buffer, NumBytesToCopyFrom);
            status = STATUS_SUCCESS;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
