/*
 * Issuing recorded calls again: which event belongs to which call, in which order they are made, what
 * is done inside a callback. The calls of one callback are made where this machine calls back, be that
 * earlier or later than it was; everything else in the order of the trace, from one thread, at the
 * recorded IRQL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/reissue_private.h"
#include "sim/core/choice.h"

#define WAIT_NS 1000u /* between two looks whether a callback has come */
#define WAITS_MAX 2000u

static bool is_dma[API_COUNT];

static void dma_apis(void)
{
#define API(name, lowest, highest, cost, page) is_dma[API_##name] = true;
#include "trace/api_dma.def"
#undef API
    is_dma[API_HalGetAdapter] = false;
}

/* --- which event belongs to what --- */

#define OPEN_MAX 64 /* calls of one agent that are open in one another */
struct open_calls {
    size_t call[OPEN_MAX]; /* index + 1 */
    unsigned count;
};

static struct reissue_call *call_new(struct reissue *r, size_t event)
{
    struct reissue_call *c = &r->calls[r->call_count++];

    *c = (struct reissue_call) { .call = event, .self = { r, c } };
    r->call_at[event] = (uint32_t)r->call_count;
    return c;
}

static void call_ends(struct reissue *r, struct open_calls *o, const struct event *e, size_t i)
{
    struct reissue_call *c;

    while (o->count) {
        c = &r->calls[o->call[--o->count] - 1];
        if (r->events[c->call].api != e->api)
            continue; /* it never returned: an exception, a bug check */
        c->back = i;
        return;
    }
}

/* The routine's context that a request was made with; which call a callback came of is known by it. */
static bool asks(const struct reissue *r, const struct reissue_call *c, unsigned callback,
                 uint64_t *context)
{
    const struct event *e = reissue_begin(r, c);

    switch (e->api) {
    case API_AllocateAdapterChannel:
        *context = e->a[3];
        return callback == API_AdapterControl;
    case API_AllocateAdapterChannelEx:
        *context = reissue_arg(r, c, 0)->a[1];
        return callback == API_AdapterControl;
    case API_GetScatterGatherList:
    case API_BuildScatterGatherList:
    case API_GetScatterGatherListEx:
    case API_BuildScatterGatherListEx:
        *context = reissue_arg(r, c, 0)->a[2];
        return callback == API_AdapterListControl;
    default:
        return false;
    }
}

#define WAITING_MAX 4096u
struct scan {
    struct open_calls *open;       /* by agent */
    size_t (*callbacks)[OPEN_MAX]; /* by agent: index + 1 of the call that is being called back */
    unsigned *depth;
    uint32_t agents;
    size_t waiting[WAITING_MAX]; /* requests: indexes of calls */
    size_t waiting_count;
};

/* The oldest request of those that nobody has called back yet. */
static struct reissue_call *asked_by(struct reissue *r, struct scan *s, const struct event *e)
{
    uint64_t context;

    for (size_t i = 0; i < s->waiting_count; i++) {
        struct reissue_call *c = &r->calls[s->waiting[i]];

        if (reissue_begin(r, c)->obj != e->obj || !asks(r, c, e->api, &context) ||
            context != e->a[3])
            continue;
        memmove(s->waiting + i, s->waiting + i + 1, (--s->waiting_count - i) * sizeof(*s->waiting));
        return c;
    }
    return NULL;
}

static bool is_request(unsigned api)
{
    return api == API_AllocateAdapterChannel || api == API_AllocateAdapterChannelEx ||
           api == API_GetScatterGatherList || api == API_BuildScatterGatherList ||
           api == API_GetScatterGatherListEx || api == API_BuildScatterGatherListEx;
}

/* One that is refused is never called back; of those that are cancelled the oldest are forgotten. */
static void request_begins(struct reissue *r, struct scan *s, size_t event)
{
    if (!is_request(r->events[event].api))
        return;
    if (s->waiting_count == WAITING_MAX)
        memmove(s->waiting, s->waiting + 1, --s->waiting_count * sizeof(*s->waiting));
    s->waiting[s->waiting_count++] = r->call_count - 1;
}

static void scan_event(struct reissue *r, struct scan *s, size_t i)
{
    const struct event *e = &r->events[i];
    struct open_calls *o = &s->open[e->agent];
    struct reissue_call *c;

    switch (e->kind) {
    case EV_CALL:
        call_new(r, i);
        request_begins(r, s, i);
        if (o->count < OPEN_MAX)
            o->call[o->count++] = r->call_count;
        break;
    case EV_ARG:
        c = o->count ? &r->calls[o->call[o->count - 1] - 1] : NULL;
        if (c && c->arg_count < REISSUE_ARGS_MAX && r->events[c->call].api == e->api)
            c->args[c->arg_count++] = i;
        break;
    case EV_RETURN:
        call_ends(r, o, e, i);
        break;
    case EV_CALLBACK:
        c = asked_by(r, s, e);
        if (c) {
            c->callback = i;
            r->call_at[i] = (uint32_t)(c - r->calls) + 1;
        }
        if (s->depth[e->agent] < OPEN_MAX)
            s->callbacks[e->agent][s->depth[e->agent]++] = c ? (size_t)(c - r->calls) + 1 : 0;
        break;
    case EV_CALLBACK_END:
        if (s->depth[e->agent] && s->callbacks[e->agent][--s->depth[e->agent]])
            r->calls[s->callbacks[e->agent][s->depth[e->agent]] - 1].callback_end = i;
        break;
    default:
        break;
    }
}

static void scan(struct reissue *r)
{
    static struct scan s; /* large */

    s = (struct scan) { .agents = 1 };
    for (size_t i = 0; i < r->event_count; i++)
        if (r->events[i].agent >= s.agents)
            s.agents = r->events[i].agent + 1u;
    s.open = calloc(s.agents, sizeof(*s.open));
    s.callbacks = calloc(s.agents, sizeof(*s.callbacks));
    s.depth = calloc(s.agents, sizeof(*s.depth));
    r->calls = calloc(r->event_count + 1, sizeof(*r->calls));
    r->call_at = calloc(r->event_count + 1, sizeof(*r->call_at));
    r->done = calloc(r->event_count + 1, sizeof(*r->done));
    must(s.open && s.callbacks && s.depth && r->calls && r->call_at && r->done);
    for (size_t i = 0; i < r->event_count; i++)
        scan_event(r, &s, i);
    free(s.open);
    free(s.callbacks);
    free(s.depth);
}

/* --- what went otherwise --- */

static void note(struct reissue *r, const struct reissue_call *c, const char *what)
{
    const struct event *e = reissue_begin(r, c);
    struct site_frame_text at = { .line = 0 };
    struct reissue_summary *s = r->summary;

    if (s->note_count == REISSUE_NOTES_MAX)
        return;
    site_frame_text(r->t->depot, e->site, 0, &at);
    snprintf(s->notes[s->note_count++], sizeof(s->notes[0]), "event %llu, %s%s%.60s:%u: %s",
             (unsigned long long)e->seq, api_name(e->api), at.file[0] ? " at " : "", at.file,
             at.line, what);
}

void reissue_skip(struct reissue *r, const struct reissue_call *c, const char *why)
{
    r->summary->skipped++;
    note(r, c, why);
}

void reissue_answer(struct reissue *r, const struct reissue_call *c, uint64_t recorded,
                    uint64_t here)
{
    bool failed = ((uint32_t)here & 0x80000000u) != 0;
    char text[80];

    if (failed == (((uint32_t)recorded & 0x80000000u) != 0))
        return;
    r->summary->refused += failed;
    r->summary->granted += !failed;
    snprintf(text, sizeof(text), "gave 0x%08X when recorded, gives 0x%08X here", (uint32_t)recorded,
             (uint32_t)here);
    note(r, c, text);
}

/* --- callbacks --- */

IO_ALLOCATION_ACTION reissue_control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID MapRegisterBase,
                                     PVOID Context)
{
    struct reissue_call *c = ((void **)Context)[1];
    struct reissue *r = ((void **)Context)[0];
    const struct event *e = &r->events[c->callback];

    (void)DeviceObject, (void)Irp;
    c->came = true;
    if (!c->callback)
        return DeallocateObject; /* it was never granted when recorded */
    if (e->a[2])
        reissue_bind(r, (uint32_t)e->a[2], MapRegisterBase, r->heard_callback);
    r->done[c->callback] = true;
    reissue_walk(r, c->callback + 1, c->callback_end ? c->callback_end : c->callback, e->agent);
    return c->callback_end ? (IO_ALLOCATION_ACTION)r->events[c->callback_end].a[0] : KeepObject;
}

VOID reissue_list_control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List,
                          PVOID Context)
{
    struct reissue_call *c = ((void **)Context)[1];
    struct reissue *r = ((void **)Context)[0];
    const struct event *e = &r->events[c->callback], *asked = reissue_begin(r, c);
    bool missing = false;
    struct adapter_of a = reissue_adapter(r, asked->obj, &missing);

    (void)DeviceObject, (void)Irp;
    c->came = true;
    if (!c->callback) { /* nobody would put it */
        a.ops->PutScatterGatherList(a.adapter, List, (asked->a[2] & EVENT_TO_DEVICE) != 0);
        return;
    }
    reissue_bind(r, (uint32_t)e->a[2], List, r->heard_callback);
    r->done[c->callback] = true;
    reissue_walk(r, c->callback + 1, c->callback_end ? c->callback_end : c->callback, e->agent);
}

/* The trace has come to a callback: here it has come already, or it is waited for. */
static void await(struct reissue *r, size_t i)
{
    struct reissue_call *c = r->call_at[i] ? &r->calls[r->call_at[i] - 1] : NULL;
    KIRQL irql = sched_irql(r->s);

    if (!c || c->came || c->failed || irql >= IRQL_DISPATCH)
        return;
    for (unsigned n = 0; n < WAITS_MAX && !c->came; n++) {
        sched_dpc_drain(r->s);
        if (!c->came)
            sched_block(r->s, sched_now_ns(r->s) + WAIT_NS);
    }
}

/* --- in order --- */

/* KMDF was told how much was moved: the flush within is another one for it (verifier/track/mapping.c). */
static const struct event *framework_around(const struct reissue *r, size_t i)
{
    unsigned depth = 0;

    for (size_t k = i; k-- > 0 && i - k < 64;) {
        const struct event *e = &r->events[k];

        if (e->agent != r->events[i].agent)
            continue;
        if (e->kind == EV_RETURN)
            depth++;
        else if (e->kind == EV_CALL && depth)
            depth--;
        else if (e->kind == EV_CALL)
            return !strncmp(api_name(e->api), "WdfDmaTransactionDmaCompleted", 29) ? e : NULL;
    }
    return NULL;
}

static void issue(struct reissue *r, size_t i)
{
    const struct event *e = &r->events[i], *around = framework_around(r, i);
    struct reissue_call *c = &r->calls[r->call_at[i] - 1];
    uint8_t irql = sched_irql(r->s);
    uint32_t told = r->s->site_told;

    r->summary->calls++;
    r->s->site_told = e->site;
    if (irql != e->irql && e->irql <= IRQL_DISPATCH && irql <= IRQL_DISPATCH)
        sched_irql_set(r->s, e->irql);
    if (around)
        trace_emit(&r->s->trace, EV_CALL, around->api, around->obj, 0, 0, 0, 0);
    reissue_issue(r, c);
    if (around)
        trace_emit(&r->s->trace, EV_RETURN, around->api, around->obj, 0, 0, 0, 0);
    if (sched_irql(r->s) != irql)
        sched_irql_set(r->s, irql);
    r->s->site_told = told;
}

static void one_event(struct reissue *r, size_t i)
{
    const struct event *e = &r->events[i];

    switch (e->kind) {
    case EV_CALL:
        if (is_dma[e->api])
            issue(r, i);
        break;
    case EV_CALLBACK:
        if (e->api == API_AdapterControl || e->api == API_AdapterListControl)
            await(r, i);
        break;
    case EV_ADAPTER:
        reissue_thing(r, e->obj)->tried |= reissue_thing(r, e->obj)->p != NULL;
        if (!reissue_thing(r, e->obj)->tried)
            reissue_adapter_described(r, e);
        break;
    case EV_MAP:
        reissue_mapped(r, e);
        break;
    case EV_UNMAP:
        reissue_unmapped(r, e);
        break;
    case EV_DEV_READ:
    case EV_DEV_WRITE:
    case EV_DEV_CLAIM:
    case EV_DEV_RELEASE:
    case EV_MMIO_WRITE:
        reissue_access(r, e);
        break;
    case EV_PHASE:
        r->ends |= e->a[0] == PHASE_UNLOAD;
        break;
    default:
        break;
    }
}

void reissue_walk(struct reissue *r, size_t from, size_t to, int agent)
{
    for (size_t i = from; i < to; i++) {
        if (r->done[i] || (agent >= 0 && r->events[i].agent != agent))
            continue;
        r->done[i] = true;
        one_event(r, i);
    }
}

/* --- a run --- */

static PDEVICE_OBJECT added;

static NTSTATUS add_device(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    (void)DriverObject;
    added = PhysicalDeviceObject;
    return STATUS_SUCCESS;
}

PDEVICE_OBJECT reissue_device_added(void) { return added; }

static NTSTATUS driver_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->DriverExtension->AddDevice = add_device;
    return STATUS_SUCCESS;
}

static void boot(void *ctx)
{
    struct reissue *r = ctx;

    if (host_driver_load(r->s, "calls", driver_entry, NULL, &r->driver) != STATUS_SUCCESS)
        return;
    reissue_walk(r, 0, r->event_count, -1);
    r->s->site_told = 0;
    sched_dpc_drain(r->s);
    if (r->ends)
        trace_emit(&r->s->trace, EV_PHASE, API_NONE, 0, PHASE_UNLOAD, 0, 0, 0);
    verifier_end(r->verifier);
    trace_detach(&r->s->trace, r->verifier);
}

/* The recorded places under their recorded numbers. */
static void sites_copy(struct reissue *r)
{
    struct site_frame_text frames[SITE_FRAMES_MAX];

    for (uint32_t id = 1; id < site_count(r->t->depot); id++) {
        unsigned count = site_frame_count(r->t->depot, id);

        for (unsigned i = 0; i < count && i < SITE_FRAMES_MAX; i++)
            if (!site_frame_text(r->t->depot, id, i, &frames[i]))
                frames[i] = (struct site_frame_text) { .line = 0 };
        site_add_text(r->s->depot, id, frames, count);
    }
}

struct reissue *reissue_run(const struct trace_loaded *t, const struct profile *profile,
                            struct reissue_summary *summary, char *message, size_t size)
{
    struct reissue *r = calloc(1, sizeof(*r));

    must(r);
    memset(summary, 0, sizeof(*summary));
    dma_apis();
    r->t = t;
    r->events = t->events;
    r->event_count = t->event_count;
    r->summary = summary;
    r->s = sim_create(profile, message, size);
    if (!r->s) {
        free(r);
        return NULL;
    }
    choice_from_plain(r->s);
    sites_copy(r);
    scan(r);
    reissue_learn(r);
    r->verifier = verifier_create(r->s->depot);
    must(r->verifier);
    must(!trace_attach(&r->s->trace, reissue_hear, r));
    must(!trace_attach(&r->s->trace, verifier_event, r->verifier));
    verifier_begin(r->verifier, profile->name, 0, profile->translation == TRANSLATION_REMAP);
    sched_run(r->s, sched_thread(r->s, "calls", boot, r, 0, 8), true);
    summary->events = r->s->trace.seq;
    summary->virtual_ns = sched_now_ns(r->s);
    return r;
}

const struct verifier *reissue_verifier(const struct reissue *r) { return r->verifier; }
struct site_depot *reissue_depot(struct reissue *r) { return r->s->depot; }

void reissue_free(struct reissue *r)
{
    if (!r)
        return;
    verifier_destroy(r->verifier);
    reissue_things_free(r);
    sim_destroy(r->s);
    free(r->calls);
    free(r->call_at);
    free(r->done);
    free(r);
}
