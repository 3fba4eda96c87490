/*
 * Rules about system DMA, old calls and the machine's clock, on hand-written events. The expected bug
 * checks are typed from the page of 0xE6 (debugger/bug-check-0xe6--driver-verifier-dma-violation).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/verifier_events.h"

static int setup(void **state)
{
    struct says *s = calloc(1, sizeof *s);

    s->v = verifier_create(NULL);
    assert_non_null(s->v);
    verifier_begin(s->v, "direct64", 7, false);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct says *s = *state;

    verifier_destroy(s->v);
    free(s);
    return 0;
}

static void the_obsolete_call_is_told(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says(s, EV_CALL, API_HalGetAdapter, 0, AT_CREATE, 1, 0, 0, 0);
    says(s, EV_RETURN, API_HalGetAdapter, 0, AT_CREATE, 0, 0, 0, 0);
    f = the_finding(s, "hal-get-adapter");
    assert_int_equal(site_of(f, ROLE_HERE), AT_CREATE);
    assert_string_equal(f->driver_verifier, "0xE6 (0x1E, ...)");
}

static void describe(struct says *s, uint64_t version)
{
    says(s, EV_CALL, API_IoGetDmaAdapter, 0, AT_CREATE, version, 4096, 5, 32);
    says(s, EV_RETURN, API_IoGetDmaAdapter, 0, AT_CREATE, 0, 0, 0, 0);
}

static void versions_0_to_3_are_known(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    for (uint64_t version = 0; version <= 3; version++)
        describe(s, version);
    assert_int_equal(finding_count(s->v), 0);
    describe(s, 4);
    f = the_finding(s, "description-version-unknown");
    assert_int_equal(site_of(f, ROLE_HERE), AT_CREATE);
    assert_string_equal(f->driver_verifier, "0xE6 (0x25, ...)");
}

/* How a channel ends: each reason but one is as it should be. */
static void only_an_early_flush_of_version_3_is_told(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    says_adapter(s, ADAPTER1);
    for (uint64_t reason = SYSDMA_END_COMPLETE; reason <= SYSDMA_END_REPLACED; reason++)
        if (reason != SYSDMA_END_FLUSHED)
            says(s, EV_SYSDMA_END, API_NONE, MAPREG(1), AT_PUT, ADAPTER1, 100, 0, reason);
    assert_int_equal(finding_count(s->v), 0);
    says(s, EV_SYSDMA_END, API_NONE, MAPREG(1), AT_PUT, ADAPTER1, 100, 2ull << 32 | 5, 4);
    f = the_finding(s, "channel-flushed-early");
    assert_int_equal(site_of(f, ROLE_HERE), AT_PUT);
    assert_string_equal(f->driver_verifier, "0xE6 (0x23, 0x0, 0x2, 0x5)"); /* controller, channel */
}

static void counter(struct says *s, uint64_t ticks, uint32_t at)
{
    says(s, EV_CALL, API_KeQueryPerformanceCounter, 0, at, 0, 0, 0, 0);
    says(s, EV_RETURN, API_KeQueryPerformanceCounter, 0, at, ticks, 10000000, 0, 0);
}

static void a_counter_that_goes_backwards_is_told(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    counter(s, 1000, AT_CREATE);
    counter(s, 1000, AT_GET);
    assert_int_equal(finding_count(s->v), 0);
    counter(s, 999, AT_PUT);
    f = the_finding(s, "performance-counter-backwards");
    assert_int_equal(site_of(f, ROLE_HERE), AT_PUT);
    assert_int_equal(site_of(f, ROLE_FIRST), AT_GET);
    assert_string_equal(f->driver_verifier, "0xE6 (0x01, ...)");
}

/* Ten million ticks are a second, and hand-written events are 10 ns apart. */
static void a_counter_that_jumps_is_told(void **state)
{
    struct says *s = *state;
    const struct finding *f;

    counter(s, 1000, AT_CREATE);
    counter(s, 1000 + 10000000, AT_GET);
    assert_int_equal(finding_count(s->v), 0); /* within the slack */
    counter(s, 1000 + 10000000 + 30000000, AT_PUT);
    f = the_finding(s, "performance-counter-fast");
    assert_int_equal(site_of(f, ROLE_HERE), AT_PUT);
    assert_string_equal(f->driver_verifier, "0xE6 (0x02, ...)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_obsolete_call_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(versions_0_to_3_are_known, setup, teardown),
        cmocka_unit_test_setup_teardown(only_an_early_flush_of_version_3_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_counter_that_goes_backwards_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_counter_that_jumps_is_told, setup, teardown),
    };

    return cmocka_run_group_tests_name("verifier_system", tests, NULL, NULL);
}
