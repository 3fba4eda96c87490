/* The device object and what lives as long as it: queues, interrupt, engine, interface. */
#include "accel.h"
#include <initguid.h>

/* {D3B9E0A7-41C6-4F0B-9C55-6A7E20F1B84D} */
DEFINE_GUID(GUID_DEVINTERFACE_ACCEL,
            0xd3b9e0a7, 0x41c6, 0x4f0b, 0x9c, 0x55, 0x6a, 0x7e, 0x20, 0xf1, 0xb8, 0x4d);

static EVT_WDF_OBJECT_CONTEXT_CLEANUP AccelEvtDeviceCleanup;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelEvtDeviceAdd)
#endif

static VOID AccelEvtDeviceCleanup(WDFOBJECT Object)
{
    AccelMemoryForget(AccelGetDevice(Object));
}

/* What is said of a device before it is made. */
static VOID AccelDeviceInit(PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS power;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_FILEOBJECT_CONFIG file;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&power);
    power.EvtDevicePrepareHardware = AccelEvtPrepareHardware;
    power.EvtDeviceReleaseHardware = AccelEvtReleaseHardware;
    power.EvtDeviceD0Entry = AccelEvtD0Entry;
    power.EvtDeviceD0EntryPostInterruptsEnabled = AccelEvtD0EntryDone;
    power.EvtDeviceD0Exit = AccelEvtD0Exit;
    power.EvtDeviceSurpriseRemoval = AccelEvtSurpriseRemoval;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &power);

    WDF_FILEOBJECT_CONFIG_INIT(&file, AccelEvtFileCreate, WDF_NO_EVENT_CALLBACK, AccelEvtFileCleanup);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, FILE_CONTEXT);
    WdfDeviceInitSetFileObjectConfig(DeviceInit, &file, &attributes);

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, REQUEST_CONTEXT);
    attributes.EvtCleanupCallback = AccelEvtRequestCleanup;
    WdfDeviceInitSetRequestAttributes(DeviceInit, &attributes);
}

NTSTATUS AccelEvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    PDEVICE_CONTEXT context;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    PAGED_CODE();

    AccelDeviceInit(DeviceInit);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, DEVICE_CONTEXT);
    attributes.EvtCleanupCallback = AccelEvtDeviceCleanup;
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    context = AccelGetDevice(device); /* zeroed by the framework */
    context->Self = device;
    status = AccelEngineCreate(context);
    if (NT_SUCCESS(status))
        status = AccelInterruptCreate(context);
    if (NT_SUCCESS(status))
        status = AccelQueuesCreate(context);
    if (NT_SUCCESS(status))
        status = WdfDeviceCreateDeviceInterface(device, &GUID_DEVINTERFACE_ACCEL, NULL);
    return status;
}
