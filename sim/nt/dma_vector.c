/*
 * Common buffer vectors: many buffers of one size in one allocation, each of which may go on its
 * own. What misuse does is known from bug check 0x1DC only.
 */
#include "sim/nt/dma.h"

#include <string.h>

#define RELEASED(a) (!(a) || !(a)->live)
#define VECTOR_ERROR 0x1DC /* DMA_COMMON_BUFFER_VECTOR_ERROR */
#define VECTOR_ALIGN 64u   /* each element begins on a cache line */
#define ELEMENTS_MAX 65536u

enum vector_error { VECTOR_NOT_EMPTY = 2, VECTOR_INDEX = 3, VECTOR_GONE = 4 };

static NTSTATUS vector_make(struct sim *s, struct adapter *a, struct common_want *want,
                            ULONG elements, ULONGLONG bytes, struct common_buffer **out)
{
    uint64_t stride = align_up(bytes, VECTOR_ALIGN);
    struct common_buffer *b;

    if (!elements || !bytes || elements > ELEMENTS_MAX || bytes > MEM_RAM_MAX_BYTES ||
        want->min > want->max)
        return STATUS_INVALID_PARAMETER;
    want->length_bytes = stride * elements;
    b = fault_here(s, FAULT_COMMON) ? NULL : common_alloc(s, a, want);
    if (!b)
        return STATUS_INSUFFICIENT_RESOURCES;
    b->element_bytes = bytes;
    b->stride = stride;
    b->elements = b->elements_live = elements;
    b->gone = dma_record(s, elements);
    *out = b;
    return STATUS_SUCCESS;
}

/*
 * AllocateCommonBufferVector: NumberOfElements buffers of SizeOfElements bytes.
 *
 * Irql     PASSIVE_LEVEL (the page is a stub)
 * Units    SizeOfElements: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES
 * Gap      no page says more than the prototype; bounds are taken as those of the logical address,
 *          both inclusive. IdealNode is a node's number: MM_ANY_NODE_OK is refused, as NetAdapterCx
 *          says of it, any other changes nothing. Elements lie 64-byte aligned in one allocation
 *          with one pair of guards. Bug check 0x1DC code 1 (IRQL) and 5 (leak) are left to the
 *          rules of the verifier
 * Says     CALL, ARG, COMMON of the vector, RETURN
 * Source   wdm/nc-wdm-pallocate_common_buffer_vector,
 *          debugger/bug-check-0x1dc--dma-common-buffer-vector-error
 */
NTSTATUS AllocateCommonBufferVector(PDMA_ADAPTER DmaAdapter, PHYSICAL_ADDRESS LowAddress,
                                    PHYSICAL_ADDRESS HighAddress, MEMORY_CACHING_TYPE CacheType,
                                    ULONG IdealNode, ULONG Flags, ULONG NumberOfElements,
                                    ULONGLONG SizeOfElements, PDMA_COMMON_BUFFER_VECTOR *VectorOut)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c =
        call_begin(s, API_AllocateCommonBufferVector, adapter_id(a), (uint64_t)LowAddress.QuadPart,
                   (uint64_t)HighAddress.QuadPart, NumberOfElements, SizeOfElements);
    struct common_want want = { .min = (uint64_t)LowAddress.QuadPart,
                                .max = (uint64_t)HighAddress.QuadPart,
                                .large = (Flags & DOMAIN_COMMON_BUFFER_LARGE_PAGE) != 0,
                                .type = OBJ_VECTOR,
                                .domain = a ? a->device->domain : 0 };
    struct common_buffer *b = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    call_arg(&c, 0, (uint64_t)CacheType, IdealNode, Flags, 0);
    if (!RELEASED(a) && VectorOut && (CacheType == MmNonCached || CacheType == MmCached) &&
        IdealNode != MM_ANY_NODE_OK)
        status = vector_make(s, a, &want, NumberOfElements, SizeOfElements, &b);
    if (b)
        *VectorOut = (PDMA_COMMON_BUFFER_VECTOR)b->data;
    call_end(&c, (uint64_t)(ULONG)status, b ? b->obj : 0, SAID(s, b ? va_of(s, b->data).v : 0),
             b ? b->ba : 0);
    return status;
}

static struct common_buffer *vector_of(struct sim *s, PDMA_COMMON_BUFFER_VECTOR Vector,
                                       uint32_t *id)
{
    struct common_buffer *b = common_find(s, Vector, id);

    return b && OBJ_TYPE(b->obj) == OBJ_VECTOR ? b : NULL;
}

/* Whether the element is there; a bug check is what Windows has for those that are not. */
static bool element_there(struct sim *s, const struct common_buffer *b, ULONG index)
{
    if (!b)
        return false;
    if (index >= b->elements) {
        sim_bugcheck(s, VECTOR_ERROR, VECTOR_INDEX, b->elements, index, 0);
        return false;
    }
    if (b->gone[index]) {
        sim_bugcheck(s, VECTOR_ERROR, VECTOR_GONE, index, 0, 0);
        return false;
    }
    return true;
}

/*
 * GetCommonBufferFromVectorByIndex: the addresses of one element.
 *
 * Irql     <= DISPATCH_LEVEL (the page is a stub)
 * Gap      after the bug check (index out of bounds 3, freed 4), when the run goes on: NULL and 0
 * Says     CALL, BUGCHECK, RETURN
 * Source   wdm/nc-wdm-pget_common_buffer_from_vector_by_index
 */
VOID GetCommonBufferFromVectorByIndex(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector,
                                      ULONG Index, PVOID *VirtualAddressOut,
                                      PPHYSICAL_ADDRESS LogicalAddressOut)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct common_buffer *b = vector_of(s, Vector, &id);
    struct call c = call_begin(s, API_GetCommonBufferFromVectorByIndex,
                               adapter_id(adapter_find(s, DmaAdapter)), id, Index, 0, 0);
    bool there = element_there(s, b, Index);
    uint8_t *data = there ? b->data + b->stride * Index : NULL;
    uint64_t ba = there ? b->ba + b->stride * Index : 0;

    if (VirtualAddressOut)
        *VirtualAddressOut = data;
    if (LogicalAddressOut)
        *LogicalAddressOut = logical_of(ba);
    call_end(&c, SAID(s, data ? va_of(s, data).v : 0), ba, 0, 0);
}

/*
 * FreeCommonBufferFromVector: one element goes; its memory stays with the vector.
 *
 * Irql     <= DISPATCH_LEVEL (the page is a stub)
 * Gap      the element stays mapped until the vector goes
 * Says     CALL, BUGCHECK, RETURN
 * Source   wdm/nc-wdm-pfree_common_buffer_from_vector
 */
VOID FreeCommonBufferFromVector(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector,
                                ULONG Index)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct common_buffer *b = vector_of(s, Vector, &id);
    struct call c = call_begin(s, API_FreeCommonBufferFromVector,
                               adapter_id(adapter_find(s, DmaAdapter)), id, Index, 0, 0);

    if (element_there(s, b, Index)) {
        b->gone[Index] = 1;
        b->elements_live--;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * FreeCommonBufferVector: the vector goes, when all its elements have.
 *
 * Irql     PASSIVE_LEVEL (the page is a stub)
 * Gap      after bug check 0x1DC code 2 (not empty), when the run goes on, it is freed all the same
 * Says     CALL, BUGCHECK, GUARD when damaged, COMMON_END, RETURN
 * Source   wdm/nc-wdm-pfree_common_buffer_vector
 */
VOID FreeCommonBufferVector(PDMA_ADAPTER DmaAdapter, PDMA_COMMON_BUFFER_VECTOR Vector)
{
    struct sim *s = sim_now();
    uint32_t id, i = 0;
    struct common_buffer *b = vector_of(s, Vector, &id);
    struct call c = call_begin(s, API_FreeCommonBufferVector,
                               adapter_id(adapter_find(s, DmaAdapter)), id, 0, 0, 0);

    if (b && b->elements_live) {
        while (b->gone[i])
            i++;
        sim_bugcheck(s, VECTOR_ERROR, VECTOR_NOT_EMPTY, i,
                     SAID(s, va_of(s, b->data + b->stride * i).v), b->ba + b->stride * i);
    }
    if (b)
        common_free(s, b);
    call_end(&c, 0, 0, 0, 0);
}
