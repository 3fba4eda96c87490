/*
 * The slavedma model, driven by its registers, with the test in the place of the system DMA
 * controller: when it asks, what it gives and takes, when it has done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/core/bus.h"
#include "sim/core/sched.h"

enum {
    ID = 0x00,
    CONTROL = 0x04,
    STATUS = 0x08,
    CAUSE = 0x0c,
    LENGTH = 0x10,
    OFFSET = 0x14,
    MOVED = 0x18,
    DATA = 0x40
};
enum { START = 1, TO_CARD = 2, IRQ = 4, STOP = 8 };
#define FIFO 64u

struct bench {
    struct sim *s;
    struct dm_device *d;
    void (*fn)(struct bench *);
};

static void wr(struct bench *b, unsigned reg, uint32_t value)
{
    bus_bar_write(b->d, 0, reg, value, 4);
}

static uint32_t rd(struct bench *b, unsigned reg)
{
    return (uint32_t)bus_bar_read(b->d, 0, reg, 4);
}

static void pause_us(struct bench *b, uint64_t us)
{
    sched_block(b->s, sched_now_ns(b->s) + us * 1000);
}

static void start(struct bench *b, uint32_t length, uint32_t offset, uint32_t direction)
{
    wr(b, LENGTH, length);
    wr(b, OFFSET, offset);
    wr(b, CONTROL, START | IRQ | direction);
}

static size_t give(struct bench *b, uint8_t *to, size_t most)
{
    return b->d->model->dma_give(b->d, DATA, to, most);
}

static size_t take(struct bench *b, const uint8_t *from, size_t bytes)
{
    return b->d->model->dma_take(b->d, DATA, from, bytes);
}

static void job_run(void *ctx)
{
    struct bench *b = ctx;

    b->fn(b);
}

static void on_machine(void (*fn)(struct bench *), uint64_t seed)
{
    struct profile p;
    char message[200];
    struct bench b = { .fn = fn };

    profile_default(&p);
    b.s = sim_create(&p, message, sizeof message);
    assert_non_null(b.s);
    if (seed)
        choice_from_seed(b.s, seed);
    b.d = bus_plug(b.s, dm_device_model("slavedma"));
    assert_non_null(b.d);
    assert_int_equal(sched_run(b.s, sched_thread(b.s, "test", job_run, &b, 0, 8), true),
                     SCHED_DONE);
    sim_destroy(b.s);
}

/* Bytes come FIFO by FIFO; while it is empty the line is down. */
static void from_card(struct bench *b)
{
    uint8_t got[200], *card = dm_memory(b->d, 9, 200);
    size_t have = 0;

    for (unsigned i = 0; i < 200; i++)
        card[i] = (uint8_t)(i + 1);
    assert_int_equal(rd(b, ID), 0x31564c53);
    start(b, 200, 9, 0);
    assert_false(b->d->dma_requested);
    while (have < 200) {
        size_t n;

        while (!b->d->dma_requested)
            pause_us(b, 1);
        assert_int_equal(rd(b, STATUS), 1);
        assert_int_equal(rd(b, CAUSE), 0);
        n = give(b, got + have, 200);
        assert_in_range(n, 1, FIFO);
        have += n;
        assert_int_equal(rd(b, MOVED), have);
        assert_false(b->d->dma_requested);
    }
    assert_memory_equal(got, card, 200);
    assert_int_equal(rd(b, STATUS), 0);
    assert_int_equal(rd(b, CAUSE), 1);
    assert_true(b->d->line_asserted);
    wr(b, CAUSE, 1);
    assert_false(b->d->line_asserted);
    assert_int_equal(give(b, got, 1), 0);
}

static void to_card(struct bench *b)
{
    uint8_t bytes[200];
    size_t sent = 0;

    for (unsigned i = 0; i < 200; i++)
        bytes[i] = (uint8_t)(200 - i);
    start(b, 200, 0xfffff, TO_CARD); /* the last byte of the card's memory: it goes round */
    while (sent < 200) {
        while (!b->d->dma_requested)
            pause_us(b, 1);
        sent += take(b, bytes + sent, 200 - sent);
        assert_false(b->d->dma_requested); /* the FIFO is full, or the bytes are out */
    }
    assert_int_equal(rd(b, CAUSE), 0); /* what is in the FIFO has not been played yet */
    while (!rd(b, CAUSE))
        pause_us(b, 1);
    assert_int_equal(*dm_memory(b->d, 0xfffff, 1), 200);
    assert_memory_equal(dm_memory(b->d, 0, 199), bytes + 1, 199);
}

static void both_ways_at_the_mediums_pace(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        on_machine(from_card, seed);
        on_machine(to_card, seed);
    }
}

static void refusals(struct bench *b)
{
    uint8_t byte = 1;

    start(b, 10, 0, TO_CARD);
    assert_true(b->d->dma_requested);
    assert_int_equal(b->d->model->dma_take(b->d, 0, &byte, 1), 0); /* no data register there */
    assert_int_equal(give(b, &byte, 1), 0);                        /* the other way */
    wr(b, LENGTH, 5);                                              /* while busy: dropped */
    assert_int_equal(rd(b, LENGTH), 10);
    assert_int_equal(rd(b, DATA), 0); /* a processor finds nothing there */
    wr(b, CONTROL, STOP);
    assert_false(b->d->dma_requested);
    assert_int_equal(rd(b, STATUS), 0);
    assert_int_equal(rd(b, CAUSE), 0);
    start(b, 10, 0, TO_CARD);
    bus_device_power(b->d, 3);
    assert_false(b->d->dma_requested);
    assert_int_equal(rd(b, LENGTH), 0);
}

static void what_it_does_not_do(void **state)
{
    (void)state;
    on_machine(refusals, 0);
}

static void endless(struct bench *b)
{
    uint8_t got[FIFO];
    uint32_t sum = 0;

    start(b, 0, 0, 0);
    for (unsigned i = 0; i < 100; i++) {
        pause_us(b, 100);
        sum += (uint32_t)give(b, got, FIFO);
    }
    assert_int_equal(sum, 100 * FIFO);
    assert_int_equal(rd(b, CAUSE), 0);
    wr(b, CONTROL, STOP);
    pause_us(b, 100);
    assert_int_equal(give(b, got, FIFO), 0);
}

static void length_0_goes_on_until_it_is_stopped(void **state)
{
    (void)state;
    on_machine(endless, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_at_the_mediums_pace),
        cmocka_unit_test(what_it_does_not_do),
        cmocka_unit_test(length_0_goes_on_until_it_is_stopped),
    };

    return cmocka_run_group_tests_name("dev_slavedma", tests, NULL, NULL);
}
