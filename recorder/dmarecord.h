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
#define DMA_RECORD_RING_LINES 2048 /* of 256 bytes; a power of two */
#endif
#ifndef DMA_RECORD_ADAPTERS
#define DMA_RECORD_ADAPTERS 32 /* attached at once */
#endif
#ifndef DMA_RECORD_REQUESTS
#define DMA_RECORD_REQUESTS 512 /* callbacks that are still to come */
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
 * line's number. */
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

#ifdef __cplusplus
}
#endif

#endif
