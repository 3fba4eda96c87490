/*
 * What the samples' scenarios share: opening, one request and what came of it, data there and back, and
 * a batch of requests. Whoever includes this says first how large a batch is (BATCH) and what its
 * requests are like (batch_bytes, batch_card).
 */
#ifndef SAMPLES_REQUESTS_H
#define SAMPLES_REQUESTS_H

#include "include/dmacheck/scenario.h"

#define COUNT(a) ((unsigned)(sizeof(a) / sizeof((a)[0])))
#define KIB 1024u
#define MIB (1024u * KIB)
#define BOTH (DM_READ_ACCESS | DM_WRITE_ACCESS)
#define FOREVER UINT64_MAX
#define PIECES_MAX 16

/* NTSTATUS, as a user program sees it. */
#define SUCCESS 0
#define INVALID_PARAMETER ((int32_t)0xC000000D)
#define CANCELLED ((int32_t)0xC0000120)

/* How many requests are in a batch, their lengths and their places on the card. */
static uint32_t batch_bytes(unsigned i);
static uint64_t batch_card(unsigned i);

/* NULL: the device did not start or cannot be opened, which a fault that was injected may bring
 * about. */
static inline struct dm_file *open_at(struct dm_run *r, struct dm_device *d)
{
    int32_t status = -1;
    struct dm_file *f = d ? dm_open(r, d, BOTH, &status) : NULL;

    dm_expect(r, f && status == SUCCESS);
    return f;
}

static inline void close_if_open(struct dm_run *r, struct dm_file *f)
{
    if (f)
        dm_close(r, f);
}

static inline struct dm_file *open_first(struct dm_run *r)
{
    return open_at(r, dm_device_at(r, 0));
}

/* Waits for a request that nothing disturbs: all its bytes, and the same on every machine. */
static inline void finish(struct dm_run *r, struct dm_request *q, uint64_t bytes)
{
    dm_expect(r, dm_wait(r, q, FOREVER));
    dm_expect(r, dm_status(q) == SUCCESS);
    dm_expect(r, dm_information(q) == bytes);
    dm_settled(r, q);
    dm_request_free(r, q);
}

/* Waits for a request that something may have disturbed; whether it moved its bytes. */
static inline bool finish_disturbed(struct dm_run *r, struct dm_request *q, uint64_t bytes)
{
    bool moved;

    dm_expect(r, dm_wait(r, q, FOREVER));
    moved = dm_status(q) == SUCCESS;
    dm_expect(r, dm_information(q) == (moved ? bytes : 0));
    dm_request_free(r, q);
    return moved;
}

/* Waits for a request that must have been cancelled, on every machine. */
static inline void finish_cancelled(struct dm_run *r, struct dm_request *q)
{
    dm_expect(r, dm_wait(r, q, FOREVER));
    dm_expect(r, dm_status(q) == CANCELLED);
    dm_settled(r, q);
    dm_request_free(r, q);
}

/* Writes, reads into other memory at another place in its page, and compares every byte. */
static inline void there_and_back(struct dm_run *r, struct dm_file *f, uint32_t bytes, unsigned in_page,
                           uint64_t card)
{
    void *out = dm_alloc(r, bytes, in_page);
    void *in = dm_alloc(r, bytes, (in_page * 5 + 11) % 4096);

    dm_fill(r, out, bytes, card + bytes);
    finish(r, dm_write_start(r, f, out, bytes, card), bytes);
    finish(r, dm_read_start(r, f, in, bytes, card), bytes);
    dm_expect(r, dm_matches(r, in, bytes, card + bytes));
    dm_free(r, in);
    dm_free(r, out);
}

/* One request over pieces of these lengths, each with memory of its own: written as a chain, each part is
 * where its piece was when it is read flat; read as a chain, each piece is what it was. */
static inline void chained_there_and_back(struct dm_run *r, struct dm_file *f, const uint32_t *bytes,
                                          unsigned count, uint64_t card)
{
    struct dm_piece pieces[PIECES_MAX];
    uint32_t total = 0;
    void *flat;

    for (unsigned i = 0; i < count; i++) {
        pieces[i].bytes = bytes[i];
        pieces[i].p = dm_alloc(r, bytes[i], (i * 1023 + 1) % 4096);
        dm_fill(r, pieces[i].p, bytes[i], 500 + i);
        total += bytes[i];
    }
    finish(r, dm_chain_start(r, f, true, pieces, count, card), total);

    flat = dm_alloc(r, total, 3);
    finish(r, dm_read_start(r, f, flat, total, card), total);
    for (unsigned i = 0, at = 0; i < count; at += bytes[i++]) {
        dm_expect(r, dm_matches(r, (char *)flat + at, bytes[i], 500 + i));
        dm_fill(r, pieces[i].p, bytes[i], 0);
    }
    finish(r, dm_chain_start(r, f, false, pieces, count, card), total);
    for (unsigned i = 0; i < count; i++) {
        dm_expect(r, dm_matches(r, pieces[i].p, bytes[i], 500 + i));
        dm_free(r, pieces[i].p);
    }
    dm_free(r, flat);
}

/* A batch: requests of different lengths, each with memory and a place on the card of its own. */
struct batch {
    void *memory[BATCH];
    struct dm_request *request[BATCH];
};

static inline void batch_alloc(struct dm_run *r, struct batch *b)
{
    for (unsigned i = 0; i < BATCH; i++)
        b->memory[i] = dm_alloc(r, batch_bytes(i), (i * 911) % 4096);
}

static inline void batch_free(struct dm_run *r, struct batch *b)
{
    for (unsigned i = 0; i < BATCH; i++)
        dm_free(r, b->memory[i]);
}

static inline void batch_start(struct dm_run *r, struct batch *b, struct dm_file *f, bool write,
                        uint64_t pattern)
{
    for (unsigned i = 0; i < BATCH; i++) {
        dm_fill(r, b->memory[i], batch_bytes(i), write ? pattern + i : 0);
        b->request[i] = write
            ? dm_write_start(r, f, b->memory[i], batch_bytes(i), batch_card(i))
            : dm_read_start(r, f, b->memory[i], batch_bytes(i), batch_card(i));
    }
}

static inline void batch_finish(struct dm_run *r, struct batch *b)
{
    for (unsigned i = 0; i < BATCH; i++)
        finish(r, b->request[i], batch_bytes(i));
}

static inline void batch_compare(struct dm_run *r, struct batch *b, uint64_t pattern)
{
    for (unsigned i = 0; i < BATCH; i++)
        dm_expect(r, dm_matches(r, b->memory[i], batch_bytes(i), pattern + i));
}

#endif
