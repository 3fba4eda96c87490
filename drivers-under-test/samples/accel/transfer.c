/*
 * Bytes between the buffer of a request and the window. A range is one DMA transaction, in the one
 * direction that it has; the framework cuts it into transfers, as map registers and the largest
 * length allow, and each is a batch of TRANSFER commands: one for each piece of the window that
 * lies side by side for the card.
 */
#include "accel.h"

static EVT_WDF_PROGRAM_DMA AccelEvtProgramDma;

/* Failure: nothing is under way, and the turn is still the caller's. After success it is not. */
NTSTATUS AccelTransferStart(PDEVICE_CONTEXT Device, const ACCEL_RANGE *Range,
                            WDF_DMA_DIRECTION Direction)
{
    PACCEL_ENGINE engine = &Device->Engine;
    NTSTATUS status = WdfDmaTransactionInitializeUsingOffset(Device->Transaction, AccelEvtProgramDma,
                                                             Direction, engine->Mdl, Range->Offset,
                                                             Range->Length);

    if (!NT_SUCCESS(status))
        return status;
    engine->Moving = TRUE;
    engine->MovingIn = Direction == WdfDmaDirectionWriteToDevice;
    status = WdfDmaTransactionExecute(Device->Transaction, (WDFCONTEXT)Range);
    if (!NT_SUCCESS(status)) {
        (VOID)WdfDmaTransactionRelease(Device->Transaction);
        engine->Moving = FALSE;
    }
    return status;
}

/* Elements of the list and commands for this piece of the user's memory, as far as there is room
 * for them; how many of its bytes found room. */
static ULONG AccelPieceAdd(PDEVICE_CONTEXT Device, ULONG Opcode, const SCATTER_GATHER_ELEMENT *Element,
                           PULONG Place, PACCEL_COMMAND *Command, PULONG Elements)
{
    const ACCEL_WINDOW *window = &Device->Window;
    ULONG done = 0, length;
    PACCEL_ELEMENT element;

    while (done < Element->Length && *Elements < ACCEL_LIST_ELEMENTS) {
        if (*Command == NULL || *Place % window->ChunkBytes == 0) {
            if (Device->Engine.BatchCount == ACCEL_ENTRIES - 1)
                break;
            *Command = AccelCommandAdd(Device, Opcode,
                                       (ULONGLONG)Device->ControlAddress.QuadPart + ACCEL_LIST_OFFSET +
                                           *Elements * sizeof(ACCEL_ELEMENT),
                                       0, AccelWindowAddress(window, *Place));
            (*Command)->Flags = window->Local ? ACCEL_FLAG_LOCAL : 0;
        }
        length = min(Element->Length - done, AccelWindowLeft(window, *Place));
        element = &Device->List[(*Elements)++];
        element->Address = (ULONGLONG)Element->Address.QuadPart + done;
        element->Length = length;
        element->Reserved = 0;
        (*Command)->Count++;
        *Place += length;
        done += length;
    }
    return done;
}

/* One transfer, mapped. What finds no room in the list is left to the next: AccelTransferContinue
 * tells the framework how far this one went. */
static BOOLEAN AccelEvtProgramDma(WDFDMATRANSACTION Transaction, WDFDEVICE Device, WDFCONTEXT Context,
                                  WDF_DMA_DIRECTION Direction, PSCATTER_GATHER_LIST SgList)
{
    PDEVICE_CONTEXT device = AccelGetDevice(Device);
    const ACCEL_RANGE *range = Context;
    ULONG place = range->Place + (ULONG)WdfDmaTransactionGetBytesTransferred(Transaction);
    ULONG opcode = Direction == WdfDmaDirectionWriteToDevice ? ACCEL_COMMAND_TRANSFER_IN
                                                             : ACCEL_COMMAND_TRANSFER_OUT;
    PACCEL_COMMAND command = NULL;
    ULONG elements = 0, moved = 0, piece, i;

    for (i = 0; i < SgList->NumberOfElements; i++) {
        piece = AccelPieceAdd(device, opcode, &SgList->Elements[i], &place, &command, &elements);
        moved += piece;
        if (piece < SgList->Elements[i].Length)
            break;
    }
    device->Engine.MovingBytes = moved;
    AccelCommandsStart(device);
    return TRUE;
}

/* A transfer has ended, or will not. TRUE: another of the same transaction has been begun. Nothing
 * of a failed one is kept. */
BOOLEAN AccelTransferContinue(PDEVICE_CONTEXT Device, PNTSTATUS Status)
{
    PACCEL_ENGINE engine = &Device->Engine;
    NTSTATUS ignored;

    if (NT_SUCCESS(*Status) && engine->MovingBytes == 0)
        *Status = STATUS_INSUFFICIENT_RESOURCES; /* a list without elements: it would be for ever */
    if (NT_SUCCESS(*Status)) {
        WdfSpinLockAcquire(engine->Lock);
        if (engine->MovingIn)
            engine->Statistics.BytesIn += engine->MovingBytes;
        else
            engine->Statistics.BytesOut += engine->MovingBytes;
        WdfSpinLockRelease(engine->Lock);
        if (!WdfDmaTransactionDmaCompletedWithLength(Device->Transaction, engine->MovingBytes, Status))
            return TRUE;
    } else {
        (VOID)WdfDmaTransactionDmaCompletedFinal(Device->Transaction, 0, &ignored);
    }
    (VOID)WdfDmaTransactionRelease(Device->Transaction);
    engine->Moving = FALSE;
    return FALSE;
}
