/*
 * DMA domains: whose translations a device sees. Every device begins in a domain of its own;
 * joining another's lets two devices share common buffers. On machines without remapping the same
 * calls work, since every device sees all memory there.
 */
#include "sim/core/iommu.h"
#include "sim/nt/dma.h"

#define RELEASED(a) (!(a) || !(a)->live)
#define DOMAIN_HANDLE 0xfffffd0000000000ull /* opaque, and no pointer */
#define NO_DOMAIN UINT32_MAX

static HANDLE handle_of(uint32_t domain)
{
    return (HANDLE)(DOMAIN_HANDLE + ((uint64_t)domain + 1) * 16);
}

static uint32_t domain_of(struct sim *s, HANDLE handle)
{
    uint64_t in = ((uint64_t)handle - DOMAIN_HANDLE) / 16 - 1;

    if ((uint64_t)handle < DOMAIN_HANDLE || ((uint64_t)handle & 15) || in >= NO_DOMAIN ||
        !iommu_domain_exists(s, (uint32_t)in))
        return NO_DOMAIN;
    return (uint32_t)in;
}

/*
 * GetDmaDomain: a handle to the domain that the adapter's device is in.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the handle; NULL for a released adapter
 * Gap      machines without remapping have a domain for each device as well
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pget_dma_domain
 */
HANDLE GetDmaDomain(PDMA_ADAPTER DmaAdapter)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_GetDmaDomain, adapter_id(a), 0, 0, 0, 0);

    call_end(&c, RELEASED(a) ? 0 : iommu_domain_obj(s, a->device->domain), 0, 0, 0);
    return RELEASED(a) ? NULL : handle_of(a->device->domain);
}

static NTSTATUS domain_enter(struct sim *s, struct adapter *a, uint32_t domain)
{
    if (RELEASED(a) || domain == NO_DOMAIN)
        return STATUS_INVALID_PARAMETER;
    if (!device_quiet(s, a->device))
        return STATUS_INVALID_DEVICE_STATE;
    a->device->domain = domain;
    return STATUS_SUCCESS;
}

/*
 * JoinDmaDomain: the adapter's device moves to the domain of another adapter.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_INVALID_PARAMETER for a handle that is none, STATUS_INVALID_DEVICE_STATE while
 *          anything of the device is mapped
 * Gap      the page names no preconditions and no statuses
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pjoin_dma_domain
 */
NTSTATUS JoinDmaDomain(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t domain = domain_of(s, DomainHandle);
    struct call c =
        call_begin(s, API_JoinDmaDomain, adapter_id(a), iommu_domain_obj(s, domain), 0, 0, 0);
    NTSTATUS status = domain_enter(s, a, domain);

    call_end(&c, (uint64_t)(ULONG)status, 0, 0, 0);
    return status;
}

/*
 * LeaveDmaDomain: back to the device's own domain.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_INVALID_DEVICE_STATE while anything of the device is mapped
 * Gap      as JoinDmaDomain. Leaving one's own domain succeeds
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pleave_dma_domain
 */
NTSTATUS LeaveDmaDomain(PDMA_ADAPTER DmaAdapter)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_LeaveDmaDomain, adapter_id(a),
                               a ? iommu_domain_obj(s, a->device->domain) : 0, 0, 0, 0);
    NTSTATUS status = domain_enter(s, a, a ? a->device->own_domain : NO_DOMAIN);

    call_end(&c, (uint64_t)(ULONG)status, 0, 0, 0);
    return status;
}

/*
 * AllocateDomainCommonBuffer: a common buffer that every device of the domain sees.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_INVALID_PARAMETER (handle, cache type, no place for results),
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      the page enumerates no statuses. It lies where the calling adapter reaches it; others
 *          with fewer address bits must give MaximumAddress. PreferredNode is said and changes
 *          nothing
 * Says     CALL, ARG, COMMON, RETURN
 * Source   wdm/nc-wdm-pallocate_domain_common_buffer
 */
NTSTATUS AllocateDomainCommonBuffer(PDMA_ADAPTER DmaAdapter, HANDLE DomainHandle,
                                    PPHYSICAL_ADDRESS MaximumAddress, ULONG Length, ULONG Flags,
                                    MEMORY_CACHING_TYPE *CacheType, NODE_REQUIREMENT PreferredNode,
                                    PPHYSICAL_ADDRESS LogicalAddress, PVOID *VirtualAddress)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t domain = domain_of(s, DomainHandle);
    uint64_t max = MaximumAddress ? (uint64_t)MaximumAddress->QuadPart : UINT64_MAX;
    struct call c = call_begin(s, API_AllocateDomainCommonBuffer, adapter_id(a),
                               iommu_domain_obj(s, domain), Length, max, Flags);
    struct common_want want = { .length_bytes = Length,
                                .max = MaximumAddress && max ? max - 1 : max,
                                .large = (Flags & DOMAIN_COMMON_BUFFER_LARGE_PAGE) != 0,
                                .domain = domain,
                                .type = OBJ_COMMON };
    struct common_buffer *b = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    call_arg(&c, iommu_domain_obj(s, domain), CacheType ? (uint64_t)*CacheType : 0xffffffffu,
             PreferredNode, 0, 0);
    if (!RELEASED(a) && domain != NO_DOMAIN && LogicalAddress && VirtualAddress &&
        (!CacheType || *CacheType == MmNonCached || *CacheType == MmCached)) {
        b = fault_here(s, FAULT_COMMON) ? NULL : common_alloc(s, a, &want);
        status = b ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (b) {
        *LogicalAddress = logical_of(b->ba);
        *VirtualAddress = b->data;
    }
    call_end(&c, (uint64_t)(ULONG)status, b ? b->obj : 0, SAID(s, b ? va_of(s, b->data).v : 0),
             b ? b->ba : 0);
    return status;
}
