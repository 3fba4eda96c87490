/*
 * What is done with the pkt driver: bytes in both directions at odd places and lengths, over the
 * card's windows and over chains of MDLs, a queue of requests, and every way in which one can be
 * disturbed. A request whose outcome no race can change is marked settled.
 */
#define BATCH 8
#include "../requests.h"

static uint32_t batch_bytes(unsigned i)
{
    return 100 + i * 5003;
}

static uint64_t batch_card(unsigned i)
{
    return (uint64_t)i * 40 * KIB + i;
}

#define CARD_BYTES (8 * MIB)

static void run_lengths(struct dm_run *r)
{
    static const struct { uint32_t bytes; unsigned in_page; uint64_t card; } rows[] = {
        { 1, 0, 0 },                { 1, 4095, 65535 },
        { 2, 4095, 65535 },         { 63, 1, 1001 },
        { 4096, 0, 4096 },          { 4097, 4095, 61440 },
        { 9001, 4001, 3 * 65536 - 1 },
        { 64 * KIB, 0, 2 * MIB },   { 64 * KIB + 1, 4095, 2 * MIB + 1 },
        { 100003, 513, 4 * MIB + 3 },
    };
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    for (unsigned i = 0; i < COUNT(rows); i++)
        there_and_back(r, f, rows[i].bytes, rows[i].in_page, rows[i].card);
    dm_close(r, f);
}

/* As much as there is. */
static void run_large(struct dm_run *r)
{
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    there_and_back(r, f, CARD_BYTES, 100, 0);
    dm_close(r, f);
}

/* The registers through the ports: the driver is told so by its hardware key. */
static void run_ports(struct dm_run *r)
{
    struct dm_device *d;
    struct dm_file *f;

    dm_registry_dword(r, 0, "UsePorts", 1);
    d = dm_plug(r, "pktdma");
    f = open_at(r, d);
    if (!f)
        return;
    there_and_back(r, f, 70001, 99, 12345);
    dm_close(r, f);
    dm_expect(r, dm_remove(r, d) == SUCCESS);
}

static void run_chained(struct dm_run *r)
{
    static const uint32_t bytes[] = { 1, 4096, 777, 66000, 13, 2, 9999 };
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
    for (unsigned i = 0; i < 2; i++)
        there_and_back(r, f, 3001 + me * 9011 + i * 4096, (me * 1111 + i) % 4096, me * MIB + i);
    dm_close(r, f);
}

static void run_programs(struct dm_run *r)
{
    struct dm_thread *t[3];

    for (unsigned i = 0; i < COUNT(t); i++)
        t[i] = dm_thread(r, one_program, (void *)(uintptr_t)i);
    for (unsigned i = 0; i < COUNT(t); i++)
        dm_join(r, t[i]);
}

/* Nothing to move is no error; nothing beyond the card is there. */
static void run_edges(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    uint8_t *p = dm_alloc(r, 32, 0);
    uint64_t information;

    if (!f)
        return;
    finish(r, dm_write_start(r, f, p, 0, 100), 0);
    finish(r, dm_read_start(r, f, p, 0, 100), 0);
    finish(r, dm_write_start(r, f, p, 32, CARD_BYTES - 32), 32);
    dm_expect(r, dm_write(r, f, p, 32, CARD_BYTES - 31, &information) == INVALID_PARAMETER);
    dm_expect(r, dm_read(r, f, p, 1, CARD_BYTES, &information) == INVALID_PARAMETER);
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
        dm_sleep(r, dm_choose(r, 4) * 30000u);
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

/* Cancelled, or closed, where nothing races: while the device sleeps, requests only wait. */
static void run_cancel_waiting(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r), *closed = open_first(r);
    struct batch b, left;

    if (!f || !closed) {
        close_if_open(r, f);
        close_if_open(r, closed);
        return;
    }
    batch_alloc(r, &b);
    batch_alloc(r, &left);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    batch_start(r, &b, f, true, 90);
    batch_start(r, &left, closed, true, 95);
    for (unsigned i = 0; i < BATCH; i += 3)
        dm_cancel(r, b.request[i]);
    dm_close(r, closed);
    for (unsigned i = 0; i < BATCH; i++)
        finish_cancelled(r, left.request[i]);
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    for (unsigned i = 0; i < BATCH; i++) {
        if (i % 3)
            finish(r, b.request[i], batch_bytes(i));
        else
            finish_cancelled(r, b.request[i]);
    }
    batch_free(r, &left);
    batch_free(r, &b);
    dm_close(r, f);
}

/* Power goes while a request is on the card and others wait: all of them move all. A card whose program was
 * held up has moved them before. */
static void run_power(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct batch b;
    bool moved;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, true, 110);
    dm_sleep(r, dm_choose(r, 4) * 40000u);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    dm_sleep(r, 2000000); /* what the card has moved may still have to be told */
    moved = dm_done(b.request[BATCH - 1]);
    dm_sleep(r, 1000000);
    dm_expect(r, dm_done(b.request[BATCH - 1]) == moved);
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    batch_finish(r, &b);
    batch_start(r, &b, f, false, 110);
    batch_finish(r, &b);
    batch_compare(r, &b, 110);
    batch_free(r, &b);
    dm_close(r, f);
}

/* Resources are rebalanced under load: new registers, new interrupt, new adapter, no byte lost. */
static void run_rebalance(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct batch b;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, true, 130);
    dm_sleep(r, dm_choose(r, 4) * 40000u);
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
    struct dm_device *d = dm_plug(r, "pktdma");
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

/* Pulled out at some moment: before, in the middle of and after a piece. */
static void run_surprise(struct dm_run *r)
{
    struct dm_device *d = dm_plug(r, "pktdma");
    struct dm_file *f = open_at(r, d);
    struct batch b;
    uint64_t information;

    if (!f)
        return;
    batch_alloc(r, &b);
    batch_start(r, &b, f, dm_choose(r, 2), 170);
    dm_sleep(r, dm_choose(r, 8) * 25000u);
    dm_surprise_remove(r, d);
    for (unsigned i = 0; i < BATCH; i++)
        finish_disturbed(r, b.request[i], batch_bytes(i));
    dm_expect(r, dm_read(r, f, b.memory[0], 100, 0, &information) < 0);
    dm_close(r, f);
    batch_free(r, &b);
}

/* Two cards, one driver: what goes to one does not come from the other. */
static void run_two_devices(struct dm_run *r)
{
    struct dm_device *d[2] = { dm_plug(r, "pktdma"), dm_plug(r, "pktdma") };
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

const struct dm_scenario dmacheck_scenarios[] = {
    { "lengths", "write, read back, compare: 1 byte to 100,003, at odd places", run_lengths, 0 },
    { "large", "8 MiB there and back", run_large, 0 },
    { "ports", "the registers through I/O ports", run_ports, DM_MANUAL },
    { "chained", "requests over chains of MDLs", run_chained, 0 },
    { "many", "eight requests under way at once", run_many, 0 },
    { "programs", "three programs, each with its own handle", run_programs, 0 },
    { "edges", "zero lengths and the card's end", run_edges, 0 },
    { "cancel", "some requests are cancelled under load", run_cancel, 0 },
    { "cancel-waiting", "cancelled and closed while the device sleeps", run_cancel_waiting, 0 },
    { "power", "D3 and D0 under load", run_power, 0 },
    { "rebalance", "stop and start under load", run_rebalance, 0 },
    { "remove", "asked to go under load, then removed", run_remove, DM_MANUAL },
    { "surprise", "pulled out under load", run_surprise, DM_MANUAL },
    { "two-devices", "two cards at once", run_two_devices, DM_MANUAL },
    { 0 },
};

const struct dm_setup dmacheck_setup = { .devices = "pktdma" };
