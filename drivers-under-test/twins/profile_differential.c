/*
 * Twin of rule profile_differential: a program asks how much one request may carry, and is told what this
 * machine's map registers happen to carry instead of what the driver promises everywhere.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS NTAPI TwinControl(PDEVICE_OBJECT DeviceObject, PIRP Irp);

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twin->Self->DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TwinControl;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI TwinControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTWIN twin = DeviceObject->DeviceExtension;
    PULONG most = Irp->AssociatedIrp.SystemBuffer;

    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.OutputBufferLength <
        sizeof(*most))
        return TwinComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
#if BUG
    *most = twin->MapRegisters * PAGE_SIZE;
#else
    *most = min(twin->MapRegisters, 1) * PAGE_SIZE;
#endif
    return TwinComplete(Irp, STATUS_SUCCESS, sizeof(*most));
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

#define MOST DM_CTL_CODE(0x8000u, 0x900u, DM_METHOD_BUFFERED, 0u)

static void run_ask(struct dm_run *r)
{
    int32_t status = 0;
    uint64_t information = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    uint32_t *most = dm_alloc(r, sizeof *most, 0);

    dm_expect(r, f != NULL && status == 0);
    if (f) {
        dm_expect(r, dm_ioctl(r, f, MOST, NULL, 0, most, sizeof *most, &information) == 0);
        dm_close(r, f);
    }
    dm_free(r, most);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "ask", "how much one request may carry", run_ask, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma" };
#endif
