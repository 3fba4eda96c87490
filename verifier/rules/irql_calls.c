/*
 * irql_...: functions outside DMA that Driver Verifier's DDI compliance rules list, a rule for each of
 * theirs. What is listed is theirs, the IRQL itself is that of the function's page (trace/api.def).
 */
#include "verifier/irql.h"

#define PARAM1(rule, number) .bugcheck = DV(0xC4, number), .source = "devtest/wdm-" rule
#define IRQL_RULE .odd = ODD_IRQL, .irql = true, .level = ERROR, .family = CALLER

static void on_call(struct rule_run *r, const struct event *e)
{
    irql_say(r, e, (struct finding_about) { 0 });
}

/* IrqlIoPassive1 to 5: one rule here, by the number of the one that lists the function. */
static void on_io_passive(struct rule_run *r, const struct event *e)
{
    uint32_t number = 0x2000E;

    switch (e->api) {
    case API_IoAttachDevice:
    case API_IoCreateDevice:
    case API_IoSetDeviceInterfaceState:
        number = 0x2000A;
        break;
    case API_IoCheckShareAccess:
    case API_IoConnectInterrupt:
        number = 0x2000B;
        break;
    case API_IoDetachDevice:
    case API_IoRegisterDeviceInterface:
        number = 0x2000C;
        break;
    case API_IoCreateNotificationEvent:
    case API_IoCreateSynchronizationEvent:
    case API_IoCreateSymbolicLink:
    case API_IoCreateUnprotectedSymbolicLink:
    case API_IoDeleteSymbolicLink:
    case API_IoDisconnectInterrupt:
        number = 0x2000D;
        break;
    default:
        break;
    }
    irql_say(r, e, (struct finding_about) { .as = DV(0xC4, number) });
}

/* Above DISPATCH_LEVEL another code says it: 0x7E, of pages_for_mdl_irql. */
static void on_mm_apc(struct rule_run *r, const struct event *e)
{
    if (e->api != API_MmFreePagesFromMdl || e->irql <= DISPATCH)
        if (e->api != API_MmAllocatePagesForMdl || e->irql <= DISPATCH)
            irql_say(r, e, (struct finding_about) { 0 });
}

RULE(irql_dispatch, IRQL_RULE, PARAM1("irqldispatch", 0x20003),
     .calls = CALLS(IoStartNextPacket, KeInsertDeviceQueue, KeInsertByKeyDeviceQueue,
                    KeRemoveDeviceQueue, KeRemoveByKeyDeviceQueue),
     .run = on_call);
RULE(irql_ex_apc, IRQL_RULE, PARAM1("irqlexapclte2", 0x20006),
     .calls = CALLS(ExAllocateFromPagedLookasideList, ExDeletePagedLookasideList,
                    ExFreeToPagedLookasideList, ExInitializePagedLookasideList, ProbeForRead,
                    ProbeForWrite),
     .run = on_call);
RULE(irql_ex_passive, IRQL_RULE, PARAM1("irqlexpassive", 0x20008),
     .calls = CALLS(ExRaiseAccessViolation, ExRaiseDatatypeMisalignment, ExRaiseStatus),
     .run = on_call);
RULE(irql_io_apc, IRQL_RULE, PARAM1("irqlioapclte", 0x20009),
     .calls = CALLS(IoDeleteDevice, IoGetInitialStack, IoRaiseHardError), .run = on_call);
RULE(irql_io_passive, IRQL_RULE, PARAM1("irqliopassive5", 0x2000E),
     .calls = CALLS(IoGetDmaAdapter, IoAttachDevice, IoCreateDevice, IoSetDeviceInterfaceState,
                    IoCheckShareAccess, IoConnectInterrupt, IoDetachDevice,
                    IoRegisterDeviceInterface, IoCreateNotificationEvent,
                    IoCreateSynchronizationEvent, IoCreateSymbolicLink,
                    IoCreateUnprotectedSymbolicLink, IoDeleteSymbolicLink, IoDisconnectInterrupt),
     .run = on_io_passive);
RULE(irql_ke_apc, IRQL_RULE, PARAM1("irqlkeapclte1", 0x2000F), .stops = { 0xB8 },
     .calls = CALLS(KeDelayExecutionThread), .run = on_call);
RULE(irql_ke_dispatch, IRQL_RULE, PARAM1("irqlkedispatchlte", 0x20011),
     .calls = CALLS(KeCancelTimer, KeClearEvent, KeFlushIoBuffers, KeInitializeTimerEx,
                    KePulseEvent, KeReadStateEvent, KeReleaseMutex, KeRemoveEntryDeviceQueue,
                    KeResetEvent, KeSetTimerEx),
     .run = on_call);
RULE(irql_mm_apc, IRQL_RULE, PARAM1("irqlmmapclte", 0x20019),
     .calls = CALLS(MmAllocateNonCachedMemory, MmFreeNonCachedMemory, MmAllocatePagesForMdl,
                    MmFreePagesFromMdl, MmLockPagableDataSection, MmLockPagableSectionByHandle,
                    MmPageEntireDriver, MmResetDriverPaging, MmUnlockPagableImageSection),
     .run = on_mm_apc);
RULE(irql_mm_dispatch, IRQL_RULE, PARAM1("irqlmmdispatch", 0x2001A),
     .calls = CALLS(MmFreeContiguousMemory), .run = on_call);
RULE(irql_zw_passive, IRQL_RULE, PARAM1("irqlzwpassive", 0x2001F), .calls = CALLS(ZwClose),
     .run = on_call);
RULE(irql_ob_passive, IRQL_RULE, PARAM1("irqlobpassive", 0x2001B),
     .calls = CALLS(ObReferenceObjectByHandle), .run = on_call);
