/*
 * Ops become records in their order; what the decoder adds by itself (memory, releasing, joining) is not
 * written.
 */
#include "inputs/encode.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "inputs/decode.h"
#include "inputs/record.h"

#define WHICH_MASK 31u
#define NS_PER_US 1000u

struct encoder {
    const struct dm_plan *plan;
    const struct surface *surface;
    uint8_t *to;
    size_t used, room;
    unsigned records;
    uint32_t files, requests;       /* written so far */
    uint32_t *file_of, *request_of; /* by the plan's numbers: which one in the input */
    uint32_t last_alloc[RECORD_THREADS];
    uint8_t zeros[INPUT_PAYLOAD_MAX];
};

static void put(struct encoder *e, const struct record *r)
{
    if (e->records == DECODE_RECORDS_MAX)
        return;
    e->records++;
    e->used += record_put(e->to + e->used, e->room - e->used, r);
}

static unsigned thread_of(const struct dm_plan_op *o) { return o->thread % RECORD_THREADS; }

/* The number under which the decoder knows the index-th thing that was made. */
static uint32_t known(const uint32_t *of, uint32_t number, size_t count)
{
    return number <= count ? of[number] & WHICH_MASK : 0;
}

static void remember(const struct encoder *e, uint32_t *of, uint32_t number, uint32_t which)
{
    if (number <= e->plan->op_count)
        of[number] = which;
}

static bool is_request(const struct dm_plan_op *o)
{
    return o->kind == DM_OP_READ || o->kind == DM_OP_WRITE || o->kind == DM_OP_IOCTL;
}

/* What comes and goes beside what is done. */
static bool is_memory(const struct dm_plan_op *o)
{
    return o->kind == DM_OP_ALLOC || o->kind == DM_OP_FREE;
}

/* The thread waits for this request next, without a limit. */
static bool at_once(const struct encoder *e, const struct dm_plan_op *o)
{
    const struct dm_plan_op *end = e->plan->ops + e->plan->op_count;

    for (const struct dm_plan_op *next = o + 1; next < end; next++)
        if (next->thread == o->thread && !is_memory(next))
            return next->kind == DM_OP_WAIT && next->on == o->id && next->a == UINT64_MAX;
    return false;
}

static uint8_t who(const struct encoder *e, const struct dm_plan_op *o)
{
    return RECORD_WHO(thread_of(o), at_once(e, o), known(e->file_of, o->on, e->plan->op_count));
}

/* --- buffers --- */

static uint32_t offset_of(const struct encoder *e, uint32_t alloc)
{
    for (size_t i = 0; i < e->plan->op_count; i++)
        if (e->plan->ops[i].kind == DM_OP_ALLOC && e->plan->ops[i].id == alloc)
            return (uint32_t)e->plan->ops[i].b;
    return 0;
}

static enum record_buffer how(const struct encoder *e, const struct dm_plan_buffer *b, unsigned t)
{
    if (b->place == DM_PLACE_NULL)
        return b->bytes ? RECORD_BUFFER_NULL : RECORD_BUFFER_NEW;
    if (b->place == DM_PLACE_WILD)
        return b->at >> 63 ? RECORD_BUFFER_KERNEL : RECORD_BUFFER_WILD;
    return b->alloc == e->last_alloc[t] ? RECORD_BUFFER_LAST : RECORD_BUFFER_NEW;
}

/* in: NULL for reads and writes. */
static void put_place(struct encoder *e, const struct dm_plan_op *o,
                      const struct dm_plan_buffer *data, const struct dm_plan_buffer *in)
{
    unsigned t = thread_of(o);
    struct record r = { .kind = RECORD_BUFFER, .who = RECORD_WHO(t, false, 0) };

    r.a = o->buffer_count > 1 && !in ? RECORD_BUFFER_CHAIN : how(e, data, t);
    r.c = in ? how(e, in, t) : RECORD_BUFFER_NEW;
    if (data->place == DM_PLACE_ALLOC)
        r.b = (uint32_t)(offset_of(e, data->alloc) + data->at) % 4096;
    else if (data->place == DM_PLACE_WILD)
        r.b = (uint32_t)data->at & 0xffff;
    if (r.a == RECORD_BUFFER_CHAIN)
        r.b = o->buffer_count - 2;
    if (r.a || r.b || r.c)
        put(e, &r);
    if (data->place == DM_PLACE_ALLOC)
        e->last_alloc[t] = data->alloc;
}

static void payload(struct encoder *e, struct record *r, const struct dm_plan_buffer *b)
{
    r->payload_bytes = (uint16_t)(b->bytes < INPUT_PAYLOAD_MAX ? b->bytes : INPUT_PAYLOAD_MAX);
    r->payload = b->content == DM_CONTENT_BYTES ? b->data : e->zeros;
}

/* --- ops --- */

static void put_transfer(struct encoder *e, const struct dm_plan_op *o)
{
    const struct dm_plan_buffer *b = &e->plan->buffers[o->buffer_first];
    struct record r = { .kind = o->kind == DM_OP_WRITE ? RECORD_WRITE : RECORD_READ,
                        .who = who(e, o),
                        .b = (uint32_t)o->a,
                        .c = (uint32_t)(o->a >> 32) };
    uint8_t pattern = 0;

    if (!o->buffer_count)
        return;
    for (uint32_t i = 0; i < o->buffer_count; i++)
        r.a += (uint32_t)b[i].bytes;
    put_place(e, o, b, NULL);
    if (o->kind == DM_OP_WRITE && o->buffer_count == 1 && b->content == DM_CONTENT_BYTES) {
        payload(e, &r, b);
    } else if (o->kind == DM_OP_WRITE) {
        pattern = (uint8_t)b->value;
        r.payload = &pattern;
        r.payload_bytes = r.a > 1;
    }
    put(e, &r);
    remember(e, e->request_of, o->id, e->requests++);
}

static void put_ioctl(struct encoder *e, const struct dm_plan_op *o)
{
    const struct dm_plan_buffer *b = &e->plan->buffers[o->buffer_first];
    struct record r = { .kind = RECORD_IOCTL, .who = who(e, o), .c = (uint32_t)o->a };

    if (o->buffer_count != 2)
        return;
    for (unsigned i = 0; i < e->surface->ioctl_count && !r.a; i++)
        if (e->surface->ioctls[i].code == o->a)
            r.a = RECORD_IOCTL_OF(i);
    r.b = (uint32_t)b[1].bytes;
    put_place(e, o, &b[1], &b[0]);
    payload(e, &r, &b[0]);
    put(e, &r);
    remember(e, e->request_of, o->id, e->requests++);
}

static void put_wait(struct encoder *e, const struct dm_plan_op *o, const struct dm_plan_op *before)
{
    uint32_t request = known(e->request_of, o->on, e->plan->op_count);
    struct record r = { .kind = RECORD_WAIT };

    if (before && is_request(before) && before->id == o->on &&
        o->a == UINT64_MAX) /* its request waits for itself */
        return;
    r.who = RECORD_WHO(thread_of(o), o->a == UINT64_MAX, request);
    r.a = (uint32_t)(o->a / NS_PER_US);
    put(e, &r);
}

static void put_simple(struct encoder *e, const struct dm_plan_op *o, enum record_kind kind,
                       uint32_t which, uint32_t a, uint32_t b)
{
    put(e,
        &(struct record) {
            .kind = (uint8_t)kind, .who = RECORD_WHO(thread_of(o), false, which), .a = a, .b = b });
}

/* before: what the same thread did last. */
static void put_op(struct encoder *e, const struct dm_plan_op *o, const struct dm_plan_op *before)
{
    switch ((enum dm_plan_kind)o->kind) {
    case DM_OP_OPEN:
        put_simple(e, o, RECORD_OPEN, 0, o->on, (uint32_t)o->a);
        remember(e, e->file_of, o->id, e->files++);
        break;
    case DM_OP_CLOSE:
        put_simple(e, o, RECORD_CLOSE, known(e->file_of, o->on, e->plan->op_count), 0, 0);
        break;
    case DM_OP_READ:
    case DM_OP_WRITE:
        put_transfer(e, o);
        break;
    case DM_OP_IOCTL:
        put_ioctl(e, o);
        break;
    case DM_OP_CANCEL:
        put_simple(e, o, RECORD_CANCEL, known(e->request_of, o->on, e->plan->op_count), 0, 0);
        break;
    case DM_OP_WAIT:
        put_wait(e, o, before);
        break;
    case DM_OP_SLEEP:
        put_simple(e, o, RECORD_SLEEP, 0, o->a < UINT32_MAX ? (uint32_t)o->a : UINT32_MAX, 0);
        break;
    case DM_OP_POWER:
        put_simple(e, o, RECORD_POWER, 0, o->on, (uint32_t)o->a);
        break;
    case DM_OP_SYSTEM_POWER:
        put_simple(e, o, RECORD_SYSTEM_POWER, 0, (uint32_t)o->a, 0);
        break;
    case DM_OP_STOP:
        put_simple(e, o, RECORD_PNP, 0, o->on, RECORD_STOP);
        break;
    case DM_OP_START:
        put_simple(e, o, RECORD_PNP, 0, o->on, RECORD_START);
        break;
    case DM_OP_REMOVE:
        put_simple(e, o, RECORD_PNP, 0, o->on, RECORD_REMOVE);
        break;
    case DM_OP_SURPRISE:
        put_simple(e, o, RECORD_PNP, 0, o->on, RECORD_SURPRISE);
        break;
    default: /* made by the decoder, or not to be said */
        break;
    }
}

static void put_faults(struct encoder *e)
{
    for (size_t i = 0; i < e->plan->fault_count; i++) {
        const struct dm_plan_fault *f = &e->plan->faults[i];
        uint32_t high = (uint32_t)(f->value >> 32);
        const uint8_t where[] = { (uint8_t)high, (uint8_t)(high >> 8), (uint8_t)(high >> 16),
                                  (uint8_t)(high >> 24) };
        struct record r = { .kind = RECORD_FAULT,
                            .payload = where,
                            .payload_bytes = sizeof(where),
                            .b = f->nth - 1,
                            .c = (uint32_t)f->value };

        if (decode_point(f->point, &r.a))
            put(e, &r);
    }
}

size_t encode(const struct dm_plan *p, const struct surface *surface, uint32_t profile, uint8_t *to,
              size_t room)
{
    struct encoder *e = calloc(1, sizeof(*e));
    const struct dm_plan_op *before[RECORD_THREADS] = { NULL };
    size_t used;

    must(e);
    e->plan = p;
    e->surface = surface;
    e->to = to;
    e->room = room;
    e->file_of = calloc(p->op_count + 1, sizeof(*e->file_of));
    e->request_of = calloc(p->op_count + 1, sizeof(*e->request_of));
    must(e->file_of && e->request_of);
    put(e, &(struct record) { .kind = RECORD_MACHINE, .a = profile });
    put_faults(e);
    for (size_t i = 0; i < p->op_count; i++) {
        put_op(e, &p->ops[i], before[thread_of(&p->ops[i])]);
        if (!is_memory(&p->ops[i]))
            before[thread_of(&p->ops[i])] = &p->ops[i];
    }
    used = e->used;
    free(e->file_of);
    free(e->request_of);
    free(e);
    return used;
}
