/*
 * What the cases on the pktdma card share (docs/devices/pktdma.md): one transfer at a time from one 32-bit
 * address, and the line interrupt.
 */
#ifndef CASE_PKTDMA_H
#define CASE_PKTDMA_H

#include "case.h"

#define PKTDMA_CONTROL 0x04
#define PKTDMA_STATUS 0x08
#define PKTDMA_CAUSE 0x0c
#define PKTDMA_ERROR 0x10
#define PKTDMA_ADDRESS 0x14
#define PKTDMA_LENGTH 0x18
#define PKTDMA_WINDOW 0x1c
#define PKTDMA_OFFSET 0x20
#define CONTROL_START 0x1u
#define CONTROL_TO_CARD 0x2u
#define CONTROL_IRQ 0x4u
#define CONTROL_RESET 0x10u
#define CAUSE_DONE 0x1u

#define PKTDMA_WINDOW_BYTES 65536u
#define PKTDMA_CARD_MEMORY (128ull * PKTDMA_WINDOW_BYTES)

/* Gives the card one run; the last store is the doorbell. A macro, for the line's sake. */
#define PktdmaGo(Case_, Address_, Length_, CardAddress_, ToCard_)                                 \
    do {                                                                                          \
        CaseWrite(Case_, PKTDMA_WINDOW, (ULONG)((CardAddress_) / PKTDMA_WINDOW_BYTES));           \
        CaseWrite(Case_, PKTDMA_OFFSET, (ULONG)((CardAddress_) % PKTDMA_WINDOW_BYTES));           \
        CaseWrite(Case_, PKTDMA_ADDRESS, (Address_));                                             \
        CaseWrite(Case_, PKTDMA_LENGTH, (Length_));                                               \
        CaseWrite(Case_, PKTDMA_CONTROL,                                                          \
                  CONTROL_START | CONTROL_IRQ | ((ToCard_) ? CONTROL_TO_CARD : 0));               \
    } while (0)

static __inline VOID PktdmaHalt(PCASE Case)
{
    CaseWrite(Case, PKTDMA_CONTROL, CONTROL_RESET);
    (VOID)CaseRead(Case, PKTDMA_STATUS);
}

/* Level-triggered: the line falls when the causes are cleared. */
static __inline BOOLEAN PktdmaInterrupt(PCASE Case)
{
    ULONG cause = CaseRead(Case, PKTDMA_CAUSE);

    if (cause == 0 || cause == MAXULONG)
        return FALSE;
    CaseWrite(Case, PKTDMA_CAUSE, cause);
    return TRUE;
}

static __inline NTSTATUS PktdmaWait(PCASE Case)
{
    NTSTATUS status = CaseWaitDone(Case);
    ULONG error = CaseRead(Case, PKTDMA_ERROR);

    if (status == STATUS_SUCCESS && error == 0)
        return STATUS_SUCCESS;
    PktdmaHalt(Case);
    return status == STATUS_TIMEOUT ? STATUS_IO_TIMEOUT : STATUS_IO_DEVICE_ERROR;
}

#endif
