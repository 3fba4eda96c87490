/*
 * The common halves of the versions: requests for a channel, requests for a list, and the calls of
 * the driver's execution routines.
 */
#include "sim/core/dma_plain.h"
#include "sim/nt/dma.h"

#include <stddef.h>

#include "base/err.h"

_Static_assert(offsetof(MDL, Next) == offsetof(struct dma_mdl, next), "MDL");
_Static_assert(offsetof(MDL, MdlFlags) == offsetof(struct dma_mdl, flags), "MDL");
_Static_assert(offsetof(MDL, StartVa) == offsetof(struct dma_mdl, start_va), "MDL");
_Static_assert(offsetof(MDL, ByteCount) == offsetof(struct dma_mdl, length_bytes), "MDL");
_Static_assert(offsetof(MDL, ByteOffset) == offsetof(struct dma_mdl, start), "MDL");
_Static_assert(sizeof(MDL) == offsetof(struct dma_mdl, pfns), "MDL");
_Static_assert(DMA_MDL_MAPPED == MDL_MAPPED_TO_SYSTEM_VA && DMA_MDL_IO_SPACE == MDL_IO_SPACE,
               "MDL");
_Static_assert(sizeof(SCATTER_GATHER_ELEMENT) == sizeof(struct sg_element), "element");
_Static_assert(offsetof(SCATTER_GATHER_LIST, Elements) == offsetof(struct sg_list, elements),
               "list");
_Static_assert(KeepObject == (int)ACTION_KEEP && DeallocateObject == (int)ACTION_FREE &&
                   DeallocateObjectKeepRegisters == (int)ACTION_KEEP_REGISTERS,
               "IO_ALLOCATION_ACTION");

#define SHORT_ONE_IN 8 /* maps of several pages: so many are whole for each that is cut */

uint32_t dma_channel_held(const struct adapter *a)
{
    return a && a->holder && a->holder->state >= REQUEST_RUNNING ? a->holder->channel_obj : 0;
}

uint32_t dma_length_cut(struct sim *s, uint64_t first_offset, uint32_t length)
{
    uint32_t first = PAGE_BYTES - PAGE_OFFSET(first_offset), inner;

    if (length <= first || !choice_rare(s, CHOICE_MAP_SHORT, 2, SHORT_ONE_IN))
        return length;
    inner = (length - first - 1) / PAGE_BYTES + 1;
    return first + choice_draw(s, CHOICE_MAP_SHORT, inner) * PAGE_BYTES;
}

struct dma_context *dma_context_find(struct sim *s, const void *p, uint32_t *obj)
{
    struct objmap_entry *e = p ? objmap_find(&s->dma->context_map, p) : NULL;

    *obj = e ? e->obj : 0;
    /* The first word is ours: a context that was overwritten or put into new memory is none. */
    return e && *(const ULONG *)p == DMA_TRANSFER_CONTEXT_VERSION1 ? e->data : NULL;
}

/* A request of version 3 gets what it asked for. */
static void context_say(struct sim *s, const struct dma_request *r, uint32_t owner)
{
    if (r->context && s->trace.on)
        trace_emit(&s->trace, EV_CONTEXT_USED, API_NONE, r->context->obj, owner, r->a->obj, 0, 0);
}

void dma_refused(struct sim *s, unsigned api, const struct adapter *a, NTSTATUS status, PMDL Mdl,
                 uint32_t registers)
{
    if (s->trace.on)
        trace_emit(&s->trace, EV_DMA_REFUSED, api, adapter_id(a), (ULONG)status,
                   Mdl ? mdl_obj(s, Mdl) : 0, registers, 0);
}

uint32_t dma_registers_of(PMDL Mdl, uint64_t offset, ULONG Length)
{
    uint32_t registers;

    return Mdl && !sg_count(mdl_of(Mdl), offset, Length, &registers) ? registers : 0;
}

static enum dma_action channel_routine(struct sim *s, struct dma_request *r)
{
    PDEVICE_OBJECT device_object = r->device_object;
    PDRIVER_CONTROL routine = (PDRIVER_CONTROL)r->routine;
    IO_ALLOCATION_ACTION action;

    context_say(s, r, r->file ? r->file->obj : 0);
    if (s->trace.on)
        callback_begin(s, API_AdapterControl, r->a->obj, device_obj(s, device_object),
                       r->irp ? irp_obj(s, r->irp) : 0, r->file ? r->file->obj : 0,
                       va_of(s, r->routine_context).v);
    action = routine(device_object, r->irp, (PVOID)mapfile_token(r->file), r->routine_context);
    callback_end(s, API_AdapterControl, r->a->obj, (uint64_t)action);
    return (enum dma_action)action;
}

static enum dma_action list_routine(struct sim *s, struct dma_request *r)
{
    PDEVICE_OBJECT device_object = r->device_object;
    PDRIVER_LIST_CONTROL routine = (PDRIVER_LIST_CONTROL)r->routine;
    struct dma_list *l = r->list;

    if (!l->live && !list_map(s, l)) {
        /* Too late for a status: Windows keeps reserves for this, we say what we cannot do. */
        trace_emit(&s->trace, EV_UNMODELLED, API_AdapterListControl, r->a->obj, 0, 0, 0, 0);
        registers_put(s, l->a, l->registers);
        list_abandon(s, l);
        context_say(s, r, 0);
        return ACTION_KEEP_REGISTERS;
    }
    context_say(s, r, l->obj);
    dma_list_call(s, r->a, l, device_object, r->irp, routine, r->routine_context);
    return ACTION_KEEP_REGISTERS;
}

static void request_fill(struct sim *s, struct dma_request *r, PDEVICE_OBJECT device_object,
                         const void *routine, PVOID routine_context, struct dma_context *context)
{
    r->site = s->trace.site;
    r->device_object = device_object;
    r->irp = device_object ? device_object->CurrentIrp : NULL;
    r->routine = (void *)routine;
    r->routine_context = routine_context;
    r->context = context;
}

static void context_pending(struct dma_context *context, struct dma_request *r)
{
    if (!context)
        return;
    context->state = CONTEXT_PENDING;
    context->request = r;
}

NTSTATUS dma_channel_get(struct sim *s, struct adapter *a, const struct channel_call *c,
                         struct mapfile **file)
{
    struct dma_request *r;
    int answer;

    if (c->registers > a->registers_max || fault_here(s, FAULT_MAPREG))
        return STATUS_INSUFFICIENT_RESOURCES;
    r = request_alloc(s, a, REQUEST_CHANNEL, c->registers);
    request_fill(s, r, c->device_object, c->routine, c->routine_context, c->context);
    r->single = !c->context;
    r->run = channel_routine;
    context_pending(c->context, r);
    answer = request_submit(s, r, c->synchronous);
    if (answer == ERR_BUSY) {
        if (c->context)
            *c->context = (struct dma_context) { .obj = c->context->obj, .state = CONTEXT_DONE };
        request_free(s, r);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (answer)
        return STATUS_SUCCESS;
    if (c->routine) {
        request_go(s, r, c->synchronous || !request_later(s));
    } else {
        request_hold(s, r);
        context_say(s, r, r->file ? r->file->obj : 0);
        *file = r->file;
    }
    return STATUS_SUCCESS;
}

void dma_list_later(struct sim *s, struct adapter *a, PDEVICE_OBJECT device_object,
                    PDRIVER_LIST_CONTROL routine, PVOID context)
{
    struct dma_request *r = a->spare;

    request_fill(s, r, device_object, routine, context, NULL);
    r->single = false;
    r->run = list_routine;
    list_plain_later(s, a);
}

static NTSTATUS list_check(struct sim *s, const struct adapter *a, const struct list_call *c,
                           uint32_t *registers)
{
    if (!c->mdl)
        return STATUS_INVALID_PARAMETER;
    if (sg_count(mdl_of(c->mdl), c->offset, c->length, registers))
        return STATUS_BUFFER_TOO_SMALL;
    if (*registers > a->registers_max || fault_here(s, FAULT_MAPREG))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (c->build && (!c->buffer || c->buffer_bytes < sg_size(*registers)))
        return STATUS_BUFFER_TOO_SMALL;
    if (!c->build && fault_here(s, FAULT_SGL))
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

/* Whole pages are shown to an external device as they are; parts of pages need memory behind the IOMMU,
 * and a routine that comes when that has been found. */
static bool list_waits(struct sim *s, const struct dma_list *l)
{
    return s->profile.external && l->a->remapped &&
           sg_has_parts(l->want.mdl, l->want.offset, l->want.length_bytes);
}

/* A request that has channel and registers: the list is made; then the routine comes, or not. */
static NTSTATUS list_granted(struct sim *s, struct dma_request *r, const struct list_call *c,
                             struct dma_list **list, uint32_t *obj)
{
    struct dma_list *l = r->list;

    if (c->routine) {
        request_go(s, r, c->synchronous || !(list_waits(s, l) || request_later(s)));
        if (l->live) { /* the routine may have put it already */
            *obj = l->obj;
            *list = l;
        }
        return STATUS_SUCCESS;
    }
    if (!list_map(s, l)) {
        uint32_t registers = l->registers;

        request_hold(s, r);
        r->list = NULL;
        list_abandon(s, l);
        registers_put(s, r->a, registers);
        channel_free(s, r->a, ACTION_KEEP_REGISTERS);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    request_hold(s, r);
    context_say(s, r, l->obj);
    *list = l;
    *obj = l->obj;
    return STATUS_SUCCESS;
}

NTSTATUS dma_list_get(struct sim *s, struct adapter *a, const struct list_call *c,
                      struct dma_list **list, uint32_t *obj)
{
    uint32_t registers;
    NTSTATUS status = list_check(s, a, c, &registers);
    struct dma_request *r;
    struct dma_list *l;
    int answer;

    if (status != STATUS_SUCCESS)
        return status;
    l = list_begin(s, a, registers, c->build ? c->buffer : NULL);
    if (!l)
        return STATUS_INSUFFICIENT_RESOURCES;
    l->want = (struct sg_want) {
        .mdl = mdl_of(c->mdl),
        .offset = c->offset,
        .length_bytes = c->length,
        .to_device = c->to_device,
        .chain = true,
        .one_run = !a->scatter_gather,
        .cleans = c->context != NULL, /* the Ex forms */
    };
    l->map.mdl_obj = SAID(s, mdl_obj(s, c->mdl));
    dma_chain_say(s, c->mdl, c->offset + c->length);
    r = request_alloc(s, a, REQUEST_LIST, registers);
    request_fill(s, r, c->device_object, c->routine, c->routine_context, c->context);
    r->list = l;
    r->run = list_routine;
    context_pending(c->context, r);
    answer = request_submit(s, r, c->synchronous);
    if (answer == 0)
        return list_granted(s, r, c, list, obj);
    if (answer == ERR_BUSY) {
        if (c->context)
            *c->context = (struct dma_context) { .obj = c->context->obj, .state = CONTEXT_DONE };
        list_abandon(s, l);
        request_free(s, r);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

void dma_chain_tell(struct sim *s, PMDL first, uint64_t bytes)
{
    uint64_t at = first->ByteCount;

    for (PMDL mdl = first->Next; mdl && at < bytes; mdl = mdl->Next) {
        trace_emit(&s->trace, EV_MDL_CHAIN, API_NONE, mdl_obj(s, mdl), mdl_obj(s, first), 0, 0, 0);
        at += mdl->ByteCount;
    }
}
