/*
 * For twins that only need a write request: what a start and a stop of the card do besides is nothing.
 */
#ifndef TWIN_PLAIN_H
#define TWIN_PLAIN_H

#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

/* An MDL over a page of pool of its own, not locked and not built; and back. */
static __inline DECLSPEC_NOINLINE PMDL TwinMdlGet(POOL_TYPE Type)
{
    PVOID buffer = ExAllocatePoolWithTag(Type, PAGE_SIZE, 'niwT');
    PMDL mdl;

    if (buffer == NULL)
        return NULL;
    mdl = IoAllocateMdl(buffer, PAGE_SIZE, FALSE, FALSE, NULL);
    if (mdl == NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return mdl;
}

static __inline DECLSPEC_NOINLINE VOID TwinMdlFree(PMDL Mdl)
{
    PVOID buffer = MmGetMdlVirtualAddress(Mdl);

    IoFreeMdl(Mdl);
    ExFreePoolWithTag(buffer, 'niwT');
}

#ifdef TWIN_ANSWERS
#define TWIN_CODE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* Sends a request to TwinAnswer, and waits for it. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinAsk(PTWIN Twin)
{
    IO_STATUS_BLOCK block;
    NTSTATUS status;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(TWIN_CODE, Twin->Self, NULL, 0, NULL, 0, FALSE, &done,
                                        &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(Twin->Self, irp);
    if (status == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}
#endif

#endif
