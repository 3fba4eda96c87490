/*
 * What a driver asks of the framework's verifier. Source: wdfverifier/, verifierapi.cpp.
 */
#include "tests/unit/wdf_fixture.h"

static unsigned breaks;

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static void listen(void *ctx, const struct event *e)
{
    (void)ctx;
    breaks += e->kind == EV_CALL && e->api == API_DbgBreakPoint;
}

static void stops(struct sim *s)
{
    assert_int_equal(trace_attach(&s->trace, listen, NULL), 0);
    breaks = 0;
    WdfVerifierDbgBreakPoint();
    assert_int_equal(breaks, 1);
    assert_int_equal(s->bugcheck_code, 0);
    WdfVerifierKeBugCheck(0xABC, 1, 2, 3, 4);
    fail(); /* it does not come back */
}

static void it_breaks_and_stops_the_machine(void **state)
{
    struct profile p;
    char message[200];

    (void)state;
    profile_default(&p);
    wdf_sim = sim_create(&p, message, sizeof(message));
    assert_non_null(wdf_sim);
    wdf_entry = entry;
    wdf_body = stops;
    assert_int_equal(sched_run(wdf_sim, sched_thread(wdf_sim, "boot", wdf_boot, NULL, 0, 8), true),
                     SCHED_ENDED);
    assert_int_equal(wdf_sim->bugcheck_code, 0xABC);
    sim_destroy(wdf_sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_breaks_and_stops_the_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
