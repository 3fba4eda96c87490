/*
 * Numbers of a run: what a run by hand adds up to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "reports/trace_stat.h"

#define ADAPTER OBJ_ID(OBJ_ADAPTER, 1)
#define LIST OBJ_ID(OBJ_SGL, 1)
#define REGISTERS OBJ_ID(OBJ_MAPREG, 1)
#define REQUEST OBJ_ID(OBJ_IRP, 1)

static struct trace_stat s;
static uint64_t seq;

static void say(uint64_t ns, uint16_t kind, uint32_t obj, uint64_t a0, uint64_t a1, uint64_t a2,
                uint64_t a3)
{
    trace_stat_event(
        &s, &(struct event) {
                .seq = seq++, .ns = ns, .kind = kind, .obj = obj, .a = { a0, a1, a2, a3 } });
}

static int begin(void **state)
{
    (void)state;
    seq = 0;
    trace_stat_begin(&s);
    return 0;
}

static int end(void **state)
{
    (void)state;
    trace_stat_free(&s);
    return 0;
}

static void median_is_the_lower_middle(void **state)
{
    struct stat_series series = { 0 };
    struct stat_spread spread = stat_spread(&series);

    (void)state;
    assert_int_equal(spread.count, 0);
    for (uint64_t i = 0; i < 40; i++)
        stat_series_add(&series, (i * 7) % 40); /* 0 to 39 in some order */
    spread = stat_spread(&series);
    assert_int_equal(spread.count, 40);
    assert_int_equal(spread.min, 0);
    assert_int_equal(spread.median, 19);
    assert_int_equal(spread.max, 39);
    free(series.ns);
}

/* Said again by each driver below it, it is one; sent again after its end, it is another. */
static void a_request_given_down_is_one(void **state)
{
    (void)state;
    say(10, EV_IRP, REQUEST, 0x300, 64, 0, 0);
    say(15, EV_IRP, REQUEST, 0x300, 64, 0, 0);
    say(30, EV_IRP_END, REQUEST, 0, 64, 0, 0);
    say(31, EV_IRP_END, REQUEST, 0xC0000001, 0, 0, 0);
    say(40, EV_IRP, REQUEST, 0x400, 8, 0, 0);
    say(50, EV_IRP, OBJ_ID(OBJ_IRP, 2), 0x1b00, 0, 0, 0);
    say(90, EV_PHASE, 0, 7, 0, 0, 0);
    trace_stat_end(&s);
    assert_int_equal(s.request_count, 3);
    assert_int_equal(s.requests[0].end_ns, 30);
    assert_int_equal(s.requests[0].status, 0);
    assert_int_equal(s.requests[1].begin_ns, 40);
    assert_int_equal(s.requests[1].end_ns, STAT_OPEN);
    assert_int_equal(s.waiting_high, 1); /* PNP is no transfer */
    assert_int_equal(s.pending_ns, 20 + 50);
}

/* A buffer is mapped from the first run to the last unmap; map registers may be used again. */
static void buffers_are_mapped_until_their_last_byte(void **state)
{
    (void)state;
    say(0, EV_MAPREG, REGISTERS, ADAPTER, 4, 0, 0);
    say(10, EV_MAP, REGISTERS, 0x1000, 100, 0, 0);
    say(20, EV_MAP, REGISTERS, 0x2000, 50 | EVENT_BOUNCED, 100, 0);
    say(30, EV_UNMAP, REGISTERS, 0x1000, 100, 0, 0);
    say(40, EV_UNMAP, REGISTERS, 0x2000, 20, 0, 0);
    say(50, EV_UNMAP, REGISTERS, 0x2014, 30, 0, 0);
    say(60, EV_MAP, REGISTERS, 0x1000, dir_length(7, 1), 0, 0);
    say(65, EV_SGL, LIST, ADAPTER, 8, 0, 1ull << 32 | 2);
    say(65, EV_MAP, LIST, 0x9000, 8, 0, 0);
    say(70, EV_MAPREG_END, REGISTERS, ADAPTER, 4, 7, 4);
    trace_stat_end(&s);
    assert_int_equal(s.mapping_count, 3);
    assert_int_equal(s.mappings[0].begin_ns, 10);
    assert_int_equal(s.mappings[0].end_ns, 50);
    assert_int_equal(s.mappings[0].length_bytes, 150);
    assert_true(s.mappings[0].bounced);
    assert_int_equal(s.mappings[1].end_ns, 70); /* given back while mapped */
    assert_true(s.mappings[1].to_device);
    assert_int_equal(s.mappings[2].end_ns, STAT_OPEN);
    assert_int_equal(s.mapped_high, 2);
    assert_int_equal(s.depth_ns[0], 20);
    assert_int_equal(s.depth_ns[1], 40 + 5);
    assert_int_equal(s.depth_ns[2], 5);
    assert_int_equal(s.adapter_count, 1);
    assert_int_equal(s.adapters[0].mapregs_high, 6);
    assert_int_equal(s.adapters[0].mapregs_high_seq, 7);
    assert_int_equal(s.adapters[0].mapregs_live, 2);
    assert_int_equal(s.adapters[0].lists_live, 1);
    assert_int_equal(s.adapters[0].mapped_bytes[0], 158);
    assert_int_equal(s.adapters[0].bounced_bytes[0], 50);
    assert_int_equal(s.adapters[0].mapped_bytes[1], 7);
}

/* What counts of an idle time is only when somebody waited, up to the end of the run. */
static void idle_counts_while_a_request_waits(void **state)
{
    const uint32_t device = OBJ_ID(OBJ_DEVICE, 1);

    (void)state;
    say(0, EV_MMIO_WRITE, device, 0, 0, 4, 0);
    say(100, EV_IRP, REQUEST, 0x300, 64, 0, 0);
    say(130, EV_MMIO_WRITE, device, 0, 0, 4, 0);
    say(140, EV_IRP_END, REQUEST, 0, 64, 0, 0);
    say(500, EV_MMIO_WRITE, device, 0, 0, 4, 0);
    say(600, EV_IRP, OBJ_ID(OBJ_IRP, 2), 0x400, 64, 0, 0);
    say(650, EV_PHASE, 0, 7, 0, 0, 0);
    trace_stat_end(&s);
    assert_int_equal(s.idle_count, 2); /* cpu0, device#1 */
    assert_string_equal(s.idles[1].name, "device#1");
    assert_int_equal(s.idles[1].waited_ns, 50);
    assert_int_equal(s.idles[1].from_seq, 4);
    assert_int_equal(s.idles[1].to_seq, 6);
    assert_int_equal(s.idles[1].events_waiting, 1);
}

/* From the first of several raises; who is not asked is not late. */
static void latency_is_from_the_first_raise(void **state)
{
    const uint32_t interrupt = OBJ_ID(OBJ_INTR, 1), dpc = OBJ_ID(OBJ_DPC, 1);

    (void)state;
    say(10, EV_INTR, interrupt, 0, 1, 0, 0);
    say(15, EV_INTR, interrupt, 0, 1, 0, 0);
    say(30, EV_ISR, interrupt, 0, 5, 0, 0);
    say(31, EV_ISR_END, interrupt, 1, 0, 0, 0);
    say(40, EV_ISR, interrupt, 0, 5, 0, 0);
    say(41, EV_ISR_END, interrupt, 0, 0, 0, 0);
    for (unsigned i = 0; i < 2; i++)
        trace_stat_event(&s, &(struct event) { .ns = 50 + 5 * i,
                                               .kind = EV_CALL,
                                               .api = API_KeInsertQueueDpc,
                                               .obj = dpc });
    say(60, EV_DPC, dpc, 0, 0, 0, 0);
    say(70, EV_DPC, dpc, 0, 0, 0, 0);
    trace_stat_end(&s);
    assert_int_equal(s.interrupts[0].raised, 2);
    assert_int_equal(s.interrupts[0].served, 2);
    assert_int_equal(s.interrupts[0].claimed, 1);
    assert_int_equal(s.interrupts[0].latency.count, 1);
    assert_int_equal(s.interrupts[0].latency.ns[0], 20);
    assert_int_equal(s.dpcs[0].ran, 2);
    assert_int_equal(s.dpcs[0].latency.count, 1);
    assert_int_equal(s.dpcs[0].latency.ns[0], 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(median_is_the_lower_middle, begin, end),
        cmocka_unit_test_setup_teardown(a_request_given_down_is_one, begin, end),
        cmocka_unit_test_setup_teardown(buffers_are_mapped_until_their_last_byte, begin, end),
        cmocka_unit_test_setup_teardown(idle_counts_while_a_request_waits, begin, end),
        cmocka_unit_test_setup_teardown(latency_is_from_the_first_raise, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
