/*
 * Twin of rule user_double_fetch: an index is checked in the caller's memory and read there again. The
 * program changes it between the two (the fault user-memory).
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS NTAPI TwinControl(PDEVICE_OBJECT DeviceObject, PIRP Irp);

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twin->Self->DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TwinControl;
    return STATUS_SUCCESS;
}

#define INDEX_MAX 16u

static ULONG TwinTable[INDEX_MAX];

static NTSTATUS TwinIndex(volatile ULONG *Buffer, PULONG Index)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        ProbeForRead(Buffer, sizeof(*Buffer), sizeof(ULONG));
#if BUG
        if (*Buffer >= INDEX_MAX)
            status = STATUS_INVALID_PARAMETER;
        *Index = *Buffer;
#else
        *Index = *Buffer;
        if (*Index >= INDEX_MAX)
            status = STATUS_INVALID_PARAMETER;
#endif
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

static NTSTATUS NTAPI TwinControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG index = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (stack->Parameters.DeviceIoControl.InputBufferLength == sizeof(ULONG))
        status = TwinIndex(stack->Parameters.DeviceIoControl.Type3InputBuffer, &index);
    /* A real driver is lost here: the index is beyond the table, and was checked. */
    if (NT_SUCCESS(status) && index < INDEX_MAX)
        TwinTable[index]++;
    return TwinComplete(Irp, status, 0);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    return STATUS_INVALID_DEVICE_REQUEST;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "dmacheck/scenario.h"

#define NEITHER DM_CTL_CODE(0x8000u, 0x900u, DM_METHOD_NEITHER, 0u)

static void run_control(struct dm_run *r)
{
    int32_t status = 0;
    uint64_t information = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    uint32_t *in = dm_alloc(r, sizeof *in, 0);

    dm_expect(r, f != NULL && status == 0);
    if (f) {
        *in = 5;
        dm_ioctl(r, f, NEITHER, in, sizeof *in, NULL, 0, &information);
        dm_close(r, f);
    }
    dm_free(r, in);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "control", "one request by addresses of the program's own", run_control, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma", .faults = "user-memory:1" };
#endif
