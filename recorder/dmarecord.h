/*
 * dmarecord.h: writes down what a Windows driver asks of the DMA interface, and what it is answered, as
 * lines of text that `dmacheck import` makes a trace of. Add this file and dmarecord.c to a driver (WDM or
 * KMDF), attach each adapter, and leave the rest of the driver as it is: the adapter's table of operations
 * is replaced by a copied one whose functions write a line, call the original and write another.
 *
 * docs/recorder.md says how to use it on a real machine; docs/recorder-format.md what the lines hold.
 *
 * Irql      Start, Stop, Attach, Detach and GetDmaAdapter: PASSIVE_LEVEL; everything else: wherever the
 *           wrapped function may be called, and a line can be written at any level
 * Memory    none is allocated: all of it is static, sized by the macros below
 */
#ifndef DMARECORD_H
#define DMARECORD_H

#include <wdm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes, for those who want others: /D before this header and dmarecord.c. */
#ifndef DMA_RECORD_RING_LINES
#define DMA_RECORD_RING_LINES 2048 /* of 392 bytes; a power of two */
#endif
#ifndef DMA_RECORD_ADAPTERS
#define DMA_RECORD_ADAPTERS 32 /* attached at once */
#endif
#ifndef DMA_RECORD_REQUESTS
#define DMA_RECORD_REQUESTS 512 /* callbacks that are still to come */
#endif
#ifndef DMA_RECORD_TRANSACTIONS
#define DMA_RECORD_TRANSACTIONS 256 /* of KMDF, ever made */
#endif

/* Flags of DmaRecordStart. */
#define DMA_RECORD_DEBUGGER 0x01u /* each line goes to DbgPrintEx at once */
#define DMA_RECORD_RING 0x02u     /* lines go into the ring, until DmaRecordDump */
/* Keep the wrapped table in an adapter that is put, so that calls after PutDmaAdapter are written down as
 * well. For test machines: a system DMA adapter may be shared with other drivers, which then call us. */
#define DMA_RECORD_KEEP_TABLE 0x04u
/* What the driver knows of the machine: DMA is remapped (an IOMMU translates), or it is not. */
#define DMA_RECORD_REMAPPED 0x08u
#define DMA_RECORD_NOT_REMAPPED 0x10u

/* Begins: the driver's name, as it shall stand in the trace. In DriverEntry; without it the first attach
 * starts with DMA_RECORD_DEBUGGER. */
VOID DmaRecordStart(ULONG Flags, PCSTR Name);
/* The driver is about to be unloaded: says so, and dumps the ring. What is still held now is a leak. */
VOID DmaRecordStop(VOID);

/* Wraps the operations of an adapter. Pdo, Description and NumberOfMapRegisters as IoGetDmaAdapter had
 * them; 0 where they are not known. STATUS_INSUFFICIENT_RESOURCES, STATUS_NOT_SUPPORTED (a table that is
 * larger than any known): the adapter works on, unrecorded. */
NTSTATUS DmaRecordAttach(PDMA_ADAPTER Adapter, PDEVICE_OBJECT Pdo, PDEVICE_DESCRIPTION Description,
                         ULONG NumberOfMapRegisters);
/* Gives an adapter its own table back. PutDmaAdapter does that by itself. */
VOID DmaRecordDetach(PDMA_ADAPTER Adapter);
/* IoGetDmaAdapter, written down, and the adapter attached. */
PDMA_ADAPTER DmaRecordGetDmaAdapter(PDEVICE_OBJECT PhysicalDeviceObject,
                                    PDEVICE_DESCRIPTION DeviceDescription,
                                    PULONG NumberOfMapRegisters);

/* Takes the lines out of the ring, oldest first: to Write, or, when that is NULL, to DbgPrintEx. How many.
 * Others may go on writing meanwhile. */
typedef VOID DMA_RECORD_WRITE(PVOID Context, PCSTR Line);
ULONG DmaRecordDump(DMA_RECORD_WRITE *Write, PVOID Context);

/* --- for the macros below, and for whoever wants a line of his own --- */
typedef struct _DMA_RECORD_PAIR {
    PCSTR Key;
    ULONG64 Value;
} DMA_RECORD_PAIR;
/* A line of kind 'c' (a call), 'r' (its return: Call is the call's number), 'b', 'e' (a callback). The
 * line's number. Caller: who calls; NULL: who calls this. */
ULONG DmaRecordNote(CHAR Kind, PCSTR Name, ULONG Call, PVOID Caller, const DMA_RECORD_PAIR *Pairs,
                    ULONG Count);

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#pragma intrinsic(_ReturnAddress)
#define DMA_RECORD_CALLER() _ReturnAddress()
#else
#define DMA_RECORD_CALLER() __builtin_return_address(0)
#endif

/* With DMA_RECORD_INTERPOSE (best as /FI dmarecord.h) not even IoGetDmaAdapter's call sites change. */
#ifdef DMA_RECORD_INTERPOSE
#define IoGetDmaAdapter DmaRecordGetDmaAdapter
#endif

/*
 * KMDF, with DMA_RECORD_WDF. The framework's own calls go through the adapters that
 * WdfDmaEnablerCreate makes, so attaching these records them: its macro does that. The others write
 * down the steps of transactions: how much the framework was told to have moved is in no call of the
 * DMA interface, and EvtProgramDma in none either. The framework's names stay as they are in the
 * driver's text.
 */
#ifdef DMA_RECORD_WDF

#include <wdf.h>

/* What EvtProgramDma was given for a transaction: NULL asks, else it is remembered. NULL: no room is
 * left, or none was given. */
PVOID DmaRecordTransaction(PVOID Transaction, PVOID Function);

FORCEINLINE ULONG DmaRecordWdf(CHAR Kind, PCSTR Name, ULONG Call, PVOID Object, ULONG64 X0,
                               ULONG64 X1, ULONG64 X2)
{
    DMA_RECORD_PAIR pairs[4];

    pairs[0].Key = Kind == 'r' || Kind == 'e' ? "st" : "o";
    pairs[0].Value = Kind == 'r' || Kind == 'e' ? X0 : (ULONG64)(ULONG_PTR)Object;
    pairs[1].Key = "x0";
    pairs[1].Value = X0;
    pairs[2].Key = "x1";
    pairs[2].Value = X1;
    pairs[3].Key = "x2";
    pairs[3].Value = X2;
    return DmaRecordNote(Kind, Name, Call, NULL, pairs, Kind == 'r' || Kind == 'e' ? 1 : 4);
}

static __inline BOOLEAN DmaRecordEvtProgramDma(WDFDMATRANSACTION Transaction, WDFDEVICE Device,
                                               WDFCONTEXT Context, WDF_DMA_DIRECTION Direction,
                                               PSCATTER_GATHER_LIST List)
{
    PFN_WDF_PROGRAM_DMA function =
        (PFN_WDF_PROGRAM_DMA)(ULONG_PTR)DmaRecordTransaction(Transaction, NULL);
    ULONG call = DmaRecordWdf('b', "EvtProgramDma", 0, Transaction, (ULONG64)Direction,
                              (ULONG64)(ULONG_PTR)List, 0);
    BOOLEAN result = function(Transaction, Device, Context, Direction, List);

    DmaRecordWdf('e', "EvtProgramDma", call, Transaction, result, 0, 0);
    return result;
}

FORCEINLINE PFN_WDF_PROGRAM_DMA DmaRecordProgram(WDFDMATRANSACTION Transaction,
                                                 PFN_WDF_PROGRAM_DMA Function)
{
    return DmaRecordTransaction(Transaction, (PVOID)(ULONG_PTR)Function) ? DmaRecordEvtProgramDma
                                                                         : Function;
}

/* One adapter of an enabler, with what its configuration says of it. */
FORCEINLINE VOID DmaRecordEnabler(WDFDMAENABLER Enabler, const WDF_DMA_ENABLER_CONFIG *Config,
                                  WDF_DMA_DIRECTION Direction)
{
    PDMA_ADAPTER adapter = WdfDmaEnablerWdmGetDmaAdapter(Enabler, Direction);
    WDF_DMA_PROFILE profile = Config->Profile;
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = adapter->DmaOperations->Size > 16 * sizeof(PVOID) ? 3 : 2;
    description.Master = TRUE;
    description.ScatterGather =
        (BOOLEAN)(profile != WdfDmaProfilePacket && profile != WdfDmaProfilePacket64);
    description.Dma32BitAddresses = TRUE;
    description.Dma64BitAddresses =
        (BOOLEAN)(profile == WdfDmaProfilePacket64 || profile == WdfDmaProfileScatterGather64 ||
                  profile == WdfDmaProfileScatterGather64Duplex);
    description.DmaAddressWidth = description.Dma64BitAddresses ? 64 : 32;
    description.MaximumLength = (ULONG)Config->MaximumLength;
    description.InterfaceType = PCIBus;
    DmaRecordAttach(adapter, NULL, &description, 0);
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaEnablerCreate(WDFDEVICE Device, PWDF_DMA_ENABLER_CONFIG Config,
                                                  PWDF_OBJECT_ATTRIBUTES Attributes,
                                                  WDFDMAENABLER *Enabler)
{
    NTSTATUS status = WdfDmaEnablerCreate(Device, Config, Attributes, Enabler);

    if (!NT_SUCCESS(status) || Config->Profile >= WdfDmaProfileSystem) /* has none yet */
        return status;
    DmaRecordEnabler(*Enabler, Config, WdfDmaDirectionReadFromDevice);
    if (Config->Profile == WdfDmaProfileScatterGatherDuplex ||
        Config->Profile == WdfDmaProfileScatterGather64Duplex)
        DmaRecordEnabler(*Enabler, Config, WdfDmaDirectionWriteToDevice);
    return status;
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaTransactionCreate(WDFDMAENABLER Enabler,
                                                      PWDF_OBJECT_ATTRIBUTES Attributes,
                                                      WDFDMATRANSACTION *Transaction)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionCreate", 0, Enabler, 0, 0, 0);
    NTSTATUS status = WdfDmaTransactionCreate(Enabler, Attributes, Transaction);

    DmaRecordWdf('r', "WdfDmaTransactionCreate", call, NULL, (ULONG)status, 0, 0);
    return status;
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaTransactionInitialize(WDFDMATRANSACTION Transaction,
                                                          PFN_WDF_PROGRAM_DMA Function,
                                                          WDF_DMA_DIRECTION Direction, PMDL Mdl,
                                                          PVOID Va, size_t Length)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionInitialize", 0, Transaction,
                              (ULONG64)Direction, (ULONG64)(ULONG_PTR)Mdl, Length);
    NTSTATUS status =
        WdfDmaTransactionInitialize(Transaction, DmaRecordProgram(Transaction, Function), Direction,
                                    Mdl, Va, Length);

    DmaRecordWdf('r', "WdfDmaTransactionInitialize", call, NULL, (ULONG)status, 0, 0);
    return status;
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaTransactionInitializeUsingOffset(WDFDMATRANSACTION Transaction,
                                                                     PFN_WDF_PROGRAM_DMA Function,
                                                                     WDF_DMA_DIRECTION Direction,
                                                                     PMDL Mdl, size_t Offset,
                                                                     size_t Length)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionInitializeUsingOffset", 0, Transaction,
                              (ULONG64)Direction, (ULONG64)(ULONG_PTR)Mdl, Length);
    NTSTATUS status =
        WdfDmaTransactionInitializeUsingOffset(Transaction, DmaRecordProgram(Transaction, Function),
                                               Direction, Mdl, Offset, Length);

    DmaRecordWdf('r', "WdfDmaTransactionInitializeUsingOffset", call, NULL, (ULONG)status, 0, 0);
    return status;
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaTransactionInitializeUsingRequest(WDFDMATRANSACTION Transaction,
                                                                      WDFREQUEST Request,
                                                                      PFN_WDF_PROGRAM_DMA Function,
                                                                      WDF_DMA_DIRECTION Direction)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionInitializeUsingRequest", 0, Transaction,
                              (ULONG64)Direction, (ULONG64)(ULONG_PTR)Request, 0);
    NTSTATUS status =
        WdfDmaTransactionInitializeUsingRequest(Transaction, Request,
                                                DmaRecordProgram(Transaction, Function), Direction);

    DmaRecordWdf('r', "WdfDmaTransactionInitializeUsingRequest", call, NULL, (ULONG)status, 0, 0);
    return status;
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaTransactionExecute(WDFDMATRANSACTION Transaction,
                                                       WDFCONTEXT Context)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionExecute", 0, Transaction, 0, 0, 0);
    NTSTATUS status = WdfDmaTransactionExecute(Transaction, Context);

    DmaRecordWdf('r', "WdfDmaTransactionExecute", call, NULL, (ULONG)status, 0, 0);
    return status;
}

FORCEINLINE NTSTATUS DmaRecordWdfDmaTransactionRelease(WDFDMATRANSACTION Transaction)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionRelease", 0, Transaction, 0, 0, 0);
    NTSTATUS status = WdfDmaTransactionRelease(Transaction);

    DmaRecordWdf('r', "WdfDmaTransactionRelease", call, NULL, (ULONG)status, 0, 0);
    return status;
}

FORCEINLINE BOOLEAN DmaRecordWdfDmaTransactionDmaCompleted(WDFDMATRANSACTION Transaction,
                                                           NTSTATUS *Status)
{
    ULONG call = DmaRecordWdf('c', "WdfDmaTransactionDmaCompleted", 0, Transaction, 0, 0, 0);
    BOOLEAN done = WdfDmaTransactionDmaCompleted(Transaction, Status);

    DmaRecordWdf('r', "WdfDmaTransactionDmaCompleted", call, NULL, done, 0, 0);
    return done;
}

FORCEINLINE BOOLEAN DmaRecordWdfDmaTransactionDmaCompletedWithLength(WDFDMATRANSACTION Transaction,
                                                                     size_t Length,
                                                                     NTSTATUS *Status)
{
    ULONG call =
        DmaRecordWdf('c', "WdfDmaTransactionDmaCompletedWithLength", 0, Transaction, Length, 0, 0);
    BOOLEAN done = WdfDmaTransactionDmaCompletedWithLength(Transaction, Length, Status);

    DmaRecordWdf('r', "WdfDmaTransactionDmaCompletedWithLength", call, NULL, done, 0, 0);
    return done;
}

FORCEINLINE BOOLEAN DmaRecordWdfDmaTransactionDmaCompletedFinal(WDFDMATRANSACTION Transaction,
                                                                size_t Length, NTSTATUS *Status)
{
    ULONG call =
        DmaRecordWdf('c', "WdfDmaTransactionDmaCompletedFinal", 0, Transaction, Length, 0, 0);
    BOOLEAN done = WdfDmaTransactionDmaCompletedFinal(Transaction, Length, Status);

    DmaRecordWdf('r', "WdfDmaTransactionDmaCompletedFinal", call, NULL, done, 0, 0);
    return done;
}

#ifndef DMA_RECORD_ITSELF
#define WdfDmaEnablerCreate DmaRecordWdfDmaEnablerCreate
#define WdfDmaTransactionCreate DmaRecordWdfDmaTransactionCreate
#define WdfDmaTransactionInitialize DmaRecordWdfDmaTransactionInitialize
#define WdfDmaTransactionInitializeUsingOffset DmaRecordWdfDmaTransactionInitializeUsingOffset
#define WdfDmaTransactionInitializeUsingRequest DmaRecordWdfDmaTransactionInitializeUsingRequest
#define WdfDmaTransactionExecute DmaRecordWdfDmaTransactionExecute
#define WdfDmaTransactionRelease DmaRecordWdfDmaTransactionRelease
#define WdfDmaTransactionDmaCompleted DmaRecordWdfDmaTransactionDmaCompleted
#define WdfDmaTransactionDmaCompletedWithLength DmaRecordWdfDmaTransactionDmaCompletedWithLength
#define WdfDmaTransactionDmaCompletedFinal DmaRecordWdfDmaTransactionDmaCompletedFinal
#endif

#endif

#ifdef __cplusplus
}
#endif

#endif
