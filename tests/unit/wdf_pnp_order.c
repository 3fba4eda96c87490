/*
 * The order of a KMDF driver's callbacks for PnP, and what each failure leads to: typed from
 * wdf/pnp-and-power-management-scenarios and the state functions of pnpstatemachine.cpp,
 * powerstatemachine.cpp and selfmanagediostatemachine.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_pnp.h"

#define UP "Entry:D3Final Enable EntryPost:D3Final"
#define DOWN "Suspend ExitPre:D3Final Disable Exit:D3Final"
#define GONE "Cleanup ContextCleanup ContextDestroy"

static WDF_DEVICE_PNP_STATE pnp_state(void) { return WdfDeviceGetDevicePnpState(fx_made); }

static void start_stop_remove(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    ASSERT_TOLD("Prepare " UP " Init");
    assert_int_equal(pnp_state(), WdfDevStatePnpStarted);
    assert_int_equal(WdfDeviceGetDevicePowerState(fx_made), WdfDevStatePowerD0);
    assert_int_equal(WdfDeviceGetDevicePowerPolicyState(fx_made), WdfDevStatePwrPolStarted);
    assert_int_equal(host_device_stop(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("QueryStop " DOWN " Release");
    assert_int_equal(pnp_state(), WdfDevStatePnpStopped);
    assert_int_equal(WdfDeviceGetDevicePowerState(fx_made), WdfDevStatePowerStopped);
    assert_int_equal(host_device_start(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("Prepare " UP " Restart");
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("QueryRemove " DOWN " Release Flush " GONE);
}

static void in_the_documented_order(void **state)
{
    (void)state;
    card_run(start_stop_remove);
}

static void surprise(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    host_device_surprise(s, card);
    ASSERT_TOLD("Surprise " DOWN " Release Flush " GONE);
}

static void a_surprise_is_told_first(void **state)
{
    (void)state;
    card_run(surprise);
}

static void surprise_open(struct sim *s)
{
    struct host_file *file;

    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(host_open(s, card, wdf_process, FILE_READ_DATA, &file), STATUS_SUCCESS);
    told[0] = 0;
    assert_int_equal(host_device_remove(s, card), STATUS_PLUGPLAY_QUERY_VETOED);
    ASSERT_TOLD("QueryRemove");
    assert_int_equal(pnp_state(), WdfDevStatePnpStarted);
    host_device_surprise(s, card);
    ASSERT_TOLD("Surprise " DOWN " Release Flush");
    assert_int_equal(pnp_state(), WdfDevStatePnpFailedWaitForRemove);
    host_close(s, file); /* the last handle: now it may go */
    ASSERT_TOLD(GONE);
}

static void an_open_handle_keeps_the_device(void **state)
{
    (void)state;
    card_run(surprise_open);
}

static void never_started(struct sim *s)
{
    card = bus_plug(s, &card_model);
    assert_int_equal(host_device_add(s, wdf_driver, card), STATUS_SUCCESS);
    assert_int_equal(pnp_state(), WdfDevStatePnpInit);
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("ContextCleanup ContextDestroy");
}

static void what_never_began_is_not_ended(void **state)
{
    (void)state;
    card_run(never_started);
}

/* --- a start that fails --- */

struct failure {
    const char *word;
    NTSTATUS status;
    const char *told;
};
static const struct failure failures[] = {
    { "Prepare", STATUS_UNSUCCESSFUL, "Prepare Release ContextCleanup ContextDestroy" },
    { "Entry", STATUS_DEVICE_POWER_FAILURE,
      "Prepare Entry:D3Final Release ContextCleanup ContextDestroy" },
    { "EntryPost", STATUS_DEVICE_POWER_FAILURE,
      "Prepare Entry:D3Final Enable EntryPost:D3Final Disable Exit:D3Final Release "
      "ContextCleanup ContextDestroy" },
    { "Init", STATUS_DEVICE_POWER_FAILURE,
      "Prepare Entry:D3Final Enable EntryPost:D3Final Init ExitPre:D3Final Disable "
      "Exit:D3Final Release Flush Cleanup ContextCleanup ContextDestroy" },
};
static const struct failure *failing;

static void failed_start(struct sim *s)
{
    fail_word = failing->word;
    assert_int_equal(card_start(s), failing->status);
    ASSERT_TOLD(failing->told);
}

static void a_failed_start_is_undone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        failing = &failures[i];
        card_run(failed_start);
    }
}

static void failed_restart(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(host_device_stop(s, card), STATUS_SUCCESS);
    fail_word = "Restart";
    told[0] = 0;
    assert_int_equal(host_device_start(s, card), STATUS_DEVICE_POWER_FAILURE);
    /* The PnP manager sends a surprise removal after a restart that fails, then the removal. */
    ASSERT_TOLD("Prepare " UP " Restart ExitPre:D3Final Disable Exit:D3Final Release Flush "
                "Surprise " GONE);
}

static void a_failed_restart_ends_the_device(void **state)
{
    (void)state;
    card_run(failed_restart);
}

static void refused(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    fail_word = "QueryStop";
    assert_int_equal(host_device_stop(s, card), STATUS_UNSUCCESSFUL);
    ASSERT_TOLD("QueryStop");
    fail_word = "QueryRemove";
    assert_int_equal(host_device_remove(s, card), STATUS_UNSUCCESSFUL);
    ASSERT_TOLD("QueryRemove");
    assert_int_equal(pnp_state(), WdfDevStatePnpStarted);
    fail_word = NULL;
    WdfDeviceSetStaticStopRemove(fx_made, FALSE);
    assert_int_equal(host_device_remove(s, card), STATUS_INVALID_DEVICE_STATE);
    ASSERT_TOLD(""); /* the driver is not even asked */
    WdfDeviceSetStaticStopRemove(fx_made, TRUE);
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
}

static void a_driver_may_refuse(void **state)
{
    (void)state;
    card_run(refused);
}

/* Each of the way down fails: it goes on to its end, and a stop leaves a failed device. */
static void failed_stop(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    fail_word = failing->word;
    told[0] = 0;
    assert_int_equal(host_device_stop(s, card), STATUS_SUCCESS); /* a stop cannot fail */
    ASSERT_TOLD("QueryStop " DOWN " Release Flush");
    assert_int_equal(pnp_state(), WdfDevStatePnpFailedWaitForRemove);
    host_device_surprise(s, card);
    ASSERT_TOLD("Surprise " GONE);
}

static void a_failed_way_down_goes_on(void **state)
{
    static const struct failure ways[] = { { "Suspend", 0, "" },
                                           { "ExitPre", 0, "" },
                                           { "Disable", 0, "" },
                                           { "Exit", 0, "" },
                                           { "Release", 0, "" } };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        failing = &ways[i];
        card_run(failed_stop);
    }
}

static void set_failed(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    WdfDeviceSetFailed(fx_made, WdfDeviceFailedNoRestart);
    let_pass(1);
    ASSERT_TOLD("Surprise " DOWN " Release Flush " GONE);
}

static void a_device_said_to_be_broken_is_removed(void **state)
{
    (void)state;
    card_run(set_failed);
}

/* --- EvtDriverDeviceAdd fails after the device was made --- */

static NTSTATUS refuse_device(WDFDEVICE d)
{
    (void)d;
    return STATUS_NOT_SUPPORTED;
}

static void add_fails(struct sim *s)
{
    more_device = refuse_device;
    card = bus_plug(s, &card_model);
    assert_int_equal(host_device_add(s, wdf_driver, card), STATUS_NOT_SUPPORTED);
    ASSERT_TOLD("ContextCleanup ContextDestroy");
    assert_null(wdf_driver->DeviceObject);
}

static void a_device_made_in_vain_goes(void **state)
{
    (void)state;
    card_run(add_fails);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_documented_order),
        cmocka_unit_test(a_surprise_is_told_first),
        cmocka_unit_test(an_open_handle_keeps_the_device),
        cmocka_unit_test(what_never_began_is_not_ended),
        cmocka_unit_test(a_failed_start_is_undone),
        cmocka_unit_test(a_failed_restart_ends_the_device),
        cmocka_unit_test(a_driver_may_refuse),
        cmocka_unit_test(a_failed_way_down_goes_on),
        cmocka_unit_test(a_device_said_to_be_broken_is_removed),
        cmocka_unit_test(a_device_made_in_vain_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
