/*
 * Gathers a run's timeline from its events. An item is opened by one event and closed by another;
 * who closes looks backwards for what it closes, which is near.
 */
#include "reports/timeline_private.h"

#include <stdlib.h>
#include <string.h>

#define LOW32(v) ((uint32_t)(v))
#define HIGH32(v) ((uint32_t)((v) >> 32))

struct timeline *timeline_create(void)
{
    struct timeline *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->state = calloc(1, sizeof *t->state);
    if (!t->state) {
        free(t);
        return NULL;
    }
    return t;
}

static void state_free(struct timeline *t)
{
    if (t->state)
        free(t->state->agents);
    free(t->state);
    t->state = NULL;
}

void timeline_destroy(struct timeline *t)
{
    if (!t)
        return;
    state_free(t);
    free(t->items);
    free(t->places);
    free(t->names);
    free(t);
}

/* --- items --- */

/* The older half of what is over goes. */
static void make_room(struct timeline *t)
{
    uint32_t kept = 0, half = t->count / 2;

    for (uint32_t i = 0; i < t->count; i++)
        if (!t->items[i].dead && (i >= half || t->items[i].to_ns == TIMELINE_OPEN))
            t->items[kept++] = t->items[i];
    for (uint32_t i = kept; kept > TIMELINE_GATHERED_MAX / 4 * 3 && i > 0; i--)
        kept--; /* nearly all of it never ends: the last of it goes */
    t->left_out += t->count - kept;
    t->count = kept;
}

struct timeline_item *timeline_add(struct timeline *t, const struct event *e,
                                   enum timeline_kind kind)
{
    struct timeline_item *item;

    if (t->count == TIMELINE_GATHERED_MAX)
        make_room(t);
    if (t->count == t->room) {
        uint32_t room = t->room ? t->room * 2 : 1024;

        item = realloc(t->items, room * sizeof *item);
        if (!item) {
            make_room(t);
        } else {
            t->items = item;
            t->room = room;
        }
    }
    item = &t->items[t->count++];
    *item = (struct timeline_item) { .from_ns = e->ns,
                                     .to_ns = e->ns,
                                     .seq = e->seq,
                                     .obj = e->obj,
                                     .site = e->site,
                                     .agent = e->agent,
                                     .api = e->api,
                                     .cpu = e->cpu,
                                     .kind = (uint8_t)kind };
    return item;
}

struct timeline_item *timeline_begin(struct timeline *t, const struct event *e,
                                     enum timeline_kind kind)
{
    struct timeline_item *item = timeline_add(t, e, kind);

    item->to_ns = TIMELINE_OPEN;
    return item;
}

struct timeline_item *timeline_open(struct timeline *t, enum timeline_kind kind, uint32_t obj)
{
    for (uint32_t i = t->count; i-- > 0;)
        if (t->items[i].kind == kind && t->items[i].obj == obj &&
            t->items[i].to_ns == TIMELINE_OPEN)
            return &t->items[i];
    return NULL;
}

void timeline_end(struct timeline_item *item, const struct event *e)
{
    if (!item)
        return;
    item->to_ns = e->ns;
    item->site_end = e->site;
}

/* --- devices and objects --- */

static void claim_end(struct timeline *t, const struct event *e)
{
    for (uint32_t i = t->count; i-- > 0;) {
        struct timeline_item *item = &t->items[i];

        if (item->kind == TIMELINE_CLAIM && item->obj == e->obj && item->a == e->a[0] &&
            item->to_ns == TIMELINE_OPEN) {
            item->to_ns = e->ns;
            return;
        }
    }
}

/* Claims, touches and faults: the same arguments. */
static struct timeline_item *device_item(struct timeline_item *item, const struct event *e)
{
    item->a = e->a[0];
    item->b = e->a[1];
    item->other = e->kind == EV_DEV_FAULT ? HIGH32(e->a[2]) : LOW32(e->a[2]);
    item->offset = e->kind == EV_DEV_FAULT ? LOW32(e->a[2]) : 0; /* the reason */
    item->engine = HIGH32(e->a[3]);
    item->site = LOW32(e->a[3]); /* of the doorbell */
    if (e->kind == EV_DEV_READ)
        item->b |= EVENT_TO_DEVICE;
    return item;
}

static void on_device(struct timeline *t, const struct event *e)
{
    switch (e->kind) {
    case EV_DEV_CLAIM:
        device_item(timeline_begin(t, e, TIMELINE_CLAIM), e);
        break;
    case EV_DEV_RELEASE:
        claim_end(t, e);
        break;
    case EV_DEV_READ:
    case EV_DEV_WRITE:
        device_item(timeline_add(t, e, TIMELINE_TOUCH), e);
        break;
    case EV_DEV_FAULT:
        device_item(timeline_add(t, e, TIMELINE_FAULT), e);
        break;
    default: { /* EV_MMIO_WRITE, EV_INTR */
        struct timeline_item *item =
            timeline_add(t, e, e->kind == EV_INTR ? TIMELINE_INTERRUPT : TIMELINE_DOORBELL);

        item->a = e->a[0];
        item->b = e->a[1];
    }
    }
}

/* What is born with the adapter, map registers or list that it belongs to. */
static void on_birth(struct timeline *t, const struct event *e, enum timeline_kind kind)
{
    struct timeline_item *item = timeline_begin(t, e, kind);

    item->other = LOW32(e->a[0]);
    item->a = e->a[1];
    item->b = e->a[2];
}

static void on_dma(struct timeline *t, const struct event *e)
{
    struct timeline_item *item;

    switch (e->kind) {
    case EV_SGL:
        item = timeline_begin(t, e, TIMELINE_LIST);
        item->a = HIGH32(e->a[3]);
        item->b = e->a[1];
        item->other = LOW32(e->a[2]);
        break;
    case EV_MAP:
        item = timeline_begin(t, e, TIMELINE_MAP);
        item->a = e->a[0];
        item->b = e->a[1];
        item->offset = e->a[2];
        item->other = LOW32(e->a[3]);
        break;
    case EV_UNMAP:
        for (uint32_t i = t->count; i-- > 0;)
            if (t->items[i].kind == TIMELINE_MAP && t->items[i].obj == e->obj &&
                t->items[i].a == e->a[0] && t->items[i].to_ns == TIMELINE_OPEN) {
                timeline_end(&t->items[i], e);
                break;
            }
        break;
    case EV_FLUSH:
        item = timeline_add(t, e, TIMELINE_FLUSH);
        item->offset = e->a[0];
        item->b = e->a[1];
        break;
    case EV_MDL:
        item = timeline_begin(t, e, TIMELINE_MDL);
        item->a = e->a[0];
        item->b = e->a[1];
        item->other = LOW32(e->a[2]);
        break;
    default:
        break;
    }
}

static void on_request(struct timeline *t, const struct event *e)
{
    struct timeline_item *item = timeline_open(t, TIMELINE_REQUEST, e->obj);

    if (e->kind == EV_IRP_END) {
        timeline_end(item, e);
    } else if (!item) { /* not when it is passed on */
        item = timeline_begin(t, e, TIMELINE_REQUEST);
        item->a = e->a[0];
        item->b = e->a[1];
        item->other = LOW32(e->a[2]);
    }
}

static void on_phase(struct timeline *t, const struct event *e)
{
    for (uint32_t i = t->count; t->state->phase_open && i-- > 0;)
        if (t->items[i].kind == TIMELINE_PHASE) {
            timeline_end(&t->items[i], e);
            break;
        }
    t->state->phase_open = e->a[0] != PHASE_END;
    if (t->state->phase_open)
        timeline_begin(t, e, TIMELINE_PHASE)->a = e->a[0];
}

static void on_stop(struct timeline *t, const struct event *e)
{
    struct timeline_item *item = timeline_add(t, e, TIMELINE_STOP);

    item->a = e->a[0];
    item->b = e->kind;
}

static void on_life(struct timeline *t, const struct event *e)
{
    static const struct {
        uint16_t begins, ends;
        enum timeline_kind kind;
    } lives[] = { { EV_ADAPTER, EV_ADAPTER_END, TIMELINE_ADAPTER },
                  { EV_CHANNEL, EV_CHANNEL_END, TIMELINE_CHANNEL },
                  { EV_MAPREG, EV_MAPREG_END, TIMELINE_MAPREGS },
                  { EV_COMMON, EV_COMMON_END, TIMELINE_COMMON },
                  { EV_COUNT, EV_SGL_END, TIMELINE_LIST },
                  { EV_COUNT, EV_MDL_END, TIMELINE_MDL } };

    for (unsigned i = 0; i < sizeof lives / sizeof *lives; i++)
        if (e->kind == lives[i].begins)
            on_birth(t, e, lives[i].kind);
        else if (e->kind == lives[i].ends)
            timeline_end(timeline_open(t, lives[i].kind, e->obj), e);
}

static timeline_handler *const handlers[EV_COUNT] = {
    [EV_AGENT] = timeline_agent_event,
    [EV_CALL] = timeline_frame_begin,
    [EV_CALLBACK] = timeline_frame_begin,
    [EV_RETURN] = timeline_frame_end,
    [EV_CALLBACK_END] = timeline_frame_end,
    [EV_DPC] = timeline_interruption_begin,
    [EV_ISR] = timeline_interruption_begin,
    [EV_DPC_END] = timeline_interruption_end,
    [EV_ISR_END] = timeline_interruption_end,
    [EV_DEV_CLAIM] = on_device,
    [EV_DEV_RELEASE] = on_device,
    [EV_DEV_READ] = on_device,
    [EV_DEV_WRITE] = on_device,
    [EV_DEV_FAULT] = on_device,
    [EV_MMIO_WRITE] = on_device,
    [EV_INTR] = on_device,
    [EV_IRP] = on_request,
    [EV_IRP_END] = on_request,
    [EV_PHASE] = on_phase,
    [EV_BUGCHECK] = on_stop,
    [EV_BAD_ACCESS] = on_stop,
    [EV_EXCEPTION] = on_stop,
    [EV_SGL] = on_dma,
    [EV_MAP] = on_dma,
    [EV_UNMAP] = on_dma,
    [EV_FLUSH] = on_dma,
    [EV_MDL] = on_dma,
    [EV_ADAPTER] = on_life,
    [EV_ADAPTER_END] = on_life,
    [EV_CHANNEL] = on_life,
    [EV_CHANNEL_END] = on_life,
    [EV_MAPREG] = on_life,
    [EV_MAPREG_END] = on_life,
    [EV_COMMON] = on_life,
    [EV_COMMON_END] = on_life,
    [EV_SGL_END] = on_life,
    [EV_MDL_END] = on_life,
};

void timeline_event(void *timeline, const struct event *e)
{
    struct timeline *t = timeline;

    t->events++;
    t->end_ns = e->ns;
    timeline_who_runs(t, e);
    if (handlers[e->kind])
        handlers[e->kind](t, e);
}

void timeline_mark(struct timeline *t, const struct timeline_mark *mark)
{
    if (t->mark_count < TIMELINE_MARKS_MAX)
        t->marks[t->mark_count++] = *mark;
}

/* Objects that live on stay open; who ran does not run on. A RUN of anything but a thread was an anchor. */
void timeline_settle(struct timeline *t)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < t->count; i++) {
        struct timeline_item *item = &t->items[i];

        if (item->to_ns == TIMELINE_OPEN && item->kind <= TIMELINE_IRQL)
            item->to_ns = t->end_ns;
        if (item->kind == TIMELINE_RUN)
            item->dead = item->dead || item->agent >= t->state->agent_room ||
                         !t->state->agents[item->agent].thread;
        if (!item->dead)
            t->items[kept++] = *item;
    }
    t->count = kept;
    state_free(t);
}
