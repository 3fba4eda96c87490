/*
 * Common buffers: the ways to get one, and the one way to give it back.
 */
#include "sim/core/iommu.h"
#include "sim/nt/dma.h"

#define RELEASED(a) (!(a) || !(a)->live)
#define CACHE_NULL 0xffffffffu /* "no cache type given", in events */

static struct common_buffer *buffer_get(struct sim *s, struct adapter *a,
                                        const struct common_want *want,
                                        PPHYSICAL_ADDRESS LogicalAddress)
{
    struct common_buffer *b;

    if (RELEASED(a) || fault_here(s, FAULT_COMMON))
        return NULL;
    b = common_alloc(s, a, want);
    if (b && LogicalAddress)
        *LogicalAddress = logical_of(b->ba);
    return b;
}

static void buffer_end(struct call *c, const struct common_buffer *b)
{
    struct sim *s = c->s;

    call_end(c, b ? b->obj : 0, SAID(s, b ? va_of(s, b->data).v : 0), b ? b->ba : 0, 0);
}

/*
 * AllocateCommonBuffer: memory for driver and device, contiguous for the device.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Length: bytes; only these may be used, though whole pages are taken
 * Returns  its address, or NULL
 * Gap      page aligned, also where Driver Verifier would centre it in its pages. Never takes map
 *          registers: the machine has memory that every device reaches. Driver and device
 *          see the same bytes on every profile: where caches are not coherent it is not kept in
 *          them, whatever CacheEnabled says, but unaligned accesses work all the same. Contents are
 *          0xC3: no page promises zeroes
 * Says     CALL, COMMON, RETURN
 * Source   wdm/nc-wdm-pallocate_common_buffer
 */
PVOID AllocateCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length, PPHYSICAL_ADDRESS LogicalAddress,
                           BOOLEAN CacheEnabled)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c =
        call_begin(s, API_AllocateCommonBuffer, adapter_id(a), Length, CacheEnabled, 0, 0);
    struct common_want want = { .length_bytes = Length,
                                .max = UINT64_MAX,
                                .type = OBJ_COMMON,
                                .domain = a ? a->device->domain : 0 };
    struct common_buffer *b = buffer_get(s, a, &want, LogicalAddress);

    buffer_end(&c, b);
    return b ? b->data : NULL;
}

/*
 * AllocateCommonBufferEx: the same, below an address, on a node.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  its address, or NULL
 * Gap      the machine has one node; PreferredNode is said and changes nothing
 * Says     CALL, COMMON, RETURN
 * Source   wdm/nc-wdm-pallocate_common_buffer_ex
 */
PVOID AllocateCommonBufferEx(PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MaximumAddress,
                             ULONG Length, PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled,
                             NODE_REQUIREMENT PreferredNode)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint64_t max = MaximumAddress ? (uint64_t)MaximumAddress->QuadPart : UINT64_MAX;
    struct call c = call_begin(s, API_AllocateCommonBufferEx, adapter_id(a), Length, CacheEnabled,
                               max, PreferredNode);
    struct common_want want = { .length_bytes = Length,
                                .max = MaximumAddress && max ? max - 1 : max,
                                .type = OBJ_COMMON,
                                .domain = a ? a->device->domain : 0 };
    struct common_buffer *b = buffer_get(s, a, &want, LogicalAddress);

    buffer_end(&c, b);
    return b ? b->data : NULL;
}

/*
 * AllocateCommonBufferWithBounds: the same, at or above Minimum and below Maximum.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  its address, or NULL; NULL also for a cache type other than MmNonCached and MmCached
 * Gap      the cache type changes nothing else; PreferredNode as above
 * Says     CALL, ARG, COMMON, RETURN
 * Source   wdm/nc-wdm-pallocate_common_buffer_with_bounds
 */
PVOID AllocateCommonBufferWithBounds(PDMA_ADAPTER DmaAdapter, PPHYSICAL_ADDRESS MinimumAddress,
                                     PPHYSICAL_ADDRESS MaximumAddress, ULONG Length, ULONG Flags,
                                     MEMORY_CACHING_TYPE *CacheType, NODE_REQUIREMENT PreferredNode,
                                     PPHYSICAL_ADDRESS LogicalAddress)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint64_t min = MinimumAddress ? (uint64_t)MinimumAddress->QuadPart : 0;
    uint64_t max = MaximumAddress ? (uint64_t)MaximumAddress->QuadPart : UINT64_MAX;
    struct call c =
        call_begin(s, API_AllocateCommonBufferWithBounds, adapter_id(a), Length, min, max, Flags);
    struct common_want want = { .length_bytes = Length,
                                .min = min,
                                .max = MaximumAddress && max ? max - 1 : max,
                                .large = (Flags & DOMAIN_COMMON_BUFFER_LARGE_PAGE) != 0,
                                .type = OBJ_COMMON,
                                .domain = a ? a->device->domain : 0 };
    struct common_buffer *b = NULL;

    call_arg(&c, 0, CacheType ? (uint64_t)*CacheType : CACHE_NULL, PreferredNode, 0, 0);
    if (!CacheType || *CacheType == MmNonCached || *CacheType == MmCached)
        b = buffer_get(s, a, &want, LogicalAddress);
    buffer_end(&c, b);
    return b ? b->data : NULL;
}

/*
 * FreeCommonBuffer: the whole buffer, by what its allocation gave.
 *
 * Irql     PASSIVE_LEVEL
 * Gap      the buffer is found by VirtualAddress, where several lie there (over one MDL) by adapter
 *          and LogicalAddress, too; other arguments that differ are said (the COMMON event has the
 *          true ones) and change nothing. An address that is no live buffer: nothing happens
 * Says     CALL, ARG, GUARD when damaged, COMMON_END, RETURN
 * Source   wdm/nc-wdm-pfree_common_buffer
 */
VOID FreeCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length, PHYSICAL_ADDRESS LogicalAddress,
                      PVOID VirtualAddress, BOOLEAN CacheEnabled)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct common_buffer *b =
        common_meant(common_find(s, VirtualAddress, &id), a, (uint64_t)LogicalAddress.QuadPart);
    struct call c =
        call_begin(s, API_FreeCommonBuffer, adapter_id(a), b ? b->obj : id, Length,
                   (uint64_t)LogicalAddress.QuadPart, SAID(s, va_of(s, VirtualAddress).v));

    call_arg(&c, 0, CacheEnabled, 0, 0, 0);
    /* Another thread may have given it back while this one came here. */
    if (b && common_meant(common_find(s, VirtualAddress, &id), a,
                          (uint64_t)LogicalAddress.QuadPart) != b)
        b = NULL;
    if (b && OBJ_TYPE(b->obj) == OBJ_COMMON)
        common_free(s, b);
    call_end(&c, b != NULL, 0, 0, 0);
}

/* What the configurations of CreateCommonBufferFromMdl ask for. */
struct from_mdl {
    struct common_want want;
    uint64_t offset;
    bool section;
    unsigned access;
};

static NTSTATUS configuration_take(struct from_mdl *f,
                                   const DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION *e,
                                   const struct adapter *a)
{
    switch (e->ConfigType) {
    case CommonBufferConfigTypeLogicalAddressLimits:
        f->want.min = (uint64_t)e->LogicalAddressLimits.MinimumAddress.QuadPart;
        f->want.max = (uint64_t)e->LogicalAddressLimits.MaximumAddress.QuadPart;
        return f->want.min <= f->want.max ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    case CommonBufferConfigTypeSubSection:
        f->offset = e->SubSection.Offset;
        f->want.length_bytes = e->SubSection.Length;
        f->section = true;
        return STATUS_SUCCESS;
    case CommonBufferConfigTypeHardwareAccessPermissions:
        if ((unsigned)e->HardwareAccessType >= CommonBufferHardwareAccessMax)
            return STATUS_INVALID_PARAMETER;
        if (e->HardwareAccessType == CommonBufferHardwareAccessReadOnly)
            f->access = IOMMU_READ;
        else if (e->HardwareAccessType == CommonBufferHardwareAccessWriteOnly)
            f->access = IOMMU_WRITE;
        return f->access != (IOMMU_READ | IOMMU_WRITE) && !a->remapped ? STATUS_NOT_SUPPORTED
                                                                       : STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

static NTSTATUS configurations_take(struct from_mdl *f,
                                    const DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION *e, ULONG count,
                                    const struct adapter *a)
{
    unsigned seen = 0;

    if (count && (!e || count > CommonBufferConfigTypeMax))
        return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < count; i++) {
        NTSTATUS status = configuration_take(f, &e[i], a);

        if (status != STATUS_SUCCESS)
            return status;
        if (seen & 1u << e[i].ConfigType)
            return STATUS_INVALID_PARAMETER;
        seen |= 1u << e[i].ConfigType;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS from_mdl(struct sim *s, struct adapter *a, PMDL Mdl, struct from_mdl *f,
                         struct common_buffer **b)
{
    const struct dma_mdl *mdl = mdl_of(Mdl);
    uint64_t within = f->offset;
    char *va;

    if (mdl->next && !f->section)
        return STATUS_INVALID_PARAMETER;
    if (!f->section)
        f->want.length_bytes = mdl->length_bytes;
    mdl = sg_seek(mdl, &within);
    if (!mdl || !f->want.length_bytes || f->want.length_bytes % PAGE_BYTES ||
        PAGE_OFFSET(mdl->start + within) || within + f->want.length_bytes > mdl->length_bytes ||
        !(mdl->flags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) ||
        !(mdl->flags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL)))
        return STATUS_INVALID_PARAMETER;
    if (fault_here(s, FAULT_COMMON))
        return STATUS_INSUFFICIENT_RESOURCES;
    va = (char *)mdl->mapped_va + within;
    *b = common_borrow(s, a, mdl, within, &f->want, va, f->access);
    if (*b)
        return STATUS_SUCCESS;
    /* Without remapping the memory itself does not fit: an incompatible MDL, as the page has it. */
    return a->remapped ? STATUS_INSUFFICIENT_RESOURCES : STATUS_INVALID_PARAMETER;
}

/*
 * CreateCommonBufferFromMdl: a common buffer over memory that the driver has already.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_INVALID_PARAMETER (MDL not page aligned, not resident, not mapped, chained;
 *          without remapping also not contiguous or out of reach; bad or double configuration),
 *          STATUS_NOT_SUPPORTED (read-only or write-only without remapping),
 *          STATUS_INSUFFICIENT_RESOURCES (no addresses)
 * Gap      no guards: the pages around are not ours
 * Says     CALL, ARG for each configuration, COMMON, RETURN
 * Source   wdm/nc-wdm-pcreate-common-buffer-from-mdl
 */
NTSTATUS CreateCommonBufferFromMdl(PDMA_ADAPTER DmaAdapter, PMDL Mdl,
                                   PDMA_COMMON_BUFFER_EXTENDED_CONFIGURATION ExtendedConfigs,
                                   ULONG ExtendedConfigsCount, PPHYSICAL_ADDRESS LogicalAddress)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_CreateCommonBufferFromMdl, adapter_id(a),
                               SAID(s, mdl_obj(s, Mdl)), ExtendedConfigsCount, 0, 0);
    struct from_mdl f = {
        .want = { .max = UINT64_MAX, .type = OBJ_COMMON, .domain = a ? a->device->domain : 0 },
        .access = IOMMU_READ | IOMMU_WRITE
    };
    struct common_buffer *b = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    for (ULONG i = 0; s->trace.on && ExtendedConfigs && i < ExtendedConfigsCount &&
                      i < CommonBufferConfigTypeMax;
         i++)
        call_arg(&c, SAID(s, mdl_obj(s, Mdl)), ExtendedConfigs[i].ConfigType,
                 ExtendedConfigs[i].Reserved[0], ExtendedConfigs[i].Reserved[1], 0);
    if (!RELEASED(a) && Mdl && LogicalAddress) {
        status = configurations_take(&f, ExtendedConfigs, ExtendedConfigsCount, a);
        if (status == STATUS_SUCCESS)
            status = from_mdl(s, a, Mdl, &f, &b);
    }
    if (b)
        *LogicalAddress = logical_of(b->ba);
    call_end(&c, (uint64_t)(ULONG)status, b ? b->obj : 0, SAID(s, b ? va_of(s, b->data).v : 0),
             b ? b->ba : 0);
    return status;
}
