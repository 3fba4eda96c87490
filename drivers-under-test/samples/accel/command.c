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
        engine->BatchCount = 0;
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
        ended = (*(volatile ULONG *)&Device->Ring[last].Status & ACCEL_ENDED) != 0;
        if (ended)
            engine->Pending = FALSE;
    }
    WdfSpinLockRelease(engine->Lock);
    if (ended)
        WdfTimerStop(engine->Timer, FALSE);
    return ended;
}

/* The step of the user's program that a record speaks of. */
static ULONG AccelFaultStep(PDEVICE_CONTEXT Device, const ACCEL_COMMAND *Command)
{
    if (Command->Opcode != ACCEL_COMMAND_RUN || Command->FaultStep >= Command->Count)
        return ACCEL_NO_STEP;
    return Device->Steps[Command->FaultStep].Tag;
}

/* How the batch ended, entry by entry; the first that did not end well says why. Nothing is to be
 * said of a batch that never began, and of one that the card did not finish the reason for stopping
 * says enough. */
NTSTATUS AccelCommandsStatus(PDEVICE_CONTEXT Device)
{
    PACCEL_ENGINE engine = &Device->Engine;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    WdfSpinLockAcquire(engine->Lock);
    for (i = 0; i < engine->BatchCount; i++) {
        const ACCEL_COMMAND *command = &Device->Ring[(engine->BatchFirst + i) % ACCEL_ENTRIES];

        if (command->Opcode == ACCEL_COMMAND_RUN)
            engine->Statistics.Steps += min(command->StepsDone, command->Count);
        if ((command->Status & ACCEL_ENDED_FAULT) != 0 && NT_SUCCESS(status)) {
            status = STATUS_IO_DEVICE_ERROR;
            engine->Statistics.Faults++;
            engine->Statistics.LastFault = command->Fault;
            engine->Statistics.LastFaultStep = AccelFaultStep(Device, command);
        } else if ((command->Status & ACCEL_ENDED_ABORTED) != 0 && NT_SUCCESS(status)) {
            status = STATUS_CANCELLED; /* as asked by AccelEngineStop */
        }
    }
    engine->BatchCount = 0;
    WdfSpinLockRelease(engine->Lock);
    return status;
}
