/*
 * The queues for channels and map registers, and who is called back when.
 */
#include "sim/core/mapreg.h"

#include <string.h>

#include "base/err.h"
#include "base/must.h"

#define LATER_ONE_IN 6 /* without profile.deferred: so rarely does a routine come later by choice */

/* --- requests --- */

struct dma_request *request_alloc(struct sim *s, struct adapter *a, enum request_kind kind,
                                  uint32_t registers)
{
    struct dma_request *r = a->spare;

    if (__builtin_expect(r->state == REQUEST_IDLE, 1)) {
        r->state = REQUEST_QUEUED;
        r->single = r->given_up = false;
        r->file = NULL;
        r->list = NULL;
        r->kind = kind;
        r->registers = registers;
        return r;
    }
    r = s->dma->request_free;
    if (r) {
        s->dma->request_free = r->next;
        memset(r, 0, sizeof(*r));
    } else {
        r = dma_record(s, sizeof(*r));
    }
    r->state = REQUEST_QUEUED;
    r->a = a;
    r->kind = kind;
    r->registers = registers;
    return r;
}

void request_free(struct sim *s, struct dma_request *r)
{
    if (__builtin_expect(r == r->a->spare, 1)) {
        r->state = REQUEST_IDLE;
        return;
    }
    r->next = s->dma->request_free;
    s->dma->request_free = r;
}

static bool fits_adapter(const struct adapter *a, uint32_t count)
{
    return !a->needs_registers || a->registers_live + count <= a->registers_max;
}

static bool fits_system(const struct sim *s, const struct adapter *a, uint32_t count)
{
    return !a->needs_registers || !s->profile.map_registers_system ||
           s->dma->registers_live + count <= s->profile.map_registers_system;
}

static bool fits(const struct sim *s, const struct adapter *a, uint32_t count)
{
    if (!a->needs_registers)
        return true;
    return fits_adapter(a, count) && fits_system(s, a, count) && !s->dma->system_short;
}

/* Channel and registers are r's. */
static void grant(struct sim *s, struct dma_request *r)
{
    struct adapter *a = r->a;

    r->state = REQUEST_GRANTED;
    a->registers_live += r->registers;
    if (a->needs_registers)
        s->dma->registers_live += r->registers;
    s->dma->channels_live++;
    r->channel_obj = obj_new(&s->trace, OBJ_CHANNEL);
    trace_emit(&s->trace, EV_CHANNEL, API_NONE, r->channel_obj, a->obj, r->registers, 1, 0);
    if (r->kind == REQUEST_CHANNEL && r->registers)
        mapfile_begin(s, r);
}

static void wait_for_registers(struct sim *s, struct dma_request *r)
{
    struct dma *d = s->dma;
    struct adapter *a = r->a;

    r->state = REQUEST_WAITING;
    a->waiting = true;
    a->wait_next = NULL;
    if (d->wait_tail)
        d->wait_tail->wait_next = a;
    else
        d->wait_head = a;
    d->wait_tail = a;
    if (fits_adapter(a, r->registers))
        d->system_short = true;
}

int request_submit(struct sim *s, struct dma_request *r, bool synchronous)
{
    struct adapter *a = r->a;

    if (a->holder || a->queue_head) {
        if (synchronous)
            return ERR_BUSY;
        r->state = REQUEST_QUEUED;
        if (a->queue_tail)
            a->queue_tail->next = r;
        else
            a->queue_head = r;
        a->queue_tail = r;
    } else if (fits(s, a, r->registers)) {
        a->holder = r;
        grant(s, r);
        return 0;
    } else {
        if (synchronous)
            return ERR_BUSY;
        a->holder = r;
        wait_for_registers(s, r);
    }
    if (r->single) {
        r->single_next = s->dma->singles;
        s->dma->singles = r;
    }
    return 1;
}

struct dma_request *request_single_of(struct sim *s, const void *device_object)
{
    for (struct dma_request *r = s->dma->singles; r; r = r->single_next)
        if (r->device_object == device_object && r->state < REQUEST_RUNNING)
            return r;
    return NULL;
}

static void single_forget(struct sim *s, struct dma_request *r)
{
    for (struct dma_request **at = &s->dma->singles; *at; at = &(*at)->single_next)
        if (*at == r) {
            *at = r->single_next;
            return;
        }
}

void request_hold(struct sim *s, struct dma_request *r)
{
    (void)s;
    must(r->a->holder == r && r->state == REQUEST_GRANTED);
    r->state = REQUEST_HELD;
    if (r->context)
        r->context->state = CONTEXT_DONE;
}

/* --- handing on --- */

static void granted_later(struct sim *s, struct dma_request *r)
{
    struct dma *d = s->dma;
    uint32_t site = s->trace.site;

    s->trace.site = r->site;
    grant(s, r);
    s->trace.site = site;
    r->next = NULL;
    if (d->run_tail)
        d->run_tail->next = r;
    else
        d->run_head = r;
    d->run_tail = r;
}

/* In order; who waits for its own adapter's registers is passed over, who waits for the machine's
 * stops all behind it. */
static void drain(struct sim *s)
{
    struct dma *d = s->dma;
    struct adapter **at = &d->wait_head, *last = NULL;

    d->system_short = false;
    while (*at) {
        struct adapter *a = *at;
        struct dma_request *r = a->holder;

        must(r && r->state == REQUEST_WAITING);
        if (d->system_short || !fits_adapter(a, r->registers) || !fits_system(s, a, r->registers)) {
            if (!d->system_short && fits_adapter(a, r->registers))
                d->system_short = true;
            last = a;
            at = &a->wait_next;
            continue;
        }
        *at = a->wait_next;
        a->waiting = false;
        granted_later(s, r);
    }
    d->wait_tail = last;
}

static void next_in_queue(struct sim *s, struct adapter *a)
{
    struct dma_request *r = a->queue_head;

    must(!a->holder);
    if (!r)
        return;
    a->queue_head = r->next;
    if (!a->queue_head)
        a->queue_tail = NULL;
    r->next = NULL;
    a->holder = r;
    if (fits(s, a, r->registers))
        granted_later(s, r);
    else
        wait_for_registers(s, r);
}

bool request_later(struct sim *s)
{
    if (s->profile.deferred)
        return true;
    return !choices_idle(s) && choice_rare(s, CHOICE_CALLBACK_WHEN, 2, LATER_ONE_IN);
}

static void run_granted(struct sim *s)
{
    struct dma *d = s->dma;

    if (d->running)
        return; /* whoever runs them is further down this stack, or on another processor */
    d->running = true;
    while (d->run_head) {
        struct dma_request *r = d->run_head;

        d->run_head = r->next;
        if (!d->run_head)
            d->run_tail = NULL;
        request_go(s, r, !request_later(s));
    }
    d->running = false;
}

void channel_next(struct sim *s, struct adapter *a)
{
    next_in_queue(s, a);
    run_granted(s);
}

void registers_put(struct sim *s, struct adapter *a, uint32_t count)
{
    struct dma *d = s->dma;

    must(a->registers_live >= count);
    a->registers_live -= count;
    if (a->needs_registers) {
        must(d->registers_live >= count);
        d->registers_live -= count;
    }
    if (__builtin_expect(d->wait_head != NULL, 0)) {
        drain(s);
        run_granted(s);
    }
}

static void channel_end(struct sim *s, struct dma_request *r, enum dma_action action)
{
    struct adapter *a = r->a;

    must(a->holder == r);
    trace_emit(&s->trace, EV_CHANNEL_END, API_NONE, r->channel_obj, a->obj, action, 0, 0);
    s->dma->channels_live--;
    if (r->file)
        r->file->holder = NULL;
    a->holder = NULL;
    if (r->state == REQUEST_RUNNING)
        r->given_up = true;
    else
        request_free(s, r);
    if (__builtin_expect(a->queue_head != NULL, 0))
        channel_next(s, a);
}

/* What the routine's return value, or FreeAdapterObject's argument, does. */
static void dispose(struct sim *s, struct dma_request *r, enum dma_action action)
{
    if (r->kind == REQUEST_LIST) {
        if (action == ACTION_FREE && r->list && r->state != REQUEST_RUNNING)
            list_unmap(s, r->list);
    } else if (action == ACTION_FREE && r->file) {
        mapfile_free(s, r->file, r->file->count);
    }
    channel_end(s, r, action);
}

bool channel_free(struct sim *s, struct adapter *a, enum dma_action action)
{
    struct dma_request *r = a->holder;

    if (!r || r->state < REQUEST_RUNNING)
        return false;
    if (action == ACTION_FREE || action == ACTION_KEEP_REGISTERS)
        dispose(s, r, action);
    return true;
}

/* --- the routine --- */

static void request_run(struct sim *s, struct dma_request *r)
{
    struct dma_context *context = r->context;
    uint8_t irql = s->trace.irql; /* the running processor's */
    uint32_t site = s->trace.site;
    enum dma_action action;

    must(r->state == REQUEST_GRANTED && r->a->holder == r);
    r->state = REQUEST_RUNNING;
    s->trace.site = r->site;
    if (r->single)
        single_forget(s, r);
    if (context) {
        context->state = CONTEXT_DONE;
        context->request = NULL;
    }
    if (irql < IRQL_DISPATCH)
        sched_irql_set(s, IRQL_DISPATCH);
    action = r->run(s, r);
    if (r->given_up) {
        request_free(s, r);
    } else {
        if (r->kind == REQUEST_LIST)
            action = ACTION_KEEP_REGISTERS;
        if (action == ACTION_FREE || action == ACTION_KEEP_REGISTERS) {
            dispose(s, r, action);
            request_free(s, r);
        } else {
            r->state = REQUEST_HELD;
        }
    }
    s->trace.site = site;
    if (irql < IRQL_DISPATCH)
        sched_irql_set(s, irql);
}

static void dpc_run(struct sim *s, void *ctx)
{
    struct adapter *a = ctx;

    while (a->ready_head) {
        struct dma_request *r = a->ready_head;

        a->ready_head = r->next;
        if (!a->ready_head)
            a->ready_tail = NULL;
        request_run(s, r);
    }
}

void mapreg_adapter_init(struct sim *s, struct adapter *a)
{
    a->spare = dma_record(s, sizeof(*a->spare));
    a->spare->a = a;
    a->dpc.fn = dpc_run;
    a->dpc.ctx = a;
    a->dpc.cpu = -1;
    a->dpc.obj = a->obj;
}

void request_go(struct sim *s, struct dma_request *r, bool at_once)
{
    struct adapter *a = r->a;

    if (at_once) {
        request_run(s, r);
        return;
    }
    if (r->single) {
        single_forget(s, r);
        r->single_next = s->dma->singles;
        s->dma->singles = r;
    }
    r->next = NULL;
    if (a->ready_tail)
        a->ready_tail->next = r;
    else
        a->ready_head = r;
    a->ready_tail = r;
    sched_dpc_queue(s, &a->dpc);
}

static void queue_take_out(struct adapter *a, struct dma_request *r)
{
    struct dma_request **at = &a->queue_head, *last = NULL;

    while (*at != r) {
        last = *at;
        at = &(*at)->next;
    }
    *at = r->next;
    if (a->queue_tail == r)
        a->queue_tail = last;
}

static void wait_take_out(struct sim *s, struct adapter *a)
{
    struct dma *d = s->dma;
    struct adapter **at = &d->wait_head, *last = NULL;

    while (*at != a) {
        last = *at;
        at = &(*at)->wait_next;
    }
    *at = a->wait_next;
    if (d->wait_tail == a)
        d->wait_tail = last;
    a->waiting = false;
}

bool request_cancel(struct sim *s, struct dma_request *r)
{
    struct adapter *a = r->a;
    bool waited = r->state == REQUEST_WAITING;

    if (!waited && r->state != REQUEST_QUEUED)
        return false;
    if (waited) {
        wait_take_out(s, a);
        a->holder = NULL;
    } else {
        queue_take_out(a, r);
    }
    if (r->single)
        single_forget(s, r);
    if (r->list)
        list_abandon(s, r->list);
    request_free(s, r);
    if (waited) {
        drain(s); /* it may have been what stopped the others */
        next_in_queue(s, a);
        run_granted(s);
    }
    return true;
}

static void say_waiting(struct sim *s, const struct dma_request *r, uint32_t by)
{
    uint32_t site = s->trace.site;

    s->trace.site = r->site;
    trace_emit(&s->trace, EV_DMA_WAITS, API_NONE, r->a->obj, by, r->registers, r->a->registers_live,
               r->context ? r->context->obj : 0);
    s->trace.site = site;
}

uint32_t requests_say_waiting(struct sim *s)
{
    uint32_t count = 0;

    for (const struct adapter *a = s->dma->adapters; a; a = a->next) {
        if (a->holder && a->waiting) {
            say_waiting(s, a->holder, 0);
            count++;
        }
        for (const struct dma_request *r = a->queue_head; r; r = r->next) {
            say_waiting(s, r, a->holder ? a->holder->channel_obj : 0);
            count++;
        }
    }
    return count;
}
