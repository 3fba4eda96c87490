/*
 * The sgdma model, driven by its registers: what moves, what is refused, what a stop leaves. The
 * machine's own memory and bus are behind it; the test is the driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/core/bus.h"
#include "sim/core/mem.h"
#include "sim/core/sched.h"

#define RING 4u /* entries */
#define MAGIC 0xad4b5347u
#define BUFFER_PAGES 4u
#define TO_CARD 0u
#define FROM_CARD 4u
enum {
    CONTROL = 0x00,
    STATUS = 0x04,
    RING_LOW = 0x08,
    RING_HIGH = 0x0c,
    ENTRIES = 0x10,
    PRODUCER = 0x14,
    CONSUMER = 0x18,
    COMPLETED = 0x1c,
    ERROR_INDEX = 0x24
};
enum {
    RUN = 1,
    IRQ = 2,
    RESET = 4,
    BUSY = 1,
    ERR_MAGIC = 0x100,
    ERR_BUS = 0x200,
    ERR_LENGTH = 0x400,
    ERR_CARD = 0x800,
    ERR_RING = 0x1000
};

struct descriptor {
    uint32_t magic, flags;
    uint64_t bus_address;
    uint32_t length, status;
    uint64_t card;
    uint32_t moved, reserved[7];
};

struct bench {
    struct sim *s;
    struct dm_device *d;
    struct descriptor *ring;
    uint64_t ring_ba;
    uint8_t *buffer;
    uint64_t buffer_ba;
};

static void wr(struct bench *b, unsigned channel, unsigned reg, uint32_t value)
{
    bus_bar_write(b->d, 0, 0x100 + 0x40 * channel + reg, value, 4);
}

static uint32_t rd(struct bench *b, unsigned channel, unsigned reg)
{
    return (uint32_t)bus_bar_read(b->d, 0, 0x100 + 0x40 * channel + reg, 4);
}

static void pause_us(struct bench *b, uint64_t us)
{
    sched_block(b->s, sched_now_ns(b->s) + us * 1000);
}

static uint8_t *pages(struct bench *b, uint32_t count, uint64_t *ba)
{
    uint32_t first = mem_pages_alloc_zeroed(b->s, MEM_BELOW_4G, count);

    assert_int_not_equal(first, MEM_NONE);
    *ba = mem_pfn(b->s, first) << PAGE_BITS;
    return mem_system(first);
}

static void channel_up(struct bench *b, unsigned channel)
{
    memset(b->ring, 0, RING * sizeof *b->ring);
    wr(b, channel, CONTROL, RESET);
    wr(b, channel, RING_LOW, (uint32_t)b->ring_ba);
    wr(b, channel, RING_HIGH, (uint32_t)(b->ring_ba >> 32));
    wr(b, channel, ENTRIES, RING);
    wr(b, channel, CONTROL, RUN | IRQ);
}

static void describe(struct bench *b, unsigned entry, uint64_t ba, uint32_t length, uint64_t card)
{
    b->ring[entry] = (struct descriptor) {
        .magic = MAGIC, .flags = 3, .bus_address = ba, .length = length, .card = card
    };
}

/* Each test is a thread of a fresh machine with one sgdma in it. */
struct job {
    void (*fn)(struct bench *);
    struct bench *b;
};

static void job_run(void *ctx)
{
    struct job *j = ctx;
    struct bench *b = j->b;
    uint64_t ba;

    b->ring = (struct descriptor *)pages(b, 1, &b->ring_ba);
    b->buffer = pages(b, BUFFER_PAGES, &ba);
    b->buffer_ba = ba;
    j->fn(b);
}

static void on_machine(void (*fn)(struct bench *), uint64_t seed)
{
    struct profile p;
    char message[200];
    struct bench b = { 0 };
    struct job j = { fn, &b };
    struct agent *a;

    profile_default(&p);
    p.logical_is_physical = true;
    b.s = sim_create(&p, message, sizeof message);
    assert_non_null(b.s);
    if (seed)
        choice_from_seed(b.s, seed);
    b.d = bus_plug(b.s, dm_device_model("sgdma"));
    assert_non_null(b.d);
    b.d->bus_master = true;
    a = sched_thread(b.s, "test", job_run, &j, 0, 8);
    assert_int_equal(sched_run(b.s, a, true), SCHED_DONE);
    sim_destroy(b.s);
}

static void moves_there_and_back(struct bench *b)
{
    for (unsigned i = 0; i < 8192; i++)
        b->buffer[i] = (uint8_t)(i * 31 + i / 256);
    channel_up(b, TO_CARD);
    describe(b, 0, b->buffer_ba + 1, 5001, 77);
    describe(b, 1, b->buffer_ba + 5002, 3000, 77 + 5001);
    wr(b, TO_CARD, PRODUCER, 2);
    pause_us(b, 200);
    assert_int_equal(b->ring[0].status, 1);
    assert_int_equal(b->ring[1].status, 1);
    assert_int_equal(b->ring[1].moved, 3000);
    assert_int_equal(rd(b, TO_CARD, CONSUMER), 2);
    assert_int_equal(rd(b, TO_CARD, COMPLETED), 2);
    assert_int_equal(rd(b, TO_CARD, STATUS), 0);

    channel_up(b, FROM_CARD);
    describe(b, 0, b->buffer_ba + 8192, 8001, 77);
    wr(b, FROM_CARD, PRODUCER, 1);
    pause_us(b, 200);
    assert_int_equal(b->ring[0].status, 1);
    assert_memory_equal(b->buffer + 8192, b->buffer + 1, 8001);
}

static void moves_both_ways(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++)
        on_machine(moves_there_and_back, seed);
}

static void ring_goes_round(struct bench *b)
{
    channel_up(b, TO_CARD);
    for (unsigned i = 0; i < 3 * RING; i++) {
        describe(b, i % RING, b->buffer_ba + i, 100, i);
        wr(b, TO_CARD, PRODUCER, (i + 1) % RING);
        pause_us(b, 50);
        assert_int_equal(b->ring[i % RING].status, 1);
    }
    assert_int_equal(rd(b, TO_CARD, COMPLETED), 3 * RING);
}

static void the_ring_wraps(void **state)
{
    (void)state;
    on_machine(ring_goes_round, 0);
}

static void one_error(struct bench *b, uint32_t error)
{
    wr(b, TO_CARD, PRODUCER, 1);
    pause_us(b, 100);
    assert_int_equal(rd(b, TO_CARD, STATUS), error);
    assert_int_equal(rd(b, TO_CARD, CONTROL) & RUN, 0);
    assert_int_equal(rd(b, TO_CARD, ERROR_INDEX), 0);
    assert_int_not_equal(b->ring[0].status, 1);
    wr(b, TO_CARD, STATUS, error);
    assert_int_equal(rd(b, TO_CARD, STATUS), 0);
}

static void errors_body(struct bench *b)
{
    channel_up(b, TO_CARD);
    describe(b, 0, b->buffer_ba, 64, 0);
    b->ring[0].magic = MAGIC + 1;
    one_error(b, ERR_MAGIC);
    channel_up(b, TO_CARD);
    describe(b, 0, b->buffer_ba, 0, 0);
    one_error(b, ERR_LENGTH);
    channel_up(b, TO_CARD);
    describe(b, 0, b->buffer_ba, 64, (16u << 20) - 63);
    one_error(b, ERR_CARD);
    channel_up(b, TO_CARD);
    describe(b, 0, 0xfffffff000000000ull, 64, 0); /* no memory there */
    one_error(b, ERR_BUS);
    channel_up(b, TO_CARD);
    wr(b, TO_CARD, PRODUCER, RING);
    assert_int_equal(rd(b, TO_CARD, STATUS), ERR_RING);
}

static void errors_are_latched_and_stop_the_channel(void **state)
{
    (void)state;
    on_machine(errors_body, 0);
}

/* A stop takes effect between two descriptors: what has begun ends, what has not is not begun. */
static void stop_body(struct bench *b)
{
    channel_up(b, TO_CARD);
    for (unsigned i = 0; i < RING - 1; i++)
        describe(b, i, b->buffer_ba, 16384, 0);
    wr(b, TO_CARD, PRODUCER, RING - 1);
    while (!rd(b, TO_CARD, CONSUMER))
        pause_us(b, 1);
    wr(b, TO_CARD, CONTROL, IRQ);
    pause_us(b, 100);
    assert_int_equal(rd(b, TO_CARD, STATUS), 0);
    assert_in_range(rd(b, TO_CARD, CONSUMER), 1, 2);
    assert_int_equal(b->ring[RING - 2].status, 0);
    wr(b, TO_CARD, CONTROL, RUN | IRQ);
    pause_us(b, 100);
    assert_int_equal(b->ring[RING - 2].status, 1);
}

static void stop_drains_and_run_goes_on(void **state)
{
    (void)state;
    on_machine(stop_body, 0);
}

static void power_body(struct bench *b)
{
    channel_up(b, TO_CARD);
    describe(b, 0, b->buffer_ba, 16384, 0);
    wr(b, TO_CARD, PRODUCER, 1);
    bus_device_power(b->d, 3);
    pause_us(b, 100);
    bus_device_power(b->d, 0);
    assert_int_equal(b->ring[0].status, 0);
    assert_int_equal(rd(b, TO_CARD, RING_LOW), 0);
    assert_int_equal(rd(b, TO_CARD, STATUS), 0);
}

static void d3_stops_engines_and_loses_registers(void **state)
{
    (void)state;
    on_machine(power_body, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_both_ways),
        cmocka_unit_test(the_ring_wraps),
        cmocka_unit_test(errors_are_latched_and_stop_the_channel),
        cmocka_unit_test(stop_drains_and_run_goes_on),
        cmocka_unit_test(d3_stops_engines_and_loses_registers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
