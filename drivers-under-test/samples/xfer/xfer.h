/*
 * xfer: a WDM driver for the sgdma card.
 *
 * A request (read, write or one of the transfer IOCTLs) goes to one channel's cancel-safe queue.
 * The channel's pump takes the request at the head and cuts it into pieces; each piece takes a
 * slot: a scatter/gather list built synchronously, copied into the channel's descriptor ring and
 * started with the doorbell. The DPC of the channel takes finished slots back, puts their lists and
 * completes requests whose last piece has ended. So one channel maps, transfers and unmaps at the
 * same time.
 *
 * Locks, outermost first: XFER_CHANNEL.Lock, XFER_DEVICE.StateLock. XFER_CHANNEL.QueueLock belongs
 * to the cancel-safe queue and nothing is taken inside it. No lock is held over a call that maps or
 * unmaps memory.
 */
#ifndef XFER_H
#define XFER_H

#include <wdm.h>
#include "ioctl.h"
#include "hardware.h"

#define XFER_POOL_TAG 'refX'

#define XFER_RING_ENTRIES 64                /* one page: the size that is always to be had */
#define XFER_SLOTS 8                        /* pieces under way in one channel */
#define XFER_PIECE_BYTES (64 * 1024)        /* most bytes of one piece */
#define XFER_ELEMENTS_MAX 32                /* most elements of one piece: two fill the ring */
#define XFER_TRANSFER_BYTES (256 * 1024)    /* what the adapters are asked for */
#define XFER_RETRY_MS 1                     /* how soon to ask again for map registers */
#define XFER_RETRIES_MAX 2000               /* then the request is given up */

typedef struct _XFER_DEVICE XFER_DEVICE, *PXFER_DEVICE;
typedef struct _XFER_CHANNEL XFER_CHANNEL, *PXFER_CHANNEL;

/* One request, from dispatch to completion. Irp->Tail.Overlay.DriverContext[0] points to it. */
typedef struct _XFER_REQUEST {
    PIRP Irp;
    PXFER_CHANNEL Channel;
    PMDL Mdl;           /* chain of the data; the requester's or OwnMdl */
    PMDL OwnMdl;        /* METHOD_NEITHER: locked by us, unlocked by us */
    ULONGLONG CardOffset;
    ULONG Length;
    ULONG Mapped;       /* bytes given to the card so far; the pump's alone */
    LONG References;    /* the pump's and one for each slot */
    NTSTATUS Status;    /* the first failure */
} XFER_REQUEST, *PXFER_REQUEST;

/* One piece under way. */
typedef struct _XFER_SLOT {
    LIST_ENTRY Link;    /* in Free or in Flight */
    PXFER_REQUEST Request;
    PSCATTER_GATHER_LIST List; /* in ListBuffer, valid until PutScatterGatherList */
    PVOID ListBuffer;
    ULONG Length;
    ULONG Entries;      /* descriptors that it took */
    ULONG LastEntry;    /* ring index of the last of them */
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR Context[DMA_TRANSFER_CONTEXT_SIZE_V1];
} XFER_SLOT, *PXFER_SLOT;

struct _XFER_CHANNEL {
    PXFER_DEVICE Device;
    ULONG Index;
    BOOLEAN ToCard;

    /* Made at start, undone at stop and remove. */
    PDMA_ADAPTER Adapter;
    ULONG MapRegisters;
    PSGDMA_DESCRIPTOR Ring; /* common buffer */
    PHYSICAL_ADDRESS RingLogical;
    ULONG ListBytes;        /* of each slot's ListBuffer */
    XFER_SLOT Slots[XFER_SLOTS];

    KSPIN_LOCK Lock;        /* guards from here ... */
    ULONG Producer;         /* next ring entry to fill */
    ULONG FreeEntries;
    LIST_ENTRY Free;
    LIST_ENTRY Flight;      /* in ring order */
    BOOLEAN Failed;         /* the card has latched an error */
    BOOLEAN Pumping;
    BOOLEAN PumpAgain;      /* ... to here */

    PXFER_REQUEST Current;  /* being cut into pieces; the pump's alone */
    LONG Retries;           /* timer retries in a row for want of map registers */
    KTIMER RetryTimer;
    KDPC RetryDpc;
    KDPC InterruptDpc;

    IO_CSQ Csq;
    KSPIN_LOCK QueueLock;
    LIST_ENTRY Queue;
};

typedef enum _XFER_PNP_STATE {
    XferNotStarted,
    XferStarted,
    XferStopPending,
    XferStopped,
    XferRemovePending,
    XferSurpriseRemoved,
    XferRemoved
} XFER_PNP_STATE;

/* Reasons for which no new piece may be started. */
#define XFER_HOLD_PNP 0x1u
#define XFER_HOLD_POWER 0x2u

struct _XFER_DEVICE {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Pdo;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING InterfaceName;

    XFER_PNP_STATE PnpState;
    XFER_PNP_STATE PreviousPnpState; /* to go back to when a query is cancelled */
    DEVICE_POWER_STATE PowerState;
    POWER_STATE SystemPower;

    KSPIN_LOCK StateLock;   /* guards Holds and the two counts */
    ULONG Holds;
    ULONG Pumps;            /* pumps at work */
    ULONG Flights;          /* slots under way */
    KEVENT PumpsIdle;       /* signalled while Pumps is zero */
    KEVENT FlightsIdle;     /* signalled while Flights is zero */

    PUCHAR Registers;       /* NULL while the device is stopped */
    ULONG RegisterBytes;
    ULONG CardBytes;
    BOOLEAN Connected;
    ULONG ConnectedVersion; /* CONNECT_MESSAGE_BASED or CONNECT_LINE_BASED */
    PVOID ConnectionContext;
    ULONG Messages;

    LONG Stalled;           /* a bit for each channel that waits for map registers */
    ULONG ChannelsUsed;     /* of each direction */
    LONG NextToCard, NextFromCard;
    LONG64 Bytes;
    LONG Requests, Pieces, Stalls, Errors;

    XFER_CHANNEL Channels[SGDMA_CHANNEL_COUNT];
};

static __inline ULONG XferMin(ULONG A, ULONG B)
{
    return A < B ? A : B;
}

/* hardware.c */
ULONG XferRead(PXFER_DEVICE Device, ULONG Register);
VOID XferWrite(PXFER_DEVICE Device, ULONG Register, ULONG Value);
NTSTATUS XferHardwareMap(PXFER_DEVICE Device, PCM_RESOURCE_LIST Translated);
NTSTATUS XferHardwareAllocate(PXFER_DEVICE Device);
VOID XferHardwareRun(PXFER_DEVICE Device);
VOID XferHardwareHalt(PXFER_DEVICE Device);
VOID XferHardwareRelease(PXFER_DEVICE Device);
VOID XferChannelRun(PXFER_CHANNEL Channel);

/* interrupt.c */
NTSTATUS XferInterruptConnect(PXFER_DEVICE Device);
VOID XferInterruptDisconnect(PXFER_DEVICE Device);
KDEFERRED_ROUTINE XferInterruptDpc;

/* queue.c */
NTSTATUS XferQueueInitialize(PXFER_CHANNEL Channel);
NTSTATUS XferRequestQueue(PXFER_DEVICE Device, PIRP Irp, BOOLEAN ToCard, PMDL Mdl, PMDL OwnMdl,
                          ULONGLONG CardOffset, ULONG Length);
VOID XferRequestRelease(PXFER_REQUEST Request);
VOID XferRequestFail(PXFER_REQUEST Request, NTSTATUS Status);
NTSTATUS XferComplete(PXFER_DEVICE Device, PIRP Irp, NTSTATUS Status, ULONG_PTR Information);
VOID XferQueueFail(PXFER_DEVICE Device, PFILE_OBJECT FileObject, NTSTATUS Status);

/* dma.c */
VOID XferPump(PXFER_CHANNEL Channel);
VOID XferPumpAll(PXFER_DEVICE Device);
VOID XferReap(PXFER_CHANNEL Channel, NTSTATUS Forced);
VOID XferHold(PXFER_DEVICE Device, ULONG Reason);
VOID XferUnhold(PXFER_DEVICE Device, ULONG Reason);
VOID XferWaitPumps(PXFER_DEVICE Device);
VOID XferWaitFlights(PXFER_DEVICE Device);
BOOLEAN XferGone(PXFER_DEVICE Device);
KDEFERRED_ROUTINE XferRetryDpc;

/* dispatch routines */
DRIVER_DISPATCH XferDispatchReadWrite; /* queue.c */
DRIVER_DISPATCH XferDispatchControl;   /* ioctl.c */
DRIVER_DISPATCH XferDispatchPnp;       /* pnp.c */
DRIVER_DISPATCH XferDispatchPower;     /* power.c */

#endif
