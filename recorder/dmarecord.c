/*
 * dmarecord.c: the recorder of dmarecord.h. From the top: lines (formatted by hand: no function of ours may
 * ask for a low IRQL), the ring (no lock: a line may be written in an ISR, over a processor that writes
 * one), tables, requests whose callback is still to come, and one wrapper for each member of
 * DMA_OPERATIONS.
 *
 * Every call is two lines, before and after. What ends a thing is said before the HAL does it, what
 * makes one after, so that on several processors the numbers of the lines have a thing's end before
 * its address's next life.
 *
 * Source    wdm/ns-wdm-_dma_operations, kernel/using-scatter-gather-dma, wdm/nf-wdm-dbgprintex
 */
#undef DMA_RECORD_WDF /* this file needs no framework */
#ifdef __MINGW32__    /* its KeGetCurrentThread reads address 0 of a segment */
#pragma GCC diagnostic ignored "-Warray-bounds"
#endif
#include "dmarecord.h"
#undef IoGetDmaAdapter /* when dmarecord.h was included by force, before our first line */

#define DMR_LINE_BYTES 384 /* DbgPrintEx writes up to 512; the longest call takes 360 */
#define DMR_ROOM 40        /* what a key, its value and the end of a line take at most */
#define DMR_TAIL 32        /* members of a table that is newer than this file */
#define DMR_CHAIN_MAX 64   /* MDLs of a chain that are described */

/* --- lines: "@dmr1 NUMBER TIME CPU.IRQL.THREAD KIND NAME KEY=VALUE ... ~SUM", numbers in hex --- */

typedef struct _DMR_LINE {
    ULONG Number, At;
    CHAR Text[DMR_LINE_BYTES];
} DMR_LINE, *PDMR_LINE;

static volatile LONG DmrNumber; /* of the next line */
static volatile LONG DmrLost;   /* lines that met a slot in use */
static volatile LONG DmrOver;   /* lines that were written over before anybody took them */
static ULONG DmrFlags;
static PCSTR DmrName = "driver";
static volatile LONG DmrStarted;

static VOID DmrText(PDMR_LINE Line, PCSTR Text)
{
    while (*Text && Line->At < DMR_LINE_BYTES - 8)
        Line->Text[Line->At++] = *Text++;
}

static VOID DmrHex(PDMR_LINE Line, ULONG64 Value)
{
    static const CHAR digits[] = "0123456789abcdef";
    LONG shift = 60;

    while (shift && !(Value >> shift & 15))
        shift -= 4;
    for (; shift >= 0 && Line->At < DMR_LINE_BYTES - 8; shift -= 4)
        Line->Text[Line->At++] = digits[Value >> shift & 15];
}

static VOID DmrKey(PDMR_LINE Line, PCSTR Key, ULONG64 Value)
{
    DmrText(Line, " ");
    DmrText(Line, Key);
    DmrText(Line, "=");
    DmrHex(Line, Value);
}

#define DmrPointer(Line, Key, Value) DmrKey(Line, Key, (ULONG64)(ULONG_PTR)(Value))

/* FNV-1a, folded to 16 bits: tells a line that was cut or mixed with another. */
static ULONG DmrSum(const CHAR *Text, ULONG Bytes)
{
    ULONG sum = 0x811c9dc5u, i;

    for (i = 0; i < Bytes; i++)
        sum = (sum ^ (UCHAR)Text[i]) * 0x01000193u;
    return (sum >> 16 ^ sum) & 0xffffu;
}

static VOID DmrBegin(PDMR_LINE Line, CHAR Kind, PCSTR Name)
{
    LARGE_INTEGER now = KeQueryPerformanceCounter(NULL);
    CHAR kind[3];

    kind[0] = ' ';
    kind[1] = Kind;
    kind[2] = 0;
    Line->Number = (ULONG)InterlockedIncrement(&DmrNumber) - 1;
    Line->At = 0;
    DmrText(Line, "@dmr1 ");
    DmrHex(Line, Line->Number);
    DmrText(Line, " ");
    DmrHex(Line, (ULONG64)now.QuadPart);
    DmrText(Line, " ");
    DmrHex(Line, KeGetCurrentProcessorNumberEx(NULL));
    DmrText(Line, ".");
    DmrHex(Line, KeGetCurrentIrql());
    DmrText(Line, ".");
    DmrHex(Line, (ULONG64)(ULONG_PTR)KeGetCurrentThread());
    DmrText(Line, kind);
    DmrText(Line, " ");
    DmrText(Line, Name);
}

/* --- the ring --- */

enum { DMR_FREE, DMR_WRITING, DMR_FULL, DMR_READING };

typedef struct _DMR_RING_SLOT {
    volatile LONG State;
    ULONG Number;
    CHAR Text[DMR_LINE_BYTES];
} DMR_RING_SLOT, *PDMR_RING_SLOT;

static DMR_RING_SLOT DmrRing[DMA_RECORD_RING_LINES];
C_ASSERT((DMA_RECORD_RING_LINES & (DMA_RECORD_RING_LINES - 1)) == 0);

static VOID DmrCopy(CHAR *To, const CHAR *From)
{
    while ((*To++ = *From++) != 0)
        ;
}

/* Takes a slot out of one of the two states in which it may be taken; nobody waits for anybody. */
static BOOLEAN DmrTake(PDMR_RING_SLOT Slot, LONG To, PLONG Was)
{
    *Was = Slot->State;
    return (*Was == DMR_FULL || (*Was == DMR_FREE && To == DMR_WRITING)) &&
           InterlockedCompareExchange(&Slot->State, To, *Was) == *Was;
}

static VOID DmrRingPut(PDMR_LINE Line)
{
    PDMR_RING_SLOT slot = &DmrRing[Line->Number & (DMA_RECORD_RING_LINES - 1)];
    LONG was;

    if (!DmrTake(slot, DMR_WRITING, &was)) {
        InterlockedIncrement(&DmrLost);
        return;
    }
    if (was == DMR_FULL && (LONG)(slot->Number - Line->Number) > 0) {
        /* A processor that was held up for a whole round: the newer line stays. */
        InterlockedIncrement(&DmrLost);
        InterlockedExchange(&slot->State, DMR_FULL);
        return;
    }
    if (was == DMR_FULL)
        InterlockedIncrement(&DmrOver);
    slot->Number = Line->Number;
    DmrCopy(slot->Text, Line->Text);
    InterlockedExchange(&slot->State, DMR_FULL); /* a full barrier: the text is there first */
}

/* Level 0 is shown without any mask being set: wdm/nf-wdm-dbgprintex. */
static VOID DmrPrint(PCSTR Text)
{
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "%s\n", Text);
}

static ULONG DmrEnd(PDMR_LINE Line)
{
    ULONG sum = DmrSum(Line->Text, Line->At);

    if (Line->At >= DMR_LINE_BYTES - 8)
        sum ^= 1; /* it was cut, and is to be found out */

    Line->Text[Line->At++] = ' ';
    Line->Text[Line->At++] = '~';
    DmrHex(Line, sum | 0x10000u); /* a one in front: always five digits */
    Line->Text[Line->At] = 0;
    if (DmrFlags & DMA_RECORD_RING)
        DmrRingPut(Line);
    if (DmrFlags & DMA_RECORD_DEBUGGER)
        DmrPrint(Line->Text);
    return Line->Number;
}

/* --- beginning and end --- */

#if defined(__MINGW32__) || (defined(_MSC_VER) && !defined(__clang__))
extern CHAR __ImageBase; /* of the driver: where the linker says it lies */
#define DMR_BASE ((PVOID)&__ImageBase)
#else
#define DMR_BASE NULL
#endif

/* What all lines need: at the beginning, and again in front of a dump, whose beginning may be lost. */
static VOID DmrState(PCSTR Which)
{
    LARGE_INTEGER frequency;
    DMR_LINE line;

    KeQueryPerformanceCounter(&frequency);
    DmrBegin(&line, 'i', Which);
    DmrText(&line, " name=");
    DmrText(&line, DmrName);
    DmrKey(&line, "hz", (ULONG64)frequency.QuadPart);
    DmrPointer(&line, "base", DMR_BASE);
    DmrPointer(&line, "at", (ULONG_PTR)DmaRecordStart);
#if defined(_M_AMD64) || defined(_M_IX86) || defined(__x86_64__) || defined(__i386__)
    DmrKey(&line, "coherent", 1);
#endif
    if (DmrFlags & (DMA_RECORD_REMAPPED | DMA_RECORD_NOT_REMAPPED))
        DmrKey(&line, "remapped", (DmrFlags & DMA_RECORD_REMAPPED) != 0);
    DmrEnd(&line);
}

VOID DmaRecordStart(ULONG Flags, PCSTR Name)
{
    if (InterlockedExchange(&DmrStarted, 1))
        return;
    DmrFlags = Flags;
    DmrName = Name ? Name : "driver";
    DmrState("start");
}

ULONG DmaRecordNote(CHAR Kind, PCSTR Name, ULONG Call, PVOID Caller, const DMA_RECORD_PAIR *Pairs,
                    ULONG Count)
{
    DMR_LINE line;
    ULONG i;

    DmrBegin(&line, Kind, Name);
    if (Kind == 'r' || Kind == 'e')
        DmrKey(&line, "of", Call);
    if (Kind == 'c')
        DmrPointer(&line, "ra", Caller ? Caller : DMA_RECORD_CALLER());
    for (i = 0; i < Count && line.At < DMR_LINE_BYTES - DMR_ROOM; i++)
        DmrKey(&line, Pairs[i].Key, Pairs[i].Value);
    return DmrEnd(&line);
}

/* --- the table, whole, for a DDK that has only a part of it --- */

typedef NTSTATUS(NTAPI *DMR_COMPLETION)(PDMA_ADAPTER, PDEVICE_OBJECT, PVOID, ULONG);
typedef PPHYSICAL_ADDRESS DMR_ADDRESS;

typedef struct _DMR_OPERATIONS {
    ULONG Size;
    PPUT_DMA_ADAPTER PutDmaAdapter;
    PALLOCATE_COMMON_BUFFER AllocateCommonBuffer;
    PFREE_COMMON_BUFFER FreeCommonBuffer;
    PALLOCATE_ADAPTER_CHANNEL AllocateAdapterChannel;
    PFLUSH_ADAPTER_BUFFERS FlushAdapterBuffers;
    PFREE_ADAPTER_CHANNEL FreeAdapterChannel;
    PFREE_MAP_REGISTERS FreeMapRegisters;
    PMAP_TRANSFER MapTransfer;
    PGET_DMA_ALIGNMENT GetDmaAlignment;
    PREAD_DMA_COUNTER ReadDmaCounter;
    PGET_SCATTER_GATHER_LIST GetScatterGatherList;
    PPUT_SCATTER_GATHER_LIST PutScatterGatherList;
    PCALCULATE_SCATTER_GATHER_LIST_SIZE CalculateScatterGatherList;
    PBUILD_SCATTER_GATHER_LIST BuildScatterGatherList;
    PBUILD_MDL_FROM_SCATTER_GATHER_LIST BuildMdlFromScatterGatherList;
    /* Version 3. Structures that only Windows looks into are PVOID here, enumerations are ULONG. */
    NTSTATUS(NTAPI *GetDmaAdapterInfo)(PDMA_ADAPTER, PVOID);
    NTSTATUS(NTAPI *GetDmaTransferInfo)(PDMA_ADAPTER, PMDL, ULONGLONG, ULONG, BOOLEAN, PVOID);
    NTSTATUS(NTAPI *InitializeDmaTransferContext)(PDMA_ADAPTER, PVOID);
    PVOID(NTAPI *AllocateCommonBufferEx)
    (PDMA_ADAPTER, DMR_ADDRESS, ULONG, DMR_ADDRESS, BOOLEAN, ULONG);
    NTSTATUS(NTAPI *AllocateAdapterChannelEx)
    (PDMA_ADAPTER, PDEVICE_OBJECT, PVOID, ULONG, ULONG, PDRIVER_CONTROL, PVOID, PVOID *);
    NTSTATUS(NTAPI *ConfigureAdapterChannel)(PDMA_ADAPTER, ULONG, PVOID);
    BOOLEAN(NTAPI *CancelAdapterChannel)(PDMA_ADAPTER, PDEVICE_OBJECT, PVOID);
    NTSTATUS(NTAPI *MapTransferEx)
    (PDMA_ADAPTER, PMDL, PVOID, ULONGLONG, ULONG, PULONG, BOOLEAN, PSCATTER_GATHER_LIST, ULONG,
     DMR_COMPLETION, PVOID);
    NTSTATUS(NTAPI *GetScatterGatherListEx)
    (PDMA_ADAPTER, PDEVICE_OBJECT, PVOID, PMDL, ULONGLONG, ULONG, ULONG, PDRIVER_LIST_CONTROL,
     PVOID, BOOLEAN, DMR_COMPLETION, PVOID, PSCATTER_GATHER_LIST *);
    NTSTATUS(NTAPI *BuildScatterGatherListEx)
    (PDMA_ADAPTER, PDEVICE_OBJECT, PVOID, PMDL, ULONGLONG, ULONG, ULONG, PDRIVER_LIST_CONTROL,
     PVOID, BOOLEAN, PVOID, ULONG, DMR_COMPLETION, PVOID, PVOID);
    NTSTATUS(NTAPI *FlushAdapterBuffersEx)(PDMA_ADAPTER, PMDL, PVOID, ULONGLONG, ULONG, BOOLEAN);
    VOID(NTAPI *FreeAdapterObject)(PDMA_ADAPTER, IO_ALLOCATION_ACTION);
    NTSTATUS(NTAPI *CancelMappedTransfer)(PDMA_ADAPTER, PVOID);
    NTSTATUS(NTAPI *AllocateDomainCommonBuffer)
    (PDMA_ADAPTER, HANDLE, DMR_ADDRESS, ULONG, ULONG, PULONG, ULONG, DMR_ADDRESS, PVOID *);
    NTSTATUS(NTAPI *FlushDmaBuffer)(PDMA_ADAPTER, PMDL, BOOLEAN);
    NTSTATUS(NTAPI *JoinDmaDomain)(PDMA_ADAPTER, HANDLE);
    NTSTATUS(NTAPI *LeaveDmaDomain)(PDMA_ADAPTER);
    HANDLE(NTAPI *GetDmaDomain)(PDMA_ADAPTER);
    PVOID(NTAPI *AllocateCommonBufferWithBounds)
    (PDMA_ADAPTER, DMR_ADDRESS, DMR_ADDRESS, ULONG, ULONG, PULONG, ULONG, DMR_ADDRESS);
    NTSTATUS(NTAPI *AllocateCommonBufferVector)
    (PDMA_ADAPTER, PHYSICAL_ADDRESS, PHYSICAL_ADDRESS, ULONG, ULONG, ULONG, ULONG, ULONGLONG,
     PVOID *);
    VOID(NTAPI *GetCommonBufferFromVectorByIndex)(PDMA_ADAPTER, PVOID, ULONG, PVOID *, DMR_ADDRESS);
    VOID(NTAPI *FreeCommonBufferFromVector)(PDMA_ADAPTER, PVOID, ULONG);
    VOID(NTAPI *FreeCommonBufferVector)(PDMA_ADAPTER, PVOID);
    NTSTATUS(NTAPI *CreateCommonBufferFromMdl)(PDMA_ADAPTER, PMDL, PVOID, ULONG, DMR_ADDRESS);
    PVOID Later[DMR_TAIL]; /* passed through as they are */
} DMR_OPERATIONS, *PDMR_OPERATIONS;

C_ASSERT(FIELD_OFFSET(DMR_OPERATIONS, BuildMdlFromScatterGatherList) ==
         FIELD_OFFSET(DMA_OPERATIONS, BuildMdlFromScatterGatherList));
C_ASSERT(sizeof(DMA_OPERATIONS) <= FIELD_OFFSET(DMR_OPERATIONS, Later));

/* DEVICE_DESCRIPTION whole, with what version 3 added: wdm/ns-wdm-_device_description. */
typedef struct _DMR_DESCRIPTION {
    ULONG Version;
    BOOLEAN Master, ScatterGather, DemandMode, AutoInitialize;
    BOOLEAN Dma32BitAddresses, IgnoreCount, Reserved1, Dma64BitAddresses;
    ULONG BusNumber, DmaChannel;
    INTERFACE_TYPE InterfaceType;
    DMA_WIDTH DmaWidth;
    DMA_SPEED DmaSpeed;
    ULONG MaximumLength, DmaPort;
    ULONG DmaAddressWidth, DmaControllerInstance, DmaRequestLine;
    PHYSICAL_ADDRESS DeviceAddress;
} DMR_DESCRIPTION;

#define DMR_DESCRIPTION_OLD FIELD_OFFSET(DMR_DESCRIPTION, DmaAddressWidth)
C_ASSERT(FIELD_OFFSET(DMR_DESCRIPTION, DmaPort) == FIELD_OFFSET(DEVICE_DESCRIPTION, DmaPort));
C_ASSERT(sizeof(DEVICE_DESCRIPTION) == sizeof(DMR_DESCRIPTION) ||
         sizeof(DEVICE_DESCRIPTION) == DMR_DESCRIPTION_OLD);

typedef struct _DMR_ADAPTER {
    PDMA_ADAPTER volatile Adapter; /* NULL: free */
    ULONG Id;                      /* a number that no other adapter ever has; 0: none */
    BOOLEAN Put;
    PDEVICE_OBJECT Pdo;
    ULONG Registers; /* as IoGetDmaAdapter said */
    BOOLEAN Described;
    DMR_DESCRIPTION Description;
    PDMR_OPERATIONS Original;
    DMR_OPERATIONS Table;
} DMR_ADAPTER, *PDMR_ADAPTER;

static DMR_ADAPTER DmrAdapters[DMA_RECORD_ADAPTERS];
static DMR_ADAPTER DmrStray; /* for a call with NULL, or with what never was an adapter of ours */
static volatile LONG DmrAdapterId;

static PDMR_ADAPTER DmrFind(PDMA_ADAPTER Adapter)
{
    ULONG i;

    for (i = 0; Adapter && i < DMA_RECORD_ADAPTERS; i++)
        if (DmrAdapters[i].Adapter == Adapter)
            return &DmrAdapters[i];
    return &DmrStray;
}

/* --- requests: callbacks that are still to come --- */

typedef struct _DMR_REQUEST {
    volatile LONG Used;
    ULONG Call;     /* number of the call's line */
    ULONG Id;       /* the adapter's */
    PVOID Transfer; /* version 3: its transfer context */
    PVOID Context;
    union {
        PDRIVER_CONTROL Control;
        PDRIVER_LIST_CONTROL List;
        DMR_COMPLETION Completion;
    } Routine;
} DMR_REQUEST, *PDMR_REQUEST;

static DMR_REQUEST DmrRequests[DMA_RECORD_REQUESTS];
static volatile LONG DmrRequestNext;

static PDMR_REQUEST DmrRequestTake(ULONG Id, PVOID Transfer, PVOID Context)
{
    ULONG i, at;

    for (i = 0; i < DMA_RECORD_REQUESTS; i++) {
        at = (ULONG)InterlockedIncrement(&DmrRequestNext) % DMA_RECORD_REQUESTS;
        if (InterlockedCompareExchange(&DmrRequests[at].Used, 1, 0) == 0) {
            DmrRequests[at].Id = Id;
            DmrRequests[at].Transfer = Transfer;
            DmrRequests[at].Context = Context;
            return &DmrRequests[at];
        }
    }
    return NULL; /* the callback goes to the driver unseen, and its call says so */
}

static VOID DmrRequestGive(PDMR_REQUEST Request)
{
    if (Request)
        InterlockedExchange(&Request->Used, 0);
}

/* A request that was cancelled is never called back. */
static VOID DmrRequestCancelled(PVOID Transfer)
{
    ULONG i;

    for (i = 0; Transfer && i < DMA_RECORD_REQUESTS; i++)
        if (DmrRequests[i].Used && DmrRequests[i].Transfer == Transfer) {
            DmrRequests[i].Transfer = NULL;
            DmrRequestGive(&DmrRequests[i]);
        }
}

static VOID DmrElements(PSCATTER_GATHER_LIST List)
{
    ULONG i = 0, count = List ? List->NumberOfElements : 0;
    DMR_LINE line;

    while (i < count) {
        DmrBegin(&line, 'g', "list");
        DmrPointer(&line, "sgl", List);
        DmrKey(&line, "n", count);
        DmrKey(&line, "at", i);
        for (; i < count && line.At < DMR_LINE_BYTES - DMR_ROOM; i++) {
            DmrText(&line, " ");
            DmrHex(&line, (ULONG64)List->Elements[i].Address.QuadPart);
            DmrText(&line, ":");
            DmrHex(&line, List->Elements[i].Length);
        }
        DmrEnd(&line);
    }
}

static ULONG DmrCallback(PCSTR Name, const DMR_REQUEST *Request, PIRP Irp, PCSTR Key, PVOID Given)
{
    DMR_LINE line;

    DmrBegin(&line, 'b', Name);
    DmrKey(&line, "a", Request->Id);
    DmrKey(&line, "of", Request->Call);
    DmrPointer(&line, "irp", Irp);
    DmrPointer(&line, Key, Given);
    return DmrEnd(&line);
}

static VOID DmrCallbackEnd(PCSTR Name, ULONG Call, ULONG Result)
{
    DMR_LINE line;

    DmrBegin(&line, 'e', Name);
    DmrKey(&line, "of", Call);
    DmrKey(&line, "st", Result);
    DmrEnd(&line);
}

static IO_ALLOCATION_ACTION NTAPI DmrAdapterControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                    PVOID MapRegisterBase, PVOID Context)
{
    DMR_REQUEST request = *(PDMR_REQUEST)Context;
    IO_ALLOCATION_ACTION action;
    ULONG number = DmrCallback("AdapterControl", &request, Irp, "base", MapRegisterBase);

    DmrRequestGive((PDMR_REQUEST)Context);
    action = request.Routine.Control(DeviceObject, Irp, MapRegisterBase, request.Context);
    DmrCallbackEnd("AdapterControl", number, (ULONG)action);
    return action;
}

static VOID NTAPI DmrListControl(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List,
                                 PVOID Context)
{
    DMR_REQUEST request = *(PDMR_REQUEST)Context;
    ULONG number;

    DmrElements(List);
    number = DmrCallback("AdapterListControl", &request, Irp, "sgl", List);
    DmrRequestGive((PDMR_REQUEST)Context);
    request.Routine.List(DeviceObject, Irp, List, request.Context);
    DmrCallbackEnd("AdapterListControl", number, 0);
}

static NTSTATUS NTAPI DmrCompletion(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                    PVOID Context, ULONG Status)
{
    DMR_REQUEST request = *(PDMR_REQUEST)Context;
    ULONG number =
        DmrCallback("DmaCompletionRoutine", &request, NULL, "done", (PVOID)(ULONG_PTR)Status);
    NTSTATUS result;

    DmrRequestGive((PDMR_REQUEST)Context);
    result = request.Routine.Completion(Adapter, DeviceObject, request.Context, Status);
    DmrCallbackEnd("DmaCompletionRoutine", number, (ULONG)result);
    return result;
}

/* --- what the wrappers have in common --- */

static PDMR_ADAPTER DmrCall(PDMR_LINE Line, PCSTR Name, PDMA_ADAPTER Adapter, PVOID Caller)
{
    PDMR_ADAPTER a = DmrFind(Adapter);

    DmrBegin(Line, 'c', Name);
    DmrKey(Line, "a", a->Id);
    if (!a->Id)
        DmrPointer(Line, "ptr", Adapter);
    DmrPointer(Line, "ra", Caller);
    return a;
}

static VOID DmrReturn(PDMR_LINE Line, PCSTR Name, ULONG Call)
{
    DmrBegin(Line, 'r', Name);
    DmrKey(Line, "of", Call);
}

/* A return that has only a result. */
static VOID DmrReturned(PDMR_LINE Line, PCSTR Name, ULONG Call, ULONG64 Result)
{
    DmrReturn(Line, Name, Call);
    DmrKey(Line, "st", Result);
    DmrEnd(Line);
}

static VOID DmrMdlKeys(PDMR_LINE Line, PMDL Mdl)
{
    DmrPointer(Line, "mdl", Mdl);
    if (!Mdl)
        return;
    DmrPointer(Line, "mva", (PUCHAR)Mdl->StartVa + Mdl->ByteOffset);
    DmrKey(Line, "mlen", Mdl->ByteCount);
    DmrKey(Line, "mfl", (USHORT)Mdl->MdlFlags);
}

/* The MDLs behind the first, before the line of a call that may reach them. */
static ULONG DmrChain(PMDL First)
{
    PMDL mdl = First ? First->Next : NULL;
    ULONG count;
    DMR_LINE line;

    for (count = 0; mdl && count < DMR_CHAIN_MAX; mdl = mdl->Next, count++) {
        DmrBegin(&line, 'm', "chain");
        DmrPointer(&line, "first", First);
        DmrMdlKeys(&line, mdl);
        DmrEnd(&line);
    }
    return count;
}

/* --- version 1 --- */

static VOID NTAPI DmrPutDmaAdapter(PDMA_ADAPTER Adapter)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "PutDmaAdapter", Adapter, DMA_RECORD_CALLER());
    PDMR_OPERATIONS original = a->Original;
    ULONG call = DmrEnd(&line);

    if (a->Id && !(DmrFlags & DMA_RECORD_KEEP_TABLE)) {
        Adapter->DmaOperations = (PDMA_OPERATIONS)original;
        a->Id = 0;
        a->Adapter = NULL;
    } else {
        a->Put = TRUE;
    }
    original->PutDmaAdapter(Adapter);
    DmrReturned(&line, "PutDmaAdapter", call, 0);
}

static PVOID NTAPI DmrAllocateCommonBuffer(PDMA_ADAPTER Adapter, ULONG Length, DMR_ADDRESS Logical,
                                           BOOLEAN Cached)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateCommonBuffer", Adapter, DMA_RECORD_CALLER());
    ULONG call;
    PVOID va;

    DmrKey(&line, "len", Length);
    DmrKey(&line, "ca", Cached);
    call = DmrEnd(&line);
    va = a->Original->AllocateCommonBuffer(Adapter, Length, Logical, Cached);
    DmrReturn(&line, "AllocateCommonBuffer", call);
    DmrPointer(&line, "va", va);
    DmrKey(&line, "ba", va && Logical ? (ULONG64)Logical->QuadPart : 0);
    DmrEnd(&line);
    return va;
}

static VOID NTAPI DmrFreeCommonBuffer(PDMA_ADAPTER Adapter, ULONG Length, PHYSICAL_ADDRESS Logical,
                                      PVOID Va, BOOLEAN Cached)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FreeCommonBuffer", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrKey(&line, "len", Length);
    DmrKey(&line, "ba", (ULONG64)Logical.QuadPart);
    DmrPointer(&line, "va", Va);
    DmrKey(&line, "ca", Cached);
    call = DmrEnd(&line);
    a->Original->FreeCommonBuffer(Adapter, Length, Logical, Va, Cached);
    DmrReturned(&line, "FreeCommonBuffer", call, 0);
}

static NTSTATUS NTAPI DmrAllocateAdapterChannel(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                                ULONG Count, PDRIVER_CONTROL Routine, PVOID Context)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateAdapterChannel", Adapter, DMA_RECORD_CALLER());
    PDMR_REQUEST request = Routine ? DmrRequestTake(a->Id, NULL, Context) : NULL;
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "dev", DeviceObject);
    DmrKey(&line, "n", Count);
    DmrPointer(&line, "fn", (ULONG_PTR)Routine);
    DmrPointer(&line, "cx", Context);
    if (Routine && !request)
        DmrKey(&line, "unseen", 1);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        request->Routine.Control = Routine;
        Routine = DmrAdapterControl;
        Context = request;
    }
    status = a->Original->AllocateAdapterChannel(Adapter, DeviceObject, Count, Routine, Context);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    DmrReturned(&line, "AllocateAdapterChannel", call, (ULONG)status);
    return status;
}

static BOOLEAN NTAPI DmrFlushAdapterBuffers(PDMA_ADAPTER Adapter, PMDL Mdl, PVOID MapRegisterBase,
                                            PVOID CurrentVa, ULONG Length, BOOLEAN WriteToDevice)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FlushAdapterBuffers", Adapter, DMA_RECORD_CALLER());
    BOOLEAN done;
    ULONG call;

    DmrMdlKeys(&line, Mdl);
    DmrPointer(&line, "base", MapRegisterBase);
    DmrPointer(&line, "va", CurrentVa);
    DmrKey(&line, "len", Length);
    DmrKey(&line, "w", WriteToDevice);
    call = DmrEnd(&line);
    done = a->Original->FlushAdapterBuffers(Adapter, Mdl, MapRegisterBase, CurrentVa, Length,
                                            WriteToDevice);
    DmrReturned(&line, "FlushAdapterBuffers", call, done);
    return done;
}

static VOID NTAPI DmrFreeAdapterChannel(PDMA_ADAPTER Adapter)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FreeAdapterChannel", Adapter, DMA_RECORD_CALLER());
    ULONG call = DmrEnd(&line);

    a->Original->FreeAdapterChannel(Adapter);
    DmrReturned(&line, "FreeAdapterChannel", call, 0);
}

static VOID NTAPI DmrFreeMapRegisters(PDMA_ADAPTER Adapter, PVOID MapRegisterBase, ULONG Count)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FreeMapRegisters", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrPointer(&line, "base", MapRegisterBase);
    DmrKey(&line, "n", Count);
    call = DmrEnd(&line);
    a->Original->FreeMapRegisters(Adapter, MapRegisterBase, Count);
    DmrReturned(&line, "FreeMapRegisters", call, 0);
}

static PHYSICAL_ADDRESS NTAPI DmrMapTransfer(PDMA_ADAPTER Adapter, PMDL Mdl, PVOID MapRegisterBase,
                                             PVOID CurrentVa, PULONG Length, BOOLEAN WriteToDevice)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "MapTransfer", Adapter, DMA_RECORD_CALLER());
    PHYSICAL_ADDRESS logical;
    ULONG call;

    DmrMdlKeys(&line, Mdl);
    DmrPointer(&line, "base", MapRegisterBase);
    DmrPointer(&line, "va", CurrentVa);
    DmrKey(&line, "len", *Length);
    DmrKey(&line, "w", WriteToDevice);
    call = DmrEnd(&line);
    logical =
        a->Original->MapTransfer(Adapter, Mdl, MapRegisterBase, CurrentVa, Length, WriteToDevice);
    DmrReturn(&line, "MapTransfer", call);
    DmrKey(&line, "ba", (ULONG64)logical.QuadPart);
    DmrKey(&line, "len", *Length);
    DmrEnd(&line);
    return logical;
}

static ULONG NTAPI DmrGetDmaAlignment(PDMA_ADAPTER Adapter)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "GetDmaAlignment", Adapter, DMA_RECORD_CALLER());
    ULONG call = DmrEnd(&line);
    ULONG result = a->Original->GetDmaAlignment(Adapter);

    DmrReturned(&line, "GetDmaAlignment", call, result);
    return result;
}

static ULONG NTAPI DmrReadDmaCounter(PDMA_ADAPTER Adapter)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "ReadDmaCounter", Adapter, DMA_RECORD_CALLER());
    ULONG call = DmrEnd(&line);
    ULONG result = a->Original->ReadDmaCounter(Adapter);

    DmrReturned(&line, "ReadDmaCounter", call, result);
    return result;
}

/* The keys that all ways to a list have in common, and the request for its callback. */
static PDMR_REQUEST DmrListKeys(PDMR_LINE Line, PDMR_ADAPTER A, PDEVICE_OBJECT DeviceObject,
                                PMDL Mdl, ULONG Length, PDRIVER_LIST_CONTROL Routine, PVOID Context,
                                PVOID Transfer, BOOLEAN WriteToDevice)
{
    PDMR_REQUEST request = Routine ? DmrRequestTake(A->Id, Transfer, Context) : NULL;

    DmrPointer(Line, "dev", DeviceObject);
    DmrMdlKeys(Line, Mdl);
    DmrKey(Line, "len", Length);
    DmrKey(Line, "w", WriteToDevice);
    DmrPointer(Line, "fn", (ULONG_PTR)Routine);
    DmrPointer(Line, "cx", Context);
    if (Routine && !request)
        DmrKey(Line, "unseen", 1);
    if (request)
        request->Routine.List = Routine;
    return request;
}

static NTSTATUS NTAPI DmrGetScatterGatherList(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                              PMDL Mdl, PVOID CurrentVa, ULONG Length,
                                              PDRIVER_LIST_CONTROL Routine, PVOID Context,
                                              BOOLEAN WriteToDevice)
{
    DMR_LINE line;
    PDMR_REQUEST request;
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "GetScatterGatherList", Adapter, DMA_RECORD_CALLER());
    request =
        DmrListKeys(&line, a, DeviceObject, Mdl, Length, Routine, Context, NULL, WriteToDevice);
    DmrKey(&line, "mn", chain);
    DmrPointer(&line, "va", CurrentVa);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        Routine = DmrListControl;
        Context = request;
    }
    status = a->Original->GetScatterGatherList(Adapter, DeviceObject, Mdl, CurrentVa, Length,
                                               Routine, Context, WriteToDevice);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    DmrReturned(&line, "GetScatterGatherList", call, (ULONG)status);
    return status;
}

static VOID NTAPI DmrPutScatterGatherList(PDMA_ADAPTER Adapter, PSCATTER_GATHER_LIST List,
                                          BOOLEAN WriteToDevice)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "PutScatterGatherList", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrPointer(&line, "sgl", List);
    DmrKey(&line, "w", WriteToDevice);
    call = DmrEnd(&line);
    a->Original->PutScatterGatherList(Adapter, List, WriteToDevice);
    DmrReturned(&line, "PutScatterGatherList", call, 0);
}

/* --- version 2 --- */

static NTSTATUS NTAPI DmrCalculateScatterGatherList(PDMA_ADAPTER Adapter, PMDL Mdl, PVOID CurrentVa,
                                                    ULONG Length, PULONG Size, PULONG Registers)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "CalculateScatterGatherList", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrMdlKeys(&line, Mdl);
    DmrPointer(&line, "va", CurrentVa);
    DmrKey(&line, "len", Length);
    call = DmrEnd(&line);
    status =
        a->Original->CalculateScatterGatherList(Adapter, Mdl, CurrentVa, Length, Size, Registers);
    DmrReturn(&line, "CalculateScatterGatherList", call);
    DmrKey(&line, "st", (ULONG)status);
    DmrKey(&line, "size", NT_SUCCESS(status) && Size ? *Size : 0);
    DmrKey(&line, "n", NT_SUCCESS(status) && Registers ? *Registers : 0);
    DmrEnd(&line);
    return status;
}

static NTSTATUS NTAPI DmrBuildScatterGatherList(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                                PMDL Mdl, PVOID CurrentVa, ULONG Length,
                                                PDRIVER_LIST_CONTROL Routine, PVOID Context,
                                                BOOLEAN WriteToDevice, PVOID Buffer,
                                                ULONG BufferLength)
{
    DMR_LINE line;
    PDMR_REQUEST request;
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "BuildScatterGatherList", Adapter, DMA_RECORD_CALLER());
    request =
        DmrListKeys(&line, a, DeviceObject, Mdl, Length, Routine, Context, NULL, WriteToDevice);
    DmrKey(&line, "mn", chain);
    DmrPointer(&line, "va", CurrentVa);
    DmrPointer(&line, "buf", Buffer);
    DmrKey(&line, "blen", BufferLength);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        Routine = DmrListControl;
        Context = request;
    }
    status =
        a->Original->BuildScatterGatherList(Adapter, DeviceObject, Mdl, CurrentVa, Length, Routine,
                                            Context, WriteToDevice, Buffer, BufferLength);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    DmrReturned(&line, "BuildScatterGatherList", call, (ULONG)status);
    return status;
}

static NTSTATUS NTAPI DmrBuildMdlFromScatterGatherList(PDMA_ADAPTER Adapter,
                                                       PSCATTER_GATHER_LIST List, PMDL Original,
                                                       PMDL *Target)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "BuildMdlFromScatterGatherList", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "sgl", List);
    DmrMdlKeys(&line, Original);
    call = DmrEnd(&line);
    status = a->Original->BuildMdlFromScatterGatherList(Adapter, List, Original, Target);
    DmrReturn(&line, "BuildMdlFromScatterGatherList", call);
    DmrKey(&line, "st", (ULONG)status);
    DmrMdlKeys(&line, NT_SUCCESS(status) && Target ? *Target : NULL);
    DmrEnd(&line);
    return status;
}

/* --- version 3 --- */

static NTSTATUS NTAPI DmrGetDmaAdapterInfo(PDMA_ADAPTER Adapter, PVOID Info)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "GetDmaAdapterInfo", Adapter, DMA_RECORD_CALLER());
    PULONG words = (PULONG)Info; /* wdm/ns-wdm-_dma_adapter_info_v1, behind the version */
    NTSTATUS status;
    ULONG call;

    DmrKey(&line, "ver", words ? words[0] : 0);
    call = DmrEnd(&line);
    status = a->Original->GetDmaAdapterInfo(Adapter, Info);
    DmrReturn(&line, "GetDmaAdapterInfo", call);
    DmrKey(&line, "st", (ULONG)status);
    if (NT_SUCCESS(status) && words) {
        DmrKey(&line, "n", words[2]);
        DmrKey(&line, "width", words[3]);
        DmrKey(&line, "fl", words[4]);
    }
    DmrEnd(&line);
    return status;
}

static NTSTATUS NTAPI DmrGetDmaTransferInfo(PDMA_ADAPTER Adapter, PMDL Mdl, ULONGLONG Offset,
                                            ULONG Length, BOOLEAN WriteOnly, PVOID Info)
{
    DMR_LINE line;
    PULONG words = (PULONG)Info; /* wdm/ns-wdm-_dma_transfer_info_v1, behind the version */
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "GetDmaTransferInfo", Adapter, DMA_RECORD_CALLER());
    DmrMdlKeys(&line, Mdl);
    DmrKey(&line, "mn", chain);
    DmrKey(&line, "off", Offset);
    DmrKey(&line, "len", Length);
    DmrKey(&line, "w", WriteOnly);
    DmrKey(&line, "ver", words ? words[0] : 0);
    call = DmrEnd(&line);
    status = a->Original->GetDmaTransferInfo(Adapter, Mdl, Offset, Length, WriteOnly, Info);
    DmrReturn(&line, "GetDmaTransferInfo", call);
    DmrKey(&line, "st", (ULONG)status);
    if (NT_SUCCESS(status) && words) {
        DmrKey(&line, "n", words[1]);
        DmrKey(&line, "el", words[2]);
        DmrKey(&line, "size", words[3]);
    }
    DmrEnd(&line);
    return status;
}

static NTSTATUS NTAPI DmrInitializeDmaTransferContext(PDMA_ADAPTER Adapter, PVOID Transfer)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "InitializeDmaTransferContext", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "tx", Transfer);
    call = DmrEnd(&line);
    status = a->Original->InitializeDmaTransferContext(Adapter, Transfer);
    DmrReturned(&line, "InitializeDmaTransferContext", call, (ULONG)status);
    return status;
}

static PVOID NTAPI DmrAllocateCommonBufferEx(PDMA_ADAPTER Adapter, DMR_ADDRESS Maximum,
                                             ULONG Length, DMR_ADDRESS Logical, BOOLEAN Cached,
                                             ULONG Node)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateCommonBufferEx", Adapter, DMA_RECORD_CALLER());
    ULONG call;
    PVOID va;

    DmrKey(&line, "len", Length);
    DmrKey(&line, "ca", Cached);
    DmrKey(&line, "max", Maximum ? (ULONG64)Maximum->QuadPart : (ULONG64)-1);
    DmrKey(&line, "node", Node);
    call = DmrEnd(&line);
    va = a->Original->AllocateCommonBufferEx(Adapter, Maximum, Length, Logical, Cached, Node);
    DmrReturn(&line, "AllocateCommonBufferEx", call);
    DmrPointer(&line, "va", va);
    DmrKey(&line, "ba", va && Logical ? (ULONG64)Logical->QuadPart : 0);
    DmrEnd(&line);
    return va;
}

static NTSTATUS NTAPI DmrAllocateAdapterChannelEx(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                                  PVOID Transfer, ULONG Count, ULONG Flags,
                                                  PDRIVER_CONTROL Routine, PVOID Context,
                                                  PVOID *Base)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateAdapterChannelEx", Adapter, DMA_RECORD_CALLER());
    PDMR_REQUEST request = Routine ? DmrRequestTake(a->Id, Transfer, Context) : NULL;
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "dev", DeviceObject);
    DmrPointer(&line, "tx", Transfer);
    DmrKey(&line, "n", Count);
    DmrKey(&line, "fl", Flags);
    DmrPointer(&line, "fn", (ULONG_PTR)Routine);
    DmrPointer(&line, "cx", Context);
    DmrPointer(&line, "out", Base);
    if (Routine && !request)
        DmrKey(&line, "unseen", 1);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        request->Routine.Control = Routine;
        Routine = DmrAdapterControl;
        Context = request;
    }
    status = a->Original->AllocateAdapterChannelEx(Adapter, DeviceObject, Transfer, Count, Flags,
                                                   Routine, Context, Base);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    DmrReturn(&line, "AllocateAdapterChannelEx", call);
    DmrKey(&line, "st", (ULONG)status);
    if (NT_SUCCESS(status) && Base && !request)
        DmrPointer(&line, "base", *Base);
    DmrEnd(&line);
    return status;
}

static NTSTATUS NTAPI DmrConfigureAdapterChannel(PDMA_ADAPTER Adapter, ULONG Function,
                                                 PVOID Context)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "ConfigureAdapterChannel", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrKey(&line, "n", Function);
    DmrPointer(&line, "cx", Context);
    call = DmrEnd(&line);
    status = a->Original->ConfigureAdapterChannel(Adapter, Function, Context);
    DmrReturned(&line, "ConfigureAdapterChannel", call, (ULONG)status);
    return status;
}

static BOOLEAN NTAPI DmrCancelAdapterChannel(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                             PVOID Transfer)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "CancelAdapterChannel", Adapter, DMA_RECORD_CALLER());
    BOOLEAN cancelled;
    ULONG call;

    DmrPointer(&line, "dev", DeviceObject);
    DmrPointer(&line, "tx", Transfer);
    call = DmrEnd(&line);
    cancelled = a->Original->CancelAdapterChannel(Adapter, DeviceObject, Transfer);
    if (cancelled)
        DmrRequestCancelled(Transfer);
    DmrReturned(&line, "CancelAdapterChannel", call, cancelled);
    return cancelled;
}

static NTSTATUS NTAPI DmrMapTransferEx(PDMA_ADAPTER Adapter, PMDL Mdl, PVOID MapRegisterBase,
                                       ULONGLONG Offset, ULONG DeviceOffset, PULONG Length,
                                       BOOLEAN WriteToDevice, PSCATTER_GATHER_LIST List,
                                       ULONG ListBytes, DMR_COMPLETION Completion, PVOID Context)
{
    DMR_LINE line;
    PDMR_REQUEST request;
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "MapTransferEx", Adapter, DMA_RECORD_CALLER());
    request = Completion ? DmrRequestTake(a->Id, NULL, Context) : NULL;
    DmrMdlKeys(&line, Mdl);
    DmrKey(&line, "mn", chain);
    DmrPointer(&line, "base", MapRegisterBase);
    DmrKey(&line, "off", Offset);
    DmrKey(&line, "len", Length ? *Length : 0);
    DmrKey(&line, "w", WriteToDevice);
    DmrKey(&line, "dof", DeviceOffset);
    DmrPointer(&line, "buf", List);
    DmrKey(&line, "blen", ListBytes);
    DmrPointer(&line, "fn", (ULONG_PTR)Completion);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        request->Routine.Completion = Completion;
        Completion = DmrCompletion;
        Context = request;
    }
    status = a->Original->MapTransferEx(Adapter, Mdl, MapRegisterBase, Offset, DeviceOffset, Length,
                                        WriteToDevice, List, ListBytes, Completion, Context);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    else
        DmrElements(List);
    DmrReturn(&line, "MapTransferEx", call);
    DmrKey(&line, "st", (ULONG)status);
    DmrKey(&line, "len", Length ? *Length : 0);
    if (NT_SUCCESS(status))
        DmrPointer(&line, "sgl", List);
    DmrEnd(&line);
    return status;
}

static VOID DmrListExKeys(PDMR_LINE Line, PVOID Transfer, ULONGLONG Offset, ULONG Flags,
                          PVOID Result)
{
    DmrPointer(Line, "tx", Transfer);
    DmrKey(Line, "off", Offset);
    DmrKey(Line, "fl", Flags);
    DmrPointer(Line, "out", Result);
}

/* A list that is there when the call returns, and that no callback has shown. */
static VOID DmrListReturn(PDMR_LINE Line, PCSTR Name, ULONG Call, NTSTATUS Status, BOOLEAN Shown,
                          PSCATTER_GATHER_LIST List)
{
    if (Shown || !NT_SUCCESS(Status))
        List = NULL;
    DmrElements(List);
    DmrReturn(Line, Name, Call);
    DmrKey(Line, "st", (ULONG)Status);
    if (List)
        DmrPointer(Line, "sgl", List);
    DmrEnd(Line);
}

static NTSTATUS NTAPI DmrGetScatterGatherListEx(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                                PVOID Transfer, PMDL Mdl, ULONGLONG Offset,
                                                ULONG Length, ULONG Flags,
                                                PDRIVER_LIST_CONTROL Routine, PVOID Context,
                                                BOOLEAN WriteToDevice, DMR_COMPLETION Completion,
                                                PVOID CompletionContext, PSCATTER_GATHER_LIST *List)
{
    DMR_LINE line;
    PDMR_REQUEST request;
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "GetScatterGatherListEx", Adapter, DMA_RECORD_CALLER());
    request =
        DmrListKeys(&line, a, DeviceObject, Mdl, Length, Routine, Context, Transfer, WriteToDevice);
    DmrKey(&line, "mn", chain);
    DmrListExKeys(&line, Transfer, Offset, Flags, List);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        Routine = DmrListControl;
        Context = request;
    }
    status = a->Original->GetScatterGatherListEx(Adapter, DeviceObject, Transfer, Mdl, Offset,
                                                 Length, Flags, Routine, Context, WriteToDevice,
                                                 Completion, CompletionContext, List);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    DmrListReturn(&line, "GetScatterGatherListEx", call, status, request != NULL,
                  List ? *List : NULL);
    return status;
}

static NTSTATUS NTAPI DmrBuildScatterGatherListEx(PDMA_ADAPTER Adapter, PDEVICE_OBJECT DeviceObject,
                                                  PVOID Transfer, PMDL Mdl, ULONGLONG Offset,
                                                  ULONG Length, ULONG Flags,
                                                  PDRIVER_LIST_CONTROL Routine, PVOID Context,
                                                  BOOLEAN WriteToDevice, PVOID Buffer,
                                                  ULONG BufferLength, DMR_COMPLETION Completion,
                                                  PVOID CompletionContext, PVOID Result)
{
    DMR_LINE line;
    PDMR_REQUEST request;
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "BuildScatterGatherListEx", Adapter, DMA_RECORD_CALLER());
    request =
        DmrListKeys(&line, a, DeviceObject, Mdl, Length, Routine, Context, Transfer, WriteToDevice);
    DmrKey(&line, "mn", chain);
    DmrListExKeys(&line, Transfer, Offset, Flags, Result);
    DmrKey(&line, "blen", BufferLength);
    call = DmrEnd(&line);
    if (request) {
        request->Call = call;
        Routine = DmrListControl;
        Context = request;
    }
    status =
        a->Original->BuildScatterGatherListEx(Adapter, DeviceObject, Transfer, Mdl, Offset, Length,
                                              Flags, Routine, Context, WriteToDevice, Buffer,
                                              BufferLength, Completion, CompletionContext, Result);
    if (!NT_SUCCESS(status))
        DmrRequestGive(request);
    DmrListReturn(&line, "BuildScatterGatherListEx", call, status, request != NULL,
                  Result ? *(PSCATTER_GATHER_LIST *)Result : NULL);
    return status;
}

static NTSTATUS NTAPI DmrFlushAdapterBuffersEx(PDMA_ADAPTER Adapter, PMDL Mdl,
                                               PVOID MapRegisterBase, ULONGLONG Offset,
                                               ULONG Length, BOOLEAN WriteToDevice)
{
    DMR_LINE line;
    PDMR_ADAPTER a;
    NTSTATUS status;
    ULONG call, chain;

    chain = DmrChain(Mdl);
    a = DmrCall(&line, "FlushAdapterBuffersEx", Adapter, DMA_RECORD_CALLER());
    DmrMdlKeys(&line, Mdl);
    DmrKey(&line, "mn", chain);
    DmrPointer(&line, "base", MapRegisterBase);
    DmrKey(&line, "off", Offset);
    DmrKey(&line, "len", Length);
    DmrKey(&line, "w", WriteToDevice);
    call = DmrEnd(&line);
    status = a->Original->FlushAdapterBuffersEx(Adapter, Mdl, MapRegisterBase, Offset, Length,
                                                WriteToDevice);
    DmrReturned(&line, "FlushAdapterBuffersEx", call, (ULONG)status);
    return status;
}

static VOID NTAPI DmrFreeAdapterObject(PDMA_ADAPTER Adapter, IO_ALLOCATION_ACTION Action)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FreeAdapterObject", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrKey(&line, "n", (ULONG)Action);
    call = DmrEnd(&line);
    a->Original->FreeAdapterObject(Adapter, Action);
    DmrReturned(&line, "FreeAdapterObject", call, 0);
}

static NTSTATUS NTAPI DmrCancelMappedTransfer(PDMA_ADAPTER Adapter, PVOID Transfer)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "CancelMappedTransfer", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "tx", Transfer);
    call = DmrEnd(&line);
    status = a->Original->CancelMappedTransfer(Adapter, Transfer);
    DmrReturned(&line, "CancelMappedTransfer", call, (ULONG)status);
    return status;
}

/* --- Windows 10 and later --- */

static NTSTATUS NTAPI DmrAllocateDomainCommonBuffer(PDMA_ADAPTER Adapter, HANDLE Domain,
                                                    DMR_ADDRESS Maximum, ULONG Length, ULONG Flags,
                                                    PULONG CacheType, ULONG Node,
                                                    DMR_ADDRESS Logical, PVOID *Va)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateDomainCommonBuffer", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "dom", Domain);
    DmrKey(&line, "len", Length);
    DmrKey(&line, "max", Maximum ? (ULONG64)Maximum->QuadPart : (ULONG64)-1);
    DmrKey(&line, "fl", Flags);
    DmrKey(&line, "ca", CacheType ? *CacheType : 0xffffffffu);
    DmrKey(&line, "node", Node);
    call = DmrEnd(&line);
    status = a->Original->AllocateDomainCommonBuffer(Adapter, Domain, Maximum, Length, Flags,
                                                     CacheType, Node, Logical, Va);
    DmrReturn(&line, "AllocateDomainCommonBuffer", call);
    DmrKey(&line, "st", (ULONG)status);
    if (NT_SUCCESS(status) && Va && Logical) {
        DmrPointer(&line, "va", *Va);
        DmrKey(&line, "ba", (ULONG64)Logical->QuadPart);
    }
    DmrEnd(&line);
    return status;
}

static NTSTATUS NTAPI DmrFlushDmaBuffer(PDMA_ADAPTER Adapter, PMDL Mdl, BOOLEAN ReadOperation)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FlushDmaBuffer", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrMdlKeys(&line, Mdl);
    DmrKey(&line, "n", ReadOperation);
    call = DmrEnd(&line);
    status = a->Original->FlushDmaBuffer(Adapter, Mdl, ReadOperation);
    DmrReturned(&line, "FlushDmaBuffer", call, (ULONG)status);
    return status;
}

static NTSTATUS NTAPI DmrJoinDmaDomain(PDMA_ADAPTER Adapter, HANDLE Domain)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "JoinDmaDomain", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrPointer(&line, "dom", Domain);
    call = DmrEnd(&line);
    status = a->Original->JoinDmaDomain(Adapter, Domain);
    DmrReturned(&line, "JoinDmaDomain", call, (ULONG)status);
    return status;
}

static NTSTATUS NTAPI DmrLeaveDmaDomain(PDMA_ADAPTER Adapter)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "LeaveDmaDomain", Adapter, DMA_RECORD_CALLER());
    ULONG call = DmrEnd(&line);
    NTSTATUS status = a->Original->LeaveDmaDomain(Adapter);

    DmrReturned(&line, "LeaveDmaDomain", call, (ULONG)status);
    return status;
}

static HANDLE NTAPI DmrGetDmaDomain(PDMA_ADAPTER Adapter)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "GetDmaDomain", Adapter, DMA_RECORD_CALLER());
    ULONG call = DmrEnd(&line);
    HANDLE domain = a->Original->GetDmaDomain(Adapter);

    DmrReturn(&line, "GetDmaDomain", call);
    DmrPointer(&line, "dom", domain);
    DmrEnd(&line);
    return domain;
}

static PVOID NTAPI DmrAllocateCommonBufferWithBounds(PDMA_ADAPTER Adapter, DMR_ADDRESS Minimum,
                                                     DMR_ADDRESS Maximum, ULONG Length, ULONG Flags,
                                                     PULONG CacheType, ULONG Node,
                                                     DMR_ADDRESS Logical)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateCommonBufferWithBounds", Adapter, DMA_RECORD_CALLER());
    ULONG call;
    PVOID va;

    DmrKey(&line, "len", Length);
    DmrKey(&line, "min", Minimum ? (ULONG64)Minimum->QuadPart : 0);
    DmrKey(&line, "max", Maximum ? (ULONG64)Maximum->QuadPart : (ULONG64)-1);
    DmrKey(&line, "fl", Flags);
    DmrKey(&line, "ca", CacheType ? *CacheType : 0xffffffffu);
    DmrKey(&line, "node", Node);
    call = DmrEnd(&line);
    va = a->Original->AllocateCommonBufferWithBounds(Adapter, Minimum, Maximum, Length, Flags,
                                                     CacheType, Node, Logical);
    DmrReturn(&line, "AllocateCommonBufferWithBounds", call);
    DmrPointer(&line, "va", va);
    DmrKey(&line, "ba", va && Logical ? (ULONG64)Logical->QuadPart : 0);
    DmrEnd(&line);
    return va;
}

static NTSTATUS NTAPI DmrAllocateCommonBufferVector(PDMA_ADAPTER Adapter, PHYSICAL_ADDRESS Low,
                                                    PHYSICAL_ADDRESS High, ULONG CacheType,
                                                    ULONG Node, ULONG Flags, ULONG Count,
                                                    ULONGLONG Bytes, PVOID *Vector)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "AllocateCommonBufferVector", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrKey(&line, "min", (ULONG64)Low.QuadPart);
    DmrKey(&line, "max", (ULONG64)High.QuadPart);
    DmrKey(&line, "n", Count);
    DmrKey(&line, "len", Bytes);
    DmrKey(&line, "ca", CacheType);
    DmrKey(&line, "node", Node);
    DmrKey(&line, "fl", Flags);
    call = DmrEnd(&line);
    status = a->Original->AllocateCommonBufferVector(Adapter, Low, High, CacheType, Node, Flags,
                                                     Count, Bytes, Vector);
    DmrReturn(&line, "AllocateCommonBufferVector", call);
    DmrKey(&line, "st", (ULONG)status);
    DmrPointer(&line, "vec", NT_SUCCESS(status) && Vector ? *Vector : NULL);
    DmrEnd(&line);
    return status;
}

static VOID NTAPI DmrGetCommonBufferFromVectorByIndex(PDMA_ADAPTER Adapter, PVOID Vector,
                                                      ULONG Index, PVOID *Va, DMR_ADDRESS Logical)
{
    DMR_LINE line;
    PDMR_ADAPTER a =
        DmrCall(&line, "GetCommonBufferFromVectorByIndex", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrPointer(&line, "vec", Vector);
    DmrKey(&line, "n", Index);
    call = DmrEnd(&line);
    a->Original->GetCommonBufferFromVectorByIndex(Adapter, Vector, Index, Va, Logical);
    DmrReturn(&line, "GetCommonBufferFromVectorByIndex", call);
    DmrPointer(&line, "va", Va ? *Va : NULL);
    DmrKey(&line, "ba", Logical ? (ULONG64)Logical->QuadPart : 0);
    DmrEnd(&line);
}

static VOID NTAPI DmrFreeCommonBufferFromVector(PDMA_ADAPTER Adapter, PVOID Vector, ULONG Index)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FreeCommonBufferFromVector", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrPointer(&line, "vec", Vector);
    DmrKey(&line, "n", Index);
    call = DmrEnd(&line);
    a->Original->FreeCommonBufferFromVector(Adapter, Vector, Index);
    DmrReturned(&line, "FreeCommonBufferFromVector", call, 0);
}

static VOID NTAPI DmrFreeCommonBufferVector(PDMA_ADAPTER Adapter, PVOID Vector)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "FreeCommonBufferVector", Adapter, DMA_RECORD_CALLER());
    ULONG call;

    DmrPointer(&line, "vec", Vector);
    call = DmrEnd(&line);
    a->Original->FreeCommonBufferVector(Adapter, Vector);
    DmrReturned(&line, "FreeCommonBufferVector", call, 0);
}

static NTSTATUS NTAPI DmrCreateCommonBufferFromMdl(PDMA_ADAPTER Adapter, PMDL Mdl,
                                                   PVOID Configurations, ULONG Count,
                                                   DMR_ADDRESS Logical)
{
    DMR_LINE line;
    PDMR_ADAPTER a = DmrCall(&line, "CreateCommonBufferFromMdl", Adapter, DMA_RECORD_CALLER());
    NTSTATUS status;
    ULONG call;

    DmrMdlKeys(&line, Mdl);
    DmrKey(&line, "n", Count);
    call = DmrEnd(&line);
    status = a->Original->CreateCommonBufferFromMdl(Adapter, Mdl, Configurations, Count, Logical);
    DmrReturn(&line, "CreateCommonBufferFromMdl", call);
    DmrKey(&line, "st", (ULONG)status);
    DmrKey(&line, "ba", NT_SUCCESS(status) && Logical ? (ULONG64)Logical->QuadPart : 0);
    DmrEnd(&line);
    return status;
}

/* --- KMDF: what EvtProgramDma was given for a transaction --- */

typedef struct _DMR_TRANSACTION {
    PVOID volatile Handle;
    PVOID Function;
} DMR_TRANSACTION;

static DMR_TRANSACTION DmrTransactions[DMA_RECORD_TRANSACTIONS];

PVOID DmaRecordTransaction(PVOID Transaction, PVOID Function)
{
    ULONG first = (ULONG)((ULONG_PTR)Transaction >> 4) % DMA_RECORD_TRANSACTIONS, i;

    for (i = 0; i < DMA_RECORD_TRANSACTIONS; i++) {
        DMR_TRANSACTION *t = &DmrTransactions[(first + i) % DMA_RECORD_TRANSACTIONS];
        PVOID handle = t->Handle;

        if (handle == NULL && Function)
            handle =
                InterlockedCompareExchangePointer((PVOID volatile *)&t->Handle, Transaction, NULL);
        if (handle != Transaction && !(handle == NULL && Function))
            continue;
        if (Function)
            t->Function = Function;
        return t->Function;
    }
    return NULL;
}

/* --- attaching --- */

static const DMR_OPERATIONS DmrWrappers = {
    FIELD_OFFSET(DMR_OPERATIONS, Later),
    DmrPutDmaAdapter,
    DmrAllocateCommonBuffer,
    DmrFreeCommonBuffer,
    DmrAllocateAdapterChannel,
    DmrFlushAdapterBuffers,
    DmrFreeAdapterChannel,
    DmrFreeMapRegisters,
    DmrMapTransfer,
    DmrGetDmaAlignment,
    DmrReadDmaCounter,
    DmrGetScatterGatherList,
    DmrPutScatterGatherList,
    DmrCalculateScatterGatherList,
    DmrBuildScatterGatherList,
    DmrBuildMdlFromScatterGatherList,
    DmrGetDmaAdapterInfo,
    DmrGetDmaTransferInfo,
    DmrInitializeDmaTransferContext,
    DmrAllocateCommonBufferEx,
    DmrAllocateAdapterChannelEx,
    DmrConfigureAdapterChannel,
    DmrCancelAdapterChannel,
    DmrMapTransferEx,
    DmrGetScatterGatherListEx,
    DmrBuildScatterGatherListEx,
    DmrFlushAdapterBuffersEx,
    DmrFreeAdapterObject,
    DmrCancelMappedTransfer,
    DmrAllocateDomainCommonBuffer,
    DmrFlushDmaBuffer,
    DmrJoinDmaDomain,
    DmrLeaveDmaDomain,
    DmrGetDmaDomain,
    DmrAllocateCommonBufferWithBounds,
    DmrAllocateCommonBufferVector,
    DmrGetCommonBufferFromVectorByIndex,
    DmrFreeCommonBufferFromVector,
    DmrFreeCommonBufferVector,
    DmrCreateCommonBufferFromMdl,
    { NULL },
};

/* A copy of as much as the adapter has; members that it has and we know are ours. All are pointers. */
static VOID DmrTableMake(PDMR_OPERATIONS Table, PDMR_OPERATIONS Original)
{
    PVOID *to = (PVOID *)Table, *from = (PVOID *)Original, *ours = (PVOID *)&DmrWrappers;
    ULONG members = Original->Size / sizeof(PVOID),
          known = FIELD_OFFSET(DMR_OPERATIONS, Later) / sizeof(PVOID);
    ULONG i;

    RtlZeroMemory(Table, sizeof(*Table));
    Table->Size = Original->Size;
    for (i = FIELD_OFFSET(DMR_OPERATIONS, PutDmaAdapter) / sizeof(PVOID); i < members; i++)
        to[i] = i < known && from[i] ? ours[i] : from[i];
}

/* A slot that is nobody's, or whose adapter was put and lies at the same address. */
static PDMR_ADAPTER DmrSlotTake(PDMA_ADAPTER Adapter)
{
    PDMR_ADAPTER a = DmrFind(Adapter);
    ULONG i;

    if (a->Id)
        return a->Put ? a : NULL;
    for (i = 0; i < DMA_RECORD_ADAPTERS; i++)
        if (InterlockedCompareExchangePointer((PVOID volatile *)&DmrAdapters[i].Adapter, Adapter,
                                              NULL) == NULL)
            return &DmrAdapters[i];
    for (i = 0; i < DMA_RECORD_ADAPTERS;
         i++) /* KEEP_TABLE: the memory of one that was put long ago */
        if (DmrAdapters[i].Put)
            return &DmrAdapters[i];
    return NULL;
}

static NTSTATUS DmrAttach(PDMA_ADAPTER Adapter, PDEVICE_OBJECT Pdo, PDEVICE_DESCRIPTION Description,
                          ULONG Registers, PDMR_ADAPTER *Slot)
{
    PDMR_OPERATIONS original = (PDMR_OPERATIONS)Adapter->DmaOperations;
    PDMR_ADAPTER a;

    *Slot = NULL;
    if (original->Size > sizeof(DMR_OPERATIONS))
        return STATUS_NOT_SUPPORTED;
    a = DmrSlotTake(Adapter);
    if (!a)
        return STATUS_INSUFFICIENT_RESOURCES;
    a->Original = original;
    a->Put = FALSE;
    DmrTableMake(&a->Table, original);
    DmrStray.Original = original;
    a->Pdo = Pdo;
    a->Registers = Registers;
    a->Described = (BOOLEAN)(Description != NULL);
    if (Description)
        RtlCopyMemory(&a->Description, Description,
                      Description->Version < 3 ? DMR_DESCRIPTION_OLD : sizeof(DMR_DESCRIPTION));
    a->Id = (ULONG)InterlockedIncrement(&DmrAdapterId);
    *Slot = a;
    a->Adapter = Adapter;
    InterlockedExchangePointer((PVOID volatile *)&Adapter->DmaOperations, &a->Table);
    return STATUS_SUCCESS;
}

static VOID DmrDescription(PDMR_LINE Line, PDEVICE_OBJECT Pdo, PDEVICE_DESCRIPTION Description)
{
    const DMR_DESCRIPTION *d = (const DMR_DESCRIPTION *)Description;
    BOOLEAN no_pdo = (BOOLEAN)(Pdo == NULL);

    DmrPointer(Line, "dev", Pdo);
    if (!Description)
        return;
    DmrKey(Line, "ver", Description->Version);
    DmrKey(Line, "fl",
           (ULONG)(Description->Master != 0) | (ULONG)(Description->ScatterGather != 0) << 1 |
               (ULONG)(Description->DemandMode != 0) << 2 |
               (ULONG)(Description->AutoInitialize != 0) << 3 |
               (ULONG)(Description->Dma32BitAddresses != 0) << 4 |
               (ULONG)(Description->IgnoreCount != 0) << 5 |
               (ULONG)(Description->Reserved1 != 0) << 6 |
               (ULONG)(Description->Dma64BitAddresses != 0) << 7 | (ULONG)no_pdo << 8);
    DmrKey(Line, "max", Description->MaximumLength);
    DmrKey(Line, "if", (ULONG)Description->InterfaceType);
    DmrKey(Line, "ch", Description->DmaChannel);
    DmrKey(Line, "dw", (ULONG)Description->DmaWidth);
    DmrKey(Line, "sp", (ULONG)Description->DmaSpeed);
    DmrKey(Line, "port", Description->DmaPort);
    DmrKey(Line, "bus", Description->BusNumber);
    if (Description->Version < 3)
        return;
    DmrKey(Line, "width", d->DmaAddressWidth);
    DmrKey(Line, "ctl", d->DmaControllerInstance);
    DmrKey(Line, "rl", d->DmaRequestLine);
    DmrKey(Line, "da", (ULONG64)d->DeviceAddress.QuadPart);
}

static VOID DmrStartDefault(VOID)
{
    if (!DmrStarted)
        DmaRecordStart(DMA_RECORD_DEBUGGER, NULL);
}

/* An adapter as it is known to us; Caller: who attached it, NULL: it is only told of again. */
static VOID DmrAdapterLine(PCSTR Which, PDMR_ADAPTER A, NTSTATUS Status, PVOID Caller)
{
    DMR_LINE line;

    DmrBegin(&line, 'i', Which);
    DmrKey(&line, "st", (ULONG)Status);
    if (A) {
        DmrKey(&line, "a", A->Id);
        DmrKey(&line, "size", A->Original->Size);
        DmrKey(&line, "n", A->Registers);
        DmrDescription(&line, A->Pdo, A->Described ? (PDEVICE_DESCRIPTION)&A->Description : NULL);
    }
    if (Caller)
        DmrPointer(&line, "ra", Caller);
    DmrEnd(&line);
}

NTSTATUS DmaRecordAttach(PDMA_ADAPTER Adapter, PDEVICE_OBJECT Pdo, PDEVICE_DESCRIPTION Description,
                         ULONG NumberOfMapRegisters)
{
    PDMR_ADAPTER slot;
    NTSTATUS status;

    if (!Adapter)
        return STATUS_INVALID_PARAMETER;
    DmrStartDefault();
    status = DmrAttach(Adapter, Pdo, Description, NumberOfMapRegisters, &slot);
    DmrAdapterLine("attach", slot, status, DMA_RECORD_CALLER());
    return status;
}

VOID DmaRecordDetach(PDMA_ADAPTER Adapter)
{
    PDMR_ADAPTER a = DmrFind(Adapter);
    DMR_LINE line;

    if (!a->Id)
        return;
    DmrBegin(&line, 'i', "detach");
    DmrKey(&line, "a", a->Id);
    DmrEnd(&line);
    if (!a->Put) /* else the memory is no longer its */
        InterlockedExchangePointer((PVOID volatile *)&Adapter->DmaOperations, a->Original);
    a->Id = 0;
    a->Put = FALSE;
    a->Adapter = NULL;
}

PDMA_ADAPTER DmaRecordGetDmaAdapter(PDEVICE_OBJECT PhysicalDeviceObject,
                                    PDEVICE_DESCRIPTION DeviceDescription,
                                    PULONG NumberOfMapRegisters)
{
    PDMA_ADAPTER adapter;
    PDMR_ADAPTER slot = NULL;
    ULONG call, count;
    DMR_LINE line;

    DmrStartDefault();
    DmrBegin(&line, 'c', "IoGetDmaAdapter");
    DmrDescription(&line, PhysicalDeviceObject, DeviceDescription);
    DmrPointer(&line, "ra", DMA_RECORD_CALLER());
    call = DmrEnd(&line);
    adapter = IoGetDmaAdapter(PhysicalDeviceObject, DeviceDescription, NumberOfMapRegisters);
    DmrReturn(&line, "IoGetDmaAdapter", call);
    DmrKey(&line, "got", adapter != NULL);
    if (adapter) {
        count = NumberOfMapRegisters ? *NumberOfMapRegisters : 0;
        DmrKey(&line, "size", adapter->DmaOperations->Size);
        DmrKey(&line, "n", count);
        DmrAttach(adapter, PhysicalDeviceObject, DeviceDescription, count, &slot);
    }
    DmrKey(&line, "a", slot ? slot->Id : 0);
    DmrEnd(&line);
    return adapter;
}

/* --- the end of a recording --- */

static VOID DmrStateAll(VOID)
{
    ULONG i;

    DmrState("state");
    for (i = 0; i < DMA_RECORD_ADAPTERS; i++)
        if (DmrAdapters[i].Id && !DmrAdapters[i].Put)
            DmrAdapterLine("adapter", &DmrAdapters[i], STATUS_SUCCESS, NULL);
}

ULONG DmaRecordDump(DMA_RECORD_WRITE *Write, PVOID Context)
{
    ULONG next, number, count = 0;
    LONG was;

    DmrStateAll();
    next = (ULONG)DmrNumber;
    number = next - DMA_RECORD_RING_LINES;

    if (next < DMA_RECORD_RING_LINES)
        number = 0;
    for (; number != next; number++) {
        PDMR_RING_SLOT slot = &DmrRing[number & (DMA_RECORD_RING_LINES - 1)];

        if (!DmrTake(slot, DMR_READING, &was))
            continue;
        if (Write)
            Write(Context, slot->Text);
        else
            DmrPrint(slot->Text);
        count++;
        InterlockedExchange(&slot->State, DMR_FREE);
    }
    return count;
}

VOID DmaRecordStop(VOID)
{
    DMR_LINE line;

    if (!DmrStarted)
        return;
    DmrBegin(&line, 'i', "stop");
    DmrKey(&line, "lost", (ULONG)DmrLost);
    DmrKey(&line, "over", (ULONG)DmrOver);
    DmrEnd(&line);
    if (DmrFlags & DMA_RECORD_RING)
        DmaRecordDump(NULL, NULL);
    InterlockedExchange(&DmrStarted, 0);
}
