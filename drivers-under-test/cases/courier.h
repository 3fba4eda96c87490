/*
 * What the cases on the courier card share (courier_model.h says what its registers are): a descriptor for
 * each element, one after the other. Where the descriptor lies and how its end is told is each case's own.
 */
#ifndef CASE_COURIER_H
#define CASE_COURIER_H

#include "case.h"

#define COURIER_DESCRIPTOR 0x00
#define COURIER_RECORD 0x08
#define COURIER_GO 0x10
#define COURIER_STATUS 0x14
#define COURIER_MAGIC 0xad4b0c01u
#define COURIER_CARD_MEMORY (1024u * 1024u)

typedef struct _DESCRIPTOR {
    ULONG Magic, FromCard;
    ULONGLONG Address;
    ULONG Length, CardOffset, Ticket, Reserved;
} DESCRIPTOR, *PDESCRIPTOR;

static __inline PDMA_ADAPTER CourierAdapterGet(PCASE Case)
{
    return CaseAdapterGet(Case, DEVICE_DESCRIPTION_VERSION2, 64, TRUE, 16 * PAGE_SIZE,
                          &Case->MapRegisters);
}

static __inline VOID CourierPlace(PCASE Case, ULONG Register, ULONGLONG Address)
{
    CaseWrite(Case, Register, (ULONG)Address);
    CaseWrite(Case, Register + 4, (ULONG)(Address >> 32));
}

static __inline VOID CourierHalt(PCASE Case)
{
    CaseWrite(Case, COURIER_GO, 0);
    (VOID)CaseRead(Case, COURIER_STATUS);
}

/* A message is nobody else's, and there is nothing to acknowledge. */
static __inline BOOLEAN CourierInterrupt(PCASE Case)
{
    UNREFERENCED_PARAMETER(Case);
    return TRUE;
}

static __inline VOID CourierFill(volatile DESCRIPTOR *Descriptor, PSCATTER_GATHER_ELEMENT Element,
                                 ULONG CardOffset, BOOLEAN ToCard, ULONG Ticket)
{
    Descriptor->Magic = COURIER_MAGIC;
    Descriptor->FromCard = !ToCard;
    Descriptor->Address = (ULONGLONG)Element->Address.QuadPart;
    Descriptor->Length = Element->Length;
    Descriptor->CardOffset = CardOffset;
    Descriptor->Ticket = Ticket;
}

/* Moves one element; the case's own. */
static NTSTATUS CourierElement(PCASE Case, PSCATTER_GATHER_ELEMENT Element, ULONG CardOffset,
                               BOOLEAN ToCard);

static __inline NTSTATUS CourierMove(PCASE Case, PMDL Mdl, ULONG Offset, ULONG Length, ULONG CardOffset,
                                     BOOLEAN ToCard)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, Offset, Length, ToCard, &list);
    ULONG i;

    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < list->NumberOfElements && NT_SUCCESS(status); i++) {
        status = CourierElement(Case, &list->Elements[i], CardOffset, ToCard);
        CardOffset += list->Elements[i].Length;
    }
    CaseListPut(Case->Adapter, list, ToCard);
    CaseListFree(list);
    return status;
}

static __inline NTSTATUS CourierRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack,
                                        PULONG_PTR Information)
{
    BOOLEAN toCard = Stack->MajorFunction == IRP_MJ_WRITE;
    ULONG length = Stack->Parameters.Write.Length, done, piece;
    ULONGLONG at = (ULONGLONG)Stack->Parameters.Write.ByteOffset.QuadPart;
    NTSTATUS status = STATUS_SUCCESS;

    if (Stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || at > COURIER_CARD_MEMORY || length > COURIER_CARD_MEMORY - at)
        return STATUS_INVALID_PARAMETER;
    for (done = 0; done < length && NT_SUCCESS(status); done += piece) {
        piece = CasePiece(Case, length - done);
        status = CourierMove(Case, Irp->MdlAddress, done, piece, (ULONG)at + done, toCard);
    }
    *Information = length;
    return status;
}

#endif
