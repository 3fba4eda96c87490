/*
 * The queues for channels and map registers, and map register files.
 */
#include "sim/core/mapreg.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

#define FILES_STEP 256u
#define LATER_ONE_IN 6 /* without profile.deferred: so rarely does a routine come later by choice */

/* --- requests --- */

struct dma_request *request_alloc(struct sim *s, struct adapter *a, enum request_kind kind, uint32_t registers)
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

static struct mapfile *file_alloc(struct sim *s)
{
    struct dma *d = s->dma;
    struct mapfile *f = d->file_free_head;

    if (f) {
        d->file_free_head = f->next;
        return f;
    }
    must(d->file_count < 1u << MAPFILE_SLOT_BITS);
    if (d->file_count == d->file_capacity) {
        struct mapfile **files = realloc(d->files, (d->file_capacity + FILES_STEP) * sizeof(*files));

        must(files != NULL);
        d->files = files;
        d->file_capacity += FILES_STEP;
    }
    f = dma_record(s, sizeof(*f));
    f->slot = d->file_count;
    d->files[d->file_count++] = f;
    return f;
}

static void file_begin(struct sim *s, struct dma_request *r)
{
    struct mapfile *f = file_alloc(s);

    f->obj = obj_new(&s->trace, OBJ_MAPREG);
    f->live = true;
    f->count = r->registers;
    f->used = 0;
    f->a = r->a;
    f->maps = NULL;
    f->context = r->context;
    f->holder = r;
    r->file = f;
    trace_emit(&s->trace, EV_MAPREG, API_NONE, f->obj, r->a->obj, f->count, r->a->registers_live,
               r->a->needs_registers ? r->a->registers_max : 0);
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
        file_begin(s, r);
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

    grant(s, r);
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
    enum dma_action action;

    must(r->state == REQUEST_GRANTED && r->a->holder == r);
    r->state = REQUEST_RUNNING;
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

/* --- files --- */

struct mapfile *mapfile_find(struct sim *s, uint64_t token, uint32_t *obj)
{
    struct dma *d = s->dma;
    uint64_t in = token - MAPFILE_TOKEN;
    uint32_t slot = (uint32_t)(in & ((1u << MAPFILE_SLOT_BITS) - 1)), number = (uint32_t)(in >> MAPFILE_SLOT_BITS);

    *obj = 0;
    if (token < MAPFILE_TOKEN || slot >= d->file_count || in >> (MAPFILE_SLOT_BITS + 24) || !number ||
        number > s->trace.numbers[OBJ_MAPREG])
        return NULL;
    *obj = OBJ_ID(OBJ_MAPREG, number);
    return d->files[slot]->live && d->files[slot]->obj == *obj ? d->files[slot] : NULL;
}

void mapfile_free(struct sim *s, struct mapfile *f, uint32_t count_said)
{
    struct dma *d = s->dma;
    uint64_t mapped = 0;

    for (const struct dma_map *m = f->maps; m; m = m->next)
        mapped += m->mapped_bytes;
    while (f->maps) {
        struct dma_map *m = f->maps;

        f->maps = m->next;
        sg_map_free(s, m);
    }
    f->live = false;
    if (f->holder)
        f->holder->file = NULL;
    f->holder = NULL;
    trace_emit(&s->trace, EV_MAPREG_END, API_NONE, f->obj, f->a->obj, f->count, mapped, count_said);
    f->next = NULL;
    if (d->file_free_head)
        d->file_free_tail->next = f;
    else
        d->file_free_head = f;
    d->file_free_tail = f;
    registers_put(s, f->a, f->count);
}

struct dma_map *mapfile_map(struct sim *s, struct mapfile *f, const struct sg_want *w, uint32_t mdl_obj)
{
    struct dma_map *m = sg_map_alloc(s);

    m->a = f->a;
    m->owner = f->obj;
    m->mdl = w->mdl;
    m->mdl_obj = mdl_obj;
    if (!sg_map(s, m, w)) {
        sg_map_free(s, m);
        return NULL;
    }
    sg_say(s, m);
    m->registers = 0;
    for (const struct dma_range *r = m->ranges; r; r = r->sibling)
        m->registers += (uint32_t)span_pages(r->ba, r->length_bytes);
    f->used += m->registers;
    m->next = f->maps;
    f->maps = m;
    return m;
}

uint64_t mapfile_flush(struct sim *s, struct mapfile *f, const void *mdl, uint64_t offset,
                       uint64_t length_bytes, bool to_device, bool *touched)
{
    uint64_t copied = 0;

    *touched = false;
    for (struct dma_map **at = &f->maps; *at;) {
        struct dma_map *m = *at;
        bool meets = m->mdl == mdl && length_bytes && offset < m->offset + m->length_bytes &&
                     m->offset < offset + length_bytes;

        if (meets) {
            *touched = true;
            if (!to_device)
                copied += sg_copy_out(s, m, offset, length_bytes);
            sg_unmap(s, m, offset, length_bytes, false);
        }
        if (meets && !m->ranges) {
            *at = m->next;
            f->used -= m->registers;
            sg_map_free(s, m);
        } else {
            at = &m->next;
        }
    }
    return copied;
}

void mapreg_reset(struct sim *s)
{
    struct dma *d = s->dma;

    d->file_count = 0;
    d->file_free_head = d->file_free_tail = NULL;
}
