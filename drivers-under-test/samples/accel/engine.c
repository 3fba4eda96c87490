/*
 * The engine: one run at a time, from group to group; in a group bring in, compute, take back. It
 * is always somebody's turn: the engine's DPC, a transaction that waits for map registers, or the
 * card. Whoever has it calls AccelEngineAdvance, which gives it on or ends the run. Nothing of it
 * is called out of a call of ours to the framework, so the depth of the stack does not grow with
 * the length of a program.
 */
#include "accel.h"

static EVT_WDF_DPC AccelEvtEngineDpc;
static EVT_WDF_TIMER AccelEvtEngineTimer;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelEngineCreate)
#endif

NTSTATUS AccelEngineCreate(PDEVICE_CONTEXT Device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG timer;
    WDF_DPC_CONFIG dpc;
    NTSTATUS status;

    PAGED_CODE();

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = Device->Self;
    status = WdfSpinLockCreate(&attributes, &Device->Engine.Lock);
    if (!NT_SUCCESS(status))
        return status;
    WDF_DPC_CONFIG_INIT(&dpc, AccelEvtEngineDpc);
    dpc.AutomaticSerialization = FALSE;
    status = WdfDpcCreate(&dpc, &attributes, &Device->Engine.Dpc);
    if (!NT_SUCCESS(status))
        return status;
    WDF_TIMER_CONFIG_INIT(&timer, AccelEvtEngineTimer);
    timer.AutomaticSerialization = FALSE;
    return WdfTimerCreate(&timer, &attributes, &Device->Engine.Timer);
}

static VOID AccelEvtEngineDpc(WDFDPC Dpc)
{
    AccelEngineAdvance(AccelGetDevice(WdfDpcGetParentObject(Dpc)));
}

/* The card has had its time. */
static VOID AccelEvtEngineTimer(WDFTIMER Timer)
{
    AccelEngineSeize(AccelGetDevice(WdfTimerGetParentObject(Timer)), ACCEL_STOP_STUCK);
}

/* --- a run's end --- */

/* Whoever is sure to be the last that knows of it. */
VOID AccelEngineComplete(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    PACCEL_STATISTICS statistics = &engine->Statistics;
    WDFREQUEST request;
    NTSTATUS status;
    ULONG length;

    WdfSpinLockAcquire(engine->Lock);
    request = engine->Request;
    status = engine->Status;
    length = NT_SUCCESS(status) ? engine->Length : 0;
    engine->Request = NULL;
    engine->File = NULL;
    statistics->Runs += NT_SUCCESS(status);
    statistics->Cancelled += status == STATUS_CANCELLED;
    WdfSpinLockRelease(engine->Lock);
    /* The next run may have begun before this returns. */
    WdfRequestCompleteWithInformation(request, status, length);
}

/* The card and the transaction are at rest. If the request is being cancelled at this moment, the
 * last of the two completes it: this, or EvtRequestCancel. */
static VOID AccelEngineEnd(PDEVICE_CONTEXT Device, NTSTATUS Status)
{
    PACCEL_ENGINE engine = &Device->Engine;
    BOOLEAN called = TRUE;

    engine->Status = Status;
    if (WdfRequestUnmarkCancelable(engine->Request) == STATUS_CANCELLED) {
        WdfSpinLockAcquire(engine->Lock);
        called = engine->Cancelled;
        engine->CompleteInCancel = !called;
        WdfSpinLockRelease(engine->Lock);
    }
    if (called)
        AccelEngineComplete(Device);
}

/* --- a run --- */

VOID AccelEngineStart(PDEVICE_CONTEXT Device, WDFREQUEST Request, PPROGRAM_CONTEXT Program, PMDL Mdl,
                      ULONG Length)
{
    PACCEL_ENGINE engine = &Device->Engine;

    WdfSpinLockAcquire(engine->Lock);
    engine->Program = Program; /* the request's context keeps it */
    engine->Mdl = Mdl;
    engine->Length = Length;
    engine->Phase = AccelBringIn;
    engine->Group = engine->Range = engine->Step = 0;
    engine->Moving = FALSE;
    engine->Status = STATUS_SUCCESS;
    engine->Request = Request;
    engine->File = WdfRequestGetFileObject(Request);
    engine->Stop &= ~ACCEL_STOP_CANCEL;
    engine->Cancelled = FALSE;
    engine->CompleteInCancel = FALSE;
    WdfSpinLockRelease(engine->Lock);
    if (WdfRequestMarkCancelableEx(Request, AccelEvtRequestCancel) == STATUS_CANCELLED) {
        engine->Status = STATUS_CANCELLED;
        AccelEngineComplete(Device);
        return;
    }
    WdfDpcEnqueue(engine->Dpc);
}

/* The next commands of a group's program; TRUE: the card has them. */
static BOOLEAN AccelEngineCompute(PDEVICE_CONTEXT Device, const ACCEL_GROUP *Group)
{
    PACCEL_ENGINE engine = &Device->Engine;
    PACCEL_STEP steps = (PACCEL_STEP)engine->Program->Steps.Items + Group->FirstStep + engine->Step;
    ULONG count = min(Group->Steps - engine->Step, Device->StepsMax);

    if (count == 0)
        return FALSE;
    RtlCopyMemory(Device->Steps, steps, count * sizeof(ACCEL_STEP));
    Device->Buffer->Table = (ULONGLONG)Device->TableAddress.QuadPart;
    Device->Buffer->Bytes = (ULONGLONG)Group->Pages * PAGE_SIZE;
    Device->Buffer->Pages = Group->Pages;
    Device->Buffer->FirstByte = 0;
    AccelCommandAdd(Device, ACCEL_COMMAND_RUN, (ULONGLONG)Device->StepsAddress.QuadPart, count,
                    (ULONGLONG)Device->ControlAddress.QuadPart)->Buffers = 1;
    engine->BatchStep = Group->FirstStep + engine->Step;
    engine->BatchSteps = count;
    engine->Step += count;
    AccelCommandsStart(Device);
    return TRUE;
}

/* What comes next; TRUE: it has been begun, and it is another's turn. FALSE: go on, or end with
 * *Status. */
static BOOLEAN AccelEngineNext(PDEVICE_CONTEXT Device, PNTSTATUS Status)
{
    PACCEL_ENGINE engine = &Device->Engine;
    PPROGRAM_CONTEXT program = engine->Program;
    const ACCEL_GROUP *group = (PACCEL_GROUP)program->Groups.Items + engine->Group;
    const ACCEL_RANGE *ranges = program->Ranges.Items;

    switch (engine->Phase) {
    case AccelBringIn:
        if (engine->Range < group->Ins) {
            *Status = AccelTransferStart(Device, &ranges[group->FirstIn + engine->Range++],
                                         WdfDmaDirectionWriteToDevice);
            return NT_SUCCESS(*Status);
        }
        engine->Phase = AccelCompute;
        return FALSE;
    case AccelCompute:
        if (AccelEngineCompute(Device, group))
            return TRUE;
        engine->Phase = AccelTakeBack;
        engine->Range = 0;
        return FALSE;
    default:
        if (engine->Range < group->Outs) {
            *Status = AccelTransferStart(Device, &ranges[group->FirstOut + engine->Range++],
                                         WdfDmaDirectionReadFromDevice);
            return NT_SUCCESS(*Status);
        }
        engine->Phase = AccelBringIn;
        engine->Range = engine->Step = 0;
        engine->Group++;
        return FALSE;
    }
}

/* Whether the run has to end. The card's own troubles are told once: the next run finds it reset.
 * */
static NTSTATUS AccelEngineStopped(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    ULONG stop;

    WdfSpinLockAcquire(engine->Lock);
    stop = engine->Stop;
    engine->Stop &= ~(ACCEL_STOP_STUCK | ACCEL_STOP_RING);
    WdfSpinLockRelease(engine->Lock);
    if (stop & ACCEL_STOP_GONE)
        return STATUS_DEVICE_REMOVED;
    if (stop & ACCEL_STOP_CANCEL)
        return STATUS_CANCELLED;
    if (stop & ACCEL_STOP_RING)
        return STATUS_IO_DEVICE_ERROR;
    return stop & ACCEL_STOP_STUCK ? STATUS_IO_TIMEOUT : STATUS_SUCCESS;
}

/* Power goes: nothing is mapped and the card has nothing, so the framework may hear that the
 * request can wait. TRUE: it is nobody's turn until AccelEvtIoResume, or until the run is to end.
 * */
static BOOLEAN AccelEnginePark(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    BOOLEAN power, parked;

    WdfSpinLockAcquire(engine->Lock);
    power = (engine->Stop & ACCEL_STOP_POWER) != 0;
    WdfSpinLockRelease(engine->Lock);
    if (!power)
        return FALSE;
    /* As long as the turn is ours nobody completes the request; power may be back right after. */
    WdfRequestStopAcknowledge(engine->Request, FALSE);
    WdfSpinLockAcquire(engine->Lock);
    parked = (engine->Stop & (ACCEL_STOP_POWER | ACCEL_STOP_ENDS)) == ACCEL_STOP_POWER;
    engine->Parked = parked;
    WdfSpinLockRelease(engine->Lock);
    return parked;
}

VOID AccelEngineAdvance(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    NTSTATUS status = AccelCommandsStatus(Device);

    if (NT_SUCCESS(status))
        status = AccelEngineStopped(Device);
    if (engine->Moving && AccelTransferContinue(Device, &status))
        return;
    while (NT_SUCCESS(status) && engine->Group < engine->Program->Groups.Count) {
        if (AccelEnginePark(Device))
            return;
        status = AccelEngineStopped(Device);
        if (NT_SUCCESS(status) && AccelEngineNext(Device, &status))
            return;
    }
    AccelEngineEnd(Device, status);
}
