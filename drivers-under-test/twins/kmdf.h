/*
 * What every KMDF twin shares: a whole KMDF driver for the pktdma card, but for what the twin shows. A twin
 * supplies TwinStart (the enabler and a transaction are there), TwinWrite (one write request, at
 * PASSIVE_LEVEL, which it completes) and TwinStop, and with its `#if BUG` lines breaks one rule.
 *
 * The card is polled and not interrupt driven, since no twin is about interrupts.
 */
#ifndef TWIN_KMDF_H
#define TWIN_KMDF_H

#include <ntddk.h>
#include <wdf.h>

/* Registers of the card (docs/devices/pktdma.md). */
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
#define CONTROL_RESET 0x10u
#define STATUS_BUSY 0x1u

typedef struct _TWIN {
    WDFDEVICE Device;
    WDFDMAENABLER Enabler, SecondEnabler;
    WDFDMATRANSACTION Transaction;
    WDFSPINLOCK Lock;
    PUCHAR Registers; /* NULL: not started */
    SIZE_T RegistersLength;
    KEVENT Programmed; /* EvtProgramDma has run */
    ULONG Address, Length;
} TWIN, *PTWIN;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TWIN, TwinOf)

/* --- supplied by the twin; not inlined, so that a finding's stack shows them --- */
static DECLSPEC_NOINLINE NTSTATUS TwinStart(PTWIN Twin);
static DECLSPEC_NOINLINE VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length);
static DECLSPEC_NOINLINE VOID TwinStop(PTWIN Twin);

#ifndef TWIN_PROFILE
#define TWIN_PROFILE WdfDmaProfilePacket
#endif

/* --- the card --- */

#define TwinRegister(Twin, Register, Value)                                                        \
    WRITE_REGISTER_ULONG((PULONG)((Twin)->Registers + (Register)), (Value))

/* Gives a range to the card. The last store is the doorbell. A macro: the line that a finding names is then
 * the twin's. */
#define TwinCardStart(Twin, ToCard)                                                                \
    do {                                                                                           \
        TwinRegister(Twin, PKTDMA_WINDOW, 0);                                                      \
        TwinRegister(Twin, PKTDMA_OFFSET, 0);                                                      \
        TwinRegister(Twin, PKTDMA_ADDRESS, (Twin)->Address);                                       \
        TwinRegister(Twin, PKTDMA_LENGTH, (Twin)->Length);                                         \
        TwinRegister(Twin, PKTDMA_CONTROL, CONTROL_START | ((ToCard) ? CONTROL_TO_CARD : 0));      \
    } while (0)

/* Until the card has finished, in whatever way. */
static __inline DECLSPEC_NOINLINE VOID TwinCardWait(PTWIN Twin)
{
    LARGE_INTEGER tick;

    tick.QuadPart = -10 * 10; /* 10 microseconds */
    while (READ_REGISTER_ULONG((PULONG)(Twin->Registers + PKTDMA_STATUS)) == STATUS_BUSY)
        KeDelayExecutionThread(KernelMode, FALSE, &tick);
    TwinRegister(Twin, PKTDMA_ERROR, ~0u);
    TwinRegister(Twin, PKTDMA_CAUSE, ~0u);
}

/* --- a transaction --- */

/* Notes what the card is to be told; who waits for it tells the card. */
static __inline BOOLEAN NTAPI TwinProgram(WDFDMATRANSACTION Transaction, WDFDEVICE Device,
                                          WDFCONTEXT Context, WDF_DMA_DIRECTION Direction,
                                          PSCATTER_GATHER_LIST SgList)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(Transaction);
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Direction);
    twin->Address = SgList->Elements[0].Address.LowPart;
    twin->Length = SgList->Elements[0].Length;
    KeSetEvent(&twin->Programmed, IO_NO_INCREMENT, FALSE);
    return TRUE;
}

/* Initialises and executes; when this returns, the first transfer is mapped. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinBegin(PTWIN Twin, WDFREQUEST Request)
{
    NTSTATUS status;

    KeClearEvent(&Twin->Programmed);
    status = WdfDmaTransactionInitializeUsingRequest(Twin->Transaction, Request, TwinProgram,
                                                     WdfDmaDirectionWriteToDevice);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfDmaTransactionExecute(Twin->Transaction, Twin);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&Twin->Programmed, Executive, KernelMode, FALSE, NULL);
    else
        WdfDmaTransactionRelease(Twin->Transaction);
    return status;
}

/* The card has done what it was told: further transfers as long as there are any. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinEnd(PTWIN Twin)
{
    NTSTATUS status;

    while (!WdfDmaTransactionDmaCompleted(Twin->Transaction, &status)) {
        KeWaitForSingleObject(&Twin->Programmed, Executive, KernelMode, FALSE, NULL);
        TwinCardStart(Twin, TRUE);
        TwinCardWait(Twin);
    }
    WdfDmaTransactionRelease(Twin->Transaction);
    return status;
}

/* All of it, as it should be. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinTransfer(PTWIN Twin, WDFREQUEST Request)
{
    NTSTATUS status = TwinBegin(Twin, Request);

    if (!NT_SUCCESS(status))
        return status;
    TwinCardStart(Twin, TRUE);
    TwinCardWait(Twin);
    return TwinEnd(Twin);
}

static __inline DECLSPEC_NOINLINE VOID TwinComplete(WDFREQUEST Request, NTSTATUS Status,
                                                    size_t Length)
{
    WdfRequestCompleteWithInformation(Request, Status, NT_SUCCESS(Status) ? Length : 0);
}

/* --- plug and play --- */

static NTSTATUS TwinRegistersMap(PTWIN Twin, WDFCMRESLIST Translated)
{
    ULONG i;

    for (i = 0; i < WdfCmResourceListGetCount(Translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR one = WdfCmResourceListGetDescriptor(Translated, i);

        if (one->Type == CmResourceTypeMemory && Twin->Registers == NULL) {
            Twin->RegistersLength = one->u.Memory.Length;
            Twin->Registers =
                MmMapIoSpace(one->u.Memory.Start, Twin->RegistersLength, MmNonCached);
        }
    }
    return Twin->Registers != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinPrepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    PTWIN twin = TwinOf(Device);
    WDF_DMA_ENABLER_CONFIG config;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Raw);
    twin->Device = Device;
    KeInitializeEvent(&twin->Programmed, SynchronizationEvent, FALSE);
    status = TwinRegistersMap(twin, Translated);
    if (!NT_SUCCESS(status))
        return status;
    WDF_DMA_ENABLER_CONFIG_INIT(&config, TWIN_PROFILE, 16 * PAGE_SIZE);
    status = WdfDmaEnablerCreate(Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &twin->Enabler);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfDmaTransactionCreate(twin->Enabler, WDF_NO_OBJECT_ATTRIBUTES, &twin->Transaction);
    return NT_SUCCESS(status) ? TwinStart(twin) : status;
}

static NTSTATUS TwinRelease(WDFDEVICE Device, WDFCMRESLIST Translated)
{
    PTWIN twin = TwinOf(Device);

    UNREFERENCED_PARAMETER(Translated);
    if (twin->Registers == NULL)
        return STATUS_SUCCESS;
    TwinRegister(twin, PKTDMA_CONTROL, CONTROL_RESET);
    if (twin->Transaction != NULL)
        TwinStop(twin);
    if (twin->Enabler != NULL)
        WdfObjectDelete(twin->Enabler);
    twin->Enabler = NULL;
    twin->Transaction = NULL;
    MmUnmapIoSpace(twin->Registers, twin->RegistersLength);
    twin->Registers = NULL;
    return STATUS_SUCCESS;
}

/* --- the rest of a driver --- */

static VOID TwinIoWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    TwinWrite(TwinOf(WdfIoQueueGetDevice(Queue)), Request, Length);
}

static NTSTATUS TwinDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS callbacks;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
    callbacks.EvtDevicePrepareHardware = TwinPrepare;
    callbacks.EvtDeviceReleaseHardware = TwinRelease;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &callbacks);
    WdfDeviceInitSetIoType(DeviceInit, WdfDeviceIoDirect);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, TWIN);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchSequential);
    queue.EvtIoWrite = TwinIoWrite;
    return WdfIoQueueCreate(device, &queue, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, TwinDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}

/* A twin that has nothing to set up, or to take down, says so. */
#define TWIN_STARTS_WITH_NOTHING                                                                   \
    static NTSTATUS TwinStart(PTWIN Twin)                                                          \
    {                                                                                              \
        UNREFERENCED_PARAMETER(Twin);                                                              \
        return STATUS_SUCCESS;                                                                     \
    }
#define TWIN_STOPS_WITH_NOTHING                                                                    \
    static VOID TwinStop(PTWIN Twin) { UNREFERENCED_PARAMETER(Twin); }

#endif
