/*
 * Version 3: transfer contexts, requests that can be synchronous and cancelled, and maps over a
 * whole chain by offset.
 */
#include "sim/core/cache.h"
#include "sim/core/sysdma.h"
#include "sim/nt/dma.h"

#include <string.h>

#define RELEASED(a) (!(a) || !(a)->live)

/* A transfer of no bytes, or one that leaves the chain, is none (the pages: Length 1 to N - Offset).
 */
static bool in_chain(PMDL Mdl, ULONGLONG Offset, ULONG Length)
{
    uint64_t bytes = sg_chain_bytes(mdl_of(Mdl));

    return Length && Offset < bytes && Length <= bytes - Offset;
}

/* Elements that a transfer may take: one for each page, in a packet one for each MDL. */
static uint32_t elements_of(const struct adapter *a, PMDL Mdl, uint64_t offset, uint64_t length,
                            uint32_t registers)
{
    const struct dma_mdl *mdl = sg_seek(mdl_of(Mdl), &offset);
    uint32_t count = 0;

    if (a->scatter_gather)
        return registers;
    for (length += offset; mdl && length; mdl = mdl->next) {
        count += mdl->length_bytes != 0;
        length -= min_u64(length, mdl->length_bytes);
    }
    return count;
}

/* The forms that both pages allow: a routine and no place for the result, or, synchronous, the
 * place and no routine (the pages contradict each other on the rest: conflict 4 of the reference).
 */
static bool forms_hold(ULONG Flags, bool routine, bool result)
{
    return routine ? !result : (Flags & DMA_SYNCHRONOUS_CALLBACK) && result;
}

/*
 * GetDmaTransferInfo: map registers, elements and bytes that a transfer takes.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_NOT_SUPPORTED for an unknown version; STATUS_INVALID_PARAMETER for an Offset or
 *          Length outside the chain
 * Gap      WriteOnly changes nothing here: caches ask for no boundary pages
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pget_dma_transfer_info
 */
NTSTATUS GetDmaTransferInfo(PDMA_ADAPTER DmaAdapter, PMDL Mdl, ULONGLONG Offset, ULONG Length,
                            BOOLEAN WriteOnly, PDMA_TRANSFER_INFO TransferInfo)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    ULONG version = TransferInfo ? TransferInfo->Version : 0;
    struct call c = call_begin(s, API_GetDmaTransferInfo, adapter_id(a), SAID(s, mdl_obj(s, Mdl)),
                               Offset, dir_length(Length, WriteOnly), version);
    uint32_t registers = 0, elements = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (RELEASED(a) || !Mdl || !TransferInfo)
        status = STATUS_INVALID_PARAMETER;
    else if (version != DMA_TRANSFER_INFO_VERSION1 && version != DMA_TRANSFER_INFO_VERSION2)
        status = STATUS_NOT_SUPPORTED;
    else if (!in_chain(Mdl, Offset, Length) || sg_count(mdl_of(Mdl), Offset, Length, &registers) ||
             fault_here(s, FAULT_TRANSFER_CONTEXT))
        status = STATUS_INVALID_PARAMETER;
    if (status == STATUS_SUCCESS) {
        elements = elements_of(a, Mdl, Offset, Length, registers);
        TransferInfo->V1.MapRegisterCount = registers;
        TransferInfo->V1.ScatterGatherElementCount = elements;
        TransferInfo->V1.ScatterGatherListSize = (ULONG)sg_size(registers);
        if (version == DMA_TRANSFER_INFO_VERSION2)
            TransferInfo->V2.LogicalPageCount = registers;
    }
    call_end(&c, (uint64_t)(ULONG)status, registers, elements, registers ? sg_size(registers) : 0);
    return status;
}

/*
 * InitializeDmaTransferContext: a new life for a context; whatever was cancelled is forgotten.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_INVALID_PARAMETER for NULL or a released adapter
 * Gap      a context with a request under way is taken from it (its cancel no longer finds it)
 * Says     CALL, CONTEXT, RETURN
 * Source   wdm/nc-wdm-pinitialize_dma_transfer_context
 */
NTSTATUS InitializeDmaTransferContext(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_InitializeDmaTransferContext, adapter_id(a), 0,
                               SAID(s, va_of(s, DmaTransferContext).v), 0, 0);
    struct dma_context *x;

    if (RELEASED(a) || !DmaTransferContext || fault_here(s, FAULT_TRANSFER_CONTEXT)) {
        call_end(&c, (uint64_t)(ULONG)STATUS_INVALID_PARAMETER, 0, 0, 0);
        return STATUS_INVALID_PARAMETER;
    }
    x = dma_record(s, sizeof(*x));
    x->obj = obj_new(&s->trace, OBJ_CONTEXT);
    objmap_put(&s->dma->context_map, DmaTransferContext, x->obj, x);
    memset(DmaTransferContext, 0, DMA_TRANSFER_CONTEXT_SIZE_V1);
    *(PULONG)DmaTransferContext = DMA_TRANSFER_CONTEXT_VERSION1;
    if (s->trace.on)
        trace_emit(&s->trace, EV_CONTEXT, API_InitializeDmaTransferContext, x->obj,
                   va_of(s, DmaTransferContext).v, 0, 0, 0);
    call_end(&c, STATUS_SUCCESS, x->obj, 0, 0);
    return STATUS_SUCCESS;
}

/*
 * AllocateAdapterChannelEx: as AllocateAdapterChannel, many for each device object, and at once if
 * asked.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES (too many registers; synchronous: not
 *          now), STATUS_INVALID_PARAMETER (forms, context), STATUS_CANCELLED (context cancelled
 *          before)
 * Gap      the pages contradict each other on MapRegisterBase; only the forms that both allow are
 *          taken. A context used for two requests at once serves both, and a cancel finds the later
 *          one. Flags other than DMA_SYNCHRONOUS_CALLBACK are said and have no effect
 * Says     CALL, ARG, CHANNEL, MAPREG, CALLBACK.., RETURN
 * Source   wdm/nc-wdm-pallocate_adapter_channel_ex,
 *          kernel/basic-calling-pattern-for-version-3-dma-routines
 */
NTSTATUS AllocateAdapterChannelEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                  PVOID DmaTransferContext, ULONG NumberOfMapRegisters, ULONG Flags,
                                  PDRIVER_CONTROL ExecutionRoutine, PVOID ExecutionContext,
                                  PVOID *MapRegisterBase)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t id;
    struct dma_context *x = dma_context_find(s, DmaTransferContext, &id);
    struct call c =
        call_begin(s, API_AllocateAdapterChannelEx, adapter_id(a),
                   SAID(s, device_obj(s, DeviceObject)), id, NumberOfMapRegisters, Flags);
    struct channel_call want = { .device_object = DeviceObject,
                                 .registers = NumberOfMapRegisters,
                                 .routine = ExecutionRoutine,
                                 .routine_context = ExecutionContext,
                                 .synchronous = (Flags & DMA_SYNCHRONOUS_CALLBACK) != 0,
                                 .context = x };
    struct mapfile *file = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (s->trace.on)
        call_arg(&c, id, va_of(s, (void *)ExecutionRoutine).v, va_of(s, ExecutionContext).v,
                 va_of(s, MapRegisterBase).v, 0);
    if (!RELEASED(a) && x && forms_hold(Flags, ExecutionRoutine != NULL, MapRegisterBase != NULL))
        status =
            x->state == CONTEXT_CANCELLED ? STATUS_CANCELLED : dma_channel_get(s, a, &want, &file);
    if (status == STATUS_SUCCESS && MapRegisterBase)
        *MapRegisterBase = (PVOID)mapfile_token(file);
    if (!NT_SUCCESS(status))
        dma_refused(s, API_AllocateAdapterChannelEx, a, status, NULL, NumberOfMapRegisters);
    call_end(&c, (uint64_t)(ULONG)status, file ? file->obj : 0,
             status == STATUS_SUCCESS && MapRegisterBase, 0);
    return status;
}

/*
 * ConfigureAdapterChannel: a function of a system DMA controller's extension; ours has none,
 * and a bus master never.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_NOT_IMPLEMENTED, STATUS_INVALID_PARAMETER for a released adapter
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pconfigure_adapter_channel
 */
NTSTATUS ConfigureAdapterChannel(PDMA_ADAPTER DmaAdapter, ULONG FunctionNumber, PVOID Context)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_ConfigureAdapterChannel, adapter_id(a), FunctionNumber,
                               SAID(s, va_of(s, Context).v), 0, 0);
    NTSTATUS status = RELEASED(a) ? STATUS_INVALID_PARAMETER : STATUS_NOT_IMPLEMENTED;

    call_end(&c, (uint64_t)(ULONG)status, 0, 0, 0);
    return status;
}

static BOOLEAN context_cancel(struct sim *s, struct dma_context *x)
{
    if (!x)
        return FALSE;
    if (x->state == CONTEXT_IDLE) { /* before the allocation: that one is cancelled when it comes */
        x->state = CONTEXT_CANCELLED;
        return TRUE;
    }
    if (x->state != CONTEXT_PENDING || !x->request || !request_cancel(s, x->request))
        return FALSE;
    x->request = NULL;
    x->state = CONTEXT_DONE;
    return TRUE;
}

/*
 * CancelAdapterChannel: takes a request out of its queue.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE: the routine will never run. FALSE: it ran, or is about to (resources are granted)
 * Gap      a context that was never used counts as cancelled from then on (TRUE), until it is
 *          initialised again; the page does not say what is returned then. DeviceObject is not
 *          looked at
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pcancel_adapter_channel
 */
BOOLEAN CancelAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                             PVOID DmaTransferContext)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct dma_context *x = dma_context_find(s, DmaTransferContext, &id);
    struct call c = call_begin(s, API_CancelAdapterChannel, adapter_id(adapter_find(s, DmaAdapter)),
                               SAID(s, device_obj(s, DeviceObject)), id, 0, 0);
    BOOLEAN cancelled = context_cancel(s, x);

    call_end(&c, cancelled, 0, 0, 0);
    return cancelled;
}

struct map_ex { /* arguments that decide, after the checks */
    struct mapfile *file;
    PMDL mdl;
    ULONGLONG offset;
    ULONG length;
    bool to_device;
    struct sg_list *list;
    uint32_t elements_max;
};

/* The elements that a caller's list may have; a system channel takes one at a time. */
static uint32_t elements_room(const struct mapfile *f, ULONG list_bytes)
{
    if (list_bytes < sizeof(struct sg_list) + sizeof(struct sg_element))
        return 0;
    return f && f->a->system.channel
               ? 1
               : (uint32_t)((list_bytes - sizeof(struct sg_list)) / sizeof(struct sg_element));
}

/* What both kinds of device must not do, and what only a slave may: have no list of its own, name a
 * register and wait for a completion. */
static NTSTATUS map_ex_check(struct sim *s, const struct map_ex *x, bool system_arguments)
{
    bool system = x->file && x->file->a->system.channel;

    if (!x->file || !x->mdl || !x->list || !x->elements_max || (system_arguments && !system) ||
        !in_chain(x->mdl, x->offset, x->length))
        return STATUS_INVALID_PARAMETER;
    if (x->file->context && x->file->context->transfer_cancelled)
        return STATUS_CANCELLED;
    if (fault_here(s, FAULT_SGL) || (system && sysdma_busy(x->file->a)))
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

static NTSTATUS map_ex(struct sim *s, const struct map_ex *x, ULONG *mapped)
{
    struct mapfile *f = x->file;
    struct adapter *a = f->a;
    uint64_t at = x->offset;
    const struct dma_mdl *first = sg_seek(mdl_of(x->mdl), &at);
    struct sg_want w = {
        .mdl = mdl_of(x->mdl),
        .offset = x->offset,
        .to_device = x->to_device,
        .chain = true,
        .one_run = !a->scatter_gather,
        .per_mdl = true,
        .elements = x->list->elements,
        .elements_max = x->elements_max,
        .registers_max = f->count > f->used ? f->count - f->used : 0,
        .cleans = true,
    };
    struct dma_map *m;

    w.length_bytes = dma_length_cut(s, first->start + at, x->length);
    dma_chain_say(s, x->mdl, x->offset + w.length_bytes);
    m = mapfile_map(s, f, &w, SAID(s, mdl_obj(s, x->mdl)));
    if (!m)
        return STATUS_INSUFFICIENT_RESOURCES;
    x->list->reserved = 0;
    x->list->count = 0;
    for (const struct dma_range *r = m->ranges; r; r = r->sibling)
        x->list->count++;
    *mapped = (ULONG)m->length_bytes;
    return STATUS_SUCCESS;
}

/*
 * MapTransferEx: maps the next piece of a chain and fills a list with it; for a slave, programs the
 * system DMA channel with it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    *Length: bytes; in: wanted; out: mapped, which registers, elements or a choice may make
 *          less
 * Returns  STATUS_INVALID_PARAMETER (a bus master needs a list of at least one element,
 *          DeviceOffset 0 and no completion routine; no zero length; Offset and Length inside the
 *          chain), STATUS_INSUFFICIENT_RESOURCES (for a slave also while its channel still runs),
 *          STATUS_CANCELLED
 * Gap      STATUS_BUFFER_TOO_SMALL is never given: what the list cannot hold is not mapped. A second
 *          map before the flush of the first is done as it comes, unless the channel runs. The
 *          controller takes one element, so a slave maps one MDL at a time
 * Says     CALL, ARG, ARG, BUFFER or MAP_TWICE when odd, MAP for each element, SYSDMA for a slave, RETURN
 * Source   wdm/nc-wdm-pmap_transfer_ex
 */
NTSTATUS MapTransferEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase, ULONGLONG Offset,
                       ULONG DeviceOffset, PULONG Length, BOOLEAN WriteToDevice,
                       PSCATTER_GATHER_LIST ScatterGatherBuffer, ULONG ScatterGatherBufferLength,
                       PDMA_COMPLETION_ROUTINE DmaCompletionRoutine, PVOID CompletionContext)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t id, mdl = SAID(s, mdl_obj(s, Mdl));
    ULONG wanted = Length ? *Length : 0, mapped = wanted;
    uint64_t own[(sizeof(struct sg_list) + sizeof(struct sg_element)) / sizeof(uint64_t)];
    struct map_ex x = { .file = mapfile_find(s, (uint64_t)MapRegisterBase, &id),
                        .mdl = Mdl,
                        .offset = Offset,
                        .length = wanted,
                        .to_device = WriteToDevice,
                        .list = (struct sg_list *)ScatterGatherBuffer };
    struct call c = call_begin(s, API_MapTransferEx, adapter_id(a), id, mdl, Offset,
                               dir_length(wanted, WriteToDevice));
    uint64_t bytes = sg_chain_bytes(mdl_of(Mdl));
    NTSTATUS status;

    if (s->trace.on) {
        call_arg(&c, mdl, DeviceOffset, va_of(s, ScatterGatherBuffer).v, ScatterGatherBufferLength,
                 va_of(s, (void *)DmaCompletionRoutine).v);
        call_arg(&c, x.file && x.file->context ? x.file->context->obj : 0,
                 va_of(s, CompletionContext).v, bytes, Mdl ? (USHORT)Mdl->MdlFlags : 0,
                 x.file && x.file->count > x.file->used ? x.file->count - x.file->used : 0);
        dma_buffer_look(s, API_MapTransferEx, Mdl, NULL, wanted,
                        &(struct buffer_way) { .by_offset = true, .offset = Offset });
    }
    if (!x.list && x.file && x.file->a->system.channel) {
        x.list = (struct sg_list *)own;
        ScatterGatherBufferLength = sizeof(own);
    }
    x.elements_max = elements_room(x.file, ScatterGatherBufferLength);
    status = RELEASED(a) ? STATUS_INVALID_PARAMETER
                         : map_ex_check(s, &x, DeviceOffset || DmaCompletionRoutine);
    if (status == STATUS_SUCCESS)
        status = map_ex(s, &x, &mapped);
    if (status == STATUS_SUCCESS)
        *Length = mapped;
    if (status == STATUS_SUCCESS && x.file->a->system.channel) {
        const struct system_start start = { .ba = x.list->elements[0].ba,
                                            .length = mapped,
                                            .to_device = WriteToDevice,
                                            .device_offset = DeviceOffset,
                                            .routine = DmaCompletionRoutine,
                                            .routine_context = CompletionContext };

        dma_system_start(s, x.file, &start);
    }
    if (!NT_SUCCESS(status))
        dma_refused(s, API_MapTransferEx, a, status, Mdl, dma_registers_of(Mdl, Offset, wanted));
    call_end(&c, (uint64_t)(ULONG)status, mapped, status ? 0 : x.list->count,
             status ? 0 : x.list->elements[0].ba);
    return status;
}

/* Get...Ex and Build...Ex after their CALL. */
static NTSTATUS list_ex(struct sim *s, struct adapter *a, const struct list_call *want,
                        PVOID *result, ULONG Flags, bool system_arguments, uint32_t *list_id)
{
    struct dma_list *list = NULL;
    NTSTATUS status;

    /* Both pages: a routine, or, synchronous, a place for the list; with a routine the place is
     * optional. */
    if (RELEASED(a) || a->system.channel || !want->context || system_arguments ||
        !(want->routine || (result && Flags & DMA_SYNCHRONOUS_CALLBACK)) ||
        !in_chain(want->mdl, want->offset, want->length))
        return STATUS_INVALID_PARAMETER;
    if (want->context->state == CONTEXT_CANCELLED)
        return STATUS_CANCELLED;
    status = dma_list_get(s, a, want, &list, list_id);
    if (status == STATUS_SUCCESS && result)
        *result = want->build ? want->buffer : list ? list->face : NULL;
    return status;
}

static void list_ex_say(struct call *c, const struct list_call *want, uint32_t context, ULONG Flags,
                        PVOID result, PDMA_COMPLETION_ROUTINE completion, PVOID completion_context)
{
    struct sim *s = c->s;
    PMDL mdl = want->mdl;

    call_arg(c, context, Flags, va_of(s, (void *)want->routine).v,
             va_of(s, want->routine_context).v, va_of(s, result).v);
    call_arg(c, 0, va_of(s, (void *)completion).v, va_of(s, completion_context).v,
             sg_chain_bytes(mdl_of(mdl)), mdl ? (USHORT)mdl->MdlFlags : 0);
    if (want->build)
        call_arg(c, 0, va_of(s, want->buffer).v, want->buffer_bytes, 0, 0);
    dma_buffer_look(s, (enum api)c->api, mdl, NULL, want->length,
                    &(struct buffer_way) { .by_offset = true, .offset = want->offset });
}

/*
 * GetScatterGatherListEx: a list by offset into a chain; at once if asked.
 *
 * Irql     <= DISPATCH_LEVEL (the routine runs at DISPATCH_LEVEL all the same)
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (also: Offset and Length leave the chain),
 *          STATUS_INSUFFICIENT_RESOURCES, STATUS_CANCELLED
 * Gap      with a routine that comes later, *ScatterGatherList is NULL. The page says that
 *          everything is freed when the routine returns; as KMDF and NetAdapterCx rely on, the
 *          return releases the adapter only, and list and registers live until PutScatterGatherList
 * Says     CALL, ARG, ARG, BUFFER when odd, CHANNEL, SGL, MAP for each element, CALLBACK.., RETURN
 * Source   wdm/nc-wdm-pget_scatter_gather_list_ex
 */
NTSTATUS GetScatterGatherListEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                PVOID DmaTransferContext, PMDL Mdl, ULONGLONG Offset, ULONG Length,
                                ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                BOOLEAN WriteToDevice, PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
                                PVOID CompletionContext, PSCATTER_GATHER_LIST *ScatterGatherList)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t id, list_id = 0;
    struct dma_context *x = dma_context_find(s, DmaTransferContext, &id);
    struct list_call want = { .device_object = DeviceObject,
                              .mdl = Mdl,
                              .offset = Offset,
                              .length = Length,
                              .routine = ExecutionRoutine,
                              .routine_context = Context,
                              .to_device = WriteToDevice,
                              .synchronous = (Flags & DMA_SYNCHRONOUS_CALLBACK) != 0,
                              .context = x };
    struct call c =
        call_begin(s, API_GetScatterGatherListEx, adapter_id(a), SAID(s, mdl_obj(s, Mdl)), Offset,
                   dir_length(Length, WriteToDevice), SAID(s, device_obj(s, DeviceObject)));
    NTSTATUS status;

    if (s->trace.on)
        list_ex_say(&c, &want, id, Flags, ScatterGatherList, DmaCompletionRoutine,
                    CompletionContext);
    status = list_ex(s, a, &want, (PVOID *)ScatterGatherList, Flags,
                     DmaCompletionRoutine || CompletionContext, &list_id);
    if (!NT_SUCCESS(status))
        dma_refused(s, API_GetScatterGatherListEx, a, status, Mdl,
                    dma_registers_of(Mdl, Offset, Length));
    call_end(&c, (uint64_t)(ULONG)status, list_id, 0, 0);
    return status;
}

/*
 * BuildScatterGatherListEx: as GetScatterGatherListEx, in the driver's memory.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  as GetScatterGatherListEx; STATUS_BUFFER_TOO_SMALL also for a buffer below
 *          GetDmaTransferInfo's size
 * Gap      as GetScatterGatherListEx
 * Says     as GetScatterGatherListEx, one ARG more
 * Source   wdm/nc-wdm-pbuild_scatter_gather_list_ex
 */
NTSTATUS BuildScatterGatherListEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                  PVOID DmaTransferContext, PMDL Mdl, ULONGLONG Offset,
                                  ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
                                  PVOID Context, BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer,
                                  ULONG ScatterGatherLength,
                                  PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
                                  PVOID CompletionContext, PVOID ScatterGatherList)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t id, list_id = 0;
    struct dma_context *x = dma_context_find(s, DmaTransferContext, &id);
    struct list_call want = { .device_object = DeviceObject,
                              .mdl = Mdl,
                              .offset = Offset,
                              .length = Length,
                              .routine = ExecutionRoutine,
                              .routine_context = Context,
                              .to_device = WriteToDevice,
                              .synchronous = (Flags & DMA_SYNCHRONOUS_CALLBACK) != 0,
                              .context = x,
                              .build = true,
                              .buffer = ScatterGatherBuffer,
                              .buffer_bytes = ScatterGatherLength };
    struct call c =
        call_begin(s, API_BuildScatterGatherListEx, adapter_id(a), SAID(s, mdl_obj(s, Mdl)), Offset,
                   dir_length(Length, WriteToDevice), SAID(s, device_obj(s, DeviceObject)));
    NTSTATUS status;

    if (s->trace.on)
        list_ex_say(&c, &want, id, Flags, ScatterGatherList, DmaCompletionRoutine,
                    CompletionContext);
    status = list_ex(s, a, &want, (PVOID *)ScatterGatherList, Flags,
                     DmaCompletionRoutine || CompletionContext, &list_id);
    if (!NT_SUCCESS(status))
        dma_refused(s, API_BuildScatterGatherListEx, a, status, Mdl,
                    dma_registers_of(Mdl, Offset, Length));
    call_end(&c, (uint64_t)(ULONG)status, list_id, 0, 0);
    return status;
}

/*
 * FlushAdapterBuffersEx: ends what one MapTransferEx began; a system DMA channel gives what it still
 * holds, and one that is still moving is cancelled.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS; STATUS_INVALID_PARAMETER for no Mdl, a base that is not live or an
 *          Offset outside
 * Gap      a range that is not mapped: STATUS_SUCCESS, nothing happens. Pages given up as a whole.
 *          Windows may cancel the running transfer or not; here it does, and the routine hears
 * Says     CALL, SYSDMA_END of a channel that still ran, FLUSH_STRAY or FLUSH_PAST when odd, FLUSH,
 *          UNMAP for each run, GUARD when damaged, RETURN
 * Source   wdm/nc-wdm-pflush_adapter_buffers_ex
 */
NTSTATUS FlushAdapterBuffersEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                               ULONGLONG Offset, ULONG Length, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    uint32_t id, mdl = SAID(s, mdl_obj(s, Mdl));
    struct mapfile *f = mapfile_find(s, (uint64_t)MapRegisterBase, &id);
    struct call c =
        call_begin(s, API_FlushAdapterBuffersEx, adapter_id(adapter_find(s, DmaAdapter)), id, mdl,
                   Offset, dir_length(Length, WriteToDevice));
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    uint64_t copied = 0;
    bool touched = false;

    if (f && Mdl && Offset < sg_chain_bytes(mdl_of(Mdl))) {
        status = STATUS_SUCCESS;
        copied = dma_file_flush(s, f, Mdl, Offset, Length, WriteToDevice, &touched);
        if (f->context)
            f->context->transfer_cancelled = false;
    }
    if (s->trace.on && id && Mdl)
        dma_flush_look(s, API_FlushAdapterBuffersEx,
                       &(struct flush_done) { f, id, Mdl, MapRegisterBase, NULL, Offset, Length,
                                              true, touched });
    trace_emit(&s->trace, EV_FLUSH, API_FlushAdapterBuffersEx, id, Offset,
               dir_length(Length, WriteToDevice), copied, mdl);
    call_end(&c, (uint64_t)(ULONG)status, copied, 0, 0);
    return status;
}

/*
 * FreeAdapterObject: what a routine's return value would have done, for those who had none.
 *
 * Irql     <= DISPATCH_LEVEL
 * Gap      without a held channel: nothing happens. For a list, DeallocateObject takes its map
 *          registers away at once; the list itself stays until PutScatterGatherList
 * Says     CALL, MAPREG_END or UNMAP, CHANNEL_END, RETURN
 * Source   wdm/nc-wdm-pfree_adapter_object
 */
VOID FreeAdapterObject(PDMA_ADAPTER DmaAdapter, IO_ALLOCATION_ACTION AllocationAction)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_FreeAdapterObject, adapter_id(a), (uint64_t)AllocationAction,
                               dma_channel_held(a), 0, 0);

    if (a)
        channel_free(s, a, (enum dma_action)AllocationAction);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * CancelMappedTransfer: no further map under this context, until a flush; a system DMA transfer under
 * it ends, and its completion routine comes with DmaCancelled.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS; STATUS_INVALID_PARAMETER for a context that is none
 * Gap      a bus master's running transfer is its driver's to stop; only the mark is kept (KMDF:
 *          the next MapTransferEx gives STATUS_CANCELLED, the flush clears it)
 * Says     CALL, SYSDMA_END of a channel that ran, RETURN
 * Source   wdm/nc-wdm-pcancel_mapped_transfer
 */
NTSTATUS CancelMappedTransfer(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct dma_context *x = dma_context_find(s, DmaTransferContext, &id);
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_CancelMappedTransfer, adapter_id(a), id, 0, 0, 0);
    NTSTATUS status = x ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;

    if (x)
        x->transfer_cancelled = true;
    if (x && a && a->system.channel)
        sysdma_cancel(s, a, x);
    call_end(&c, (uint64_t)(ULONG)status, 0, 0, 0);
    return status;
}

/*
 * FlushDmaBuffer: cache maintenance for a buffer: dirty lines are written back; for a read the
 * others are dropped, so that the CPU sees what the device wrote.
 *
 * Irql     <= DISPATCH_LEVEL (the page leaves it open)
 * Returns  STATUS_SUCCESS; STATUS_INVALID_PARAMETER without Mdl
 * Gap      the page's remarks are empty: done as KeFlushIoBuffers for DMA, over the one MDL. Nothing
 *          to do on a coherent machine
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pflush_dma_buffer
 */
NTSTATUS FlushDmaBuffer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, BOOLEAN ReadOperation)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_FlushDmaBuffer, adapter_id(a), SAID(s, mdl_obj(s, Mdl)),
                               ReadOperation, 0, 0);
    NTSTATUS status = RELEASED(a) || !Mdl ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;

    if (!s->profile.coherent && status == STATUS_SUCCESS)
        cache_flush_mdl(s, mdl_of(Mdl), ReadOperation, true);
    call_end(&c, (uint64_t)(ULONG)status, 0, 0, 0);
    return status;
}
