/*
 * How a channel moves: each burst is an event in virtual time that the device's request line causes.
 */
#include "sim/core/sysdma.h"

#include <string.h>

#include "base/must.h"

#define ENGINE 15u      /* of the device that the controller acts for, as events say it */
#define REQUEST_NS 500u /* from the request to the first byte */
#define BYTE_NS 10u

/* How much one burst moves before others run. */
static const uint32_t burst_bytes[] = { 64, 16, 1 };
#define BURSTS 3u

struct transfer {
    struct transfer *next;
    struct sysdma_want want;
    uint32_t file; /* its id, which outlives it */
    const struct dma_context *context;
    uint32_t site;                 /* of the call that programmed it */
    bool running, current, queued; /* queued: its routine is to be called */
    enum sysdma_status status;
    uint64_t moved_bytes;
    uint8_t held[SYSDMA_HELD_BYTES];
    uint32_t held_bytes, held_next; /* in all, and to the device the first not given yet */
    uint64_t held_from;             /* offset of held[0] in the transfer */
};

struct sysdma_channel {
    struct sim *s;
    unsigned number;
    struct transfer *now; /* running, or over and not flushed yet */
    uint64_t left_bytes;  /* of the last that was flushed */
    struct transfer *done_head, *done_tail;
    struct sched_event event;
    struct sched_dpc dpc;
};

struct sysdma {
    struct sysdma_channel channels[SYSDMA_CHANNELS];
    struct transfer *free;
};

static uint64_t controller_channel(const struct sysdma_channel *c)
{
    return (uint64_t)SYSDMA_CONTROLLER << 32 | c->number;
}

/* --- moving --- */

static void held_write(struct transfer *x)
{
    struct dm_device *d = x->want.a->device;

    if (x->held_bytes)
        bus_controller_write(d, ENGINE, x->want.ba + x->held_from, x->held, x->held_bytes);
    x->held_from += x->held_bytes;
    x->held_bytes = 0;
}

/* The bytes are kept until more than the buffer's worth have come: memory lags behind. */
static void held_add(struct transfer *x, const uint8_t *from, size_t bytes)
{
    while (bytes) {
        size_t take;

        if (x->held_bytes == SYSDMA_HELD_BYTES)
            held_write(x);
        take = min_u64(bytes, SYSDMA_HELD_BYTES - x->held_bytes);
        memcpy(x->held + x->held_bytes, from, take);
        x->held_bytes += (uint32_t)take;
        from += take;
        bytes -= take;
    }
}

static size_t move_in(struct transfer *x, struct dm_device *d, uint64_t offset, size_t want)
{
    uint8_t bytes[64];
    size_t got = d->model->dma_give(d, offset, bytes, want);

    must(got <= want && want <= sizeof(bytes));
    held_add(x, bytes, got);
    return got;
}

static bool held_read(struct transfer *x)
{
    x->held_from += x->held_bytes;
    x->held_next = 0;
    x->held_bytes = (uint32_t)min_u64(SYSDMA_HELD_BYTES, x->want.length_bytes - x->held_from);
    return bus_controller_read(x->want.a->device, ENGINE, x->want.ba + x->held_from, x->held,
                               x->held_bytes);
}

static size_t move_out(struct transfer *x, struct dm_device *d, uint64_t offset, size_t want,
                       bool *failed)
{
    size_t moved = 0, taken;

    while (moved < want) {
        if (x->held_next == x->held_bytes && !held_read(x)) {
            *failed = true;
            break;
        }
        taken = d->model->dma_take(d, offset, x->held + x->held_next,
                                   min_u64(want - moved, x->held_bytes - x->held_next));
        x->held_next += (uint32_t)taken;
        moved += taken;
        if (!taken)
            break;
    }
    return moved;
}

/* --- the ends of a transfer --- */

static void transfer_free(struct sim *s, struct transfer *x)
{
    if (x->current || x->queued)
        return;
    x->next = s->dma->sysdma->free;
    s->dma->sysdma->free = x;
}

static void routines_call(struct sim *s, void *ctx)
{
    struct sysdma_channel *c = ctx;

    while (c->done_head) {
        struct transfer *x = c->done_head;
        uint32_t site = s->trace.site;

        c->done_head = x->next;
        if (!c->done_head)
            c->done_tail = NULL;
        s->trace.site = x->site;
        x->want.complete(s, &x->want, x->status);
        s->trace.site = site;
        x->queued = false;
        transfer_free(s, x);
    }
}

static void routine_queue(struct sysdma_channel *c, struct transfer *x)
{
    x->queued = true;
    x->next = NULL;
    if (c->done_tail)
        c->done_tail->next = x;
    else
        c->done_head = x;
    c->done_tail = x;
    sched_dpc_queue(c->s, &c->dpc);
}

static void transfer_end(struct sysdma_channel *c, enum sysdma_end reason)
{
    struct transfer *x = c->now;
    struct sim *s = c->s;

    must(x->running);
    x->running = false;
    x->status = reason == SYSDMA_END_COMPLETE ? SYSDMA_COMPLETE
                : reason == SYSDMA_END_ERROR  ? SYSDMA_ERROR
                                              : SYSDMA_CANCELLED;
    sched_event_cancel(s, &c->event);
    dm_release(x->want.a->device, ENGINE, x->want.ba, x->want.length_bytes, x->want.to_device);
    trace_emit(&s->trace, EV_SYSDMA_END, API_NONE, x->file, x->want.a->obj,
               x->want.length_bytes - x->moved_bytes, controller_channel(c), reason);
    if (x->want.complete)
        routine_queue(c, x);
}

static void current_drop(struct sysdma_channel *c)
{
    struct transfer *x = c->now;

    c->now = NULL;
    x->current = false;
    transfer_free(c->s, x);
}

/* --- a burst --- */

/* Version 3 programs the request line, the others have it wired to the channel. */
static bool listens(const struct sysdma_channel *c, const struct dm_device *d)
{
    const struct adapter *a = c->now->want.a;

    return a->version == 3 ? a->system.line == d->dma_line : c->number == d->dma_channel;
}

static struct dm_device *requester(struct sysdma_channel *c)
{
    for (struct dm_device *d = bus_first(c->s); d; d = d->next)
        if (d->present && d->dma_requested && listens(c, d))
            return d;
    return NULL;
}

/* The data register that bytes go to or come from; false: there is none of this device. */
static bool register_find(const struct transfer *x, const struct dm_device *d, uint64_t *offset)
{
    const struct adapter *a = x->want.a;
    struct dm_device *at;
    unsigned bar;

    if (a->system.width_bytes != d->model->dma_width_bytes)
        return false;
    *offset = d->model->dma_register;
    return a->version != 3 || (bus_bar_find(d->s, a->system.device_address + x->want.device_offset,
                                            false, &at, &bar, offset) &&
                               at == d && bar == 0);
}

static void count(struct sysdma_channel *c, struct transfer *x, size_t moved)
{
    x->moved_bytes += moved;
    if (x->moved_bytes < x->want.length_bytes)
        return;
    if (!x->want.a->system.automatic) {
        transfer_end(c, SYSDMA_END_COMPLETE);
        return;
    }
    if (!x->want.to_device)
        held_write(x);
    x->moved_bytes = x->held_from = 0;
    x->held_bytes = x->held_next = 0;
}

static void burst(struct sim *s, void *ctx)
{
    struct sysdma_channel *c = ctx;
    struct transfer *x = c->now;
    struct dm_device *d;
    size_t want, moved;
    uint64_t offset;
    bool failed = false;

    must(x && x->running);
    d = requester(c);
    if (!d)
        return; /* the line fell; it calls again when it rises */
    if (!register_find(x, d, &offset)) {
        transfer_end(c, SYSDMA_END_ERROR);
        return;
    }
    want = min_u64(burst_bytes[dm_choice_step(d, BURSTS)], x->want.length_bytes - x->moved_bytes);
    moved = x->want.to_device ? move_out(x, d, offset, want, &failed) : move_in(x, d, offset, want);
    count(c, x, moved);
    if (failed && x->running)
        transfer_end(c, SYSDMA_END_ERROR);
    else if (moved && x->running && c->now == x)
        sched_event_at(s, &c->event, sched_now_ns(s) + moved * BYTE_NS);
}

static void channel_kick(struct sysdma_channel *c)
{
    if (c->now && c->now->running && !c->event.heap_index && requester(c))
        sched_event_at(c->s, &c->event, sched_now_ns(c->s) + REQUEST_NS);
}

void sysdma_request(struct dm_device *d)
{
    struct sysdma *y = d->s->dma->sysdma;

    for (unsigned i = 0; y && i < SYSDMA_CHANNELS; i++)
        channel_kick(&y->channels[i]);
}

/* --- what facades ask for --- */

static struct transfer *transfer_alloc(struct sim *s)
{
    struct sysdma *y = s->dma->sysdma;
    struct transfer *x = y->free;

    if (!x)
        return dma_record(s, sizeof(*x));
    y->free = x->next;
    memset(x, 0, sizeof(*x));
    return x;
}

void sysdma_start(struct sim *s, const struct sysdma_want *w)
{
    struct sysdma_channel *c = w->a->system.channel;
    struct transfer *x = transfer_alloc(s);

    if (c->now && c->now->running)
        transfer_end(c, SYSDMA_END_REPLACED);
    if (c->now)
        current_drop(c);
    x->want = *w;
    x->file = w->file->obj;
    x->context = w->file->context;
    x->site = s->trace.site;
    x->running = x->current = true;
    c->now = x;
    trace_emit(&s->trace, EV_SYSDMA, API_NONE, x->file, w->a->obj,
               dir_length(w->length_bytes, w->to_device), controller_channel(c), w->ba);
    w->a->device->engine_doorbell[ENGINE] = s->trace.site;
    dm_claim(w->a->device, ENGINE, w->ba, w->length_bytes, w->to_device);
    channel_kick(c);
}

bool sysdma_busy(const struct adapter *a)
{
    const struct transfer *x = a->system.channel->now;

    return x && x->running;
}

uint64_t sysdma_left(const struct adapter *a)
{
    const struct sysdma_channel *c = a->system.channel;

    return c->now ? c->now->want.length_bytes - c->now->moved_bytes : c->left_bytes;
}

void sysdma_cancel(struct sim *s, struct adapter *a, const struct dma_context *context)
{
    const struct transfer *x = a->system.channel->now;

    (void)s;
    if (x && x->running && x->context == context)
        transfer_end(a->system.channel, SYSDMA_END_CANCELLED);
}

uint64_t sysdma_flush(struct sim *s, const struct mapfile *f)
{
    struct sysdma_channel *c = f->a->system.channel;
    struct transfer *x = c->now;
    bool automatic = f->a->system.automatic;

    (void)s;
    if (!x || x->file != f->obj)
        return 0;
    /* Versions 1 and 2 know no completion: their flush is what ends a transfer, whole or not. */
    if (x->running)
        transfer_end(c, f->a->version == 3 && !automatic ? SYSDMA_END_FLUSHED : SYSDMA_END_STOPPED);
    if (!x->want.to_device)
        held_write(x);
    c->left_bytes = x->want.length_bytes - x->moved_bytes;
    current_drop(c);
    return automatic ? 0 : c->left_bytes;
}

/* --- life --- */

static struct sysdma *controller(struct sim *s)
{
    struct sysdma *y = s->dma->sysdma;
    uint16_t agent;

    if (y)
        return y;
    y = s->dma->sysdma = dma_record(s, sizeof(*y));
    agent = sched_agent_new(s, AGENT_DEVICE, "system DMA");
    for (unsigned i = 0; i < SYSDMA_CHANNELS; i++) {
        struct sysdma_channel *c = &y->channels[i];

        c->s = s;
        c->number = i;
        c->event.fn = burst;
        c->event.ctx = c;
        c->event.agent = agent;
        c->dpc.fn = routines_call;
        c->dpc.ctx = c;
        c->dpc.cpu = -1;
    }
    return y;
}

/* Versions 0 to 2: channels 0 to 3 are eight bits wide, 5 to 7 sixteen, as the PC's two controllers
 * have them. Version 3 knows lines and every width. */
static bool channel_fits(const struct adapter_description *d)
{
    if (d->channel >= SYSDMA_CHANNELS)
        return false;
    if (d->version == 3)
        return d->width_bytes >= 1 && d->width_bytes <= 4 && d->line >= SYSDMA_LINE_FIRST &&
               d->line < SYSDMA_LINE_FIRST + SYSDMA_CHANNELS;
    return d->channel != SYSDMA_CASCADE && d->width_bytes == (d->channel < SYSDMA_CASCADE ? 1 : 2);
}

bool sysdma_bind(struct sim *s, struct adapter *a, const struct adapter_description *d)
{
    if (!channel_fits(d))
        return false;
    a->system.channel = &controller(s)->channels[d->channel];
    a->system.line = d->line;
    a->system.width_bytes = d->width_bytes;
    a->system.automatic = d->automatic;
    a->system.device_address = d->device_address;
    return true;
}

static bool channel_taken(struct sim *s, unsigned channel)
{
    for (const struct dm_device *d = bus_first(s); d; d = d->next)
        if (d->present && d->dma_line && d->dma_channel == channel)
            return true;
    return false;
}

bool sysdma_line_assign(struct sim *s, struct dm_device *d)
{
    unsigned first = d->model->dma_width_bytes == 1 ? 0 : SYSDMA_CASCADE + 1;
    unsigned end = d->model->dma_width_bytes == 1 ? SYSDMA_CASCADE : SYSDMA_CHANNELS;

    for (unsigned i = first; i < end; i++)
        if (!channel_taken(s, i)) {
            d->dma_channel = i;
            d->dma_line = SYSDMA_LINE_FIRST + i;
            return true;
        }
    return false;
}
