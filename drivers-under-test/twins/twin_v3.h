/*
 * For twins about version 3 of the DMA interface: a second adapter, of that version, with a transfer
 * context and memory for one list. Include after twin.h.
 */
#ifndef TWIN_V3_H
#define TWIN_V3_H

#define TWIN_LIST_BYTES 1024

typedef struct _TWIN_SECOND {
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR Context[DMA_TRANSFER_CONTEXT_SIZE_V1];
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR ListBuffer[TWIN_LIST_BYTES];
    ULONG MapRegisters;
} TWIN_SECOND;

/* One device, one adapter: the driver's static data is as good as a device extension. */
static TWIN_SECOND TwinSecond;

static __inline DECLSPEC_NOINLINE NTSTATUS TwinSecondGet(PTWIN Twin)
{
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION3;
    description.Master = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = 16 * PAGE_SIZE;
    description.DmaAddressWidth = 32;
    Twin->SecondAdapter = IoGetDmaAdapter(Twin->Pdo, &description, &TwinSecond.MapRegisters);
    return Twin->SecondAdapter != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Also after TwinSecondGet has failed. */
#define TwinSecondPut(Twin)                                                                        \
    do {                                                                                           \
        if ((Twin)->SecondAdapter != NULL)                                                         \
            (Twin)->SecondAdapter->DmaOperations->PutDmaAdapter((Twin)->SecondAdapter);            \
        (Twin)->SecondAdapter = NULL;                                                              \
    } while (0)

static __inline NTSTATUS TwinContextInitialize(PTWIN Twin, PVOID Context)
{
    return Twin->SecondAdapter->DmaOperations->InitializeDmaTransferContext(Twin->SecondAdapter,
                                                                            Context);
}

/* BuildScatterGatherListEx at once, into Twin->List; wants an initialised context. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinSecondBuildOn(PTWIN Twin, PVOID Context, PMDL Mdl,
                                                             ULONG Length, ULONG ListBytes,
                                                             BOOLEAN ToDevice)
{
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;
    KIRQL irql;

    if (ListBytes > sizeof(TwinSecond.ListBuffer))
        return status;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Twin->SecondAdapter->DmaOperations->BuildScatterGatherListEx(
        Twin->SecondAdapter, Twin->Self, Context, Mdl, 0, Length, DMA_SYNCHRONOUS_CALLBACK, NULL,
        NULL, ToDevice, TwinSecond.ListBuffer, sizeof(TwinSecond.ListBuffer), NULL, NULL,
        &Twin->List);
    KeLowerIrql(irql);
    return status;
}

/* With the context of TwinSecond, initialised here. */
static __inline NTSTATUS TwinSecondBuild(PTWIN Twin, PMDL Mdl, ULONG Length, ULONG ListBytes,
                                         BOOLEAN ToDevice)
{
    NTSTATUS status = TwinContextInitialize(Twin, TwinSecond.Context);

    if (NT_SUCCESS(status))
        status = TwinSecondBuildOn(Twin, TwinSecond.Context, Mdl, Length, ListBytes, ToDevice);
    return status;
}

#define TwinSecondFree(Twin, Action)                                                               \
    (Twin)->SecondAdapter->DmaOperations->FreeAdapterObject((Twin)->SecondAdapter, (Action))

#endif
