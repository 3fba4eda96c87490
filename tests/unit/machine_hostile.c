/*
 * Devices that do what they should not. What a driver takes from such a device on trust is found; what the
 * device itself does is nobody's finding; and none of it brings a sample down.
 */
#include "tests/dut.h"

#include "include/dmacheck/plan.h"
#include "sim/core/sim.h"

static struct { /* of the last run */
    unsigned faults, refused, interrupts, writes;
    uint64_t point, nth, value;
} seen;

static void note(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind == EV_FAULT) {
        seen.faults++;
        seen.point = e->a[0];
        seen.nth = e->a[1];
        seen.value = e->a[2];
    }
    seen.refused += e->kind == EV_DEV_FAULT;
    seen.interrupts += e->kind == EV_INTR;
    seen.writes += e->kind == EV_DEV_WRITE;
}

static void run_as(struct dut *t, const char *driver, const char *profile, const char *scenario,
                   const struct dm_plan_fault *fault)
{
    struct dm_options o = { .verify = true, .profile = profile };

    if (fault)
        o.faults = fault, o.fault_count = 1;
    memset(&seen, 0, sizeof seen);
    dut_open(t, driver, &o);
    assert_int_equal(trace_attach(&dm_machine_sim(t->machine)->trace, note, NULL), 0);
    dut_run(t, scenario);
}

static void a_value_of_the_cards_that_is_trusted(void **state)
{
    const struct dm_plan_fault lie = { "device-register", 0, 9 };
    struct dut t;
    unsigned found = 0;

    (void)state;
    run_as(&t, "tests/trusting", "direct64", NULL, NULL);
    assert_int_equal(t.result.exit, DM_CLEAN);
    dut_close(&t);
    for (uint32_t nth = 1; nth < 12;
         nth++) { /* which of the driver's reads it is nobody has to know */
        struct dm_plan_fault fault = lie;

        fault.nth = nth;
        run_as(&t, "tests/trusting", "direct64", NULL, &fault);
        if (dm_finding_count(t.machine)) {
            const struct dm_finding *f = dm_finding(t.machine, 0);

            found++;
            assert_findings(t.machine, "memory-overrun");
            assert_string_equal(f->sites[0].frames[0].function, "TwinWrite");
            assert_int_equal(seen.faults, 1);
            assert_int_equal(seen.nth, nth);
            assert_int_equal(seen.value, 9);
        }
        dut_close(&t);
    }
    assert_int_equal(found, 1);
}

static void what_goes_beyond_is_refused_and_not_the_drivers(void **state)
{
    static const char *const profiles[] = { "direct64", "remap", "bounce32" };
    const struct dm_plan_fault fault = { "device-address-beyond", 3, 100 };
    struct dut t;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        run_as(&t, "samples/xfer", profiles[i], "lengths", &fault);
        assert_findings(t.machine);
        assert_int_equal(seen.faults, 1);
        assert_int_equal(seen.refused, 1);
        dut_close(&t);
    }
}

static void a_lost_interrupt_is_nobodys_standstill(void **state)
{
    const struct dm_plan_fault fault = { "device-interrupt-lost", 1, 0 };
    struct dut t;

    (void)state;
    run_as(&t, "samples/pkt", "direct64", NULL, &fault);
    assert_int_equal(seen.faults, 1);
    assert_findings(t.machine);
    assert_int_equal(t.result.expectations_failed, 0);
    dut_close(&t);
}

/* The interrupts and writes of a run with this fault, beyond those of one without. */
static int more(const char *point, uint64_t value, bool writes)
{
    const struct dm_plan_fault fault = { point, 2, value };
    unsigned before;
    struct dut t;

    run_as(&t, "samples/xfer", "direct64", "lengths", NULL);
    before = writes ? seen.writes : seen.interrupts;
    dut_close(&t);
    run_as(&t, "samples/xfer", "direct64", "lengths", &fault);
    assert_findings(t.machine);
    assert_int_equal(seen.faults, 1);
    assert_int_equal(seen.value, value);
    dut_close(&t);
    return (int)(writes ? seen.writes : seen.interrupts) - (int)before;
}

static void each_point_does_what_it_says(void **state)
{
    (void)state;
    assert_int_equal(more("device-interrupt-twice", 500, false), 1);
    assert_int_equal(more("device-interrupt-early", 0, false), 1);
    assert_int_equal(more("device-interrupt-late", 90000, false), 0);
    assert_int_equal(more("device-write-again", 0, true), 1);
    more("device-payload", 0x500000000, true);
    more("device-address-within", 5, true);
    more("device-register", UINT64_MAX, false);
}

/* A word of what is read from the card is another one: the reader sees it, and nobody else says so. */
static void a_payload_is_changed_where_it_is_said(void **state)
{
    const struct dm_plan_fault fault = { "device-payload", 1, 0x00000002aabbccdd };
    struct dm_plan_op ops[] = { { .kind = DM_OP_OPEN, .id = 1, .a = 3 },
                                { .kind = DM_OP_ALLOC, .id = 1, .a = 64 },
                                { .kind = DM_OP_READ, .id = 1, .on = 1, .buffer_count = 1 },
                                { .kind = DM_OP_WAIT, .on = 1, .a = UINT64_MAX },
                                { .kind = DM_OP_SETTLED, .on = 1 },
                                { .kind = DM_OP_RELEASE, .on = 1 },
                                { .kind = DM_OP_CLOSE, .on = 1 } };
    struct dm_plan_buffer buffer = { .place = DM_PLACE_ALLOC, .alloc = 1, .bytes = 64 };
    struct dm_plan plan = { .ops = ops, .op_count = 7, .buffers = &buffer, .buffer_count = 1 };
    struct dm_options o = { .verify = true };
    struct dm_result honest, lied;
    struct dut t;

    (void)state;
    dut_open(&t, "samples/pkt", &o);
    memset(&seen, 0, sizeof seen);
    assert_int_equal(trace_attach(&dm_machine_sim(t.machine)->trace, note, NULL), 0);
    assert_int_equal(dm_machine_run_plan(t.machine, t.driver, &plan, &honest), DM_CLEAN);
    assert_int_equal(seen.faults, 0);
    plan.faults = &fault;
    plan.fault_count = 1;
    assert_int_equal(dm_machine_run_plan(t.machine, t.driver, &plan, &lied), DM_CLEAN);
    assert_int_equal(seen.faults, 1);
    assert_true(seen.value == fault.value);
    assert_true(honest.settled_hash != lied.settled_hash);
    dut_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_of_the_cards_that_is_trusted),
        cmocka_unit_test(what_goes_beyond_is_refused_and_not_the_drivers),
        cmocka_unit_test(a_lost_interrupt_is_nobodys_standstill),
        cmocka_unit_test(each_point_does_what_it_says),
        cmocka_unit_test(a_payload_is_changed_where_it_is_said),
    };

    return cmocka_run_group_tests_name("machine_hostile", tests, NULL, NULL);
}
