/*
 * What a driver asks of its interrupt objects.
 *
 * Source: wdfinterrupt/, microsoft/Windows-Driver-Frameworks (fxinterruptapi.cpp)
 */
#include "sim/wdf/interrupt.h"

/*
 * WdfInterruptQueueDpcForIsr: queues EvtInterruptDpc, from EvtInterruptIsr as a rule.
 *
 * Irql     any
 * Returns  TRUE; FALSE when it is queued already
 * Gap      an object without EvtInterruptDpc: bug check 0xD1 when the DPC runs
 * Says     CALL, KeInsertQueueDpc, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptqueuedpcforisr
 */
BOOLEAN imp_WdfInterruptQueueDpcForIsr(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptQueueDpcForIsr, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);
    BOOLEAN queued = i && KeInsertQueueDpc(i->dpc, i->object.handle, NULL);

    (void)DriverGlobals;
    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/*
 * WdfInterruptQueueWorkItemForIsr: queues EvtInterruptWorkItem; above DISPATCH_LEVEL by way of a DPC.
 *
 * Irql     any
 * Returns  TRUE; FALSE when it is queued already
 * Gap      an object without EvtInterruptWorkItem: bug check 0xD1, at once or when the DPC runs
 * Says     CALL, KeInsertQueueDpc or IoQueueWorkItem, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptqueueworkitemforisr
 */
BOOLEAN imp_WdfInterruptQueueWorkItemForIsr(PWDF_DRIVER_GLOBALS DriverGlobals,
                                            WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfInterruptQueueWorkItemForIsr,
                               fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);
    BOOLEAN queued = FALSE;

    (void)DriverGlobals;
    if (i && (sched_irql(f->s) > DISPATCH_LEVEL || !i->work.item))
        queued = KeInsertQueueDpc(i->dpc, i->object.handle, NULL);
    else if (i)
        queued = fx_work_queue(&i->work);
    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/*
 * WdfInterruptSynchronize: calls a routine while the service routine cannot run.
 *
 * Irql     <= the interrupt's; PASSIVE_LEVEL at passive handling
 * Returns  what the routine returns; FALSE at a wrong IRQL
 * Gap      an object that is not connected: a break into the debugger and FALSE; Windows stops
 * Says     CALL, KeSynchronizeExecution, CALLBACK, CALLBACK_END, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptsynchronize
 */
BOOLEAN imp_WdfInterruptSynchronize(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt,
                                    PFN_WDF_INTERRUPT_SYNCHRONIZE Callback, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptSynchronize, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);
    BOOLEAN result = FALSE;

    (void)DriverGlobals;
    if (i && i->config.PassiveHandling &&
        !fx_irql_check(f, API_WdfInterruptSynchronize, i->object.obj, PASSIVE_LEVEL))
        i = NULL;
    if (i && fx_required(f, (const void *)Callback)) {
        if (!i->config.PassiveHandling && !i->kinterrupt)
            fx_break(f, API_WdfInterruptSynchronize, i->object.obj, WDF_BREAK_NOT_CONNECTED, 0, 0);
        else
            result = fx_interrupt_synchronize(f, i, Callback, Context);
    }
    call_end(&c, result, 0, 0, 0);
    return result;
}

/*
 * WdfInterruptAcquireLock: keeps the service routine out; raises to its IRQL.
 *
 * Irql     <= the interrupt's; PASSIVE_LEVEL at passive handling
 * Returns  nothing
 * Gap      an object that is not connected: nothing is taken, and Windows breaks into the debugger
 * Says     CALL, KeAcquireInterruptSpinLock (passive handling: KeWaitForSingleObject), RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptacquirelock
 */
VOID imp_WdfInterruptAcquireLock(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptAcquireLock, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    if (i)
        fx_interrupt_lock(f, API_WdfInterruptAcquireLock, i);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfInterruptTryToAcquireLock: as WdfInterruptAcquireLock, without waiting; for passive handling.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  TRUE when the lock is taken
 * Gap      none known
 * Says     CALL, KeWaitForSingleObject, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterrupttrytoacquirelock
 */
BOOLEAN imp_WdfInterruptTryToAcquireLock(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptTryToAcquireLock, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);
    LONGLONG at_once = 0;
    BOOLEAN taken = FALSE;

    (void)DriverGlobals;
    if (i && !i->config.PassiveHandling)
        fx_break(f, API_WdfInterruptTryToAcquireLock, i->object.obj, WDF_BREAK_NOT_PASSIVE, 0, 0);
    else if (i && fx_irql_check(f, API_WdfInterruptTryToAcquireLock, i->object.obj, PASSIVE_LEVEL))
        taken = fx_wait_lock_take(i->wait, &at_once) == STATUS_SUCCESS;
    call_end(&c, taken, 0, 0, 0);
    return taken;
}

/*
 * WdfInterruptReleaseLock: gives the lock back.
 *
 * Irql     the interrupt's; PASSIVE_LEVEL at passive handling
 * Returns  nothing
 * Gap      as WdfInterruptAcquireLock
 * Says     CALL, KeReleaseInterruptSpinLock (passive handling: KeSetEvent), RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptreleaselock
 */
VOID imp_WdfInterruptReleaseLock(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptReleaseLock, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    if (i)
        fx_interrupt_unlock(f, API_WdfInterruptReleaseLock, i);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfInterruptDisable: disconnects it and keeps it so, whatever the device's state becomes.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, EvtInterruptDisable, KeFlushQueuedDpcs, IoDisconnectInterruptEx, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptdisable
 */
VOID imp_WdfInterruptDisable(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptDisable, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    if (i && fx_irql_check(f, API_WdfInterruptDisable, i->object.obj, PASSIVE_LEVEL)) {
        i->forced_off = true;
        fx_interrupt_disconnect(f, i, false, false);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfInterruptEnable: undoes WdfInterruptDisable.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      one that is connected stays so, and Windows asserts
 * Says     CALL, IoConnectInterruptEx, EvtInterruptEnable, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptenable
 */
VOID imp_WdfInterruptEnable(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptEnable, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    if (i && fx_irql_check(f, API_WdfInterruptEnable, i->object.obj, PASSIVE_LEVEL)) {
        i->forced_off = false;
        if (i->connected)
            fx_break(f, API_WdfInterruptEnable, i->object.obj, WDF_BREAK_CONNECTED, 0, 0);
        else
            fx_interrupt_connect(f, i, false);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfInterruptWdmGetInterrupt: the system's interrupt object underneath.
 *
 * Irql     any
 * Returns  the pointer; NULL while it is not connected
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptwdmgetinterrupt
 */
PKINTERRUPT imp_WdfInterruptWdmGetInterrupt(PWDF_DRIVER_GLOBALS DriverGlobals,
                                            WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptWdmGetInterrupt, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    const struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    call_end(&c, i && i->kinterrupt ? va_of(f->s, i->kinterrupt).v : 0, 0, 0, 0);
    return i ? i->kinterrupt : NULL;
}

/*
 * WdfInterruptGetInfo: what the system has assigned.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      a wrong Size: nothing is written, and Windows breaks into the debugger
 * Says     CALL, RETURN (out1 = vector)
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptgetinfo
 */
VOID imp_WdfInterruptGetInfo(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt,
                             PWDF_INTERRUPT_INFO Info)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptGetInfo, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    const struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    if (i && fx_required(f, Info)) {
        if (Info->Size == sizeof(*Info))
            *Info = i->info;
        else
            fx_break(f, API_WdfInterruptGetInfo, i->object.obj, WDF_BREAK_SIZE, Info->Size,
                     sizeof(*Info));
    }
    call_end(&c, 0, i ? i->info.Vector : 0, 0, 0);
}

/*
 * WdfInterruptGetDevice: the device it belongs to.
 *
 * Irql     any
 * Returns  its handle
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptgetdevice
 */
WDFDEVICE imp_WdfInterruptGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptGetDevice, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);
    const struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    call_end(&c, i ? i->device->object.obj : 0, 0, 0, 0);
    return i ? (WDFDEVICE)i->device->object.handle : NULL;
}

static void policy_set(struct fx *f, enum api api, struct fx_interrupt *i,
                       WDF_INTERRUPT_POLICY policy, WDF_INTERRUPT_PRIORITY priority,
                       const GROUP_AFFINITY *processors)
{
    if ((unsigned)policy > WdfIrqPolicySpreadMessagesAcrossAllProcessors ||
        priority < WdfIrqPriorityLow || priority > WdfIrqPriorityHigh || processors->Reserved[0] ||
        processors->Reserved[1] || processors->Reserved[2]) {
        fx_break(f, api, i->object.obj, WDF_BREAK_POLICY, policy, priority);
        return;
    }
    if (i->prepared) /* too late for its resources, and kept all the same */
        fx_break(f, api, i->object.obj, WDF_BREAK_CREATED_LATE, 0, 0);
    i->policy = policy;
    i->priority = priority;
    i->processors = *processors;
    i->policy_set = true;
}

/*
 * WdfInterruptSetPolicy: priority and processors that its resource is asked with.
 *
 * Irql     <= DISPATCH_LEVEL, before the device's resources are assigned
 * Returns  nothing
 * Gap      processors by name alone change what this machine assigns
 * Says     CALL (a0 = policy, a1 = priority, a2 = processors), RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptsetpolicy
 */
VOID imp_WdfInterruptSetPolicy(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt,
                               WDF_INTERRUPT_POLICY Policy, WDF_INTERRUPT_PRIORITY Priority,
                               KAFFINITY TargetProcessorSet)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfInterruptSetPolicy, fx_handle_obj(f, Interrupt), Policy,
                               Priority, TargetProcessorSet, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);
    const GROUP_AFFINITY processors = { .Mask = TargetProcessorSet };

    (void)DriverGlobals;
    if (i)
        policy_set(f, API_WdfInterruptSetPolicy, i, Policy, Priority, &processors);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfInterruptSetExtendedPolicy: the same with a processor group.
 *
 * Irql     <= DISPATCH_LEVEL, before the device's resources are assigned
 * Returns  nothing
 * Gap      as WdfInterruptSetPolicy
 * Says     CALL, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptsetextendedpolicy
 */
VOID imp_WdfInterruptSetExtendedPolicy(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt,
                                       PWDF_INTERRUPT_EXTENDED_POLICY PolicyAndGroup)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfInterruptSetExtendedPolicy, fx_handle_obj(f, Interrupt),
                               0, 0, 0, 0);
    struct fx_interrupt *i = fx_interrupt_of(f, Interrupt);

    (void)DriverGlobals;
    if (i && fx_required(f, PolicyAndGroup)) {
        if (PolicyAndGroup->Size == sizeof(*PolicyAndGroup))
            policy_set(f, API_WdfInterruptSetExtendedPolicy, i, PolicyAndGroup->Policy,
                       PolicyAndGroup->Priority, &PolicyAndGroup->TargetProcessorSetAndGroup);
        else
            fx_break(f, API_WdfInterruptSetExtendedPolicy, i->object.obj, WDF_BREAK_SIZE,
                     PolicyAndGroup->Size, sizeof(*PolicyAndGroup));
    }
    call_end(&c, 0, 0, 0, 0);
}

static void report(struct fx *f, enum api api, WDFINTERRUPT handle, bool active)
{
    struct fx_interrupt *i = fx_interrupt_of(f, handle);

    if (i && !i->connected)
        fx_break(f, api, i->object.obj, WDF_BREAK_NOT_CONNECTED, 0, 0);
    else if (i)
        fx_interrupt_report(i, active);
}

/*
 * WdfInterruptReportInactive: it is not in use: its service routine is not called until it is again.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      as IoReportInterruptInactive
 * Says     CALL, IoReportInterruptInactive, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptreportinactive
 */
VOID imp_WdfInterruptReportInactive(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptReportInactive, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);

    (void)DriverGlobals;
    report(f, API_WdfInterruptReportInactive, Interrupt, false);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfInterruptReportActive: ends what WdfInterruptReportInactive began.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, IoReportInterruptActive, RETURN
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptreportactive
 */
VOID imp_WdfInterruptReportActive(PWDF_DRIVER_GLOBALS DriverGlobals, WDFINTERRUPT Interrupt)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfInterruptReportActive, fx_handle_obj(f, Interrupt), 0, 0, 0, 0);

    (void)DriverGlobals;
    report(f, API_WdfInterruptReportActive, Interrupt, true);
    call_end(&c, 0, 0, 0, 0);
}
