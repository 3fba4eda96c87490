/*
 * System DMA, as far as its calls differ from a bus master's: a map also programs the controller's
 * channel, a flush also stops and drains it, and version 3 has a completion routine.
 */
#include "sim/core/bus.h"
#include "sim/core/sysdma.h"
#include "sim/nt/dma.h"

static void completion_call(struct sim *s, const struct sysdma_want *w, enum sysdma_status status)
{
    PDMA_COMPLETION_ROUTINE routine = (PDMA_COMPLETION_ROUTINE)w->routine;
    PDEVICE_OBJECT device_object = w->device_object;

    if (s->trace.on)
        callback_begin(s, API_DmaCompletionRoutine, w->a->obj, device_obj(s, device_object),
                       va_of(s, w->routine_context).v, status, 0);
    routine((PDMA_ADAPTER)w->a->face, device_object, w->routine_context,
            (DMA_COMPLETION_STATUS)status);
    callback_end(s, API_DmaCompletionRoutine, w->a->obj, 0);
}

void dma_system_start(struct sim *s, struct mapfile *f, const struct system_start *x)
{
    struct sysdma_want w = {
        .file = f,
        .a = f->a,
        .ba = x->ba,
        .length_bytes = x->length,
        .to_device = x->to_device,
        .device_offset = x->device_offset,
        .complete = x->routine ? completion_call : NULL,
        .routine = (void *)x->routine,
        .routine_context = x->routine_context,
        .device_object = f->device_object,
    };

    sysdma_start(s, &w);
}

uint64_t dma_file_flush(struct sim *s, struct mapfile *f, PMDL Mdl, uint64_t offset, ULONG Length,
                        bool to_device, bool *touched)
{
    uint64_t left = 0, copied;
    bool drained;

    if (s->dma->posted)
        bus_posted_taken(s, f->obj, offset, Length);
    if (f->a->system.channel)
        left = min_u64(sysdma_flush(s, f), Length);
    if (to_device)
        left = 0;
    copied = mapfile_flush(s, f, mdl_of(Mdl), offset, Length - left, to_device, touched);
    /* What the device never brought is given up and not copied: the buffer keeps what it had. */
    if (left) {
        mapfile_flush(s, f, mdl_of(Mdl), offset + Length - left, left, true, &drained);
        *touched |= drained;
    }
    return copied;
}
