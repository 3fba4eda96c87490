/*
 * WDFINTERRUPT: what may be created when, policies, disabling by the driver, inactive interrupts, failures on
 * the way to D0. Sources: wdfinterrupt/, fxinterruptapi.cpp, interruptobject.cpp, fxpkgpnpkm.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_interrupt.h"

static NTSTATUS try(const WDF_INTERRUPT_CONFIG *c, PWDF_OBJECT_ATTRIBUTES a)
{
    WDF_INTERRUPT_CONFIG copy = *c;

    return WdfInterruptCreate(device, &copy, a, &made[3]);
}

/* --- creation --- */

static void early(struct sim *s)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR r = { .Type = CmResourceTypeInterrupt };
    WDF_INTERRUPT_CONFIG c = config();
    WDF_OBJECT_ATTRIBUTES a;
    WDFWAITLOCK wait;
    WDFSPINLOCK spin;
    WDFOBJECT other;

    bring_up(s, 1, WdfSynchronizationScopeDevice, false);
    assert_int_equal(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &wait), STATUS_SUCCESS);
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    c.Size--;
    assert_int_equal(try(&c, NULL), STATUS_INFO_LENGTH_MISMATCH);
    c = config();
    c.EvtInterruptIsr = NULL;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c = config();
    c.EvtInterruptWorkItem = on_work; /* and a DPC */
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c = config();
    c.WaitLock = wait; /* not at passive level */
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c = config();
    c.PassiveHandling = TRUE;
    c.SpinLock = spin;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c = config();
    c.CanWakeDevice = TRUE;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c = config();
    c.InterruptRaw = c.InterruptTranslated = &r; /* there are none yet */
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c = config();
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = device; /* for serialization alone */
    assert_int_equal(try(&c, &a), STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    c.AutomaticSerialization = TRUE;
    assert_int_equal(try(&c, &a), STATUS_SUCCESS);
    assert_int_equal(WdfObjectCreate(&a, &other), STATUS_SUCCESS);
    a.ParentObject = other; /* neither device nor queue */
    assert_int_equal(try(&c, &a), STATUS_INVALID_PARAMETER);
    wdf_assert_break(0);
    c.EvtInterruptDpc = NULL;
    c.EvtInterruptWorkItem = on_work;
    assert_int_equal(try(&c, NULL), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    wdf_assert_break(WDF_BREAK_EXECUTION_LEVEL);
    WdfObjectDelete(made[3]);
    wdf_assert_break(WDF_BREAK_UNDELETABLE);
    take_down();
}

static void before_the_first_start(void **state)
{
    (void)state;
    wdf_run(hand_entry, early, 0);
}

static void late(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    WDF_INTERRUPT_INFO info;
    struct list raw, translated;

    bring_up(s, MESSAGES, WdfSynchronizationScopeNone, false);
    resources(MESSAGES, &raw, &translated);
    hand_pnp.state[FX_MACHINE_PNP] = WdfDevStatePnpHardwareAvailable;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_DEVICE_STATE);
    hand_pnp.preparing = true;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_DEVICE_STATE); /* which resource? */
    c.InterruptRaw = raw.list.List[0].PartialResourceList.PartialDescriptors;
    c.InterruptTranslated = translated.list.List[0].PartialResourceList.PartialDescriptors;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER); /* a BAR */
    wdf_assert_break(WDF_BREAK_RESOURCE);
    c.InterruptRaw += 2;
    c.InterruptTranslated += 2;
    c.ShareVector = WdfTrue;
    assert_int_equal(try(&c, NULL), STATUS_INVALID_DEVICE_STATE);
    c.ShareVector = WdfUseDefault;
    c.PassiveHandling = c.CanWakeDevice = TRUE; /* the resource has no such hint */
    assert_int_equal(try(&c, NULL), STATUS_INVALID_PARAMETER);
    c.PassiveHandling = c.CanWakeDevice = FALSE;
    create(0, &c);
    hand_pnp.preparing = false;
    WDF_INTERRUPT_INFO_INIT(&info);
    WdfInterruptGetInfo(made[0], &info);
    assert_int_equal(info.Vector, VECTOR + 16);
    WdfInterruptSetPolicy(made[0], WdfIrqPolicyAllCloseProcessors, WdfIrqPriorityHigh, 0);
    wdf_assert_break(WDF_BREAK_CREATED_LATE);
    assert_int_equal(enable(), STATUS_SUCCESS);
    dm_interrupt(hardware, 1);
    pass_ms(1);
    ASSERT_TOLD("ei");
    assert_int_equal(disable(), STATUS_SUCCESS);
    assert_non_null(fx_device()->interrupts);
    fx_interrupts_release(fx_now(), fx_device());
    assert_null(fx_device()->interrupts); /* it goes with the hardware */
    WdfObjectDelete(device);
}

static void in_prepare_hardware_its_resource_is_named(void **state)
{
    (void)state;
    wdf_run(hand_entry, late, 0);
}

/* --- what it asks for --- */

struct requirements {
    IO_RESOURCE_REQUIREMENTS_LIST list;
    IO_RESOURCE_DESCRIPTOR more[3];
};

static void policy(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    WDF_INTERRUPT_EXTENDED_POLICY p;
    struct requirements r;
    PIO_RESOURCE_DESCRIPTOR d = r.list.List[0].Descriptors;

    bring_up(s, 2, WdfSynchronizationScopeNone, false);
    create(0, &c);
    c.ShareVector = WdfTrue;
    create(1, &c);
    WdfInterruptSetPolicy(made[0], WdfIrqPolicySpecifiedProcessors, WdfIrqPriorityHigh, 2);
    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&p);
    p.Priority = WdfIrqPriorityLow;
    WdfInterruptSetExtendedPolicy(made[1], &p);
    wdf_assert_break(0);
    p.Priority = WdfIrqPriorityUndefined;
    WdfInterruptSetExtendedPolicy(made[1], &p);
    wdf_assert_break(WDF_BREAK_POLICY);
    p.Size--;
    WdfInterruptSetExtendedPolicy(made[1], &p);
    wdf_assert_break(WDF_BREAK_SIZE);
    WdfInterruptSetPolicy(made[0], (WDF_INTERRUPT_POLICY)6, WdfIrqPriorityHigh, 1);
    wdf_assert_break(WDF_BREAK_POLICY);
    memset(&r, 0, sizeof(r));
    r.list.AlternativeLists = 1;
    r.list.List[0].Count = 4;
    d[0].Type = CmResourceTypeMemory;
    for (unsigned i = 1; i < 4; i++) {
        d[i].Type = CmResourceTypeInterrupt;
        d[i].Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE;
        d[i].ShareDisposition = CmResourceShareDeviceExclusive;
    }
    d[2].Option = IO_RESOURCE_ALTERNATIVE; /* instead of the one before it */
    fx_interrupts_filter(fx_now(), fx_device(), &r.list);
    for (unsigned i = 1; i < 3; i++) {
        assert_true(d[i].Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED);
        assert_int_equal(d[i].u.Interrupt.AffinityPolicy, IrqPolicySpecifiedProcessors);
        assert_int_equal(d[i].u.Interrupt.PriorityPolicy, IrqPriorityHigh);
        assert_int_equal(d[i].u.Interrupt.TargetedProcessors, 2);
        assert_int_equal(d[i].ShareDisposition, CmResourceShareDeviceExclusive);
    }
    assert_int_equal(d[3].u.Interrupt.PriorityPolicy, IrqPriorityLow);
    assert_int_equal(d[3].ShareDisposition, CmResourceShareShared);
    d[1].u.Interrupt.TargetedProcessors = 4;
    fx_interrupts_filter(fx_now(), fx_device(), &r.list); /* somebody has said so already */
    assert_int_equal(d[1].u.Interrupt.TargetedProcessors, 4);
    take_down();
}

static void the_policy_stands_in_the_requirements(void **state)
{
    (void)state;
    wdf_run(hand_entry, policy, 0);
}

/* --- connected or not --- */

static void by_the_driver(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();

    bring_up(s, 0, WdfSynchronizationScopeNone, false);
    create(0, &c);
    assign(0);
    assert_int_equal(enable(), STATUS_SUCCESS);
    ASSERT_TOLD("e");
    WdfInterruptDisable(made[0]);
    ASSERT_TOLD("x");
    assert_null(WdfInterruptWdmGetInterrupt(made[0]));
    dm_line(hardware, true);
    pass_ms(1);
    assert_int_equal(disable(), STATUS_SUCCESS);
    assert_int_equal(enable(), STATUS_SUCCESS); /* it stays off */
    ASSERT_TOLD("");
    wdf_assert_break(0);
    WdfInterruptEnable(made[0]);
    pass_ms(1);
    ASSERT_TOLD("ie"); /* the line was pulled: it comes as soon as somebody listens */
    WdfInterruptEnable(made[0]);
    wdf_assert_break(WDF_BREAK_CONNECTED);
    KeRaiseIrqlToDpcLevel();
    WdfInterruptDisable(made[0]);
    wdf_assert_break(WDF_BREAK_IRQL);
    KeLowerIrql(PASSIVE_LEVEL);
    assert_non_null(WdfInterruptWdmGetInterrupt(made[0]));
    assert_int_equal(disable(), STATUS_SUCCESS);
    take_down();
}

static void a_driver_takes_its_interrupt_off(void **state)
{
    (void)state;
    wdf_run(hand_entry, by_the_driver, 0);
}

static void inactive(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    PKINTERRUPT k;

    bring_up(s, 1, WdfSynchronizationScopeNone, false);
    c.ReportInactiveOnPowerDown = WdfTrue;
    create(0, &c);
    assign(1);
    WdfInterruptReportInactive(made[0]);
    wdf_assert_break(WDF_BREAK_NOT_CONNECTED);
    assert_int_equal(enable(), STATUS_SUCCESS);
    k = WdfInterruptWdmGetInterrupt(made[0]);
    assert_non_null(k);
    WdfInterruptReportInactive(made[0]);
    WdfInterruptReportInactive(made[0]);
    dm_interrupt(hardware, 0);
    pass_ms(1);
    ASSERT_TOLD("e");
    WdfInterruptReportActive(made[0]);
    pass_ms(1);
    ASSERT_TOLD("i");
    assert_int_equal(disable(), STATUS_SUCCESS);
    assert_ptr_equal(WdfInterruptWdmGetInterrupt(made[0]), k); /* stays connected */
    dm_interrupt(hardware, 0);
    pass_ms(1);
    ASSERT_TOLD("x");
    assert_int_equal(enable(), STATUS_SUCCESS);
    assert_ptr_equal(WdfInterruptWdmGetInterrupt(made[0]), k);
    pass_ms(1);
    ASSERT_TOLD("ie");
    assert_int_equal(disable(), STATUS_SUCCESS);
    fx_interrupts_release(fx_now(), fx_device()); /* for good */
    assert_null(WdfInterruptWdmGetInterrupt(made[0]));
    WdfObjectDelete(device);
}

static void an_inactive_interrupt_stays_connected(void **state)
{
    (void)state;
    wdf_run(hand_entry, inactive, 0);
}

static void fails(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();

    bring_up(s, 2, WdfSynchronizationScopeNone, false);
    create(0, &c);
    create(1, &c);
    assign(2);
    turn_status = STATUS_DEVICE_NOT_READY;
    assert_int_equal(enable(), STATUS_DEVICE_NOT_READY);
    ASSERT_TOLD("e"); /* the second is not tried */
    assert_null(WdfInterruptWdmGetInterrupt(made[1]));
    assert_int_equal(disable(), STATUS_SUCCESS);
    ASSERT_TOLD("");                       /* what was not enabled is not disabled */
    fault_plan_nth(s, FAULT_INTERRUPT, 3); /* the first was taken above */
    turn_status = STATUS_SUCCESS;
    assert_int_equal(enable(), STATUS_INSUFFICIENT_RESOURCES);
    ASSERT_TOLD("e");
    turn_status = STATUS_DEVICE_NOT_READY;
    assert_int_equal(disable(), STATUS_DEVICE_NOT_READY);
    ASSERT_TOLD("x");
    assert_null(WdfInterruptWdmGetInterrupt(made[0])); /* disconnected all the same */
    take_down();
}

static void failures_on_the_way_to_d0(void **state)
{
    (void)state;
    wdf_run(hand_entry, fails, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_start),
        cmocka_unit_test(in_prepare_hardware_its_resource_is_named),
        cmocka_unit_test(the_policy_stands_in_the_requirements),
        cmocka_unit_test(a_driver_takes_its_interrupt_off),
        cmocka_unit_test(an_inactive_interrupt_stays_connected),
        cmocka_unit_test(failures_on_the_way_to_d0),
    };

    return cmocka_run_group_tests_name("wdf_interrupt_state", tests, NULL, NULL);
}
