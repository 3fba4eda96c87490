/*
 * Requests of version 3, from InitializeDmaTransferContext to the end of what they were granted.
 */
#include "verifier/track/transfer.h"

#include <string.h>

#include "base/rng.h"

#define AGENTS 64
#define HELD_MAX 64
#define CONTEXT_BITS 10 /* so many were initialised since: then a context that rests is forgotten */
#define CONTEXTS_AT 1024
#define SYNCHRONOUS 1 /* DMA_SYNCHRONOUS_CALLBACK */
#define KEEP_OBJECT 1 /* IO_ALLOCATION_ACTION */

/* A list's CALL, of which the first ARG is still to come, or its RETURN. */
struct open_call {
    struct transfer_call call;
    uint16_t agent;
    bool open, has_arg;
};

struct transfers {
    struct objtab contexts;
    uint32_t at_va[CONTEXTS_AT];
    uint32_t uncancelled; /* contexts with a site_cancelled, at most */
    struct open_call calls[AGENTS];
    struct held_adapter held[HELD_MAX];
};

static int create(void *state)
{
    struct transfers *s = state;

    return objtab_create(&s->contexts, 64, CONTEXT_BITS);
}
_Static_assert(sizeof(struct transfer_context) <= 64, "a context fits its row");

static void destroy(void *state) { objtab_destroy(&((struct transfers *)state)->contexts); }

static void reset(void *state)
{
    struct transfers *s = state;

    objtab_reset(&s->contexts);
    s->uncancelled = 0;
    memset(s->at_va, 0, sizeof s->at_va);
    memset(s->calls, 0, sizeof s->calls);
    memset(s->held, 0, sizeof s->held);
}

static void run(struct track *t, void *state, const struct event *e);

TRACKER(transfer, .state_bytes = sizeof(struct transfers), .create = create, .destroy = destroy,
        .reset = reset, .run = run, .on = EV(CONTEXT, CONTEXT_USED, ADAPTER_END),
        .calls = APIS(AllocateAdapterChannelEx, GetScatterGatherListEx, BuildScatterGatherListEx,
                      CancelAdapterChannel, FreeAdapterObject, FreeAdapterChannel),
        .args = APIS(GetScatterGatherListEx, BuildScatterGatherListEx, MapTransferEx),
        .returns = APIS(AllocateAdapterChannelEx, GetScatterGatherListEx, BuildScatterGatherListEx,
                        CancelAdapterChannel));

static struct transfers *transfers_of(const struct track *t)
{
    return track_state(t, &tracker_transfer);
}

static struct open_call *open_of(const struct track *t, uint16_t agent)
{
    return &transfers_of(t)->calls[agent % AGENTS];
}

/* --- contexts --- */

static void context_made(struct transfers *s, const struct event *e)
{
    struct transfer_context *c = objtab_put(&s->contexts, e->obj);

    if (!c)
        return;
    *c = (struct transfer_context) { .head = { e->obj, 1 }, .site_made = e->site, .va = e->a[0] };
    s->at_va[rng_mix(c->va) % CONTEXTS_AT] = e->obj;
    objtab_kill(&s->contexts, c); /* its row is the next one's when many have been made since */
}

struct transfer_context *transfer_context(const struct track *t, uint32_t context)
{
    return context ? objtab_find(&transfers_of(t)->contexts, context) : NULL;
}

struct transfer_context *transfer_context_at(const struct track *t, uint64_t va)
{
    struct transfer_context *c =
        transfer_context(t, transfers_of(t)->at_va[rng_mix(va) % CONTEXTS_AT]);

    return c && c->va == va ? c : NULL;
}

bool transfer_in_use(const struct track *t, const struct transfer_context *c)
{
    const struct mapping *m = c->owner ? track_mapping(t, c->owner) : NULL;

    return c->pending || (m && m->head.live);
}

void transfer_each_uncancelled(const struct track *t,
                               void (*each)(void *ctx, const struct transfer_context *c), void *ctx)
{
    const struct transfers *s = transfers_of(t);

    for (uint32_t i = 0; s->uncancelled && i <= s->contexts.mask; i++) {
        const struct transfer_context *c =
            (const void *)(s->contexts.rows + ((size_t)i << s->contexts.row_shift));

        if (c->head.id && c->site_cancelled && transfer_in_use(t, c))
            each(ctx, c);
    }
}

/* A request has been made on it. */
static void context_begun(const struct track *t, const struct transfer_call *call)
{
    struct transfer_context *c = transfer_context(t, call->context);

    if (!c)
        return;
    c->site_used = call->site;
    c->adapter = call->adapter;
    c->owner = 0;
    c->pending = true;
    c->site_cancelled = 0;
    if (call->has_way) {
        c->mdl = call->mdl;
        c->to_device = call->to_device;
    }
    c->has_way = call->has_way;
}

/* What it asked for has come: a list, map registers, or a channel alone. */
static void context_granted(const struct track *t, const struct event *e)
{
    struct transfer_context *c = transfer_context(t, e->obj);

    if (!c)
        return;
    c->pending = false;
    c->owner = (uint32_t)e->a[0];
}

static void context_cancelled(const struct track *t, const struct event *e)
{
    struct transfers *s = transfers_of(t);
    const struct open_call *o = open_of(t, e->agent);
    struct transfer_context *c = transfer_context(t, o->call.context);

    if (!c || o->agent != e->agent || o->call.api != e->api)
        return;
    if (e->a[0]) {
        c->pending = false;
    } else if (transfer_in_use(t, c)) {
        c->site_cancelled = o->call.site;
        s->uncancelled++;
    }
}

/* --- adapters that are held --- */

const struct held_adapter *transfer_held(const struct track *t, uint32_t adapter)
{
    const struct transfers *s = transfers_of(t);
    const struct held_adapter *h = &s->held[OBJ_NUMBER(adapter) % HELD_MAX];

    return adapter && h->adapter == adapter ? h : NULL;
}

static void held_begin(const struct track *t, const struct event *e, const struct open_call *o)
{
    struct transfers *s = transfers_of(t);
    const struct adapter_record *a = track_adapter(t, e->obj);

    if (!a || !a->channel || o->call.has_routine || !(o->call.flags & SYNCHRONOUS))
        return;
    s->held[OBJ_NUMBER(e->obj) % HELD_MAX] =
        (struct held_adapter) { e->obj, (uint32_t)e->a[1], o->call.site, 0, 0, 0, e->agent };
}

static struct held_adapter *held_by(const struct track *t, uint32_t adapter)
{
    return (struct held_adapter *)transfer_held(t, adapter);
}

/* Another request on the adapter, at once: it will be refused. */
static void held_met(const struct track *t, const struct transfer_call *call)
{
    struct held_adapter *h = held_by(t, call->adapter);

    if (!h || !(call->flags & SYNCHRONOUS))
        return;
    h->met++;
    if (!h->site_met)
        h->site_met = call->site;
}

/* What gives the channel back, whoever holds it. */
static void channel_freed(const struct track *t, const struct event *e)
{
    struct held_adapter *h = held_by(t, e->obj);

    if (!h)
        return;
    if (e->api == API_FreeAdapterObject && e->a[0] == KEEP_OBJECT)
        h->site_kept = e->site;
    else
        *h = (struct held_adapter) { 0 };
}

/* --- calls --- */

/* Of a list: AllocateAdapterChannelEx says all it has to in its CALL. */
static void list_called(const struct track *t, const struct event *e)
{
    *open_of(t, e->agent) =
        (struct open_call) { .call = { .api = e->api,
                                       .adapter = e->obj,
                                       .mdl = (uint32_t)e->a[0],
                                       .site = e->site,
                                       .to_device = (e->a[2] & EVENT_TO_DEVICE) != 0,
                                       .has_way = true },
                             .agent = e->agent,
                             .open = true };
}

bool transfer_call_of(const struct track *t, const struct event *e, struct transfer_call *c)
{
    const struct open_call *o = open_of(t, e->agent);

    if (e->api == API_AllocateAdapterChannelEx) {
        *c = (struct transfer_call) { .api = e->api,
                                      .adapter = e->obj,
                                      .context = (uint32_t)e->a[1],
                                      .site = e->site,
                                      .flags = e->a[3] };
        return e->kind == EV_CALL;
    }
    if (e->kind != EV_ARG || !o->open || o->has_arg || o->agent != e->agent ||
        o->call.api != e->api)
        return false;
    *c = o->call;
    c->context = e->obj;
    c->flags = e->a[0];
    c->has_routine = e->a[1] != 0;
    return true;
}

static void request_said(const struct track *t, const struct event *e)
{
    struct open_call *o = open_of(t, e->agent);
    struct transfer_call call;

    if (!transfer_call_of(t, e, &call))
        return;
    *o = (struct open_call) { .call = call, .agent = e->agent, .open = true, .has_arg = true };
    context_begun(t, &call);
    held_met(t, &call);
}

static void request_answered(const struct track *t, const struct event *e)
{
    struct open_call *o = open_of(t, e->agent);
    struct transfer_context *c;

    if (!o->open || o->agent != e->agent || o->call.api != e->api)
        return;
    o->open = false;
    c = transfer_context(t, o->call.context);
    if (c && (int32_t)e->a[0] < 0)
        c->pending = false; /* refused */
    if (e->api != API_AllocateAdapterChannelEx && (int32_t)e->a[0] >= 0 && e->a[1])
        held_begin(t, e, o);
}

/* The second ARG of MapTransferEx names the context that its map registers came with; the first one,
 * the MDL, of which the transfer is. */
static void mapped(const struct track *t, const struct event *e)
{
    struct open_call *o = open_of(t, e->agent);
    struct transfer_context *c;

    if (OBJ_TYPE(e->obj) == OBJ_MDL) {
        o->open = false;
        o->agent = e->agent;
        o->call.mdl = e->obj;
        return;
    }
    c = transfer_context(t, e->obj);
    if (c && o->agent == e->agent)
        c->mdl = o->call.mdl;
}

static void called(const struct track *t, const struct event *e)
{
    switch (e->api) {
    case API_FreeAdapterObject:
    case API_FreeAdapterChannel:
        channel_freed(t, e);
        break;
    case API_CancelAdapterChannel:
        *open_of(t, e->agent) = (struct open_call) {
            .call = { .api = e->api, .context = (uint32_t)e->a[1], .site = e->site },
            .agent = e->agent
        };
        break;
    case API_AllocateAdapterChannelEx:
        request_said(t, e);
        break;
    default:
        list_called(t, e);
    }
}

static void run(struct track *t, void *state, const struct event *e)
{
    switch (e->kind) {
    case EV_CONTEXT:
        context_made(state, e);
        break;
    case EV_CONTEXT_USED:
        context_granted(t, e);
        break;
    case EV_ADAPTER_END:
        if (held_by(t, e->obj))
            *held_by(t, e->obj) = (struct held_adapter) { 0 };
        break;
    case EV_CALL:
        called(t, e);
        break;
    case EV_ARG:
        if (e->api == API_MapTransferEx)
            mapped(t, e);
        else
            request_said(t, e);
        break;
    default:
        if (e->api == API_CancelAdapterChannel)
            context_cancelled(t, e);
        else
            request_answered(t, e);
    }
}
