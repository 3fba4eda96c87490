/*
 * What the twins about a program's pointers share: a driver that takes METHOD_NEITHER requests, and a
 * program that sends two, each with a number of its own. A twin supplies TwinNumber, which gets the address
 * of the number, in the context of the program.
 */
#ifndef TWIN_NEITHER_H
#define TWIN_NEITHER_H
#ifndef DMACHECK_SCENARIO

#include "twin.h"

static volatile ULONG TwinSum; /* something comes of the numbers */

static DECLSPEC_NOINLINE NTSTATUS TwinNumber(PTWIN Twin, volatile ULONG *Number);

/* The number, read as it should be. */
static __inline NTSTATUS TwinNumberGet(volatile ULONG *Number, PULONG Value)
{
    __try {
        ProbeForRead(Number, sizeof(*Number), sizeof(ULONG));
        *Value = *Number;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI TwinControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (stack->Parameters.DeviceIoControl.InputBufferLength == sizeof(ULONG))
        status = TwinNumber(DeviceObject->DeviceExtension,
                            stack->Parameters.DeviceIoControl.Type3InputBuffer);
    return TwinComplete(Irp, status, 0);
}

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twin->Self->DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TwinControl;
    return STATUS_SUCCESS;
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

static void run_numbers(struct dm_run *r)
{
    int32_t status = 0;
    uint64_t information = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    uint32_t *numbers = dm_alloc(r, 2 * sizeof *numbers, 0);

    dm_expect(r, f != NULL && status == 0);
    for (unsigned i = 0; f && i < 2; i++) {
        numbers[i] = 5 + i;
        dm_expect(r, dm_ioctl(r, f, NEITHER, &numbers[i], sizeof *numbers, NULL, 0, &information) == 0);
    }
    if (f)
        dm_close(r, f);
    dm_free(r, numbers);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "numbers", "two requests by addresses of the program's own", run_numbers, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma" };

#endif
#endif
