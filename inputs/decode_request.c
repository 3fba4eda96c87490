/*
 * Requests out of records: their memory, how they are sent, and who waits for them. An allocation goes when
 * the last request that has it is let go of, unless it is to be unmapped while the request is under way.
 */
#include <string.h>

#include "base/must.h"
#include "inputs/decode_private.h"

#define FILL_PATTERN 0x77ull
#define WILD_USER 0x0000000000dead00ull /* as traces name addresses: region 0 is none of ours */
#define WILD_KERNEL 0xffff9000dead0000ull
#define SMALL_BYTES 4096u          /* for who comes when the memory is used up */
#define PATIENCE_NS 10000000000ull /* longer than any driver's own */
#define SHARED_MAX 3u /* who has memory that one more request gets: the thread, and two requests */
#define METHOD(code) ((code)&3u)
#define METHOD_IN_DIRECT 1u
#define METHOD_NEITHER 3u

/* --- memory --- */

static uint32_t alloc_new(struct decoder *d, unsigned thread, uint32_t bytes, uint32_t offset)
{
    struct dm_plan_op *o = decode_op(d, DM_OP_ALLOC, thread);

    must(d->alloc_count < sizeof(d->allocs) / sizeof(d->allocs[0]));
    d->allocs[d->alloc_count] = (struct decode_alloc) { .bytes = bytes };
    d->alloc_bytes += bytes;
    o->id = ++d->alloc_count;
    o->a = bytes ? bytes : 1;
    o->b = offset % 4096;
    return o->id;
}

static void alloc_free(struct decoder *d, uint32_t alloc, unsigned thread)
{
    decode_op(d, DM_OP_FREE, thread)->on = alloc;
    d->allocs[alloc - 1].freed = true;
}

static void alloc_drop(struct decoder *d, uint32_t alloc, unsigned thread)
{
    struct decode_alloc *a = alloc ? &d->allocs[alloc - 1] : NULL;

    if (!a)
        return;
    must(a->holders > 0);
    a->holders--;
    if (!a->holders && !a->freed)
        alloc_free(d, alloc, thread);
}

void decode_forget(struct decoder *d, unsigned thread)
{
    alloc_drop(d, d->threads[thread].last, thread);
    d->threads[thread].last = 0;
}

static uint32_t bytes_fit(const struct decoder *d, uint32_t bytes)
{
    bytes %= d->surface->bytes_max + 1;
    return d->alloc_bytes + bytes > DECODE_MEMORY_BYTES ? bytes % SMALL_BYTES : bytes;
}

/* Memory for so many bytes; *alloc: what the request holds of it, 0: nothing. */
static struct dm_plan_buffer place(struct decoder *d, unsigned thread, unsigned how, uint32_t bytes,
                                   uint32_t *alloc)
{
    struct decode_thread *t = &d->threads[thread];
    struct dm_plan_buffer b = { .bytes = bytes };

    *alloc = 0;
    switch (how) {
    case RECORD_BUFFER_NULL:
        b.place = DM_PLACE_NULL;
        return b;
    case RECORD_BUFFER_WILD:
    case RECORD_BUFFER_KERNEL:
        b.place = DM_PLACE_WILD;
        b.at = (how == RECORD_BUFFER_WILD ? WILD_USER : WILD_KERNEL) + t->offset;
        return b;
    case RECORD_BUFFER_LAST:
        if (t->last && d->allocs[t->last - 1].bytes >= bytes &&
            d->allocs[t->last - 1].holders <= SHARED_MAX)
            *alloc = t->last;
        break;
    }
    if (!*alloc)
        *alloc = alloc_new(d, thread, bytes, t->offset);
    b.place = DM_PLACE_ALLOC;
    b.alloc = *alloc;
    return b;
}

/* --- sent and waited for --- */

static void release(struct decoder *d, uint32_t request, unsigned thread)
{
    struct decode_request *q = &d->requests[request - 1];

    decode_op(d, DM_OP_RELEASE, thread)->on = request;
    for (unsigned i = 0; i < 2; i++)
        alloc_drop(d, q->allocs[i], thread);
    q->released = true;
}

static struct dm_plan_op *wait_op(struct decoder *d, uint32_t request, unsigned thread, uint64_t ns)
{
    struct dm_plan_op *o = decode_op(d, DM_OP_WAIT, thread);

    o->on = request;
    o->a = ns;
    return o;
}

void decode_finish(struct decoder *d, uint32_t request, unsigned thread)
{
    if (d->hostile) {
        wait_op(d, request, thread, PATIENCE_NS);
        decode_op(d, DM_OP_CANCEL, thread)->on = request;
    }
    wait_op(d, request, thread, UINT64_MAX);
    release(d, request, thread);
}

void decode_wait(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t request = decode_live(d, RECORD_WHICH(r->who), thread);

    if (!request)
        return;
    if (RECORD_AT_ONCE(r->who) && decode_awake(d))
        decode_finish(d, request, thread);
    else
        wait_op(d, request, thread, (uint64_t)(r->a % 100000) * 1000);
}

static uint32_t request_begin(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t file = decode_file(d, RECORD_WHICH(r->who));

    if (!file || d->request_count == DECODE_RECORDS_MAX)
        return 0;
    d->requests[d->request_count] = (struct decode_request) { .thread = (uint8_t)thread };
    d->request_count++;
    return file;
}

static void hold(struct decoder *d, unsigned index, uint32_t alloc)
{
    d->requests[d->request_count - 1].allocs[index] = alloc;
    if (alloc)
        d->allocs[alloc - 1].holders++;
}

/* What every request ends with: which memory is the thread's last, and who waits. */
static void sent(struct decoder *d, const struct record *r, unsigned thread)
{
    struct decode_thread *t = &d->threads[thread];
    uint32_t data = d->requests[d->request_count - 1].allocs[0];

    if (data && data != t->last) {
        decode_forget(d, thread);
        if (t->how == RECORD_BUFFER_FREED) {
            alloc_free(d, data, thread);
        } else {
            t->last = data;
            d->allocs[data - 1].holders++;
        }
    }
    t->how = t->how_in = RECORD_BUFFER_NEW;
    t->offset = 0;
    if (RECORD_AT_ONCE(r->who) && decode_awake(d))
        decode_finish(d, d->request_count, thread);
}

static struct dm_plan_buffer *buffer_put(struct decoder *d, struct dm_plan_buffer b)
{
    must(d->buffer_count < sizeof(d->buffers) / sizeof(d->buffers[0]));
    d->buffers[d->buffer_count] = b;
    return &d->buffers[d->buffer_count++];
}

/* --- read and write --- */

/* What is written: the payload, or as many bytes as wanted of a pattern that a single byte chooses. */
static bool has_data(const struct record *r)
{
    return r->kind == RECORD_WRITE && r->payload_bytes > 1;
}

static void contents(struct dm_plan_buffer *b, const struct record *r, uint64_t from)
{
    if (has_data(r)) {
        b->content = DM_CONTENT_BYTES;
        b->data = r->payload + from;
    } else {
        b->content = DM_CONTENT_PATTERN;
        b->value = FILL_PATTERN + (r->payload_bytes ? r->payload[0] : 0);
    }
}

/* One buffer, or the same bytes cut into several. */
static void transfer_buffers(struct decoder *d, const struct record *r, unsigned thread,
                             struct dm_plan_op *o)
{
    struct decode_thread *t = &d->threads[thread];
    uint32_t alloc, bytes = bytes_fit(d, has_data(r) ? r->payload_bytes : r->a), count = 1;
    struct dm_plan_buffer b = place(d, thread, t->how, bytes, &alloc);
    uint64_t end = b.bytes, from = 0;

    hold(d, 0, alloc);
    if (t->how == RECORD_BUFFER_CHAIN && bytes >= DECODE_PIECES_MAX)
        count = 2 + t->offset % (DECODE_PIECES_MAX - 1);
    o->buffer_first = (uint32_t)d->buffer_count;
    o->buffer_count = count;
    for (uint32_t i = 0; i < count; i++, b.at += b.bytes, from += b.bytes) {
        b.bytes = i + 1 < count ? end / count : end - i * (end / count);
        if (r->kind == RECORD_WRITE)
            contents(&b, r, from);
        buffer_put(d, b);
    }
}

void decode_transfer(struct decoder *d, const struct record *r, unsigned thread)
{
    struct dm_plan_op o = { .kind = r->kind == RECORD_WRITE ? DM_OP_WRITE : DM_OP_READ };

    o.on = request_begin(d, r, thread);
    if (!o.on)
        return;
    o.thread = (uint16_t)thread;
    o.id = d->request_count;
    o.a = r->b | (uint64_t)r->c << 32;
    transfer_buffers(d, r, thread, &o);
    *decode_op(d, (enum dm_plan_kind)o.kind, thread) = o;
    sent(d, r, thread);
}

/* --- control requests --- */

static uint32_t ioctl_code(const struct decoder *d, const struct record *r)
{
    const struct surface *s = d->surface;

    if (!s->ioctl_count || RECORD_IOCTL_IS_RAW(r->a))
        return r->c;
    return s->ioctls[RECORD_IOCTL_INDEX(r->a) % s->ioctl_count].code;
}

/* What the caller hands in: the payload, or a program whose bytes the payload changes. */
static const uint8_t *ioctl_in(struct decoder *d, const struct record *r, unsigned thread,
                               uint32_t *bytes)
{
    struct steps *s = &d->threads[thread].steps;
    uint8_t *to = d->programs + d->program_bytes;

    *bytes = r->payload_bytes;
    if (!s->count)
        return r->payload;
    *bytes = (uint32_t)steps_write(s, to, r->payload, r->payload_bytes);
    d->program_bytes += *bytes;
    must(d->program_bytes <= sizeof(d->programs));
    s->count = 0;
    return to;
}

static void ioctl_put_in(struct decoder *d, const struct record *r, unsigned thread)
{
    uint32_t bytes, alloc = 0;
    const uint8_t *data = ioctl_in(d, r, thread, &bytes);
    unsigned how = d->threads[thread].how_in;
    struct dm_plan_buffer in = { .place = DM_PLACE_NULL, .bytes = bytes };
    uint32_t before = d->alloc_count;

    if (bytes || how == RECORD_BUFFER_WILD || how == RECORD_BUFFER_KERNEL)
        in = place(d, thread, how, bytes, &alloc);
    hold(d, 1, alloc);
    if (d->alloc_count > before) { /* what the last request left there is left alone */
        in.content = DM_CONTENT_BYTES;
        in.data = data;
    }
    buffer_put(d, in);
}

void decode_ioctl(struct decoder *d, const struct record *r, unsigned thread)
{
    struct dm_plan_op o = { .kind = DM_OP_IOCTL, .thread = (uint16_t)thread, .buffer_count = 2 };
    unsigned how = d->threads[thread].how;
    uint32_t alloc = 0, bytes = bytes_fit(d, r->b);
    struct dm_plan_buffer out = { .place = DM_PLACE_NULL, .bytes = bytes };

    o.on = request_begin(d, r, thread);
    if (!o.on)
        return;
    o.id = d->request_count;
    o.a = ioctl_code(d, r);
    o.buffer_first = (uint32_t)d->buffer_count;
    ioctl_put_in(d, r, thread);
    if (bytes || how == RECORD_BUFFER_WILD || how == RECORD_BUFFER_KERNEL)
        out = place(d, thread, how, bytes, &alloc);
    hold(d, 0, alloc);
    if (alloc && how != RECORD_BUFFER_LAST &&
        (METHOD(o.a) == METHOD_IN_DIRECT || METHOD(o.a) == METHOD_NEITHER)) {
        out.content = DM_CONTENT_PATTERN; /* it may carry data in */
        out.value = FILL_PATTERN;
    }
    buffer_put(d, out);
    *decode_op(d, DM_OP_IOCTL, thread) = o;
    sent(d, r, thread);
}
