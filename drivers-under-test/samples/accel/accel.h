/*
 * accel: a KMDF driver for the accel card, which carries out programs of its users.
 *
 * A program reads and writes one buffer, in any order and many times over; a mapping has one
 * direction. So no program ever runs on the memory of its user. It runs in a window: memory that is
 * the card's own (accel_local) or a common buffer, so that it has no direction at all. What the
 * program reads is brought into the window by write transactions, the program runs there, and what
 * it has written, no byte more, is taken back by read transactions. That is right with map
 * registers, behind an IOMMU, and where caches have to be written back, because each mapping says
 * what is done with it. The card moves the bytes itself, by its TRANSFER commands.
 *
 * A program is checked once, when it is made, on the copy that METHOD_BUFFERED has made of it, and
 * compiled in the same go (program.c, compile.c): its references, which name bytes of the buffer,
 * become places in the window. Where it names more pages than the window has it becomes several
 * groups, each with what it brings in and takes back. The card sees only what has been compiled;
 * its page table names the window and nothing else, so that no program, not even one that this
 * driver should have refused, reaches other memory.
 *
 * The card does one thing at a time, and so does the engine (engine.c). Whoever has its turn goes
 * on: the DPC of the engine, then the transaction that waits for map registers, then the card,
 * whose interrupt's DPC is the next. Cancelling, power and removal take nobody's turn away; they
 * leave a word in Stop, and hurry the card. Only where the card will not answer any more, its turn
 * is taken.
 *
 * Locks: ENGINE.Lock and FILE_CONTEXT.Lock; neither is taken inside the other, and no call that
 * maps, unmaps or completes is made under them.
 */
#ifndef ACCEL_H
#define ACCEL_H

#include <ntddk.h>
#include <wdf.h>
#include "ioctl.h"
#include "hardware.h"

#define ACCEL_POOL_TAG 'lccA'

#define ACCEL_ENTRIES 64u                     /* of the ring: one page */
#define ACCEL_TRANSFER_BYTES (128u * 1024u)   /* most bytes of one DMA transfer: 33 pages */
#define ACCEL_LIST_OFFSET 64u                 /* in the control page, behind the buffer */
#define ACCEL_LIST_ELEMENTS ((PAGE_SIZE - ACCEL_LIST_OFFSET) / sizeof(ACCEL_ELEMENT))
#define ACCEL_STEPS_BYTES_MAX (64u * 1024u)   /* what is wanted for the steps of one command */
#define ACCEL_WINDOW_BYTES (2u * 1024u * 1024u) /* what is wanted for a window in memory */
#define ACCEL_WINDOW_PAGES_MIN 32u            /* any step, or a part of it, finds room in these */
#define ACCEL_CHUNK_BYTES (64u * 1024u)       /* of the window; a page where that is not to be had */
#define ACCEL_GROUP_BYTES_MAX (256u << 20)    /* operands of a group: no command keeps power waiting long */
#define ACCEL_PATIENCE_SECONDS 10             /* then a command is taken to be stuck */
#define ACCEL_PROGRAMS_MAX 64u                /* of one handle */
#define ACCEL_COMPILED_MAX (4u * 65536u)      /* steps of all programs of one handle */

/* What this driver counts on. A card may be able to do more; one that can do less is not started.
 * */
#define ACCEL_PROGRAM_STEPS 65536u
#define ACCEL_OPERAND_BYTES (16u << 20)
#define ACCEL_TILE_SIDE 64u
#define ACCEL_GATHER_BYTES (64u << 10)

/* --- programs --- */

/* Bytes of the buffer, side by side, and where they are in the window. */
typedef struct _ACCEL_RANGE {
    ULONG Offset;
    ULONG Length;
    ULONG Place;
} ACCEL_RANGE, *PACCEL_RANGE;

/* Steps that find room in the window together. */
typedef struct _ACCEL_GROUP {
    ULONG FirstStep, Steps;
    ULONG FirstIn, Ins;   /* ranges that are brought in */
    ULONG FirstOut, Outs; /* ranges that are taken back */
    ULONG Pages;          /* of the window */
} ACCEL_GROUP, *PACCEL_GROUP;

/* An array that grows; nonpaged, since the engine reads it in DPCs. */
typedef struct _ACCEL_ARRAY {
    PVOID Items;
    ULONG Count, Room;
} ACCEL_ARRAY, *PACCEL_ARRAY;

/* The context of a framework object whose parent is the file object. */
typedef struct _PROGRAM_CONTEXT {
    struct _DEVICE_CONTEXT *Device;
    ULONG Id;
    ULONG BufferBytes;
    ACCEL_ARRAY Steps;  /* ACCEL_STEP: references are places in the window, Tag the user's step number */
    ACCEL_ARRAY Groups; /* ACCEL_GROUP */
    ACCEL_ARRAY Ranges; /* ACCEL_RANGE */
} PROGRAM_CONTEXT, *PPROGRAM_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(PROGRAM_CONTEXT, AccelGetProgram)

typedef struct _FILE_CONTEXT {
    WDFSPINLOCK Lock;
    ULONG LastId;
    ULONG Steps; /* compiled, of all its programs */
    WDFOBJECT Programs[ACCEL_PROGRAMS_MAX];
} FILE_CONTEXT, *PFILE_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(FILE_CONTEXT, AccelGetFile)

typedef struct _REQUEST_CONTEXT {
    WDFOBJECT Program; /* referenced; NULL: not a run */
} REQUEST_CONTEXT, *PREQUEST_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(REQUEST_CONTEXT, AccelGetRequest)

/* One operand of a step. */
typedef struct _ACCEL_OPERAND {
    ULONGLONG Bytes;
    ULONG Alignment;
} ACCEL_OPERAND, *PACCEL_OPERAND;

#define ACCEL_OPERANDS_MAX 5u /* out, a, b, c, d: in this order side by side in a step */
#define ACCEL_OUT 0u

static __inline ULONGLONG *AccelReference(PACCEL_STEP Step, ULONG Operand)
{
    return &Step->Out + Operand;
}

/* --- the device --- */

typedef struct _ACCEL_WINDOW {
    BOOLEAN Local; /* in the card's own memory: place is address */
    ULONG Pages;
    ULONG ChunkBytes; /* what lies side by side for the card */
    ULONG Chunks;
    PULONGLONG ChunkAddress; /* bus addresses; NULL: local */
} ACCEL_WINDOW, *PACCEL_WINDOW;

typedef enum _ACCEL_PHASE { AccelBringIn, AccelCompute, AccelTakeBack } ACCEL_PHASE;

/* Reasons for the engine not to go on. */
#define ACCEL_STOP_CANCEL 0x1u  /* the request is not wanted any more */
#define ACCEL_STOP_POWER 0x2u   /* the device leaves D0; the run goes on when it is back */
#define ACCEL_STOP_GONE 0x4u    /* the device does not come back */
#define ACCEL_STOP_STUCK 0x8u   /* the card does not answer */
#define ACCEL_STOP_RING 0x10u   /* the card does not understand its ring */
#define ACCEL_STOP_ENDS (ACCEL_STOP_CANCEL | ACCEL_STOP_GONE | ACCEL_STOP_STUCK | ACCEL_STOP_RING)

typedef struct _ACCEL_ENGINE {
    WDFSPINLOCK Lock; /* guards from here ... */
    WDFREQUEST Request;
    WDFFILEOBJECT File;
    ULONG Stop;
    BOOLEAN Pending;   /* it is the card's turn */
    BOOLEAN Parked;    /* it is nobody's turn until power is back */
    BOOLEAN Cancelled; /* EvtRequestCancel has been called */
    BOOLEAN CompleteInCancel;
    ULONG Producer;
    ULONG BatchFirst, BatchCount; /* commands under way */
    ULONG BatchStep, BatchSteps;  /* of the program: which steps they are; 0: they are transfers */
    ULONG LastStatus;             /* of the last one's record */
    ULONGLONG Due;                /* interrupt time at which they are late */
    ACCEL_STATISTICS Statistics;  /* ... to here */

    /* Belongs to whoever has the turn. */
    PPROGRAM_CONTEXT Program;
    PMDL Mdl;
    ULONG Length;
    ACCEL_PHASE Phase;
    ULONG Group, Range, Step; /* of the phase: where it is */
    BOOLEAN Moving;           /* a transaction is under way */
    BOOLEAN MovingIn;
    ULONG MovingBytes;        /* of the transfer that the card has been told of */
    NTSTATUS Status;

    WDFDPC Dpc;
    WDFTIMER Timer;
} ACCEL_ENGINE, *PACCEL_ENGINE;

typedef struct _DEVICE_CONTEXT {
    WDFDEVICE Self;
    WDFQUEUE RunQueue;
    WDFINTERRUPT Interrupt;
    LONG Causes; /* what the card has interrupted for, and the DPC has not seen yet */
    PUCHAR Registers; /* NULL: no resources */
    ULONG RegistersLength;
    ULONG AddressBits;
    ULONG LocalBytes;

    /* Made at the first start, and kept as long as the device object. */
    WDFDMAENABLER Enabler;
    WDFDMATRANSACTION Transaction;
    PACCEL_COMMAND Ring;
    PHYSICAL_ADDRESS RingAddress;
    PACCEL_BUFFER Buffer; /* the window as the card knows it; behind it in the page is the list */
    PHYSICAL_ADDRESS ControlAddress;
    PACCEL_ELEMENT List;
    PACCEL_STEP Steps; /* of the RUN command under way */
    ULONG StepsMax;
    PHYSICAL_ADDRESS StepsAddress;
    PULONGLONG Table;
    PHYSICAL_ADDRESS TableAddress;
    ACCEL_WINDOW Window;

    ACCEL_ENGINE Engine;
} DEVICE_CONTEXT, *PDEVICE_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_CONTEXT, AccelGetDevice)

/* device.c */
EVT_WDF_DRIVER_DEVICE_ADD AccelEvtDeviceAdd;

/* power.c */
EVT_WDF_DEVICE_PREPARE_HARDWARE AccelEvtPrepareHardware;
EVT_WDF_DEVICE_RELEASE_HARDWARE AccelEvtReleaseHardware;
EVT_WDF_DEVICE_D0_ENTRY AccelEvtD0Entry;
EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED AccelEvtD0EntryDone;
EVT_WDF_DEVICE_D0_EXIT AccelEvtD0Exit;
EVT_WDF_DEVICE_SURPRISE_REMOVAL AccelEvtSurpriseRemoval;

/* interrupt.c */
NTSTATUS AccelInterruptCreate(PDEVICE_CONTEXT Device);

/* memory.c */
NTSTATUS AccelMemoryCreate(PDEVICE_CONTEXT Device);
VOID AccelMemoryForget(PDEVICE_CONTEXT Device);
ULONGLONG AccelWindowAddress(const ACCEL_WINDOW *Window, ULONG Place);
ULONG AccelWindowLeft(const ACCEL_WINDOW *Window, ULONG Place);

/* registers.c */
ULONG AccelRead(PDEVICE_CONTEXT Device, ULONG Register);
VOID AccelWrite(PDEVICE_CONTEXT Device, ULONG Register, ULONG Value);
BOOLEAN AccelHardwareReset(PDEVICE_CONTEXT Device);
VOID AccelHardwareRun(PDEVICE_CONTEXT Device, ULONG Control);

/* queue.c */
NTSTATUS AccelQueuesCreate(PDEVICE_CONTEXT Device);
EVT_WDF_DEVICE_FILE_CREATE AccelEvtFileCreate;
EVT_WDF_FILE_CLEANUP AccelEvtFileCleanup;
EVT_WDF_OBJECT_CONTEXT_CLEANUP AccelEvtRequestCleanup;

/* check.c */
ULONG AccelOperands(const ACCEL_STEP *Step, ACCEL_OPERAND Operands[ACCEL_OPERANDS_MAX]);
ULONG AccelStepCheck(const ACCEL_STEP *Step, ULONGLONG BufferBytes);

/* compile.c */
NTSTATUS AccelProgramCompile(PPROGRAM_CONTEXT Program, const ACCEL_STEP *Steps, ULONG Count,
                             PACCEL_VERDICT Verdict);
VOID AccelArrayFree(PACCEL_ARRAY Array);

/* program.c */
NTSTATUS AccelProgramCreate(PDEVICE_CONTEXT Device, WDFFILEOBJECT File, const ACCEL_PROGRAM *Source,
                            PACCEL_VERDICT Verdict);
NTSTATUS AccelProgramDestroy(PFILE_CONTEXT File, ULONG Id);
WDFOBJECT AccelProgramFind(PFILE_CONTEXT File, ULONG Id);
VOID AccelProgramsForget(PDEVICE_CONTEXT Device, PFILE_CONTEXT File);

/* engine.c */
NTSTATUS AccelEngineCreate(PDEVICE_CONTEXT Device);
VOID AccelEngineStart(PDEVICE_CONTEXT Device, WDFREQUEST Request, PPROGRAM_CONTEXT Program, PMDL Mdl,
                      ULONG Length);
VOID AccelEngineAdvance(PDEVICE_CONTEXT Device);
VOID AccelEngineComplete(PDEVICE_CONTEXT Device);

/* command.c */
PACCEL_COMMAND AccelCommandAdd(PDEVICE_CONTEXT Device, ULONG Opcode, ULONGLONG Address, ULONG Count,
                               ULONGLONG Target);
VOID AccelCommandsStart(PDEVICE_CONTEXT Device);
BOOLEAN AccelCommandsEnded(PDEVICE_CONTEXT Device);
NTSTATUS AccelCommandsStatus(PDEVICE_CONTEXT Device);

/* transfer.c */
NTSTATUS AccelTransferStart(PDEVICE_CONTEXT Device, const ACCEL_RANGE *Range,
                            WDF_DMA_DIRECTION Direction);
BOOLEAN AccelTransferContinue(PDEVICE_CONTEXT Device, PNTSTATUS Status);

/* stop.c */
EVT_WDF_REQUEST_CANCEL AccelEvtRequestCancel;
EVT_WDF_IO_QUEUE_IO_STOP AccelEvtIoStop;
EVT_WDF_IO_QUEUE_IO_RESUME AccelEvtIoResume;
VOID AccelEngineStop(PDEVICE_CONTEXT Device, ULONG Reason, WDFFILEOBJECT File);
VOID AccelEngineSeize(PDEVICE_CONTEXT Device, ULONG Reason);

#endif
