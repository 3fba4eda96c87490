/*
 * The driver of a computing card. A program brings a buffer and a list of steps; each step takes words
 * from the buffer and puts words into it, and what one step has put the next may take.
 *
 * FAULT_ONE_MAPPING: the buffer is mapped once, as something that is read from the card, and the card
 * reads and writes it in place. A mapping has one direction. Right is what cards with memory of their own
 * do: the buffer is mapped to the card and copied in, the program runs there, the buffer is mapped from
 * the card and copied out.
 */
#include "accel.h"

#define IOCTL_COMPUTE CTL_CODE(0x8000, 0x800, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

/* The steps lie in the system buffer, so nobody changes them any more. */
static BOOLEAN ProgramIsSound(const STEP *Steps, ULONG Count, ULONG Length)
{
    ULONG i;

    for (i = 0; i < Count; i++) {
        ULONG most = Length / 4 < Steps[i].Words ? 0 : Length - 4 * Steps[i].Words;

        if (Steps[i].Words == 0 || Steps[i].Words > Length / 4 || Steps[i].A > most ||
            Steps[i].B > most || Steps[i].Out > most)
            return FALSE;
    }
    return Count != 0 && Count <= STEPS_MAX;
}

#if FAULT_ONE_MAPPING
static NTSTATUS Compute(PCASE Case, PMDL Mdl, ULONG Length)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, 0, Length, FALSE, &list);

    if (!NT_SUCCESS(status))
        return status;
    AccelTableFill(Case, list);
    AccelGo(Case, COMMAND_RUN_MEMORY);
    status = AccelWait(Case);
    CaseListPut(Case->Adapter, list, FALSE);
    CaseListFree(list);
    return status;
}
#else
/* The whole buffer in one direction, as many bytes at a time as there are map registers for. */
static NTSTATUS Copy(PCASE Case, PMDL Mdl, ULONG Length, BOOLEAN ToCard)
{
    NTSTATUS status = STATUS_SUCCESS;
    PSCATTER_GATHER_LIST list;
    ULONG done, piece;

    for (done = 0; done < Length && NT_SUCCESS(status); done += piece) {
        piece = CasePiece(Case, Length - done);
        status = CaseListBuild(Case, Mdl, done, piece, ToCard, &list);
        if (!NT_SUCCESS(status))
            return status;
        AccelTableFill(Case, list);
        CaseWrite(Case, ACCEL_BYTES, piece);
        CaseWrite(Case, ACCEL_CARD_OFFSET, done);
        AccelGo(Case, ToCard ? COMMAND_COPY_IN : COMMAND_COPY_OUT);
        status = AccelWait(Case);
        CaseListPut(Case->Adapter, list, ToCard);
        CaseListFree(list);
    }
    return status;
}

static NTSTATUS Compute(PCASE Case, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = Copy(Case, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    AccelGo(Case, COMMAND_RUN_CARD);
    status = AccelWait(Case);
    return NT_SUCCESS(status) ? Copy(Case, Mdl, Length, FALSE) : status;
}
#endif

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    ULONG length = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    ULONG steps = Stack->Parameters.DeviceIoControl.InputBufferLength / sizeof(STEP);

    if (Stack->MajorFunction != IRP_MJ_DEVICE_CONTROL ||
        Stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_COMPUTE)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || length > BUFFER_BYTES_MAX ||
        BYTE_OFFSET(MmGetMdlVirtualAddress(Irp->MdlAddress)) != 0 ||
        !ProgramIsSound(Irp->AssociatedIrp.SystemBuffer, steps, length))
        return STATUS_INVALID_PARAMETER;
    RtlCopyMemory(((PACCEL)Case)->Shared->Program, Irp->AssociatedIrp.SystemBuffer,
                  steps * sizeof(STEP));
    CaseWrite(Case, ACCEL_STEPS, steps);
    *Information = length;
    return Compute(Case, Irp->MdlAddress, length);
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(ACCEL),
    .Start = AccelStart,
    .Run = AccelRun,
    .Halt = AccelHalt,
    .Stop = AccelStop,
    .Request = CardRequest,
    .Interrupt = AccelInterrupt,
};
