/*
 * Smaller payloads: shorter where the request still does what it must, at the beginning of its page and of
 * its file, zeroes for contents, and of contents that count only in part as few bytes as there can be.
 * Contents that are a row of records of 64 bytes, as programs of devices are, lose records.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/must.h"
#include "machine/shrink_private.h"

#define RECORD_BYTES 64u
#define CHUNKS_MAX 64u /* into which contents are cut to find the bytes that count */

/* --- numbers --- */

enum field { OP_A, OP_B, BUFFER_AT, BUFFER_BYTES };

static uint64_t *field_of(struct draft *d, enum field field, size_t index)
{
    switch (field) {
    case OP_A:
        return &d->ops[index].a;
    case OP_B:
        return &d->ops[index].b;
    case BUFFER_AT:
        return &d->buffers[index].at;
    case BUFFER_BYTES:
        break;
    }
    return &d->buffers[index].bytes;
}

static bool try_value(struct shrinker *s, enum field field, size_t index, uint64_t value)
{
    if (s->spent || *field_of(&s->now, field, index) == value)
        return false;
    draft_copy(&s->trial, &s->now);
    *field_of(&s->trial, field, index) = value;
    return shrink_try(s);
}

/* The least of some usual lengths that does. */
static bool shorten(struct shrinker *s, size_t buffer)
{
    static const uint64_t usual[] = { 0,    1,    16,    64,    128,    512,
                                      4096, 8192, 16384, 65536, 262144, 1048576 };

    for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
        if (usual[i] >= s->now.buffers[buffer].bytes)
            return false;
        if (try_value(s, BUFFER_BYTES, buffer, usual[i]))
            return true;
    }
    return false;
}

/* --- contents --- */

struct cut { /* of one buffer's contents */
    struct shrinker *s;
    size_t buffer;
    const uint8_t *was;
    uint64_t bytes, front, piece; /* in front of the pieces; of a piece, the last may be shorter */
    uint8_t *made;                /* what is tried */
    bool smaller;
};

static bool try_contents(struct cut *c, uint64_t bytes)
{
    struct dm_plan_buffer *b;

    draft_copy(&c->s->trial, &c->s->now);
    b = &c->s->trial.buffers[c->buffer];
    b->data = c->made;
    b->bytes = bytes;
    if (!shrink_try(c->s))
        return false;
    c->made = shrink_block(c->s, c->bytes); /* the bytes that were tried belong to the plan now */
    c->smaller = true;
    return true;
}

static bool zeroed(void *ctx, const bool *gone)
{
    struct cut *c = ctx;

    memcpy(c->made, c->was, c->bytes);
    for (uint64_t i = 0; c->front + i * c->piece < c->bytes; i++)
        if (gone[i])
            memset(c->made + c->front + i * c->piece, 0,
                   min_u64(c->piece, c->bytes - c->front - i * c->piece));
    return memcmp(c->made, c->was, c->bytes) == 0 || try_contents(c, c->bytes);
}

/* A word in front that says how many records follow is put right. */
static void count_again(const struct cut *c, uint32_t was, uint32_t is)
{
    for (uint64_t at = 0; at + sizeof(was) <= c->front; at += sizeof(was)) {
        uint32_t word;

        memcpy(&word, c->made + at, sizeof(word));
        if (word == was)
            memcpy(c->made + at, &is, sizeof(is));
    }
}

static bool removed(void *ctx, const bool *gone)
{
    struct cut *c = ctx;
    uint32_t count = (uint32_t)((c->bytes - c->front) / c->piece), left = 0;
    uint64_t used = c->front;

    memcpy(c->made, c->was, c->front);
    for (uint32_t i = 0; i < count; i++) {
        if (gone[i])
            continue;
        memcpy(c->made + used, c->was + c->front + i * c->piece, c->piece);
        used += c->piece;
        left++;
    }
    count_again(c, count, left);
    return left < count && try_contents(c, used);
}

static bool cut_pieces(struct shrinker *s, size_t buffer, uint64_t front, uint64_t piece,
                       bool (*without)(void *ctx, const bool *gone))
{
    const struct dm_plan_buffer *b = &s->now.buffers[buffer];
    struct cut c = {
        .s = s, .buffer = buffer, .was = b->data, .bytes = b->bytes, .front = front, .piece = piece
    };
    uint64_t count = (c.bytes - front + piece - 1) / piece;
    bool *gone = malloc(count + 1);

    must(gone);
    c.made = shrink_block(s, c.bytes);
    ddmin(count, gone, without, &c);
    free(gone);
    return c.smaller;
}

static bool simpler_contents(struct shrinker *s, size_t buffer)
{
    struct dm_plan_buffer *b;

    if (s->now.buffers[buffer].content == DM_CONTENT_NONE ||
        (s->now.buffers[buffer].content == DM_CONTENT_FILL && !s->now.buffers[buffer].value))
        return false;
    draft_copy(&s->trial, &s->now);
    b = &s->trial.buffers[buffer];
    b->content = DM_CONTENT_FILL;
    b->value = 0;
    b->data = NULL;
    return shrink_try(s);
}

static bool shrink_contents(struct shrinker *s, size_t buffer)
{
    bool smaller = simpler_contents(s, buffer);
    const struct dm_plan_buffer *b = &s->now.buffers[buffer];

    if (b->content != DM_CONTENT_BYTES || !b->bytes || s->spent)
        return smaller;
    if (b->bytes >= 2 * RECORD_BYTES)
        smaller |= cut_pieces(s, buffer, b->bytes % RECORD_BYTES, RECORD_BYTES, removed);
    b = &s->now.buffers[buffer];
    if (b->bytes && !s->spent)
        smaller |=
            cut_pieces(s, buffer, 0, max_u64((b->bytes + CHUNKS_MAX - 1) / CHUNKS_MAX, 1), zeroed);
    return smaller;
}

/* --- allocations --- */

/* As much as the buffers in it need, from the beginning of a page. */
static bool shrink_alloc(struct shrinker *s, size_t at)
{
    uint32_t alloc = s->now.ops[at].id;
    uint64_t end = 1;
    bool smaller = try_value(s, OP_B, at, 0);

    for (size_t i = 0; i < s->now.buffer_count; i++) {
        const struct dm_plan_buffer *b = &s->now.buffers[i];

        if (b->place != DM_PLACE_ALLOC || b->alloc != alloc)
            continue;
        smaller |= try_value(s, BUFFER_AT, i, 0);
        end = max_u64(end, s->now.buffers[i].at + s->now.buffers[i].bytes);
    }
    if (end < s->now.ops[at].a)
        smaller |= try_value(s, OP_A, at, end);
    return smaller;
}

/* A chain without one of its pieces; one that has but one left is still a chain. */
static bool drop_piece(struct shrinker *s, size_t at, uint32_t piece)
{
    struct draft *t = &s->trial;
    struct dm_plan_op *op;
    uint32_t i;

    draft_copy(t, &s->now);
    op = &t->ops[at];
    for (i = op->buffer_first + piece; i + 1 < op->buffer_first + op->buffer_count; i++)
        t->buffers[i] = t->buffers[i + 1];
    op->buffer_count--;
    op->b = 1;
    return shrink_try(s);
}

static bool shorten_chain(struct shrinker *s, size_t at)
{
    bool smaller = false;

    for (uint32_t i = s->now.ops[at].buffer_count; i-- > 0 && !s->spent;)
        if (s->now.ops[at].buffer_count > 1 && drop_piece(s, at, i))
            smaller = true;
    return smaller;
}

static bool shrink_request(struct shrinker *s, size_t at)
{
    bool smaller = s->now.ops[at].kind != DM_OP_IOCTL && shorten_chain(s, at);
    uint32_t first = s->now.ops[at].buffer_first, count = s->now.ops[at].buffer_count;

    for (uint32_t b = first; b < first + count && !s->spent; b++) {
        smaller |= shrink_contents(s, b);
        if (s->now.buffers[b].bytes)
            smaller |= shorten(s, b);
    }
    if (s->now.ops[at].kind != DM_OP_IOCTL)
        smaller |= try_value(s, OP_A, at, 0); /* from the beginning of the file */
    return smaller;
}

bool shrink_bytes(struct shrinker *s)
{
    bool smaller = false;

    for (size_t i = 0; i < s->now.op_count && !s->spent; i++)
        if (draft_is_request(&s->now.ops[i]))
            smaller |= shrink_request(s, i);
    for (size_t i = 0; i < s->now.op_count && !s->spent; i++)
        if (s->now.ops[i].kind == DM_OP_ALLOC)
            smaller |= shrink_alloc(s, i);
    return smaller;
}

/* --- times --- */

bool shrink_times(struct shrinker *s)
{
    bool smaller = false;

    for (size_t i = 0; i < s->now.op_count && !s->spent; i++) {
        const struct dm_plan_op *op = &s->now.ops[i];

        if (!op->a || op->a == UINT64_MAX || (op->kind != DM_OP_SLEEP && op->kind != DM_OP_WAIT))
            continue;
        if (try_value(s, OP_A, i, 0)) {
            smaller = true;
            continue;
        }
        while (s->now.ops[i].a > 1 && try_value(s, OP_A, i, s->now.ops[i].a / 2))
            smaller = true;
    }
    return smaller;
}
