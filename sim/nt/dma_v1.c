/*
 * Version 1 of the operations: channels, map registers, MapTransfer and flush, lists. Addresses are
 * "CurrentVa": an index into one MDL, never a pointer that anyone follows.
 */
#include "sim/core/dma_plain.h"
#include "sim/nt/dma.h"

#define RELEASED(a) (!(a) || !(a)->live)

/* The one wait block of a device object is overwritten by a second request: the first is lost. */
static bool overwrite_single(struct sim *s, const struct channel_call *c)
{
    struct dma_request *r = request_single_of(s, c->device_object);

    if (!r)
        return false;
    r->routine = (void *)c->routine;
    r->routine_context = c->routine_context;
    r->irp = c->device_object ? c->device_object->CurrentIrp : NULL;
    return true;
}

static void wait_block_fill(const struct channel_call *c)
{
    PWAIT_CONTEXT_BLOCK wcb;

    if (!c->device_object)
        return;
    wcb = &c->device_object->Queue.Wcb;
    wcb->DeviceRoutine = c->routine;
    wcb->DeviceContext = c->routine_context;
    wcb->NumberOfMapRegisters = c->registers;
    wcb->DeviceObject = c->device_object;
    wcb->CurrentIrp = c->device_object->CurrentIrp;
}

/*
 * AllocateAdapterChannel: queues for the adapter and map registers; the routine runs when both are
 * there.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS (ran or queued), STATUS_INSUFFICIENT_RESOURCES (more registers than
 *          granted)
 * Gap      MapRegisterBase is NULL only for no registers, as under Driver Verifier, never because a
 *          machine needs none. A second request for a device object takes the place of the one that
 *          waits (Windows' queue is corrupted). A released adapter gives STATUS_INVALID_PARAMETER
 * Says     CALL, CHANNEL, MAPREG, CALLBACK.., RETURN
 * Source   wdm/nc-wdm-pallocate_adapter_channel
 */
NTSTATUS AllocateAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                ULONG NumberOfMapRegisters, PDRIVER_CONTROL ExecutionRoutine,
                                PVOID Context)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c =
        call_begin(s, API_AllocateAdapterChannel, adapter_id(a),
                   SAID(s, device_obj(s, DeviceObject)), NumberOfMapRegisters,
                   SAID(s, va_of(s, (void *)ExecutionRoutine).v), SAID(s, va_of(s, Context).v));
    struct channel_call want = { .device_object = DeviceObject,
                                 .registers = NumberOfMapRegisters,
                                 .routine = ExecutionRoutine,
                                 .routine_context = Context };
    struct mapfile *file = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (!RELEASED(a) && ExecutionRoutine) {
        status = STATUS_SUCCESS;
        if (NumberOfMapRegisters <= a->registers_max)
            wait_block_fill(&want);
        if (NumberOfMapRegisters > a->registers_max || !overwrite_single(s, &want))
            status = dma_channel_get(s, a, &want, &file);
    }
    if (!NT_SUCCESS(status))
        dma_refused(s, API_AllocateAdapterChannel, a, status, NULL, NumberOfMapRegisters);
    call_end(&c, (uint64_t)(ULONG)status, 0, 0, 0);
    return status;
}

/*
 * FlushAdapterBuffers: the transfer is over; what bounced on its way from the device is copied out,
 * and a system DMA channel stops and gives what it still holds.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Length: bytes from CurrentVa on; only these are copied
 * Returns  TRUE
 * Gap      a base or range that is not mapped: nothing happens, TRUE. A page of which any part is
 *          flushed is given up as a whole
 * Says     CALL, ARG, SYSDMA_END of a channel that still ran, BUFFER, FLUSH_STRAY or FLUSH_PAST when
 *          odd, FLUSH, UNMAP for each run, GUARD when damaged, RETURN
 * Source   wdm/nc-wdm-pflush_adapter_buffers, kernel/using-packet-based-system-dma
 */
BOOLEAN FlushAdapterBuffers(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                            PVOID CurrentVa, ULONG Length, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t id, mdl = SAID(s, mdl_obj(s, Mdl));
    struct mapfile *f = mapfile_find(s, (uint64_t)MapRegisterBase, &id);
    uint64_t offset = mdl_offset_of(Mdl, CurrentVa), copied = 0;
    struct call c = call_begin(s, API_FlushAdapterBuffers, adapter_id(a), id, mdl,
                               SAID(s, va_of(s, CurrentVa).v), dir_length(Length, WriteToDevice));
    bool touched = false;

    if (s->trace.on) {
        call_arg(&c, mdl, offset, Mdl ? Mdl->ByteCount : 0, Mdl ? (USHORT)Mdl->MdlFlags : 0, 0);
        dma_buffer_look(s, API_FlushAdapterBuffers, Mdl, CurrentVa, Length,
                        &(struct buffer_way) { .flush = true });
    }
    if (f && offset != UINT64_MAX)
        copied = dma_file_flush(s, f, Mdl, offset, Length, WriteToDevice, &touched);
    if (s->trace.on && id && offset != UINT64_MAX)
        dma_flush_look(s, API_FlushAdapterBuffers,
                       &(struct flush_done) { f, id, Mdl, MapRegisterBase, CurrentVa, offset,
                                              Length, false, touched });
    trace_emit(&s->trace, EV_FLUSH, API_FlushAdapterBuffers, id, offset,
               dir_length(Length, WriteToDevice), copied, mdl);
    call_end(&c, TRUE, copied, 0, 0);
    return TRUE;
}

/*
 * FreeAdapterChannel: the adapter and the registers that still go with it are free; who waits is
 * next.
 *
 * Irql     DISPATCH_LEVEL
 * Gap      without a held channel: nothing happens
 * Says     CALL, MAPREG_END, CHANNEL_END, what the next one brings, RETURN
 * Source   wdm/nc-wdm-pfree_adapter_channel
 */
VOID FreeAdapterChannel(PDMA_ADAPTER DmaAdapter)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c =
        call_begin(s, API_FreeAdapterChannel, adapter_id(a), dma_channel_held(a), 0, 0, 0);

    if (a)
        channel_free(s, a, ACTION_FREE);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * FreeMapRegisters: registers kept by DeallocateObjectKeepRegisters are free again.
 *
 * Irql     DISPATCH_LEVEL
 * Units    NumberOfMapRegisters: as allocated; the event carries what was said
 * Gap      all registers of the base are freed, whatever the number says; a dead base: nothing
 *          happens
 * Says     CALL, MAPREG_LEFT and UNMAP for what was never flushed, MAPREG_END, RETURN
 * Source   wdm/nc-wdm-pfree_map_registers
 */
VOID FreeMapRegisters(PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase, ULONG NumberOfMapRegisters)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct mapfile *f = mapfile_find(s, (uint64_t)MapRegisterBase, &id);
    struct call c = call_begin(s, API_FreeMapRegisters, adapter_id(adapter_find(s, DmaAdapter)), id,
                               NumberOfMapRegisters, SAID(s, va_of(s, MapRegisterBase).v), 0);

    if (f)
        mapfile_free(s, f, NumberOfMapRegisters);
    call_end(&c, 0, 0, 0, 0);
}

/* Without a live file nothing is recorded; where frames are bus addresses they are what a HAL
 * gives. */
static uint64_t map_unrecorded(const struct adapter *a, const struct dma_mdl *mdl, uint64_t offset,
                               PULONG Length)
{
    uint64_t first = mdl->start + offset, ba;
    const uint64_t *pfn = &mdl->pfns[first >> PAGE_BITS];
    uint64_t bytes = PAGE_BYTES - PAGE_OFFSET(first),
             left = min_u64(*Length, mdl->length_bytes - offset);

    if (a->needs_registers || !adapter_reaches(a, *pfn << PAGE_BITS | PAGE_OFFSET(first), 1, &ba))
        return 0;
    while (bytes < left && pfn[1] == pfn[0] + 1 && (pfn[1] & 0xfffff)) {
        bytes += PAGE_BYTES;
        pfn++;
    }
    if (bytes < *Length)
        *Length = (ULONG)bytes;
    return ba;
}

static uint64_t map_piece(struct sim *s, const struct adapter *a, struct mapfile *f, PMDL Mdl,
                          uint64_t offset, PULONG Length, bool to_device)
{
    struct sg_element first[2] = { { 0 } };
    struct sg_want w = {
        .mdl = mdl_of(Mdl),
        .offset = offset,
        .length_bytes = *Length,
        .to_device = to_device,
        .one_run = !a->scatter_gather,
        .first_run_only = true,
        .elements = first,
        .elements_max = 1,
    };
    struct dma_map *m;

    if (a->scatter_gather) {
        w.length_bytes = dma_length_cut(s, mdl_of(Mdl)->start + offset, *Length);
        w.registers_max = f->count > f->used ? f->count - f->used : 0;
    }
    m = mapfile_map(s, f, &w, SAID(s, mdl_obj(s, Mdl)));
    if (!m)
        return 0;
    if (a->scatter_gather)
        *Length = (ULONG)m->length_bytes;
    return first[0].ba;
}

/*
 * MapTransfer: the next run of a locked buffer, for the device; for a slave, the system DMA channel
 * is programmed with it and starts.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    *Length: bytes; in: wanted; out: mapped, less only with scatter/gather
 * Returns  the run's logical address; the page names no failure
 * Gap      0 where nothing can be mapped (CurrentVa outside the MDL, a dead base, no bounce
 *          memory). A NULL or dead base on a machine that needs no registers gives the frame's
 *          address, unrecorded. With all registers of the base in use a further map is done all the
 *          same (Verifier: 0xE6/0D). A
 *          channel that still runs is programmed anew, which ends what it was doing
 * Says     CALL, ARG, BUFFER or MAP_TWICE when odd, MAP, SYSDMA for a slave, RETURN
 * Source   wdm/nc-wdm-pmap_transfer
 */
PHYSICAL_ADDRESS MapTransfer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                             PVOID CurrentVa, PULONG Length, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t id, mdl = SAID(s, mdl_obj(s, Mdl));
    struct mapfile *f = mapfile_find(s, (uint64_t)MapRegisterBase, &id);
    uint64_t offset = mdl_offset_of(Mdl, CurrentVa), ba = 0;
    struct call c = call_begin(s, API_MapTransfer, adapter_id(a), id, mdl,
                               SAID(s, va_of(s, CurrentVa).v), dir_length(*Length, WriteToDevice));

    if (s->trace.on)
        call_arg(&c, mdl, offset, Mdl ? Mdl->ByteCount : 0, Mdl ? (USHORT)Mdl->MdlFlags : 0,
                 f && f->count > f->used ? f->count - f->used : 0);
    if (s->trace.on && !dma_buffer_ordinary(s, Mdl, offset, *Length))
        dma_buffer_look(s, API_MapTransfer, Mdl, CurrentVa, *Length,
                        &(struct buffer_way) { .to_device = WriteToDevice });
    if (offset != UINT64_MAX && *Length && a) {
        if (f)
            ba = map_piece(s, f->a, f, Mdl, offset, Length, WriteToDevice);
        else
            ba = map_unrecorded(a, mdl_of(Mdl), offset, Length);
    }
    if (ba && f && f->a->system.channel) {
        const struct system_start x = { .ba = ba, .length = *Length, .to_device = WriteToDevice };

        dma_system_start(s, f, &x);
    }
    call_end(&c, ba, *Length, 0, 0);
    return logical_of(ba);
}

/* The plain case: whatever it refuses, the general way says why. */
static inline __attribute__((always_inline)) struct dma_list *
get_plain(struct sim *s, struct adapter *a, PDEVICE_OBJECT DeviceObject, PMDL Mdl, uint64_t offset,
          ULONG Length, PDRIVER_LIST_CONTROL routine, PVOID Context, bool to_device, uint32_t mdl)
{
    bool later;
    uint8_t irql = s->trace.irql;
    struct dma_list *l =
        list_plain_begin(s, a, mdl_of(Mdl), offset, Length, to_device, mdl, &later);

    if (!l)
        return NULL;
    if (__builtin_expect(later, 0)) {
        dma_list_later(s, a, DeviceObject, routine, Context);
        return l;
    }
    if (__builtin_expect(irql < IRQL_DISPATCH, 0))
        sched_irql_set(s, IRQL_DISPATCH);
    dma_list_call(s, a, l, DeviceObject, DeviceObject ? DeviceObject->CurrentIrp : NULL, routine,
                  Context);
    list_plain_end(s, a);
    if (__builtin_expect(irql < IRQL_DISPATCH, 0))
        sched_irql_set(s, irql);
    return l;
}

static __attribute__((noinline)) NTSTATUS get_general(struct sim *s, struct adapter *a,
                                                      PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                                                      uint64_t offset, ULONG Length,
                                                      PDRIVER_LIST_CONTROL routine, PVOID Context,
                                                      bool to_device, uint32_t *list_id)
{
    struct list_call want = { .device_object = DeviceObject,
                              .mdl = Mdl,
                              .offset = offset,
                              .length = Length,
                              .routine = routine,
                              .routine_context = Context,
                              .to_device = to_device };
    struct dma_list *list = NULL;

    if (RELEASED(a) || !routine)
        return STATUS_INVALID_PARAMETER;
    return dma_list_get(s, a, &want, &list, list_id);
}

static inline __attribute__((always_inline)) NTSTATUS
get_list(struct sim *s, struct adapter *a, PDEVICE_OBJECT DeviceObject, PMDL Mdl, uint64_t offset,
         ULONG Length, PDRIVER_LIST_CONTROL routine, PVOID Context, bool to_device, uint32_t mdl,
         uint32_t *list_id)
{
    struct dma_list *l = NULL;

    if (a && routine)
        l = get_plain(s, a, DeviceObject, Mdl, offset, Length, routine, Context, to_device, mdl);
    if (__builtin_expect(!l, 0))
        return get_general(s, a, DeviceObject, Mdl, offset, Length, routine, Context, to_device,
                           list_id);
    *list_id = l->obj;
    return STATUS_SUCCESS;
}

/* With somebody listening. */
static __attribute__((noinline)) NTSTATUS
get_said(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl, PVOID CurrentVa,
         ULONG Length, PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint32_t mdl = mdl_obj(s, Mdl), list_id = 0;
    uint64_t offset = mdl_offset_of(Mdl, CurrentVa);
    struct call c =
        call_begin(s, API_GetScatterGatherList, adapter_id(a), mdl, va_of(s, CurrentVa).v,
                   dir_length(Length, WriteToDevice), device_obj(s, DeviceObject));
    NTSTATUS status;

    call_arg(&c, mdl, offset, va_of(s, (void *)ExecutionRoutine).v, va_of(s, Context).v,
             Mdl ? (uint64_t)Mdl->ByteCount << 32 | (USHORT)Mdl->MdlFlags : 0);
    if (__builtin_expect(!dma_buffer_ordinary(s, Mdl, offset, Length), 0))
        dma_buffer_look(s, API_GetScatterGatherList, Mdl, CurrentVa, Length,
                        &(struct buffer_way) { .chain = true, .to_device = WriteToDevice });
    status = get_list(s, a, DeviceObject, Mdl, offset, Length, ExecutionRoutine, Context,
                      WriteToDevice, mdl, &list_id);
    if (!NT_SUCCESS(status))
        dma_refused(s, API_GetScatterGatherList, a, status, Mdl,
                    dma_registers_of(Mdl, offset, Length));
    call_end(&c, (uint64_t)(ULONG)status, list_id, 0, 0);
    return status;
}

/* With nobody: what only events need is not asked for. */
static __attribute__((noinline)) NTSTATUS
get_quiet(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl, PVOID CurrentVa,
          ULONG Length, PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    uint64_t offset = mdl_offset_of(Mdl, CurrentVa);
    uint32_t list_id;

    call_pass(s, API_GetScatterGatherList);
    return get_list(s, a, DeviceObject, Mdl, offset, Length, ExecutionRoutine, Context,
                    WriteToDevice, 0, &list_id);
}

/*
 * GetScatterGatherList: a list over a buffer, in memory of the HAL's.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS (ran or queued), STATUS_INSUFFICIENT_RESOURCES, STATUS_BUFFER_TOO_SMALL
 * Gap      a NULL Mdl or released adapter gives STATUS_INVALID_PARAMETER. A list of no bytes has no
 *          elements. Excess that the HAL's own count tolerates is mapped up to the last frame only.
 *          For a slave the controller is not started
 * Says     CALL, ARG, BUFFER when odd, CHANNEL, SGL, MAP for each element, CALLBACK.., CHANNEL_END,
 *          RETURN
 * Source   wdm/nc-wdm-pget_scatter_gather_list
 */
NTSTATUS GetScatterGatherList(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                              PVOID CurrentVa, ULONG Length, PDRIVER_LIST_CONTROL ExecutionRoutine,
                              PVOID Context, BOOLEAN WriteToDevice)
{
    if (sim_now()->trace.on)
        return get_said(DmaAdapter, DeviceObject, Mdl, CurrentVa, Length, ExecutionRoutine, Context,
                        WriteToDevice);
    return get_quiet(DmaAdapter, DeviceObject, Mdl, CurrentVa, Length, ExecutionRoutine, Context,
                     WriteToDevice);
}

static inline __attribute__((always_inline)) uint64_t put_list(struct sim *s, struct dma_list *l,
                                                               bool to_device)
{
    if (__builtin_expect(l->target_mdl && l->target_made, 0))
        mdl_destroy(s, l->target_mdl);
    return list_plain_put(s, l, to_device) ? 0 : list_put(s, l, to_device);
}

/* With somebody listening. */
static __attribute__((noinline)) void
put_said(PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct dma_list *l = list_find(s, ScatterGather, &id);
    struct call c = call_begin(s, API_PutScatterGatherList, adapter_id(adapter_find(s, DmaAdapter)),
                               id, !!WriteToDevice, va_of(s, ScatterGather).v, 0);
    uint64_t copied = l ? put_list(s, l, WriteToDevice) : 0;

    call_end(&c, copied, 0, 0, 0);
}

static __attribute__((noinline)) void
put_quiet(PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather, BOOLEAN WriteToDevice)
{
    struct sim *s = sim_now();
    uint32_t id;
    struct dma_list *l = list_find(s, ScatterGather, &id);

    UNREFERENCED_PARAMETER(DmaAdapter);
    call_pass(s, API_PutScatterGatherList);
    if (l)
        put_list(s, l, WriteToDevice);
}

/*
 * PutScatterGatherList: flushes, gives the map registers back and ends the list.
 *
 * Irql     DISPATCH_LEVEL
 * Gap      a list that is not live: nothing happens. Another direction than the list's decides what
 *          is copied, as in a flush
 * Says     CALL, FLUSH, UNMAP for each element, GUARD when damaged, SGL_END, RETURN
 * Source   wdm/nc-wdm-pput_scatter_gather_list
 */
VOID PutScatterGatherList(PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather,
                          BOOLEAN WriteToDevice)
{
    if (sim_now()->trace.on)
        put_said(DmaAdapter, ScatterGather, WriteToDevice);
    else
        put_quiet(DmaAdapter, ScatterGather, WriteToDevice);
}
