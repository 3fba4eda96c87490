/*
 * What a driver's author writes to record a whole life of the driver: begin in DriverEntry, end in
 * unload. The driver's own DriverEntry has another name here (tests/recorder/wrap.sh), else it is
 * untouched.
 */
#include <ntddk.h>

#include "recorder/dmarecord.h"

#ifndef RECORD_FLAGS
#define RECORD_FLAGS DMA_RECORD_DEBUGGER
#endif

DRIVER_INITIALIZE DriverEntry, RecordedDriverEntry;
static DRIVER_UNLOAD RecordedUnload;
static PDRIVER_UNLOAD DriversUnload;

static VOID RecordedUnload(PDRIVER_OBJECT DriverObject)
{
    if (DriversUnload)
        DriversUnload(DriverObject);
    DmaRecordStop();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    DmaRecordStart(RECORD_FLAGS | DMA_RECORD_KEEP_TABLE, RECORD_NAME);
    status = RecordedDriverEntry(DriverObject, RegistryPath);
    DriversUnload = DriverObject->DriverUnload;
    if (NT_SUCCESS(status))
        DriverObject->DriverUnload = RecordedUnload;
    else
        DmaRecordStop();
    return status;
}
