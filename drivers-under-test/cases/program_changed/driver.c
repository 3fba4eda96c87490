/*
 * A driver whose card runs small programs of its users: a list of steps, each of which takes some bytes of
 * the user's buffer to some place on the card. The steps are the user's own (METHOD_NEITHER), so the driver
 * looks at each before the card is told of any.
 *
 * FAULT_READ_TWICE: it looks at them where they lie, in memory of the user, and takes them from there a
 * second time when it makes the descriptors. In between another thread of the user may have changed them.
 * Right is one copy, and every look at that.
 */
#include "sgdma.h"

#define IOCTL_GATHER CTL_CODE(0x8000, 0x801, METHOD_NEITHER, FILE_ANY_ACCESS)
#define STEPS_MAX 16

typedef struct _STEP {
    ULONG Offset, Length; /* of the buffer */
    ULONGLONG CardAddress;
} STEP, *PSTEP;

typedef struct _CARD {
    SGDMA Sgdma;
    STEP Steps[STEPS_MAX];
} CARD, *PCARD;

static NTSTATUS CardStart(PCASE Case)
{
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);
}

static NTSTATUS StepsCheck(const STEP *Steps, ULONG Count, ULONG BufferLength)
{
    ULONG i;

    for (i = 0; i < Count; i++) {
        ULONG offset = Steps[i].Offset, length = Steps[i].Length;
        ULONGLONG card = Steps[i].CardAddress;

        if (length == 0 || offset > BufferLength || length > BufferLength - offset ||
            card > SGDMA_CARD_MEMORY || length > SGDMA_CARD_MEMORY - card)
            return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* The program as the driver goes on with it: in *Steps. Whoever touches memory of a user may be thrown. */
static NTSTATUS StepsTake(PCARD Card, const STEP *User, ULONG Count, ULONG BufferLength,
                          const STEP **Steps)
{
    NTSTATUS status;

    if (Count == 0 || Count > STEPS_MAX)
        return STATUS_INVALID_PARAMETER;
    __try {
        ProbeForRead((PVOID)User, Count * sizeof(STEP), __alignof(STEP));
#if FAULT_READ_TWICE
        UNREFERENCED_PARAMETER(Card);
        *Steps = User;
#else
        RtlCopyMemory(Card->Steps, User, Count * sizeof(STEP));
        *Steps = Card->Steps;
#endif
        status = StepsCheck(*Steps, Count, BufferLength);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

/* A descriptor for each step. The buffer lies in one page, so its parts are side by side for the card. */
static NTSTATUS StepsAdd(PRING Ring, const STEP *Steps, ULONG Count, PSCATTER_GATHER_LIST List)
{
    ULONGLONG buffer = (ULONGLONG)List->Elements[0].Address.QuadPart;
    ULONG begin = Ring->Producer, i;

    __try {
        for (i = 0; i < Count; i++)
            RingAdd(Ring, buffer + Steps[i].Offset, Steps[i].Length, Steps[i].CardAddress,
                    (BOOLEAN)(i + 1 == Count));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Ring->Producer = begin;
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS StepsRun(PCASE Case, PMDL Mdl, ULONG Length, const STEP *Steps, ULONG Count)
{
    PRING ring = &((PSGDMA)Case)->ToCard;
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, 0, Length, TRUE, &list);

    if (!NT_SUCCESS(status))
        return status;
    status = StepsAdd(ring, Steps, Count, list);
    if (NT_SUCCESS(status)) {
        RingGo(Case, ring);
        status = RingWait(Case, ring);
    }
    CaseListPut(Case->Adapter, list, TRUE);
    CaseListFree(list);
    return status;
}

static NTSTATUS BufferLock(PVOID User, ULONG Length, PMDL *Mdl)
{
    NTSTATUS status = STATUS_SUCCESS;

    *Mdl = IoAllocateMdl(User, Length, FALSE, FALSE, NULL);
    if (*Mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        MmProbeAndLockPages(*Mdl, UserMode, IoReadAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    if (!NT_SUCCESS(status))
        IoFreeMdl(*Mdl);
    return status;
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    ULONG length = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    ULONG count = Stack->Parameters.DeviceIoControl.InputBufferLength / sizeof(STEP);
    const STEP *steps;
    NTSTATUS status;
    PMDL mdl;

    if (Stack->MajorFunction != IRP_MJ_DEVICE_CONTROL ||
        Stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_GATHER)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || BYTE_OFFSET(Irp->UserBuffer) + length > PAGE_SIZE)
        return STATUS_INVALID_PARAMETER;
    status = StepsTake((PCARD)Case, Stack->Parameters.DeviceIoControl.Type3InputBuffer, count, length,
                       &steps);
    if (NT_SUCCESS(status))
        status = BufferLock(Irp->UserBuffer, length, &mdl);
    if (!NT_SUCCESS(status))
        return status;
    status = StepsRun(Case, mdl, length, steps, count);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    *Information = length;
    return status;
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = SgdmaRun,
    .Halt = SgdmaHalt,
    .Stop = SgdmaStop,
    .Request = CardRequest,
    .Interrupt = SgdmaInterrupt,
};
