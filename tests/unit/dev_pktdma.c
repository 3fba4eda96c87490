/*
 * The pktdma model, driven by its registers: through memory and through ports, what moves, what is
 * refused, what the line says.
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

enum {
    CONTROL = 0x04,
    STATUS = 0x08,
    CAUSE = 0x0c,
    ERROR = 0x10,
    ADDRESS = 0x14,
    LENGTH = 0x18,
    WINDOW = 0x1c,
    OFFSET = 0x20,
    MOVED = 0x24
};
enum { START = 1, TO_CARD = 2, IRQ = 4, STOP = 8, RESET = 16 };
enum { DONE = 1, FAILED = 2, STOPPED = 4 };
enum { ERR_BUS = 1, ERR_LENGTH = 2, ERR_BUSY = 4 };

struct bench {
    struct sim *s;
    struct dm_device *d;
    unsigned bar;
    uint8_t *buffer;
    uint64_t ba;
};

static void wr(struct bench *b, unsigned reg, uint32_t value)
{
    bus_bar_write(b->d, b->bar, reg, value, 4);
}

static uint32_t rd(struct bench *b, unsigned reg)
{
    return (uint32_t)bus_bar_read(b->d, b->bar, reg, 4);
}

static void start(struct bench *b, uint64_t ba, uint32_t length, uint32_t window, uint32_t offset,
                  uint32_t direction)
{
    wr(b, ADDRESS, (uint32_t)ba);
    wr(b, LENGTH, length);
    wr(b, WINDOW, window);
    wr(b, OFFSET, offset);
    wr(b, CONTROL, START | IRQ | direction);
}

static void pause_us(struct bench *b, uint64_t us)
{
    sched_block(b->s, sched_now_ns(b->s) + us * 1000);
}

static uint32_t cause_taken(struct bench *b)
{
    uint32_t cause;

    while ((cause = rd(b, CAUSE)) == 0)
        pause_us(b, 10);
    assert_true(b->d->line_asserted);
    wr(b, CAUSE, cause);
    assert_false(b->d->line_asserted);
    return cause;
}

struct job {
    void (*fn)(struct bench *);
    struct bench *b;
};

static void job_run(void *ctx)
{
    struct job *j = ctx;
    uint32_t first = mem_pages_alloc_zeroed(j->b->s, MEM_BELOW_4G, 4);

    assert_int_not_equal(first, MEM_NONE);
    j->b->buffer = mem_system(first);
    j->b->ba = mem_pfn(j->b->s, first) << PAGE_BITS;
    j->fn(j->b);
}

static void on_machine(void (*fn)(struct bench *), unsigned bar, uint64_t seed)
{
    struct profile p;
    char message[200];
    struct bench b = { .bar = bar };
    struct job j = { fn, &b };
    struct agent *a;

    profile_default(&p);
    p.logical_is_physical = true;
    b.s = sim_create(&p, message, sizeof message);
    assert_non_null(b.s);
    if (seed)
        choice_from_seed(b.s, seed);
    b.d = bus_plug(b.s, dm_device_model("pktdma"));
    assert_non_null(b.d);
    b.d->bus_master = true;
    a = sched_thread(b.s, "test", job_run, &j, 0, 8);
    assert_int_equal(sched_run(b.s, a, true), SCHED_DONE);
    sim_destroy(b.s);
}

static void there_and_back(struct bench *b)
{
    for (unsigned i = 0; i < 8000; i++)
        b->buffer[i] = (uint8_t)(i * 13 + i / 256);
    start(b, b->ba + 3, 7001, 5, 65536 - 7001, TO_CARD);
    assert_int_equal(cause_taken(b), DONE);
    assert_int_equal(rd(b, MOVED), 7001);
    start(b, b->ba + 8192, 7001, 5, 65536 - 7001, 0);
    assert_int_equal(cause_taken(b), DONE);
    assert_memory_equal(b->buffer + 8192, b->buffer + 3, 7001);
    assert_int_equal(rd(b, ERROR), 0);
}

static void moves_through_memory_and_ports(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        on_machine(there_and_back, 0, seed);
        on_machine(there_and_back, 1, seed);
    }
}

static void refusals(struct bench *b)
{
    start(b, b->ba, 0, 0, 0, 0);
    assert_int_equal(cause_taken(b), FAILED);
    assert_int_equal(rd(b, ERROR), ERR_LENGTH);
    wr(b, ERROR, ERR_LENGTH);
    start(b, b->ba, 2, 0, 65535, 0); /* beyond the window */
    assert_int_equal(cause_taken(b), FAILED);
    wr(b, ERROR, ERR_LENGTH);
    start(b, 0xfffff000, 64, 0, 0, 0); /* no memory there */
    assert_int_equal(cause_taken(b), FAILED);
    assert_int_equal(rd(b, ERROR), ERR_BUS);
    wr(b, ERROR, ERR_BUS);
    start(b, b->ba, 8000, 0, 0, 0);
    wr(b, CONTROL, START | IRQ); /* while it runs: an error, and no harm */
    assert_int_equal(cause_taken(b) & FAILED, FAILED);
    assert_int_equal(rd(b, ERROR), ERR_BUSY);
    while (rd(b, STATUS))
        pause_us(b, 10);
    assert_int_equal(rd(b, MOVED), 8000);
}

static void what_cannot_be_is_latched(void **state)
{
    (void)state;
    on_machine(refusals, 0, 0);
}

static void stop_body(struct bench *b)
{
    start(b, b->ba, 16000, 0, 0, 0);
    pause_us(b, 5);
    wr(b, CONTROL, STOP | IRQ);
    assert_int_equal(cause_taken(b), STOPPED);
    assert_int_equal(rd(b, STATUS), 0);
    assert_true(rd(b, MOVED) < 16000);
}

static void stop_ends_at_a_burst(void **state)
{
    (void)state;
    on_machine(stop_body, 0, 0);
}

static void power_body(struct bench *b)
{
    start(b, b->ba, 16000, 0, 0, 0);
    bus_device_power(b->d, 3);
    pause_us(b, 500);
    bus_device_power(b->d, 0);
    assert_int_equal(rd(b, CAUSE), 0);
    assert_int_equal(rd(b, LENGTH), 0);
    assert_false(b->d->line_asserted);
}

static void d3_stops_it_and_loses_registers(void **state)
{
    (void)state;
    on_machine(power_body, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_through_memory_and_ports),
        cmocka_unit_test(what_cannot_be_is_latched),
        cmocka_unit_test(stop_ends_at_a_burst),
        cmocka_unit_test(d3_stops_it_and_loses_registers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
