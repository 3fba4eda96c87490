/*
 * What the cases on the computing card share (accel_model.h says what its registers are): the program and
 * the page table in a common buffer, one command, and the interrupt.
 */
#ifndef CASE_ACCEL_H
#define CASE_ACCEL_H

#include "case.h"

#define ACCEL_COMMAND 0x00
#define ACCEL_STATUS 0x04
#define ACCEL_CAUSE 0x08
#define ACCEL_TABLE 0x10
#define ACCEL_PROGRAM 0x18
#define ACCEL_STEPS 0x20
#define ACCEL_BYTES 0x24
#define ACCEL_CARD_OFFSET 0x28

#define COMMAND_STOP 0
#define COMMAND_RUN_MEMORY 1
#define COMMAND_COPY_IN 2
#define COMMAND_RUN_CARD 3
#define COMMAND_COPY_OUT 4

#define TABLE_ENTRIES 64
#define STEPS_MAX 64
#define BUFFER_BYTES_MAX (TABLE_ENTRIES * PAGE_SIZE)

typedef struct _STEP {
    ULONG Multiply; /* 0: add */
    ULONG Words;
    ULONG A, B, Out; /* byte offsets into the buffer */
    ULONG Reserved[3];
} STEP, *PSTEP;

/* What lies in the common buffer. */
typedef struct _SHARED {
    ULONGLONG Table[TABLE_ENTRIES];
    STEP Program[STEPS_MAX];
} SHARED, *PSHARED;

typedef struct _ACCEL {
    CASE Case;
    PSHARED Shared;
    PHYSICAL_ADDRESS SharedLogical;
} ACCEL, *PACCEL;

static __inline NTSTATUS AccelStart(PCASE Case)
{
    PACCEL card = (PACCEL)Case;

    Case->Adapter = CaseAdapterGet(Case, DEVICE_DESCRIPTION_VERSION2, 64, TRUE, 16 * PAGE_SIZE,
                                   &Case->MapRegisters);
    if (Case->Adapter == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    card->Shared = Case->Adapter->DmaOperations->AllocateCommonBuffer(
        Case->Adapter, sizeof(SHARED), &card->SharedLogical, TRUE);
    if (card->Shared == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(card->Shared, sizeof(SHARED));
    return STATUS_SUCCESS;
}

static __inline VOID AccelRun(PCASE Case)
{
    PHYSICAL_ADDRESS at = ((PACCEL)Case)->SharedLogical;

    CaseWrite(Case, ACCEL_TABLE, at.LowPart);
    CaseWrite(Case, ACCEL_TABLE + 4, (ULONG)at.HighPart);
    at.QuadPart += FIELD_OFFSET(SHARED, Program);
    CaseWrite(Case, ACCEL_PROGRAM, at.LowPart);
    CaseWrite(Case, ACCEL_PROGRAM + 4, (ULONG)at.HighPart);
}

static __inline VOID AccelHalt(PCASE Case)
{
    CaseWrite(Case, ACCEL_COMMAND, COMMAND_STOP);
    (VOID)CaseRead(Case, ACCEL_STATUS);
}

static __inline VOID AccelStop(PCASE Case)
{
    PACCEL card = (PACCEL)Case;

    if (Case->Adapter == NULL)
        return;
    if (card->Shared != NULL)
        Case->Adapter->DmaOperations->FreeCommonBuffer(Case->Adapter, sizeof(SHARED),
                                                       card->SharedLogical, card->Shared, TRUE);
    card->Shared = NULL;
    Case->Adapter->DmaOperations->PutDmaAdapter(Case->Adapter);
    Case->Adapter = NULL;
}

static __inline BOOLEAN AccelInterrupt(PCASE Case)
{
    ULONG cause = CaseRead(Case, ACCEL_CAUSE);

    if (cause == 0 || cause == MAXULONG)
        return FALSE;
    CaseWrite(Case, ACCEL_CAUSE, cause);
    return TRUE;
}

/* Pages of a list into the table; how many there are. */
static __inline ULONG AccelTableFill(PCASE Case, PSCATTER_GATHER_LIST List)
{
    volatile ULONGLONG *table = ((PACCEL)Case)->Shared->Table;
    ULONG count = 0, i;

    for (i = 0; i < List->NumberOfElements; i++) {
        ULONGLONG at = (ULONGLONG)List->Elements[i].Address.QuadPart;
        ULONG left = List->Elements[i].Length, piece;

        for (; left != 0 && count < TABLE_ENTRIES; left -= piece, at += piece) {
            piece = min(left, PAGE_SIZE);
            table[count++] = at;
        }
    }
    return count;
}

/* The doorbell. */
#define AccelGo(Case_, Command_)                                                                  \
    do {                                                                                          \
        KeMemoryBarrier();                                                                        \
        CaseWrite(Case_, ACCEL_COMMAND, (Command_));                                              \
    } while (0)

/* Until the card has ended its command; if it does not, it is stopped. */
static __inline NTSTATUS AccelWait(PCASE Case)
{
    if (CaseWaitDone(Case) == STATUS_SUCCESS)
        return CaseRead(Case, ACCEL_STATUS) == 0 ? STATUS_SUCCESS : STATUS_IO_DEVICE_ERROR;
    AccelHalt(Case);
    return STATUS_IO_TIMEOUT;
}

#endif
