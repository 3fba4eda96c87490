/*
 * Records become ops, one after the other. The decoder keeps count of what a thread has made, so that a
 * record's `who` names something that there is; whether it is there in the run (its open may fail) is the
 * player's business.
 */
#include "inputs/decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/scenario.h"
#include "inputs/record.h"

#define OPS_MAX (DECODE_RECORDS_MAX * 6 + 64)
#define REQUESTS_MAX DECODE_RECORDS_MAX
#define FILES_MAX 32
#define FAULTS_MAX 32
#define FILL_PATTERN 0x77ull
#define WILD_USER 0x0000000000dead00ull /* as traces name addresses: region 0 is none of ours */
#define WILD_KERNEL 0xffff9000dead0000ull

struct request {
    uint32_t alloc; /* 0: none of its own */
    uint8_t thread;
    bool released;
};

struct decoder {
    const struct surface *surface;
    unsigned devices;
    struct decoded out;
    struct dm_plan_op ops[OPS_MAX];
    struct dm_plan_buffer buffers[REQUESTS_MAX * 2];
    struct dm_plan_fault faults[FAULTS_MAX];
    size_t op_count, buffer_count, fault_count;
    struct request requests[REQUESTS_MAX]; /* id - 1 */
    bool files[FILES_MAX];                 /* id - 1; open */
    uint32_t request_count, file_count, alloc_count;
    bool threads[RECORD_THREADS];
    struct {
        uint8_t how;
        uint32_t offset;
        uint32_t last_alloc, last_bytes;
    } buffer[RECORD_THREADS]; /* of the thread's next request */
    uint8_t choices[4096];
};

struct decoder *decoder_create(const struct surface *surface, unsigned devices)
{
    struct decoder *d = calloc(1, sizeof(*d));

    must(d && devices);
    d->surface = surface;
    d->devices = devices;
    return d;
}

void decoder_destroy(struct decoder *d) { free(d); }

static struct dm_plan_op *op(struct decoder *d, enum dm_plan_kind kind, unsigned thread)
{
    struct dm_plan_op *o = &d->ops[d->op_count++];

    must(d->op_count <= OPS_MAX);
    *o = (struct dm_plan_op) { .kind = (uint16_t)kind, .thread = (uint16_t)thread };
    return o;
}

static void thread_begin(struct decoder *d, unsigned thread)
{
    if (d->threads[thread])
        return;
    d->threads[thread] = true;
    if (thread)
        op(d, DM_OP_THREAD, 0)->id = thread;
}

/* The which-th of count things for which alive holds, counted round; 0: there is none. */
static uint32_t open_file(const struct decoder *d, unsigned which)
{
    for (uint32_t i = 0; i < d->file_count; i++) {
        uint32_t at = (which + i) % d->file_count;

        if (d->files[at])
            return at + 1;
    }
    return 0;
}

/* A request that nobody has released: only the thread that sent it does, the others may cancel it. */
static uint32_t live_request(const struct decoder *d, unsigned which, int thread)
{
    for (uint32_t i = 0; i < d->request_count; i++) {
        uint32_t at = (which + i) % d->request_count;

        if (!d->requests[at].released && (thread < 0 || d->requests[at].thread == thread))
            return at + 1;
    }
    return 0;
}

static void do_open(struct decoder *d, const struct record *r, unsigned thread)
{
    struct dm_plan_op *o;

    if (d->file_count == FILES_MAX)
        return;
    o = op(d, DM_OP_OPEN, thread);
    d->files[d->file_count] = true;
    o->id = ++d->file_count;
    o->on = r->a % d->devices;
    o->a = r->b % 4 ? r->b % 4 : DM_READ_ACCESS | DM_WRITE_ACCESS;
}

static void do_close(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t file = open_file(d, RECORD_WHICH(r->who));

    if (!file)
        return;
    op(d, DM_OP_CLOSE, thread)->on = file;
    d->files[file - 1] = false;
}

/* --- buffers --- */

static uint32_t allocate(struct decoder *d, unsigned thread, uint64_t bytes, uint32_t offset)
{
    struct dm_plan_op *o = op(d, DM_OP_ALLOC, thread);

    o->id = ++d->alloc_count;
    o->a = bytes ? bytes : 1;
    o->b = offset % 4096;
    return o->id;
}

static struct dm_plan_buffer *place(struct decoder *d, unsigned thread, uint32_t bytes,
                                    uint32_t *alloc)
{
    struct dm_plan_buffer b = { .bytes = bytes };
    unsigned how = d->buffer[thread].how;

    switch (how) {
    case RECORD_BUFFER_NULL:
        b.place = DM_PLACE_NULL;
        break;
    case RECORD_BUFFER_WILD:
    case RECORD_BUFFER_KERNEL:
        b.place = DM_PLACE_WILD;
        b.at = (how == RECORD_BUFFER_WILD ? WILD_USER : WILD_KERNEL) + d->buffer[thread].offset;
        break;
    default:
        b.place = DM_PLACE_ALLOC;
        b.alloc = d->buffer[thread].last_alloc;
        if (how != RECORD_BUFFER_LAST || !b.alloc || d->buffer[thread].last_bytes < bytes) {
            b.alloc = *alloc = allocate(d, thread, bytes, d->buffer[thread].offset);
            d->buffer[thread].last_bytes = bytes;
        }
        d->buffer[thread].last_alloc = how == RECORD_BUFFER_FREED ? 0 : b.alloc;
    }
    must(d->buffer_count < sizeof(d->buffers) / sizeof(d->buffers[0]));
    d->buffers[d->buffer_count] = b;
    return &d->buffers[d->buffer_count++];
}

/* --- requests --- */

static void finish(struct decoder *d, uint32_t request, unsigned thread)
{
    struct request *q = &d->requests[request - 1];

    op(d, DM_OP_RELEASE, thread)->on = request;
    if (q->alloc)
        op(d, DM_OP_FREE, thread)->on = q->alloc;
    q->released = true;
}

static void wait_for_it(struct decoder *d, uint32_t request, unsigned thread)
{
    struct dm_plan_op *o = op(d, DM_OP_WAIT, thread);

    o->on = request;
    o->a = UINT64_MAX;
    finish(d, request, thread);
}

/* What every request ends with: who waits for it, and what becomes of its memory. */
static void sent(struct decoder *d, const struct record *r, unsigned thread, uint32_t alloc)
{
    struct request *q = &d->requests[d->request_count - 1];
    bool freed = d->buffer[thread].how == RECORD_BUFFER_FREED && alloc;

    q->alloc = alloc;
    if (freed) {
        op(d, DM_OP_FREE, thread)->on = alloc;
        q->alloc = 0;
    }
    d->buffer[thread].how = RECORD_BUFFER_NEW;
    if (RECORD_AT_ONCE(r->who))
        wait_for_it(d, d->request_count, thread);
    else if (q->alloc && d->buffer[thread].last_alloc == q->alloc)
        q->alloc = 0; /* it may be shared: it stays until the run ends */
}

static bool request_begin(struct decoder *d, const struct record *r, uint32_t *file)
{
    *file = open_file(d, RECORD_WHICH(r->who));
    if (!*file || d->request_count == REQUESTS_MAX)
        return false;
    d->requests[d->request_count] = (struct request) { .thread = RECORD_THREAD(r->who) };
    d->request_count++;
    return true;
}

static void do_transfer(struct decoder *d, const struct record *r, unsigned thread)
{
    bool write = r->kind == RECORD_WRITE;
    uint32_t file, alloc = 0, bytes = r->a % (d->surface->bytes_max + 1);
    struct dm_plan_buffer *b;
    struct dm_plan_op *o;

    if (!request_begin(d, r, &file))
        return;
    b = place(d, thread, bytes, &alloc);
    if (write && r->payload_bytes >= bytes) {
        b->content = DM_CONTENT_BYTES;
        b->data = r->payload;
    } else if (write) {
        b->content = DM_CONTENT_PATTERN;
        b->value = FILL_PATTERN + (r->payload_bytes ? r->payload[0] : 0);
    }
    o = op(d, write ? DM_OP_WRITE : DM_OP_READ, thread);
    o->id = d->request_count;
    o->on = file;
    o->a = r->b | (uint64_t)r->c << 32;
    o->buffer_first = (uint32_t)(b - d->buffers);
    o->buffer_count = 1;
    sent(d, r, thread, alloc);
}

/* Known codes mostly; every eighth `which` takes the code as it stands. */
static uint32_t ioctl_code(const struct decoder *d, const struct record *r)
{
    const struct surface *s = d->surface;

    return s->ioctl_count && r->a % 8 ? s->ioctls[r->a / 8 % s->ioctl_count].code : r->c;
}

static void do_ioctl(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t file, alloc = 0, in_alloc, out_bytes = r->b % (d->surface->bytes_max + 1);
    struct dm_plan_buffer *in, *out;
    struct dm_plan_op *o;

    if (!request_begin(d, r, &file))
        return;
    out = place(d, thread, out_bytes, &alloc);
    in_alloc = allocate(d, thread, r->payload_bytes, 0);
    must(d->buffer_count < sizeof(d->buffers) / sizeof(d->buffers[0]));
    in = &d->buffers[d->buffer_count++];
    *in = *out; /* in stands in front */
    *out = (struct dm_plan_buffer) { .place = r->payload_bytes ? DM_PLACE_ALLOC : DM_PLACE_NULL,
                                     .alloc = in_alloc,
                                     .bytes = r->payload_bytes,
                                     .content = DM_CONTENT_BYTES,
                                     .data = r->payload };
    if (!out_bytes && in->place == DM_PLACE_ALLOC)
        in->place = DM_PLACE_NULL;
    o = op(d, DM_OP_IOCTL, thread);
    o->id = d->request_count;
    o->on = file;
    o->a = ioctl_code(d, r);
    o->buffer_first = (uint32_t)(out - d->buffers);
    o->buffer_count = 2;
    sent(d, r, thread, alloc);
}

static void do_wait(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t request = live_request(d, RECORD_WHICH(r->who), (int)thread);
    struct dm_plan_op *o;

    if (!request)
        return;
    if (RECORD_AT_ONCE(r->who)) {
        wait_for_it(d, request, thread);
        return;
    }
    o = op(d, DM_OP_WAIT, thread);
    o->on = request;
    o->a = (uint64_t)(r->a % 100000) * 1000;
}

static void do_cancel(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t request = live_request(d, RECORD_WHICH(r->who), (int)thread);

    if (request)
        op(d, DM_OP_CANCEL, thread)->on = request;
}

/* --- the machine --- */

static void do_pnp(struct decoder *d, const struct record *r, unsigned thread)
{
    static const enum dm_plan_kind acts[] = { [RECORD_STOP] = DM_OP_STOP,
                                              [RECORD_START] = DM_OP_START,
                                              [RECORD_REMOVE] = DM_OP_REMOVE,
                                              [RECORD_SURPRISE] = DM_OP_SURPRISE };

    op(d, acts[r->b % RECORD_ACTS], thread)->on = r->a % d->devices;
}

static const char *const points[] = {
#define FAULT(point, word, text) word,
#include "trace/faults.def"
#undef FAULT
};
#define POINTS (sizeof(points) / sizeof(points[0]))

static void do_fault(struct decoder *d, const struct record *r)
{
    if (d->fault_count < FAULTS_MAX)
        d->faults[d->fault_count++] =
            (struct dm_plan_fault) { .point = points[r->a % POINTS], .nth = r->b % 64 + 1 };
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

static void take(struct decoder *d, const struct record *r)
{
    unsigned thread = RECORD_THREAD(r->who);
    struct dm_plan_op *o;

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
        do_transfer(d, r, thread);
        break;
    case RECORD_IOCTL:
        do_ioctl(d, r, thread);
        break;
    case RECORD_CANCEL:
        do_cancel(d, r, thread);
        break;
    case RECORD_WAIT:
        do_wait(d, r, thread);
        break;
    case RECORD_SLEEP:
        op(d, DM_OP_SLEEP, thread)->a = r->a % 100000000;
        break;
    case RECORD_BUFFER:
        d->buffer[thread].how = r->a % RECORD_BUFFERS;
        d->buffer[thread].offset = r->b;
        break;
    case RECORD_POWER:
        o = op(d, DM_OP_POWER, thread);
        o->on = r->a % d->devices;
        o->a = r->b % 4;
        break;
    case RECORD_SYSTEM_POWER:
        op(d, DM_OP_SYSTEM_POWER, thread)->a = r->a % 5;
        break;
    case RECORD_PNP:
        do_pnp(d, r, thread);
        break;
    case RECORD_FAULT:
        do_fault(d, r);
        break;
    case RECORD_COUNT:
        break;
    }
}

/* Each thread waits for what it sent; then the first one waits for the others and closes what is open. */
static void end(struct decoder *d)
{
    for (unsigned t = 1; t < RECORD_THREADS; t++) {
        for (uint32_t request; (request = live_request(d, 0, (int)t));)
            wait_for_it(d, request, t);
        if (d->threads[t])
            op(d, DM_OP_JOIN, 0)->on = t;
    }
    for (uint32_t request; (request = live_request(d, 0, 0));)
        wait_for_it(d, request, 0);
    for (uint32_t file; (file = open_file(d, 0)); d->files[file - 1] = false)
        op(d, DM_OP_CLOSE, 0)->on = file;
}

static void forget(struct decoder *d)
{
    d->op_count = d->buffer_count = d->fault_count = 0;
    d->request_count = d->file_count = d->alloc_count = 0;
    memset(d->threads, 0, sizeof(d->threads));
    memset(d->buffer, 0, sizeof(d->buffer));
    d->out = (struct decoded) { .choices = d->choices };
    d->threads[0] = true;
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
