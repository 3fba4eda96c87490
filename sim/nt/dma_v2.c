/*
 * Version 2: lists in the driver's own memory, how large they get, and an MDL over what a list
 * shows.
 */
#include "sim/nt/dma.h"

#define RELEASED(a) (!(a) || !(a)->live)

/*
 * CalculateScatterGatherList: memory and map registers that a list takes.
 *
 * Irql     any
 * Units    *ScatterGatherListSize: bytes, with the HAL's private part
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES (more map registers than the adapter has),
 *          STATUS_BUFFER_TOO_SMALL (Mdl does not cover Length)
 * Gap      size is 200 + 32 bytes for each map register, on every machine: header, private part,
 *          and for each register an element and a private word. Windows' own formula is not public;
 *          232 bytes for one register is what it was seen to answer
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pcalculate_scatter_gather_list_size
 */
NTSTATUS CalculateScatterGatherList(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID CurrentVa,
                                    ULONG Length, PULONG ScatterGatherListSize,
                                    PULONG NumberOfMapRegisters)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_CalculateScatterGatherList, adapter_id(a),
                               SAID(s, mdl_obj(s, Mdl)), SAID(s, va_of(s, CurrentVa).v), Length, 0);
    uint32_t registers = (uint32_t)span_pages((uint64_t)CurrentVa, Length);
    NTSTATUS status = STATUS_SUCCESS;

    if (RELEASED(a) || !ScatterGatherListSize)
        status = STATUS_INVALID_PARAMETER;
    else if (Mdl && sg_count(mdl_of(Mdl), mdl_offset_of(Mdl, CurrentVa), Length, &registers))
        status = STATUS_BUFFER_TOO_SMALL;
    else if (registers > a->registers_max)
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (status == STATUS_SUCCESS) {
        *ScatterGatherListSize = (ULONG)sg_size(registers);
        if (NumberOfMapRegisters)
            *NumberOfMapRegisters = registers;
    }
    call_end(&c, (uint64_t)(ULONG)status, status ? 0 : sg_size(registers), status ? 0 : registers,
             0);
    return status;
}

/*
 * BuildScatterGatherList: as GetScatterGatherList, in the driver's memory.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  as GetScatterGatherList; STATUS_BUFFER_TOO_SMALL also for a buffer below the calculated
 *          size
 * Gap      as GetScatterGatherList
 * Says     as GetScatterGatherList
 * Source   wdm/nc-wdm-pbuild_scatter_gather_list
 */
NTSTATUS BuildScatterGatherList(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                                PVOID CurrentVa, ULONG Length,
                                PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer,
                                ULONG ScatterGatherLength)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t mdl = SAID(s, mdl_obj(s, Mdl)), list_id = 0;
    struct list_call want = { .device_object = DeviceObject,
                              .mdl = Mdl,
                              .offset = mdl_offset_of(Mdl, CurrentVa),
                              .length = Length,
                              .routine = ExecutionRoutine,
                              .routine_context = Context,
                              .to_device = WriteToDevice,
                              .build = true,
                              .buffer = ScatterGatherBuffer,
                              .buffer_bytes = ScatterGatherLength };
    struct call c = call_begin(s, API_BuildScatterGatherList, adapter_id(a), mdl,
                               SAID(s, va_of(s, CurrentVa).v), dir_length(Length, WriteToDevice),
                               SAID(s, device_obj(s, DeviceObject)));
    struct dma_list *list = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (s->trace.on) {
        call_arg(&c, mdl, want.offset, va_of(s, (void *)ExecutionRoutine).v, va_of(s, Context).v,
                 Mdl ? (uint64_t)Mdl->ByteCount << 32 | (USHORT)Mdl->MdlFlags : 0);
        call_arg(&c, 0, va_of(s, ScatterGatherBuffer).v, ScatterGatherLength, 0, 0);
        dma_buffer_look(s, API_BuildScatterGatherList, Mdl, CurrentVa, Length,
                        &(struct buffer_way) { .chain = true, .to_device = WriteToDevice });
    }
    if (!RELEASED(a) && ExecutionRoutine)
        status = dma_list_get(s, a, &want, &list, &list_id);
    if (!NT_SUCCESS(status))
        dma_refused(s, API_BuildScatterGatherList, a, status, Mdl,
                    dma_registers_of(Mdl, mdl_offset_of(Mdl, CurrentVa), Length));
    call_end(&c, (uint64_t)(ULONG)status, list_id, 0, 0);
    return status;
}

/* The frame behind byte `offset` of the transfer as the device sees it: of a bounce run, or the
 * buffer's. */
static uint64_t shown_frame(struct sim *s, const struct dma_list *l, uint64_t offset, bool *known)
{
    const struct dma_mdl *mdl;

    *known = true;
    for (const struct bounce *b = l->map.bounces; b; b = b->next)
        if (offset - b->offset < b->length_bytes)
            return (bounce_pa(s, b) + (offset - b->offset)) >> PAGE_BITS;
    mdl = sg_seek(l->map.mdl, &offset);
    if (!mdl) {
        *known = false;
        return 0;
    }
    return mdl->pfns[(mdl->start + offset) >> PAGE_BITS];
}

/* Frames of a new MDL over the list. NULL: its parts do not meet at page borders, or no memory. */
static PMDL shown_mdl(struct sim *s, const struct dma_list *l)
{
    const struct bounce *b = l->map.bounces;
    uint64_t first = l->map.offset, at, pages, bytes = l->map.length_bytes, done = 0;
    const struct dma_mdl *mdl = sg_seek(l->map.mdl, &first);
    bool one_bounce = b && b->length_bytes == bytes, known = true;
    PMDL target;

    if (!mdl || (!one_bounce && first + bytes > mdl->length_bytes))
        return NULL;
    at = one_bounce ? b->start : PAGE_OFFSET(mdl->start + first);
    target = mdl_create(s, (PVOID)at, (ULONG)bytes, NULL);
    if (!target)
        return NULL;
    pages = span_pages(at, bytes);
    for (uint64_t i = 0; i < pages && known; i++) {
        mdl_of(target)->pfns[i] = shown_frame(s, l, l->map.offset + done, &known);
        done += PAGE_BYTES - (i ? 0 : at);
    }
    target->MdlFlags |= MDL_PAGES_LOCKED;
    trace_emit(&s->trace, EV_MDL_BUILD, API_NONE, mdl_obj(s, target), at, pages, 0, 0);
    return target;
}

/*
 * BuildMdlFromScatterGatherList: an MDL over the memory that the device really works on.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_INVALID_PARAMETER without OriginalMdl or list, STATUS_NONE_MAPPED the second
 *          time, STATUS_INSUFFICIENT_RESOURCES
 * Gap      a list over several MDLs of which only parts are bounced gives
 *          STATUS_INSUFFICIENT_RESOURCES
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pbuild_mdl_from_scatter_gather_list
 */
NTSTATUS BuildMdlFromScatterGatherList(PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather,
                                       PMDL OriginalMdl, PMDL *TargetMdl)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct dma_list *l = list_find(s, ScatterGather, &id);
    struct call c =
        call_begin(s, API_BuildMdlFromScatterGatherList, adapter_id(adapter_find(s, DmaAdapter)),
                   id, SAID(s, mdl_obj(s, OriginalMdl)), 0, 0);
    NTSTATUS status = STATUS_SUCCESS;

    if (!OriginalMdl || !l || !TargetMdl)
        status = STATUS_INVALID_PARAMETER;
    else if (l->target_mdl)
        status = STATUS_NONE_MAPPED;
    else
        l->target_mdl = (l->target_made = l->map.bounces != NULL) ? shown_mdl(s, l) : OriginalMdl;
    if (status == STATUS_SUCCESS && !l->target_mdl)
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (status == STATUS_SUCCESS)
        *TargetMdl = l->target_mdl;
    call_end(&c, (uint64_t)(ULONG)status,
             SAID(s, status == STATUS_SUCCESS ? mdl_obj(s, l->target_mdl) : 0), 0, 0);
    return status;
}
