/*
 * Who did nothing while a request waited; how long interrupts and DPCs took to come (trace_stat.h).
 */
#include "reports/trace_stat.h"

#include <stdio.h>

/* --- idle times --- */

static struct stat_idle *idle_row(struct trace_stat *s, uint64_t key, uint32_t obj, unsigned cpu)
{
    uint64_t *known = trace_map_at(&s->idle_of, key);
    struct stat_idle *row;

    if (*known)
        return &s->idles[*known - 1];
    *known = STAT_ADD(s->idles, s->idle_count, s->idle_room) + 1;
    row = &s->idles[*known - 1];
    if (obj)
        trace_object_text(obj, row->name, sizeof row->name);
    else
        snprintf(row->name, sizeof row->name, "cpu%u", cpu);
    return row;
}

/* It does something, or the run is over: how long had a request waited since it last did? */
static void idle_until(struct trace_stat *s, struct stat_idle *row, uint64_t ns, uint64_t seq)
{
    uint64_t waited = s->pending_ns - row->last_pending_ns;

    if (waited <= row->waited_ns)
        return;
    row->waited_ns = waited;
    row->from_ns = row->last_ns;
    row->from_seq = row->last_seq;
    row->to_ns = ns;
    row->to_seq = seq;
}

static void active(struct trace_stat *s, const struct event *e, uint64_t key, uint32_t obj)
{
    struct stat_idle *row = idle_row(s, key, obj, e->cpu);

    if (row->active)
        idle_until(s, row, e->ns, e->seq);
    row->active = true;
    row->events_waiting += s->waiting > 0;
    row->last_ns = e->ns;
    row->last_seq = e->seq;
    row->last_pending_ns = s->pending_ns;
}

void stat_idle_end(struct trace_stat *s)
{
    for (size_t i = 0; i < s->idle_count; i++)
        idle_until(s, &s->idles[i], s->end_ns, s->last_seq);
}

/* The adapter that an event is about: itself, or whose list or map registers it names. */
static uint64_t adapter_of(const struct trace_stat *s, const struct event *e)
{
    if (OBJ_TYPE(e->obj) == OBJ_ADAPTER)
        return e->obj;
    return e->obj ? trace_map_get(&s->owner_of, e->obj) : 0;
}

void stat_idle_event(struct trace_stat *s, const struct event *e)
{
    uint64_t adapter = adapter_of(s, e);

    if (e->cpu != 255)
        active(s, e, 1ull << 40 | e->cpu, 0);
    if (OBJ_TYPE(e->obj) == OBJ_DEVICE)
        active(s, e, e->obj, e->obj);
    if (adapter)
        active(s, e, adapter, (uint32_t)adapter);
}

/* --- interrupts --- */

static struct stat_interrupt *interrupt_row(struct trace_stat *s, uint32_t obj)
{
    uint64_t *known = trace_map_at(&s->interrupt_of, obj);

    if (!*known) {
        *known = STAT_ADD(s->interrupts, s->interrupt_count, s->interrupt_room) + 1;
        s->interrupts[*known - 1].obj = obj;
    }
    return &s->interrupts[*known - 1];
}

/* From the first raise that nobody has answered. */
static void interrupt_event(struct trace_stat *s, const struct event *e)
{
    struct stat_interrupt *i = interrupt_row(s, e->obj);

    if (e->kind == EV_INTR) {
        i->raised++;
        if (!i->waits)
            i->raised_ns = e->ns;
        i->waits = true;
    } else if (e->kind == EV_ISR) {
        i->served++;
        if (i->waits)
            stat_series_add(&i->latency, e->ns - i->raised_ns);
        i->waits = false;
    } else {
        i->claimed += e->a[0] != 0;
    }
}

/* --- DPCs --- */

/* The framework queues its own DPC for its object, which the callback names. */
static bool queues_dpc(const struct event *e)
{
    return e->kind == EV_CALL &&
           (e->api == API_KeInsertQueueDpc || e->api == API_WdfInterruptQueueDpcForIsr ||
            e->api == API_WdfDpcEnqueue);
}

static bool runs_dpc(const struct event *e)
{
    return e->kind == EV_DPC ||
           (e->kind == EV_CALLBACK && (e->api == API_EvtInterruptDpc || e->api == API_EvtDpcFunc));
}

static void dpc_runs(struct trace_stat *s, const struct event *e)
{
    uint64_t *queued = trace_map_at(&s->queued_at, e->obj), *known;
    struct stat_dpc *d;

    known = trace_map_at(&s->dpc_of, e->obj);
    if (!*known) {
        *known = STAT_ADD(s->dpcs, s->dpc_count, s->dpc_room) + 1;
        s->dpcs[*known - 1].obj = e->obj;
    }
    d = &s->dpcs[*known - 1];
    d->ran++;
    if (*queued)
        stat_series_add(&d->latency, e->ns - (*queued - 1));
    *queued = 0;
}

void stat_intr_event(struct trace_stat *s, const struct event *e)
{
    if (e->kind == EV_INTR || e->kind == EV_ISR || e->kind == EV_ISR_END) {
        interrupt_event(s, e);
    } else if (queues_dpc(e)) {
        uint64_t *queued = trace_map_at(&s->queued_at, e->obj);

        if (!*queued) /* one that is queued already is not queued again */
            *queued = e->ns + 1;
    } else if (runs_dpc(e)) {
        dpc_runs(s, e);
    }
}
