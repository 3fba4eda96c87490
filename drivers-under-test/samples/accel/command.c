/*
 * Commands for the card: a batch of them is put into the ring, begun with one doorbell, and ends
 * with the interrupt of its last. There is never more than one batch, and it is never longer than
 * the ring.
 */
#include "accel.h"

/* The next entry of the ring. The card does not look at it before the doorbell. */
PACCEL_COMMAND AccelCommandAdd(PDEVICE_CONTEXT Device, ULONG Opcode, ULONGLONG Address, ULONG Count,
                               ULONGLONG Target)
{
    PACCEL_ENGINE engine = &Device->Engine;
    PACCEL_COMMAND command = &Device->Ring[(engine->Producer + engine->BatchCount) % ACCEL_ENTRIES];

    RtlZeroMemory(command, sizeof(*command));
    command->Opcode = Opcode;
    command->Address = Address;
    command->Count = Count;
    command->Target = Target;
    engine->BatchCount++;
    return command;
}

/* The card's turn, unless the run is to stop: then it is the engine's again, by its DPC, for this
 * may be within a call of the framework's. */
VOID AccelCommandsStart(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    ULONG last;
    BOOLEAN started;

    WdfSpinLockAcquire(engine->Lock);
    started = (engine->Stop & ACCEL_STOP_ENDS) == 0;
    if (started) {
        engine->BatchFirst = engine->Producer;
        last = (engine->BatchFirst + engine->BatchCount - 1) % ACCEL_ENTRIES;
        Device->Ring[last].Flags |= ACCEL_FLAG_INTERRUPT;
        engine->Producer = (last + 1) % ACCEL_ENTRIES;
        engine->Pending = TRUE;
        engine->Due = KeQueryInterruptTime() + ACCEL_PATIENCE_SECONDS * 10000000ull;
        WdfTimerStart(engine->Timer, WDF_REL_TIMEOUT_IN_SEC(ACCEL_PATIENCE_SECONDS));
        KeMemoryBarrier(); /* the commands are in memory before the card is told of them */
        AccelWrite(Device, ACCEL_PRODUCER, engine->Producer);
    } else {
        engine->BatchCount = engine->BatchSteps = 0;
    }
    WdfSpinLockRelease(engine->Lock);
    if (!started)
        WdfDpcEnqueue(engine->Dpc);
}

/* TRUE: the batch has ended, and it is the caller's turn. */
BOOLEAN AccelCommandsEnded(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    BOOLEAN ended = FALSE;
    ULONG last;

    WdfSpinLockAcquire(engine->Lock);
    if (engine->Pending) {
        last = (engine->BatchFirst + engine->BatchCount - 1) % ACCEL_ENTRIES;
        engine->LastStatus = *(volatile ULONG *)&Device->Ring[last].Status;
        ended = (engine->LastStatus & ACCEL_ENDED) != 0;
        if (ended)
            engine->Pending = FALSE;
    }
    WdfSpinLockRelease(engine->Lock);
    if (ended)
        WdfTimerStop(engine->Timer, FALSE);
    return ended;
}

/* Under the lock: the card says that a command has come to a fault. Its record is the card's memory as
 * much as ours, so each word of it is read once, and what names a step is held against what the card
 * was given. */
static VOID AccelFaultTake(PDEVICE_CONTEXT Device, const volatile ACCEL_COMMAND *Record)
{
    PACCEL_ENGINE engine = &Device->Engine;
    ULONG step = Record->FaultStep;

    engine->Statistics.Faults++;
    engine->Statistics.LastFault = Record->Fault;
    engine->Statistics.LastFaultStep = ACCEL_NO_STEP;
    if (step < engine->BatchSteps) {
        const ACCEL_STEP *steps = engine->Program->Steps.Items;

        engine->Statistics.LastFaultStep = steps[engine->BatchStep + step].Tag;
    }
}

/* How the batch ended, entry by entry; the first that did not end well says why. Nothing is to be
 * said of a batch that never began, and of one that the card did not finish the reason for stopping
 * says enough. */
NTSTATUS AccelCommandsStatus(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i, ended;

    WdfSpinLockAcquire(engine->Lock);
    for (i = 0; i < engine->BatchCount; i++) {
        const volatile ACCEL_COMMAND *record =
            &Device->Ring[(engine->BatchFirst + i) % ACCEL_ENTRIES];

        ended = i + 1 == engine->BatchCount ? engine->LastStatus : record->Status;
        if (engine->BatchSteps != 0 && ended != 0) {
            ULONG done = record->StepsDone;

            engine->Statistics.Steps += min(done, engine->BatchSteps);
        }
        if ((ended & ACCEL_ENDED_FAULT) != 0 && NT_SUCCESS(status)) {
            status = STATUS_IO_DEVICE_ERROR;
            AccelFaultTake(Device, record);
        } else if ((ended & ACCEL_ENDED_ABORTED) != 0 && NT_SUCCESS(status)) {
            status = STATUS_CANCELLED; /* as asked by AccelStopLocked */
        }
    }
    engine->BatchCount = 0;
    engine->BatchSteps = 0;
    engine->LastStatus = 0;
    WdfSpinLockRelease(engine->Lock);
    return status;
}
