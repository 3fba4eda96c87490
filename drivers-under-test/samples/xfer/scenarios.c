/*
 * What is done with the xfer driver: bytes in both directions at odd places and lengths, every
 * method, many requests at once, and every way in which a request can be disturbed. A request whose
 * outcome no race can change is marked settled: it must end the same on every machine.
 */
#include <stdio.h>
#include <stdlib.h>

#define BATCH 12
#include "../requests.h"

static uint32_t batch_bytes(unsigned i)
{
    return 5000 + i * 7919;
}

static uint64_t batch_card(unsigned i)
{
    return (uint64_t)i * 256 * KIB + i;
}


/* NTSTATUS values that the scenarios look for. */
#define ACCESS_VIOLATION ((int32_t)0xC0000005)
#define INVALID_DEVICE_REQUEST ((int32_t)0xC0000010)
#define BUFFER_TOO_SMALL ((int32_t)0xC0000023)

/* The driver's interface, as a user program would have it from ioctl.h. */
#define XFER_IOCTL(function, method, access) DM_CTL_CODE(0x8000u, function, method, access)
#define GET_INFO XFER_IOCTL(0x800u, DM_METHOD_BUFFERED, 0u)
#define GET_STATISTICS XFER_IOCTL(0x801u, DM_METHOD_BUFFERED, 0u)
#define RESET_STATISTICS XFER_IOCTL(0x802u, DM_METHOD_BUFFERED, 2u)
#define WRITE_CARD XFER_IOCTL(0x803u, DM_METHOD_IN_DIRECT, 2u)
#define READ_CARD XFER_IOCTL(0x804u, DM_METHOD_OUT_DIRECT, 1u)
#define READ_CARD_NEITHER XFER_IOCTL(0x805u, DM_METHOD_NEITHER, 1u)
struct info { uint32_t version, to_card, from_card, card_bytes, messages, map_registers; };
struct statistics { uint64_t bytes; uint32_t requests, pieces, stalls, errors; };

static void run_lengths(struct dm_run *r)
{
    static const struct { uint32_t bytes; unsigned in_page; uint64_t card; } rows[] = {
        { 1, 0, 0 },            { 1, 4095, 77 },
        { 2, 4095, 4095 },      { 63, 1, 1001 },
        { 64, 4000, 64 },       { 511, 3333, 12345 },
        { 4095, 1, 4096 },      { 4096, 0, 8192 },
        { 4097, 4095, 99999 },  { 12289, 2047, 65535 },
        { 64 * KIB, 0, MIB },   { 64 * KIB + 1, 4095, MIB + 1 },
        { 300001, 513, 2 * MIB + 3 },
    };
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    for (unsigned i = 0; i < COUNT(rows); i++)
        there_and_back(r, f, rows[i].bytes, rows[i].in_page, rows[i].card);
    dm_close(r, f);
}

static void run_large(struct dm_run *r)
{
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    there_and_back(r, f, 8 * MIB, 100, 3 * MIB + 5);
    dm_close(r, f);
}

/* Many MDLs in one request, the shortest of them a byte, as a filter above might send them. */
static void run_chained(struct dm_run *r)
{
    static const uint32_t bytes[] = { 1, 4096, 777, 65536, 13, 40960, 2, 9999 };
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    chained_there_and_back(r, f, bytes, COUNT(bytes), 31);
    dm_close(r, f);
}

static void run_many(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct batch b;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, true, 40);
    batch_finish(r, &b);
    batch_start(r, &b, f, false, 40);
    batch_finish(r, &b);
    batch_compare(r, &b, 40);
    batch_free(r, &b);
    dm_close(r, f);
}

/* Several programs at once, each with a handle and a region of its own. */
static void one_program(struct dm_run *r, void *ctx)
{
    unsigned me = (unsigned)(uintptr_t)ctx;
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    for (unsigned i = 0; i < 3; i++)
        there_and_back(r, f, 3001 + me * 20011 + i * 4096, (me * 1111 + i) % 4096, me * MIB + i);
    dm_close(r, f);
}

static void run_programs(struct dm_run *r)
{
    struct dm_thread *t[4];

    for (unsigned i = 0; i < COUNT(t); i++)
        t[i] = dm_thread(r, one_program, (void *)(uintptr_t)i);
    for (unsigned i = 0; i < COUNT(t); i++)
        dm_join(r, t[i]);
}

static void expect_ioctl(struct dm_run *r, struct dm_file *f, uint32_t code, const void *in,
                         uint32_t in_bytes, void *out, uint32_t out_bytes, int32_t status,
                         uint64_t information)
{
    struct dm_request *q = dm_ioctl_start(r, f, code, in, in_bytes, out, out_bytes);

    dm_expect(r, dm_wait(r, q, FOREVER));
    dm_expect(r, dm_status(q) == status);
    dm_expect(r, dm_information(q) == information);
    if (code != GET_INFO && code != GET_STATISTICS)
        dm_settled(r, q); /* those two say what the machine is like */
    dm_request_free(r, q);
}

static void run_methods(struct dm_run *r)
{
    const uint32_t bytes = 70001;
    struct dm_file *f = open_first(r);
    struct info *info = dm_alloc(r, sizeof *info, 8);
    struct statistics *st = dm_alloc(r, sizeof *st, 16);
    uint64_t *location = dm_alloc(r, sizeof *location, 4081); /* not aligned: no matter */
    void *out = dm_alloc(r, bytes, 77), *in = dm_alloc(r, bytes, 4094);
    uint64_t where = 5 * MIB + 9, beyond = 16 * MIB;

    if (!f)
        return;
    expect_ioctl(r, f, GET_INFO, NULL, 0, info, sizeof *info, SUCCESS, sizeof *info);
    dm_expect(r, info->version == 1 && info->to_card == 4 && info->card_bytes == 16 * MIB);
    dm_expect(r, info->messages == 8 || info->messages == 1);
    expect_ioctl(r, f, GET_INFO, NULL, 0, info, sizeof *info - 1, BUFFER_TOO_SMALL, 0);
    expect_ioctl(r, f, RESET_STATISTICS, NULL, 0, NULL, 0, SUCCESS, 0);

    __builtin_memcpy(location, &where, sizeof where);
    dm_fill(r, out, bytes, 9);
    expect_ioctl(r, f, WRITE_CARD, location, sizeof where, out, bytes, SUCCESS, bytes);
    expect_ioctl(r, f, READ_CARD, location, sizeof where, in, bytes, SUCCESS, bytes);
    dm_expect(r, dm_matches(r, in, bytes, 9));
    dm_fill(r, in, bytes, 0);
    expect_ioctl(r, f, READ_CARD_NEITHER, location, sizeof where, in, bytes, SUCCESS, bytes);
    dm_expect(r, dm_matches(r, in, bytes, 9));

    expect_ioctl(r, f, GET_STATISTICS, NULL, 0, st, sizeof *st, SUCCESS, sizeof *st);
    dm_expect(r, st->requests == 3 && st->bytes == 3 * (uint64_t)bytes && st->errors == 0);

    expect_ioctl(r, f, WRITE_CARD, location, 7, out, bytes, BUFFER_TOO_SMALL, 0);
    expect_ioctl(r, f, READ_CARD_NEITHER, (void *)8, sizeof where, in, bytes, ACCESS_VIOLATION, 0);
    expect_ioctl(r, f, READ_CARD_NEITHER, location, sizeof where, (void *)4096, 10,
                 ACCESS_VIOLATION, 0);
    __builtin_memcpy(location, &beyond, sizeof beyond);
    expect_ioctl(r, f, READ_CARD, location, sizeof where, in, 1, INVALID_PARAMETER, 0);
    expect_ioctl(r, f, XFER_IOCTL(0x900u, DM_METHOD_BUFFERED, 0u), NULL, 0, NULL, 0,
                 INVALID_DEVICE_REQUEST, 0);
    dm_free(r, in);
    dm_free(r, out);
    dm_free(r, location);
    dm_free(r, st);
    dm_free(r, info);
    dm_close(r, f);
}

/* Nothing to move is no error; nothing beyond the card is there. */
static void run_edges(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    uint8_t *p = dm_alloc(r, 32, 0);
    uint64_t *location = dm_alloc(r, sizeof *location, 0);
    uint64_t information;

    if (!f)
        return;
    finish(r, dm_write_start(r, f, p, 0, 100), 0);
    finish(r, dm_read_start(r, f, p, 0, 100), 0);
    *location = 100;
    expect_ioctl(r, f, WRITE_CARD, location, sizeof *location, NULL, 0, SUCCESS, 0);
    expect_ioctl(r, f, READ_CARD_NEITHER, location, sizeof *location, NULL, 0, SUCCESS, 0);
    finish(r, dm_write_start(r, f, p, 32, 16 * MIB - 32), 32);
    dm_expect(r, dm_write(r, f, p, 32, 16 * MIB - 31, &information) == INVALID_PARAMETER);
    dm_expect(r, dm_read(r, f, p, 1, 16 * MIB, &information) == INVALID_PARAMETER);
    dm_free(r, location);
    dm_free(r, p);
    dm_close(r, f);
}

/* Requests over one buffer, at once and in both directions: on many machines their lists name the same
 * addresses. What the program finds in the buffer then is its own affair. */
static void run_one_buffer(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct dm_request *q[6];
    const uint32_t bytes = 70000;
    char *p = dm_alloc(r, bytes, 100);

    if (!f)
        return;
    dm_fill(r, p, bytes, 4);
    for (unsigned i = 0; i < COUNT(q); i++) {
        uint32_t less = i * 5000, skip = i % 3 * 3000;

        q[i] = i % 2 ? dm_read_start(r, f, p + skip, bytes - skip - less, i * MIB)
                     : dm_write_start(r, f, p + skip, bytes - skip - less, i * MIB);
    }
    for (unsigned i = 0; i < COUNT(q); i++)
        dm_expect(r, finish_disturbed(r, q[i], bytes - i % 3 * 3000 - i * 5000));
    dm_free(r, p);
    dm_close(r, f);
}

/* Every second request is cancelled at some moment; each ends once, whole or not at all. */
static void run_cancel(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct batch b;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, true, 70);
    batch_finish(r, &b);
    batch_start(r, &b, f, false, 70);
    for (unsigned i = 0; i < BATCH; i += 2) {
        dm_sleep(r, dm_choose(r, 4) * 5000u);
        dm_cancel(r, b.request[i]);
    }
    for (unsigned i = 0; i < BATCH; i++) {
        if (i % 2) {
            finish(r, b.request[i], batch_bytes(i));
            dm_expect(r, dm_matches(r, b.memory[i], batch_bytes(i), 70 + i));
        } else if (finish_disturbed(r, b.request[i], batch_bytes(i))) {
            dm_expect(r, dm_matches(r, b.memory[i], batch_bytes(i), 70 + i));
        }
    }
    batch_free(r, &b);
    dm_close(r, f);
}

/* As little as can race: two requests, and one of them is cancelled. Small enough for all its schedules to be
 * run (docs/exploring.md). */
static void run_cancel_one(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct dm_request *cancelled, *kept;
    uint8_t *p = dm_alloc(r, 128, 0);

    if (!f)
        return;
    dm_fill(r, p, 128, 60);
    cancelled = dm_write_start(r, f, p, 64, 0);
    kept = dm_write_start(r, f, p + 64, 64, 64);
    dm_cancel(r, cancelled);
    finish_disturbed(r, cancelled, 64);
    finish(r, kept, 64);
    dm_free(r, p);
    dm_close(r, f);
}

/* Cancelled where nothing races: while the device sleeps, requests only wait. */
static void run_cancel_waiting(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct batch b;

    if (!f)
        return;
    batch_alloc(r, &b);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    batch_start(r, &b, f, true, 90);
    for (unsigned i = 0; i < BATCH; i += 3)
        dm_cancel(r, b.request[i]);
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    for (unsigned i = 0; i < BATCH; i++) {
        if (i % 3) {
            finish(r, b.request[i], batch_bytes(i));
            continue;
        }
        dm_expect(r, dm_wait(r, b.request[i], FOREVER));
        dm_expect(r, dm_status(b.request[i]) == CANCELLED);
        dm_settled(r, b.request[i]);
        dm_request_free(r, b.request[i]);
    }
    batch_free(r, &b);
    dm_close(r, f);
}

/* A handle is closed while its requests wait; those of another handle are let alone. */
static void run_close_waiting(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r), *other = open_first(r);
    struct dm_request *kept;
    struct batch b;
    void *p = dm_alloc(r, 4000, 50);

    if (!f || !other) {
        close_if_open(r, f);
        close_if_open(r, other);
        return;
    }
    batch_alloc(r, &b);
    dm_fill(r, p, 4000, 1);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    kept = dm_write_start(r, other, p, 4000, 15 * MIB);
    batch_start(r, &b, f, true, 95);
    dm_close(r, f);
    for (unsigned i = 0; i < BATCH; i++) {
        dm_expect(r, dm_wait(r, b.request[i], FOREVER));
        dm_expect(r, dm_status(b.request[i]) == CANCELLED);
        dm_request_free(r, b.request[i]);
    }
    dm_expect(r, !dm_done(kept));
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    finish(r, kept, 4000);
    batch_free(r, &b);
    dm_free(r, p);
    dm_close(r, other);
}

/* Power goes while requests are on the card and comes while others wait: all of them move all. */
static void run_power(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct batch before, asleep;

    if (!f)
        return;
    batch_alloc(r, &before);
    batch_alloc(r, &asleep);
    batch_start(r, &before, f, true, 110);
    dm_sleep(r, dm_choose(r, 4) * 3000u);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    /* The other half of the card is read, so that the order of the two does not matter. */
    for (unsigned i = 0; i < BATCH; i++)
        asleep.request[i] = dm_write_start(r, f, asleep.memory[i], batch_bytes(i),
                                           8 * MIB + batch_card(i));
    dm_sleep(r, 100000);
    for (unsigned i = 0; i < BATCH; i++)
        dm_expect(r, !dm_done(asleep.request[i]));
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    batch_finish(r, &before);
    batch_finish(r, &asleep);
    batch_start(r, &before, f, false, 110);
    batch_finish(r, &before);
    batch_compare(r, &before, 110);
    batch_free(r, &asleep);
    batch_free(r, &before);
    dm_close(r, f);
}

/* Resources are rebalanced under load: new registers, new interrupt, new adapters, no byte lost. */
static void run_rebalance(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct batch b;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, true, 130);
    dm_sleep(r, dm_choose(r, 4) * 3000u);
    dm_expect(r, dm_stop(r, d) == SUCCESS);
    dm_sleep(r, 50000);
    dm_expect(r, dm_start(r, d) == SUCCESS);
    batch_finish(r, &b);
    batch_start(r, &b, f, false, 130);
    batch_finish(r, &b);
    batch_compare(r, &b, 130);
    batch_free(r, &b);
    dm_close(r, f);
}

/* Asked to go while handles are open and requests wait: Windows takes the question back, and
 * nothing is lost by it. Once the handles are closed, it goes. */
static void run_remove(struct dm_run *r)
{
    struct dm_device *d = dm_plug(r, "sgdma");
    struct dm_file *f = open_at(r, d);
    struct batch b;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, true, 150);
    dm_expect(r, dm_remove(r, d) < 0);
    batch_finish(r, &b);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    batch_start(r, &b, f, false, 150);
    dm_expect(r, dm_remove(r, d) < 0);
    dm_expect(r, !dm_done(b.request[0]));
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    batch_finish(r, &b);
    batch_compare(r, &b, 150);
    batch_free(r, &b);
    dm_close(r, f);
    dm_expect(r, dm_remove(r, d) == SUCCESS);
}

/* Pulled out at some moment of a load in both directions. */
static void run_surprise(struct dm_run *r)
{
    struct dm_device *d = dm_plug(r, "sgdma");
    struct dm_file *f = open_at(r, d);
    struct batch out, in;
    uint64_t information;

    if (!f)
        return;
    batch_alloc(r, &out);
    batch_alloc(r, &in);
    batch_start(r, &out, f, true, 170);
    batch_start(r, &in, f, false, 170);
    dm_sleep(r, dm_choose(r, 8) * 2500u);
    dm_surprise_remove(r, d);
    for (unsigned i = 0; i < BATCH; i++) {
        finish_disturbed(r, out.request[i], batch_bytes(i));
        finish_disturbed(r, in.request[i], batch_bytes(i));
    }
    dm_expect(r, dm_read(r, f, in.memory[0], 100, 0, &information) < 0);
    dm_close(r, f);
    batch_free(r, &in);
    batch_free(r, &out);
}

/* Two cards, one driver: what goes to one does not come from the other. */
static void run_two_devices(struct dm_run *r)
{
    struct dm_device *d[2] = { dm_plug(r, "sgdma"), dm_plug(r, "sgdma") };
    struct dm_file *f[2] = { open_at(r, d[0]), open_at(r, d[1]) };
    struct batch b[2];

    if (!f[0] || !f[1]) {
        close_if_open(r, f[0]);
        close_if_open(r, f[1]);
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        batch_alloc(r, &b[i]);
        batch_start(r, &b[i], f[i], true, 200 + 50 * i);
    }
    for (unsigned i = 0; i < 2; i++) {
        batch_finish(r, &b[i]);
        batch_start(r, &b[i], f[i], false, 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        batch_finish(r, &b[i]);
        batch_compare(r, &b[i], 200 + 50 * i);
        batch_free(r, &b[i]);
        dm_close(r, f[i]);
    }
    dm_expect(r, dm_remove(r, d[0]) == SUCCESS);
    dm_expect(r, dm_remove(r, d[1]) == SUCCESS);
}

/*
 * The pipeline against the serial way, over one channel. A request is mapped in the thread that
 * sends it, moved by the card and unmapped in the interrupt's DPC; the serial program waits for all
 * three before it sends the next, the other keeps some requests under way so that the three
 * overlap.
 */
#define STREAM_REQUESTS 48
#define STREAM_BYTES (64 * KIB)
#define STREAM_DEPTH 4

static uint64_t stream(struct dm_run *r, struct dm_file *f, unsigned depth)
{
    struct dm_request *q[STREAM_DEPTH] = { 0 };
    uint8_t *p = dm_alloc(r, STREAM_DEPTH * STREAM_BYTES, 0);
    uint64_t begun = dm_time_ns(r), took;

    dm_fill(r, p, STREAM_DEPTH * STREAM_BYTES, 3);
    for (unsigned i = 0; i < STREAM_REQUESTS; i++) {
        unsigned at = i % depth;

        if (q[at])
            finish(r, q[at], STREAM_BYTES);
        q[at] = dm_write_start(r, f, p + at * STREAM_BYTES, STREAM_BYTES, i * STREAM_BYTES);
    }
    for (unsigned i = 0; i < depth; i++)
        finish(r, q[(STREAM_REQUESTS + i) % depth], STREAM_BYTES);
    took = dm_time_ns(r) - begun;
    dm_free(r, p);
    return took;
}

static struct dm_device *plug_one_channel(struct dm_run *r)
{
    dm_registry_dword(r, 0, "Channels", 1);
    return dm_plug(r, "sgdma");
}

static void run_stream(struct dm_run *r, unsigned depth)
{
    struct dm_device *d = plug_one_channel(r);
    struct dm_file *f = open_at(r, d);
    uint64_t ns;

    if (!f)
        return;
    ns = stream(r, f, depth);
    if (getenv("DMACHECK_BENCH"))
        fprintf(stderr, "xfer: %u requests of %u bytes, %u under way: %llu ns\n", STREAM_REQUESTS,
                STREAM_BYTES, depth, (unsigned long long)ns);
    dm_close(r, f);
    dm_expect(r, dm_remove(r, d) == SUCCESS);
}

static void run_serial(struct dm_run *r)
{
    run_stream(r, 1);
}

static void run_pipelined(struct dm_run *r)
{
    run_stream(r, STREAM_DEPTH);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "lengths", "write, read back, compare: 1 byte to 300,001, at odd places", run_lengths, 0 },
    { "large", "8 MiB there and back", run_large, 0 },
    { "chained", "requests over chains of MDLs", run_chained, 0 },
    { "many", "twelve requests under way at once", run_many, 0 },
    { "programs", "four programs, each with its own handle", run_programs, 0 },
    { "one-buffer", "requests over one buffer at once, in both directions", run_one_buffer, 0 },
    { "methods", "IOCTLs of all four methods, right and wrong", run_methods, 0 },
    { "edges", "zero lengths and the card's end", run_edges, 0 },
    { "cancel", "some requests are cancelled under load", run_cancel, 0 },
    { "cancel-one", "two requests, one of them cancelled", run_cancel_one, 0 },
    { "cancel-waiting", "requests are cancelled while the device sleeps", run_cancel_waiting, 0 },
    { "close-waiting", "a handle is closed while its requests wait", run_close_waiting, 0 },
    { "power", "D3 and D0 under load", run_power, 0 },
    { "rebalance", "stop and start under load", run_rebalance, 0 },
    { "remove", "asked to go under load, then removed", run_remove, DM_MANUAL },
    { "surprise", "pulled out under load", run_surprise, DM_MANUAL },
    { "two-devices", "two cards at once", run_two_devices, DM_MANUAL },
    { "serial", "one channel, one request at a time", run_serial, DM_MANUAL },
    { "pipelined", "one channel, map, transfer and unmap overlap", run_pipelined, DM_MANUAL },
    { 0 },
};

const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
