/*
 * Records become ops, one after the other. The decoder keeps count of what has been made, so that a record's
 * `who` names something that there is; whether it is there in the run (its open may fail) is the player's
 * business. Requests are decode_request.c's.
 */
#include "inputs/decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/scenario.h"
#include "inputs/decode_private.h"

#define SLEEP_NS_MAX 100000000u
#define NTH_MAX 64u

struct decoder *decoder_create(const struct surface *surface, unsigned devices, unsigned allowed)
{
    struct decoder *d = calloc(1, sizeof(*d));

    must(d && devices && devices <= DECODE_DEVICES_MAX);
    d->surface = surface;
    d->devices = devices;
    d->allowed = allowed;
    return d;
}

void decoder_destroy(struct decoder *d) { free(d); }

struct dm_plan_op *decode_op(struct decoder *d, enum dm_plan_kind kind, unsigned thread)
{
    struct dm_plan_op *o = &d->ops[d->op_count++];

    must(d->op_count <= DECODE_OPS_MAX);
    *o = (struct dm_plan_op) { .kind = (uint16_t)kind, .thread = (uint16_t)thread };
    return o;
}

static void thread_begin(struct decoder *d, unsigned thread)
{
    if (d->threads[thread].begun)
        return;
    d->threads[thread].begun = true;
    decode_op(d, DM_OP_THREAD, 0)->id = thread;
}

uint32_t decode_file(const struct decoder *d, unsigned which)
{
    for (uint32_t i = 0; i < d->file_count; i++) {
        uint32_t at = (which + i) % d->file_count;

        if (d->files[at].open)
            return at + 1;
    }
    return 0;
}

uint32_t decode_live(const struct decoder *d, unsigned which, unsigned thread)
{
    for (uint32_t i = 0; i < d->request_count; i++) {
        uint32_t at = (which + i) % d->request_count;

        if (!d->requests[at].released && d->requests[at].thread == thread)
            return at + 1;
    }
    return 0;
}

static void do_open(struct decoder *d, const struct record *r, unsigned thread)
{
    struct dm_plan_op *o;

    if (d->file_count == DECODE_FILES_MAX)
        return;
    o = decode_op(d, DM_OP_OPEN, thread);
    d->files[d->file_count].open = true;
    d->files[d->file_count].thread = (uint8_t)thread;
    o->id = ++d->file_count;
    o->on = r->a % d->devices;
    o->a = r->b % 4 ? r->b % 4 : DM_READ_ACCESS | DM_WRITE_ACCESS;
}

/* Only who has opened it knows that it is open. */
static void do_close(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t file = decode_file(d, RECORD_WHICH(r->who));

    if (!file || d->files[file - 1].thread != thread || !decode_awake(d))
        return;
    decode_op(d, DM_OP_CLOSE, thread)->on = file;
    d->files[file - 1].open = false;
}

static void do_cancel(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t request = decode_live(d, RECORD_WHICH(r->who), thread);

    if (request)
        decode_op(d, DM_OP_CANCEL, thread)->on = request;
}

static void do_buffer(struct decoder *d, const struct record *r, unsigned thread)
{
    struct decode_thread *t = &d->threads[thread];

    t->how = (uint8_t)(r->a % RECORD_BUFFERS);
    t->how_in = (uint8_t)(r->c % RECORD_BUFFERS);
    t->offset = r->b;
}

/* --- power and PnP: the first thread's alone, so that no order of the threads leaves a device off for ever
 * --- */

bool decode_awake(const struct decoder *d)
{
    bool awake = !d->asleep;

    for (unsigned i = 0; i < d->devices; i++)
        awake = awake && (d->device[i].gone || (!d->device[i].low && !d->device[i].stopped));
    return awake;
}

static void power(struct decoder *d, unsigned device, unsigned d_state)
{
    struct dm_plan_op *o;

    if (d->device[device].gone || d->device[device].stopped)
        return;
    o = decode_op(d, DM_OP_POWER, 0);
    o->on = device;
    o->a = d_state;
    d->device[device].low = d_state != 0;
}

static void system_power(struct decoder *d, unsigned s_state)
{
    decode_op(d, DM_OP_SYSTEM_POWER, 0)->a = s_state;
    d->asleep = s_state != 0;
    for (unsigned i = 0; i < d->devices && !s_state; i++)
        d->device[i].low = false;
}

/* A device is stopped and removed with power; what is asleep wakes first. */
static void pnp(struct decoder *d, unsigned device, unsigned act)
{
    static const enum dm_plan_kind acts[] = { [RECORD_STOP] = DM_OP_STOP,
                                              [RECORD_START] = DM_OP_START,
                                              [RECORD_REMOVE] = DM_OP_REMOVE,
                                              [RECORD_SURPRISE] = DM_OP_SURPRISE };

    if (d->device[device].gone || (act == RECORD_START) != d->device[device].stopped)
        return;
    if (d->asleep)
        system_power(d, 0);
    if (d->device[device].low)
        power(d, device, 0);
    decode_op(d, acts[act], 0)->on = device;
    d->device[device].stopped = act == RECORD_STOP || act == RECORD_REMOVE;
    d->device[device].gone = act == RECORD_SURPRISE;
}

/* --- faults, the machine --- */

static const char *const points[] = {
#define FAULT(point, word, text) word,
#include "trace/faults.def"
#undef FAULT
};
#define POINTS (sizeof(points) / sizeof(points[0]))

uint32_t decode_nth(uint32_t number) { return number % NTH_MAX + 1; }

bool decode_point(const char *word, uint32_t *number)
{
    for (*number = 0; *number < POINTS; ++*number)
        if (!strcmp(points[*number], word))
            return true;
    return false;
}

static const bool of_device[POINTS] = {
#define FAULT(point, word, text) false,
#define FAULT_DEVICE(point, word, text) true,
#include "trace/faults.def"
#undef FAULT_DEVICE
#undef FAULT
};

static void do_fault(struct decoder *d, const struct record *r)
{
    unsigned point = r->a % POINTS, where_bytes = r->payload_bytes < 4 ? r->payload_bytes : 4;

    if (d->fault_count == DECODE_FAULTS_MAX ||
        !(d->allowed & (of_device[point] ? DECODE_HOSTILE : DECODE_FAILURES)))
        return;
    d->hostile |= of_device[point];
    d->faults[d->fault_count++] =
        (struct dm_plan_fault) { .point = points[point],
                                 .nth = decode_nth(r->b),
                                 .value = r->c | (uint64_t)record_number_at(r->payload, where_bytes)
                                                     << 32 };
}

static void do_machine(struct decoder *d, const struct record *r)
{
    size_t room = sizeof(d->choices) - d->out.choice_bytes, n = r->payload_bytes;

    d->out.profile = r->a;
    n = n < room ? n : room;
    memcpy(d->choices + d->out.choice_bytes, r->payload, n);
    d->out.choice_bytes += n;
}

/* --- records --- */

static bool is_power(unsigned kind)
{
    return kind == RECORD_POWER || kind == RECORD_SYSTEM_POWER || kind == RECORD_PNP;
}

static void take(struct decoder *d, const struct record *r)
{
    unsigned thread = RECORD_THREAD(r->who);

    if (is_power(r->kind) && !(d->allowed & DECODE_POWER))
        return;
    thread_begin(d, thread);
    switch ((enum record_kind)r->kind) {
    case RECORD_MACHINE:
        do_machine(d, r);
        break;
    case RECORD_OPEN:
        do_open(d, r, thread);
        break;
    case RECORD_CLOSE:
        do_close(d, r, thread);
        break;
    case RECORD_READ:
    case RECORD_WRITE:
        decode_transfer(d, r, thread);
        break;
    case RECORD_IOCTL:
        decode_ioctl(d, r, thread);
        break;
    case RECORD_CANCEL:
        do_cancel(d, r, thread);
        break;
    case RECORD_WAIT:
        decode_wait(d, r, thread);
        break;
    case RECORD_SLEEP:
        decode_op(d, DM_OP_SLEEP, thread)->a = r->a % SLEEP_NS_MAX;
        break;
    case RECORD_BUFFER:
        do_buffer(d, r, thread);
        break;
    case RECORD_POWER:
        power(d, r->a % d->devices, r->b % 4);
        break;
    case RECORD_SYSTEM_POWER:
        system_power(d, r->a % 5);
        break;
    case RECORD_PNP:
        pnp(d, r->a % d->devices, r->b % RECORD_ACTS);
        break;
    case RECORD_FAULT:
        do_fault(d, r);
        break;
    case RECORD_STEP:
        steps_add(&d->threads[thread].steps, r);
        break;
    case RECORD_COUNT:
        break;
    }
}

/* Everything is on again before anybody is waited for: a driver may rightly keep its requests until then. */
static void wake(struct decoder *d)
{
    if (d->asleep)
        system_power(d, 0);
    for (unsigned i = 0; i < d->devices; i++) {
        if (d->device[i].stopped)
            pnp(d, i, RECORD_START);
        if (d->device[i].low)
            power(d, i, 0);
    }
}

static void thread_end(struct decoder *d, unsigned thread)
{
    for (uint32_t request; (request = decode_live(d, 0, thread));)
        decode_finish(d, request, thread);
    decode_forget(d, thread);
}

/* Each thread waits for what it sent; then the first one waits for the others and closes what is open. */
static void end(struct decoder *d)
{
    wake(d);
    for (unsigned t = 1; t < RECORD_THREADS; t++)
        thread_end(d, t);
    for (unsigned t = 1; t < RECORD_THREADS; t++)
        if (d->threads[t].begun)
            decode_op(d, DM_OP_JOIN, 0)->on = t;
    thread_end(d, 0);
    for (uint32_t file; (file = decode_file(d, 0)); d->files[file - 1].open = false)
        decode_op(d, DM_OP_CLOSE, 0)->on = file;
}

static void forget(struct decoder *d)
{
    d->op_count = d->buffer_count = d->fault_count = 0;
    d->request_count = d->file_count = d->alloc_count = 0;
    d->alloc_bytes = d->program_bytes = 0;
    d->asleep = d->hostile = false;
    memset(d->device, 0, sizeof(d->device));
    for (unsigned t = 0; t < RECORD_THREADS; t++) {
        struct decode_thread *at = &d->threads[t];

        at->begun = t == 0;
        at->how = at->how_in = RECORD_BUFFER_NEW;
        at->offset = at->last = at->steps.count = 0;
    }
    d->out = (struct decoded) { .choices = d->choices };
}

const struct decoded *decode(struct decoder *d, const uint8_t *bytes, size_t size)
{
    const uint8_t *at = bytes;
    struct record r;

    forget(d);
    for (unsigned i = 0; i < DECODE_RECORDS_MAX && record_next(&at, bytes + size, &r); i++)
        take(d, &r);
    end(d);
    d->out.plan = (struct dm_plan) { .scenario = "fuzz",
                                     .ops = d->ops,
                                     .op_count = d->op_count,
                                     .buffers = d->buffers,
                                     .buffer_count = d->buffer_count,
                                     .faults = d->faults,
                                     .fault_count = d->fault_count };
    return &d->out;
}
