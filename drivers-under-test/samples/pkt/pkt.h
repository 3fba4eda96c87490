/*
 * pkt: a WDM driver for the pktdma card, which has one address register and one length register.
 *
 * Requests wait in a cancel-safe queue; one of them is carried out at a time. For it the driver
 * allocates the adapter channel once, and then maps, moves and flushes piece after piece with the
 * same map registers, each piece as long as the map registers, the MDL and the card's window allow.
 *
 * QueueLock guards the queue; StateLock guards who may start, and what the ISR and a removal both
 * claim is claimed by an interlocked exchange. Neither lock is held over a call of the DMA
 * interface.
 */
#ifndef PKT_H
#define PKT_H

#include <ntddk.h>
#include "hardware.h"

/* Reasons for which no request is started. */
#define PKT_HOLD_PNP 0x1u
#define PKT_HOLD_POWER 0x2u

typedef enum _PKT_PNP_STATE {
    PktNotStarted,
    PktStarted,
    PktStopPending,
    PktStopped,
    PktRemovePending,
    PktSurpriseRemoved,
    PktRemoved
} PKT_PNP_STATE;

/* The request that is being carried out. Only its current stage (AdapterControl, then the DPC, or
 * whoever took PieceActive in place of the DPC) touches it. */
typedef struct _PKT_CURRENT {
    PIRP Irp;
    BOOLEAN ToCard;
    ULONG Length;           /* of the request */
    ULONG Done;
    ULONG CardAddress;      /* of the next byte */
    PMDL Mdl;               /* of the chain, the one that Done has reached */
    ULONG MdlDone;          /* bytes of it */
    BOOLEAN Mapped;         /* a piece is mapped, and the registers are ours */
    PVOID MapRegisterBase;
    ULONG MapRegisters;     /* allocated, so to be freed */
    PCHAR PieceVa;          /* index of the piece in Mdl, as MapTransfer and the flush want it */
    ULONG PieceLength;
} PKT_CURRENT, *PPKT_CURRENT;

typedef struct _PKT_DEVICE {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Pdo;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING InterfaceName;

    PKT_PNP_STATE PnpState;
    PKT_PNP_STATE PreviousPnpState; /* to go back to when a query is cancelled */
    DEVICE_POWER_STATE PowerState;

    PUCHAR Registers;       /* a mapped address, or a port number */
    ULONG RegisterBytes;    /* mapped; 0 when nothing is */
    BOOLEAN UsePorts;
    ULONG CardBytes;
    PKINTERRUPT Interrupt;
    KDPC InterruptDpc;
    LONG SavedCause;        /* from the ISR to the DPC */
    PDMA_ADAPTER Adapter;
    ULONG MapRegisters;     /* most for one transfer */

    IO_CSQ Csq;
    KSPIN_LOCK QueueLock;
    LIST_ENTRY Queue;

    KSPIN_LOCK StateLock;   /* guards the next three */
    ULONG Holds;
    BOOLEAN Busy;           /* a request is being carried out, or one is being looked for */
    BOOLEAN Again;          /* one came while Busy: look once more */
    KEVENT Idle;            /* signalled while not Busy */
    LONG PieceActive;       /* 1 while the card owns a piece; who takes it speaks for the card */
    LONG PieceWaits;        /* what must still happen before the piece is ended */
    NTSTATUS PieceStatus;
    KDPC ControlDpc;        /* runs once AdapterControl has returned */
    PKT_CURRENT Current;
} PKT_DEVICE, *PPKT_DEVICE;

static __inline ULONG PktMin(ULONG A, ULONG B)
{
    return A < B ? A : B;
}

/* hardware.c */
ULONG PktRead(PPKT_DEVICE Device, ULONG Register);
VOID PktWrite(PPKT_DEVICE Device, ULONG Register, ULONG Value);
NTSTATUS PktHardwareUp(PPKT_DEVICE Device, PCM_RESOURCE_LIST Translated);
VOID PktHardwareReset(PPKT_DEVICE Device);
VOID PktInterruptDisconnect(PPKT_DEVICE Device);
VOID PktHardwareDown(PPKT_DEVICE Device);

/* queue.c */
NTSTATUS PktQueueInitialize(PPKT_DEVICE Device);
NTSTATUS PktComplete(PPKT_DEVICE Device, PIRP Irp, NTSTATUS Status, ULONG_PTR Information);
VOID PktQueueFail(PPKT_DEVICE Device, PFILE_OBJECT FileObject, NTSTATUS Status);
VOID PktStartNext(PPKT_DEVICE Device);
VOID PktCurrentDone(PPKT_DEVICE Device, NTSTATUS Status);
VOID PktHold(PPKT_DEVICE Device, ULONG Reason);
VOID PktUnhold(PPKT_DEVICE Device, ULONG Reason);
VOID PktWaitIdle(PPKT_DEVICE Device);
BOOLEAN PktGone(PPKT_DEVICE Device);

/* dma.c */
NTSTATUS PktTransferStart(PPKT_DEVICE Device, PIRP Irp);
VOID PktPieceAbort(PPKT_DEVICE Device);
KDEFERRED_ROUTINE PktInterruptDpc;
KDEFERRED_ROUTINE PktControlDpc;

/* dispatch routines */
DRIVER_DISPATCH PktDispatchReadWrite; /* queue.c */
DRIVER_DISPATCH PktDispatchPnp;       /* pnp.c */
DRIVER_DISPATCH PktDispatchPower;     /* power.c */

#endif
