/*
 * Power of a KMDF device: sleep and resume, idling, what keeps it awake, what fails. Typed from
 * wdf/supporting-idle-power-down, wdfdevice/, powerstatemachine.cpp, powerpolicystatemachine.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_pnp.h"

#define DOWN(state) "Suspend ExitPre:" state " Disable Exit:" state
#define UP "Entry:D3 Enable EntryPost:D3 Restart"

static WDF_DEVICE_POWER_POLICY_STATE policy(void)
{
    return WdfDeviceGetDevicePowerPolicyState(fx_made);
}
static WDF_DEVICE_POWER_STATE power(void) { return WdfDeviceGetDevicePowerState(fx_made); }

static void sleep_and_resume(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    ASSERT_TOLD(DOWN("D3"));
    assert_int_equal(power(), WdfDevStatePowerDx);
    assert_int_equal(policy(), WdfDevStatePwrPolSystemAsleepNoWake);
    assert_int_equal(pnp_node_of(s, card)->d_state, PowerDeviceD3);
    assert_int_equal(WdfDeviceGetSystemPowerAction(fx_made), PowerActionSleep);
    assert_int_equal(host_device_power(s, card, 0), STATUS_SUCCESS);
    ASSERT_TOLD(UP);
    assert_int_equal(power(), WdfDevStatePowerD0);
    assert_int_equal(policy(), WdfDevStatePwrPolStarted);
    assert_int_equal(pnp_node_of(s, card)->d_state, PowerDeviceD0);
    assert_int_equal(WdfDeviceGetSystemPowerAction(fx_made), PowerActionNone);
}

static void the_device_sleeps_with_the_system(void **state)
{
    (void)state;
    card_run(sleep_and_resume);
}

static void hibernate(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    for (unsigned sleep = 3; sleep <= 4; sleep++) {
        assert_int_equal(host_system_power(s, sleep), STATUS_SUCCESS);
        ASSERT_TOLD(DOWN("D3"));
        assert_int_equal(WdfDeviceGetSystemPowerAction(fx_made),
                         sleep == 3 ? PowerActionSleep : PowerActionHibernate);
        assert_int_equal(host_system_power(s, 0), STATUS_SUCCESS);
        ASSERT_TOLD(UP);
    }
}

static void the_machine_sleeps_and_hibernates(void **state)
{
    (void)state;
    card_run(hibernate);
}

static void remove_asleep(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    told[0] = 0;
    host_device_surprise(s, card);
    /* It is not in D0, and nobody brings it there: there is nothing to leave. */
    ASSERT_TOLD("Surprise Release Flush Cleanup ContextCleanup ContextDestroy");
}

static void what_is_pulled_out_asleep_is_not_woken(void **state)
{
    (void)state;
    card_run(remove_asleep);
}

/* --- failures --- */

static void failed_resume(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    told[0] = 0;
    fail_word = "Entry";
    host_device_power(s, card, 0);
    let_pass(1);
    /* PnP hears that the device has failed, and takes it away. */
    ASSERT_TOLD("Entry:D3 Release Flush Surprise Cleanup ContextCleanup ContextDestroy");
}

static void a_failed_resume_ends_the_device(void **state)
{
    (void)state;
    card_run(failed_resume);
}

static void failed_sleep(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    fail_word = "Exit";
    host_device_power(s, card, 3);
    let_pass(1);
    ASSERT_TOLD(DOWN("D3") " Release Flush Surprise Cleanup ContextCleanup ContextDestroy");
}

static void a_failed_way_to_sleep_too(void **state)
{
    (void)state;
    card_run(failed_sleep);
}

/* --- idling --- */

static NTSTATUS assign_idle(ULONG ms, WDF_TRI_STATE enabled)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS i;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&i, IdleCannotWakeFromS0);
    assert_int_equal(i.DxState, PowerDeviceD3);
    i.IdleTimeout = ms;
    i.Enabled = enabled;
    return WdfDeviceAssignS0IdleSettings(fx_made, &i);
}

static NTSTATUS idles(WDFDEVICE d)
{
    (void)d;
    return assign_idle(10, WdfTrue);
}

static void idle(struct sim *s)
{
    more_device = idles;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(policy(), WdfDevStatePwrPolStartedIdleCapable);
    told[0] = 0;
    let_pass(9);
    ASSERT_TOLD("");
    let_pass(3);
    ASSERT_TOLD(DOWN("D3"));
    assert_int_equal(policy(), WdfDevStatePwrPolWaitingUnarmed);
    assert_int_equal(pnp_node_of(s, card)->d_state, PowerDeviceD3);
    assert_int_equal(host_device_stop(s, card), STATUS_SUCCESS);
    /* A stop finds it in D0. */
    ASSERT_TOLD("QueryStop " UP " Suspend ExitPre:D3Final Disable Exit:D3Final Release");
}

static void an_idle_device_goes_down(void **state)
{
    (void)state;
    card_run(idle);
}

static void idle_request(struct sim *s)
{
    struct host_io io = { .op = HOST_READ,
                          .buf = mem_user_alloc(s, wdf_process, 16, 16),
                          .bytes = 16 };
    struct host_request *q;
    struct host_file *file;

    more_device = idles;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(host_open(s, card, wdf_process, FILE_READ_DATA, &file), STATUS_SUCCESS);
    let_pass(20);
    told[0] = 0;
    q = host_io_start(s, file, &io);
    assert_true(host_io_wait(s, q, UINT64_MAX));
    assert_int_equal(q->status, STATUS_SUCCESS);
    let_pass(1);
    assert_int_equal(policy(), WdfDevStatePwrPolStartedIdleCapable);
    host_io_free(s, q);
    host_close(s, file);
    /* Queues run before self-managed I/O is told. */
    ASSERT_TOLD("Entry:D3 Enable EntryPost:D3 Read Restart");
    let_pass(20);
    ASSERT_TOLD(DOWN("D3")); /* and down again */
}

static void a_request_brings_it_back(void **state)
{
    (void)state;
    card_run(idle_request);
}

static void stop_idle(struct sim *s)
{
    more_device = idles;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceStopIdle(fx_made, TRUE), STATUS_SUCCESS);
    told[0] = 0;
    let_pass(30);
    ASSERT_TOLD(""); /* kept awake */
    WdfDeviceResumeIdle(fx_made);
    let_pass(30);
    ASSERT_TOLD(DOWN("D3"));
    assert_int_equal(WdfDeviceStopIdleNoTrack(fx_made, FALSE), STATUS_PENDING);
    let_pass(1);
    ASSERT_TOLD(UP);
    WdfDeviceResumeIdleNoTrack(fx_made);
    let_pass(30);
    ASSERT_TOLD(DOWN("D3"));
    assert_int_equal(WdfDeviceStopIdleActual(fx_made, TRUE, s, 1, "WdfDeviceStopIdleWithTag"),
                     STATUS_SUCCESS);
    ASSERT_TOLD(UP);              /* it has waited */
    WdfDeviceResumeIdle(fx_made); /* of another tag */
    wdf_assert_break(WDF_BREAK_NO_REFERENCE);
    WdfDeviceResumeIdleActual(fx_made, s, 1, "WdfDeviceResumeIdleWithTag");
    WdfDeviceResumeIdleNoTrack(fx_made);
    wdf_assert_break(WDF_BREAK_NO_REFERENCE);
    assert_int_equal(assign_idle(10, WdfFalse), STATUS_SUCCESS);
    told[0] = 0;
    let_pass(30);
    ASSERT_TOLD("");
}

static void a_driver_keeps_it_awake(void **state)
{
    (void)state;
    card_run(stop_idle);
}

static void idle_asleep(struct sim *s)
{
    more_device = idles;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    let_pass(20);
    told[0] = 0;
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    ASSERT_TOLD(""); /* it is there already */
    assert_int_equal(host_device_power(s, card, 0), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceStopIdleNoTrack(fx_made, TRUE), STATUS_SUCCESS);
    assert_int_equal(power(), WdfDevStatePowerD0);
    WdfDeviceResumeIdleNoTrack(fx_made);
}

static void an_idle_device_sleeps_on(void **state)
{
    (void)state;
    card_run(idle_asleep);
}

static void settings(struct sim *s)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS i;
    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS w;

    assert_int_equal(card_start(s), STATUS_SUCCESS);
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&i, IdleCanWakeFromS0);
    assert_int_equal(i.DxState, PowerDeviceMaximum);
    assert_int_equal(WdfDeviceAssignS0IdleSettings(fx_made, &i), STATUS_POWER_STATE_INVALID);
    i.DxState = PowerDeviceD0;
    assert_int_equal(WdfDeviceAssignS0IdleSettings(fx_made, &i), STATUS_INVALID_PARAMETER);
    i.Size = 1;
    assert_int_equal(WdfDeviceAssignS0IdleSettings(fx_made, &i), STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(WdfDeviceIndicateWakeStatus(fx_made, STATUS_PENDING),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDeviceIndicateWakeStatus(fx_made, STATUS_SUCCESS),
                     STATUS_INVALID_DEVICE_STATE);
    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(&w);
    assert_int_equal(WdfDeviceAssignSxWakeSettings(fx_made, &w), STATUS_POWER_STATE_INVALID);
    w.Size = 1;
    assert_int_equal(WdfDeviceAssignSxWakeSettings(fx_made, &w), STATUS_INFO_LENGTH_MISMATCH);
}

static void nothing_wakes_this_machine(void **state)
{
    (void)state;
    card_run(settings);
}

static void user_says_no(struct sim *s)
{
    host_registry_dword(s, 0, "IdleInWorkingState", 0);
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(assign_idle(10, WdfUseDefault), STATUS_SUCCESS);
    told[0] = 0;
    let_pass(30);
    ASSERT_TOLD("");
}

static void the_user_may_forbid_idling(void **state)
{
    (void)state;
    card_run(user_says_no);
}

/* --- who owns the policy --- */

static void init_not_owner(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetPowerPolicyOwnership(init, FALSE);
}

static void not_owner(struct sim *s)
{
    more_init = init_not_owner;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    told[0] = 0;
    assert_int_equal(assign_idle(10, WdfTrue), STATUS_INVALID_DEVICE_REQUEST);
    wdf_assert_break(WDF_BREAK_NOT_POLICY_OWNER);
    /* The power manager does for it what nobody asks for. */
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    ASSERT_TOLD(DOWN("D3"));
    assert_int_equal(host_device_power(s, card, 0), STATUS_SUCCESS);
    ASSERT_TOLD(UP);
}

static void who_does_not_own_the_policy_follows(void **state)
{
    (void)state;
    card_run(not_owner);
}

/* --- states, preprocessing, resources --- */

static VOID on_pnp(WDFDEVICE d, PCWDF_DEVICE_PNP_NOTIFICATION_DATA n)
{
    assert_ptr_equal(d, fx_made);
    if (n->Type == StateNotificationEnterState) {
        assert_int_equal(n->Data.EnterState.NewState, WdfDevStatePnpStarted);
        tell("EnterStarted");
    } else {
        assert_int_equal(n->Data.LeaveState.CurrentState, WdfDevStatePnpStarted);
        tell("LeaveStarted");
    }
}
static VOID on_power(WDFDEVICE d, PCWDF_DEVICE_POWER_NOTIFICATION_DATA n)
{
    (void)d;
    assert_int_equal(n->Data.EnterState.NewState, WdfDevStatePowerDx);
    tell("EnterDx");
}
static VOID on_policy(WDFDEVICE d, PCWDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA n)
{
    (void)d;
    assert_int_equal(n->Data.PostProcessState.CurrentState, WdfDevStatePwrPolStarted);
    tell("PostStarted");
}
static NTSTATUS on_preprocess(WDFDEVICE d, PIRP irp)
{
    tell("Preprocess");
    IoSkipCurrentIrpStackLocation(irp);
    return WdfDeviceWdmDispatchPreprocessedIrp(d, irp);
}
static NTSTATUS on_filter_remove(WDFDEVICE d, WDFIORESREQLIST list)
{
    (void)d;
    assert_true(WdfIoResourceRequirementsListGetCount(list) > 0);
    return tell("FilterRemove"), STATUS_SUCCESS;
}
static NTSTATUS on_filter_add(WDFDEVICE d, WDFIORESREQLIST list)
{
    (void)d;
    assert_true(WdfIoResourceRequirementsListGetCount(list) > 0);
    return tell("FilterAdd"), STATUS_SUCCESS;
}
static NTSTATUS on_remove_added(WDFDEVICE d, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    (void)d, (void)raw, (void)translated;
    return STATUS_SUCCESS;
}

static void init_watch(PWDFDEVICE_INIT init)
{
    UCHAR minor = IRP_MN_QUERY_STOP_DEVICE;
    WDF_FDO_EVENT_CALLBACKS f;

    assert_int_equal(WdfDeviceInitRegisterPnpStateChangeCallback(init, WdfDevStatePnpStarted,
                                                                 on_pnp,
                                                                 StateNotificationEnterState |
                                                                     StateNotificationLeaveState),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceInitRegisterPnpStateChangeCallback(init, WdfDevStatePnpStarted,
                                                                 on_pnp, 0),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDeviceInitRegisterPowerStateChangeCallback(init, WdfDevStatePowerDx,
                                                                   on_power,
                                                                   StateNotificationEnterState),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
                         init, WdfDevStatePwrPolStarted, on_policy,
                         StateNotificationPostProcessState),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceInitAssignWdmIrpPreprocessCallback(init, on_preprocess, IRP_MJ_PNP,
                                                                 &minor, 1),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceInitAssignWdmIrpPreprocessCallback(init, on_preprocess, IRP_MJ_PNP,
                                                                 &minor, 1),
                     STATUS_INVALID_DEVICE_REQUEST);
    WDF_FDO_EVENT_CALLBACKS_INIT(&f);
    f.EvtDeviceFilterRemoveResourceRequirements = on_filter_remove;
    f.EvtDeviceFilterAddResourceRequirements = on_filter_add;
    f.EvtDeviceRemoveAddedResources = on_remove_added;
    WdfFdoInitSetEventCallbacks(init, &f);
}

static void watched(struct sim *s)
{
    more_init = init_watch;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    ASSERT_TOLD("FilterRemove FilterAdd Prepare Entry:D3Final Enable EntryPost:D3Final Init "
                "EnterStarted");
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    ASSERT_TOLD("PostStarted " DOWN("D3") " EnterDx");
    assert_int_equal(host_device_power(s, card, 0), STATUS_SUCCESS);
    told[0] = 0;
    fail_word = "QueryStop";
    assert_int_equal(host_device_stop(s, card), STATUS_UNSUCCESSFUL);
    ASSERT_TOLD("Preprocess LeaveStarted QueryStop EnterStarted");
}

static void states_and_irps_can_be_watched(void **state)
{
    (void)state;
    card_run(watched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_device_sleeps_with_the_system),
        cmocka_unit_test(the_machine_sleeps_and_hibernates),
        cmocka_unit_test(what_is_pulled_out_asleep_is_not_woken),
        cmocka_unit_test(a_failed_resume_ends_the_device),
        cmocka_unit_test(a_failed_way_to_sleep_too),
        cmocka_unit_test(an_idle_device_goes_down),
        cmocka_unit_test(a_request_brings_it_back),
        cmocka_unit_test(a_driver_keeps_it_awake),
        cmocka_unit_test(an_idle_device_sleeps_on),
        cmocka_unit_test(nothing_wakes_this_machine),
        cmocka_unit_test(the_user_may_forbid_idling),
        cmocka_unit_test(who_does_not_own_the_policy_follows),
        cmocka_unit_test(states_and_irps_can_be_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
