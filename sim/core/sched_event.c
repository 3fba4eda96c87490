/*
 * Timed events: a binary heap by time, then by order of queueing. An event runs to its end on the
 * scheduler's behalf; whoever it acts for is the agent of what it says meanwhile.
 */
#include "base/must.h"
#include "sim/core/sched_private.h"

static bool before(const struct sched_event *a, const struct sched_event *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void put(struct sched *sc, uint32_t i, struct sched_event *ev)
{
    sc->heap[i] = ev;
    ev->heap_index = i;
}

static void sift_up(struct sched *sc, uint32_t i, struct sched_event *ev)
{
    for (; i > 1 && before(ev, sc->heap[i / 2]); i /= 2)
        put(sc, i, sc->heap[i / 2]);
    put(sc, i, ev);
}

static void sift_down(struct sched *sc, uint32_t i, struct sched_event *ev)
{
    for (uint32_t child; (child = 2 * i) <= sc->heap_count; i = child) {
        if (child < sc->heap_count && before(sc->heap[child + 1], sc->heap[child]))
            child++;
        if (!before(sc->heap[child], ev))
            break;
        put(sc, i, sc->heap[child]);
    }
    put(sc, i, ev);
}

struct sched_event *event_top(struct sched *sc) { return sc->heap_count ? sc->heap[1] : NULL; }

void sched_event_at(struct sim *s, struct sched_event *ev, uint64_t due_ns)
{
    struct sched *sc = s->sched;

    sched_event_cancel(s, ev);
    must(sc->heap_count < EVENTS_MAX);
    must(ev->fn);
    ev->due_ns = due_ns;
    ev->order = sc->event_order++;
    sift_up(sc, ++sc->heap_count, ev);
    sched_disturb(s);
}

bool sched_event_cancel(struct sim *s, struct sched_event *ev)
{
    struct sched *sc = s->sched;
    uint32_t i = ev->heap_index;

    if (!i)
        return false;
    must(i <= sc->heap_count && sc->heap[i] == ev);
    ev->heap_index = 0;
    struct sched_event *last = sc->heap[sc->heap_count--];

    if (last != ev) {
        if (i > 1 && before(last, sc->heap[i / 2]))
            sift_up(sc, i, last);
        else
            sift_down(sc, i, last);
    }
    return true;
}

void event_run(struct sim *s, struct sched_event *ev)
{
    struct sched *sc = s->sched;
    struct trace *t = &s->trace;
    uint16_t agent = t->agent;
    uint8_t cpu = t->cpu, irql = t->irql;
    uint32_t site = t->site;
    uint64_t now_ns = s->hot.now_ns;

    sched_event_cancel(s, ev);
    t->agent = ev->agent;
    t->cpu = 0xff; /* no processor of ours */
    t->irql = 0;
    t->site = 0;
    t->ns = sc->floor_ns;
    sc->in_event = true;
    sched_disturb(s);
    ev->fn(s, ev->ctx);
    sc->in_event = false;
    s->hot.now_ns = now_ns; /* a device's work costs the processor nothing */
    t->agent = agent;
    t->cpu = cpu;
    t->irql = irql;
    t->site = site;
}
