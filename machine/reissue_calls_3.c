/*
 * The calls of version 3: transfer contexts, requests that are answered at once, maps by offset.
 */
#include "machine/reissue_private.h"
#include "sim/core/sg.h"

static bool is_failure(uint64_t status) { return ((uint32_t)status & 0x80000000u) != 0; }

static bool left_out(struct reissue *r, struct reissue_call *c)
{
    c->failed = true;
    r->summary->issued--; /* the caller counts it as one that was */
    reissue_skip(r, c, "left out: what it is about is not there");
    return true;
}

/* --- contexts --- */

static void *context_of(struct reissue *r, uint32_t id, bool *missing)
{
    if (id)
        return reissue_pointer(r, id, missing);
    return reissue_memory(r, DMA_TRANSFER_CONTEXT_SIZE_V1); /* one that was never initialised */
}

static void *context_at(struct reissue *r, uint64_t va)
{
    /* A context that is initialised again is the same memory: known by where it lay. */
    struct reissue_things *t = &r->things[OBJ_CONTEXT];

    for (uint32_t i = 0; i < t->count; i++)
        if (t->at[i].p && t->at[i].va == va)
            return t->at[i].p;
    return reissue_memory(r, DMA_TRANSFER_CONTEXT_SIZE_V1);
}

static void initialize(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    uint64_t va = reissue_begin(r, c)->a[1];
    uint32_t id = (uint32_t)reissue_back(r, c)->a[1];
    void *context = va ? context_at(r, va) : NULL;
    NTSTATUS status = a.ops->InitializeDmaTransferContext(a.adapter, context);

    if (id) {
        reissue_bind(r, id, context, r->heard[OBJ_CONTEXT]);
        reissue_thing(r, id)->va = va;
    }
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
}

/* --- requests --- */

static bool list_ex(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0),
                       *second = reissue_arg(r, c, 1), *third = reissue_arg(r, c, 2);
    PDRIVER_LIST_CONTROL routine = first->a[1] ? reissue_list_control : NULL;
    PDEVICE_OBJECT object = reissue_device_object(r, (uint32_t)e->a[3]);
    uint32_t id = (uint32_t)reissue_back(r, c)->a[1];
    ULONG length = (ULONG)EVENT_LENGTH(e->a[2]);
    BOOLEAN write = (e->a[2] & EVENT_TO_DEVICE) != 0;
    PSCATTER_GATHER_LIST list = NULL, *out = first->a[3] ? &list : NULL;
    bool missing = false;
    void *context = context_of(r, first->obj, &missing), *buffer;
    struct reissue_mdl m;
    NTSTATUS status;

    if (missing || !reissue_mdl(r, c, (uint32_t)e->a[0], second->a[3] & 0xffff, second->a[2], &m))
        return left_out(r, c);
    if (e->api == API_GetScatterGatherListEx) {
        status = a.ops->GetScatterGatherListEx(a.adapter, object, context, m.mdl, e->a[1], length,
                                               (ULONG)first->a[0], routine, c->self, write, NULL,
                                               NULL, out);
    } else {
        buffer = third->a[1] ? reissue_memory(r, third->a[1]) : NULL;
        status = a.ops->BuildScatterGatherListEx(a.adapter, object, context, m.mdl, e->a[1], length,
                                                 (ULONG)first->a[0], routine, c->self, write,
                                                 buffer, (ULONG)third->a[1], NULL, NULL, out);
    }
    reissue_mdl_done(r, &m);
    c->failed = is_failure((uint32_t)status);
    if (id && !routine && list)
        reissue_bind(r, id, list, r->heard[OBJ_SGL]);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
    return true;
}

static bool channel_ex(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0);
    uint32_t id = (uint32_t)reissue_back(r, c)->a[1];
    PVOID base = NULL;
    bool missing = false;
    void *context = context_of(r, (uint32_t)e->a[1], &missing);
    NTSTATUS status;

    if (missing)
        return left_out(r, c);
    status = a.ops->AllocateAdapterChannelEx(a.adapter, reissue_device_object(r, (uint32_t)e->a[0]),
                                             context, (ULONG)e->a[2], (ULONG)e->a[3],
                                             first->a[0] ? reissue_control : NULL, c->self,
                                             first->a[2] ? &base : NULL);
    c->failed = is_failure((uint32_t)status);
    if (id && !c->failed && base)
        reissue_bind(r, id, base, r->heard[OBJ_MAPREG]);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
    return true;
}

/* --- maps --- */

static bool map_ex(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0),
                       *second = reissue_arg(r, c, 1);
    ULONG length = (ULONG)EVENT_LENGTH(e->a[3]), bytes = (ULONG)first->a[2];
    bool missing = false;
    void *base = reissue_pointer(r, (uint32_t)e->a[0], &missing);
    struct reissue_mdl m;
    NTSTATUS status;

    if (missing || !reissue_mdl(r, c, (uint32_t)e->a[1], second->a[2] & 0xffff, second->a[1], &m))
        return left_out(r, c);
    status = a.ops->MapTransferEx(a.adapter, m.mdl, base, e->a[2], (ULONG)first->a[0], &length,
                                  (e->a[3] & EVENT_TO_DEVICE) != 0,
                                  first->a[1] ? reissue_memory(r, bytes) : NULL, bytes, NULL, NULL);
    reissue_mdl_done(r, &m);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
    return true;
}

static bool flush_ex(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false;
    void *base = reissue_pointer(r, (uint32_t)e->a[0], &missing);
    struct reissue_mdl m;
    NTSTATUS status;

    if (missing || !reissue_mdl(r, c, (uint32_t)e->a[1], REISSUE_FLAGS_UNKNOWN,
                                e->a[2] + EVENT_LENGTH(e->a[3]), &m))
        return left_out(r, c);
    status =
        a.ops->FlushAdapterBuffersEx(a.adapter, m.mdl, base, e->a[2], (ULONG)EVENT_LENGTH(e->a[3]),
                                     (e->a[3] & EVENT_TO_DEVICE) != 0);
    reissue_mdl_done(r, &m);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
    return true;
}

/* --- questions --- */

static bool transfer_info(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    DMA_TRANSFER_INFO info = { .Version = (ULONG)e->a[3] };
    struct reissue_mdl m;
    NTSTATUS status;

    if (!reissue_mdl(r, c, (uint32_t)e->a[0], REISSUE_FLAGS_UNKNOWN,
                     is_failure(reissue_back(r, c)->a[0]) ? 0 : e->a[1] + EVENT_LENGTH(e->a[2]),
                     &m))
        return left_out(r, c);
    status = a.ops->GetDmaTransferInfo(a.adapter, m.mdl, e->a[1], (ULONG)EVENT_LENGTH(e->a[2]),
                                       (e->a[2] & EVENT_TO_DEVICE) != 0, &info);
    reissue_mdl_done(r, &m);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
    return true;
}

static bool flush_buffer(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    struct reissue_mdl m;

    if (!reissue_mdl(r, c, (uint32_t)e->a[0], REISSUE_FLAGS_UNKNOWN, 0, &m))
        return left_out(r, c);
    a.ops->FlushDmaBuffer(a.adapter, m.mdl, e->a[1] != 0);
    reissue_mdl_done(r, &m);
    return true;
}

static bool cancel(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false, channel = e->api == API_CancelAdapterChannel;
    void *context = context_of(r, (uint32_t)e->a[channel ? 1 : 0], &missing);

    if (missing)
        return left_out(r, c);
    if (channel)
        a.ops->CancelAdapterChannel(a.adapter, reissue_device_object(r, (uint32_t)e->a[0]),
                                    context);
    else
        a.ops->CancelMappedTransfer(a.adapter, context);
    return true;
}

bool reissue_issue_3(struct reissue *r, struct reissue_call *c)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false;
    struct adapter_of a = reissue_adapter(r, e->obj, &missing);
    DMA_ADAPTER_INFO info = { .Version = (ULONG)e->a[0] };

    if (a.ops->Size < sizeof(DMA_OPERATIONS))
        return false;
    switch (e->api) {
    case API_InitializeDmaTransferContext:
        initialize(r, c, a);
        return true;
    case API_GetScatterGatherListEx:
    case API_BuildScatterGatherListEx:
        return list_ex(r, c, a);
    case API_AllocateAdapterChannelEx:
        return channel_ex(r, c, a);
    case API_MapTransferEx:
        return map_ex(r, c, a);
    case API_FlushAdapterBuffersEx:
        return flush_ex(r, c, a);
    case API_FreeAdapterObject:
        a.ops->FreeAdapterObject(a.adapter, (IO_ALLOCATION_ACTION)e->a[0]);
        return true;
    case API_GetDmaTransferInfo:
        return transfer_info(r, c, a);
    case API_GetDmaAdapterInfo:
        a.ops->GetDmaAdapterInfo(a.adapter, &info);
        return true;
    case API_FlushDmaBuffer:
        return flush_buffer(r, c, a);
    case API_CancelAdapterChannel:
    case API_CancelMappedTransfer:
        return cancel(r, c, a);
    case API_ConfigureAdapterChannel:
        a.ops->ConfigureAdapterChannel(a.adapter, (ULONG)e->a[0], NULL);
        return true;
    default:
        return false;
    }
}
