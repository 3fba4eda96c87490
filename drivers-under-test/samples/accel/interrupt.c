/*
 * The interrupt: one message, or a line. The service routine asks the card why, tells it that this
 * has been heard, and leaves the rest to the DPC, where the engine goes on.
 */
#include "accel.h"

static EVT_WDF_INTERRUPT_ISR AccelEvtInterruptIsr;
static EVT_WDF_INTERRUPT_DPC AccelEvtInterruptDpc;
static EVT_WDF_INTERRUPT_ENABLE AccelEvtInterruptEnable;
static EVT_WDF_INTERRUPT_DISABLE AccelEvtInterruptDisable;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelInterruptCreate)
#endif

NTSTATUS AccelInterruptCreate(PDEVICE_CONTEXT Device)
{
    WDF_INTERRUPT_CONFIG config;

    PAGED_CODE();

    WDF_INTERRUPT_CONFIG_INIT(&config, AccelEvtInterruptIsr, AccelEvtInterruptDpc);
    config.EvtInterruptEnable = AccelEvtInterruptEnable;
    config.EvtInterruptDisable = AccelEvtInterruptDisable;
    return WdfInterruptCreate(Device->Self, &config, WDF_NO_OBJECT_ATTRIBUTES, &Device->Interrupt);
}

static BOOLEAN AccelEvtInterruptIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PDEVICE_CONTEXT device = AccelGetDevice(WdfInterruptGetDevice(Interrupt));
    ULONG cause = AccelRead(device, ACCEL_INT_STATUS);

    UNREFERENCED_PARAMETER(MessageID);
    if (cause == 0 || cause == MAXULONG) /* another's line, or the card has gone */
        return FALSE;
    AccelWrite(device, ACCEL_INT_STATUS, cause);
    InterlockedOr(&device->Causes, (LONG)cause);
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}

/* An interrupt says that there is something to see; what, the records in the ring say. So one that
 * comes twice, or late, finds nothing. */
static VOID AccelEvtInterruptDpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    PDEVICE_CONTEXT device = AccelGetDevice(WdfInterruptGetDevice(Interrupt));

    UNREFERENCED_PARAMETER(AssociatedObject);
    if (InterlockedExchange(&device->Causes, 0) & ACCEL_INT_RING)
        AccelEngineSeize(device, ACCEL_STOP_RING);
    else if (AccelCommandsEnded(device))
        AccelEngineAdvance(device);
}

static NTSTATUS AccelEvtInterruptEnable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    UNREFERENCED_PARAMETER(Interrupt);
    AccelWrite(AccelGetDevice(AssociatedDevice), ACCEL_CONTROL, ACCEL_CONTROL_RUN | ACCEL_CONTROL_IRQ);
    return STATUS_SUCCESS;
}

static NTSTATUS AccelEvtInterruptDisable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    UNREFERENCED_PARAMETER(Interrupt);
    AccelWrite(AccelGetDevice(AssociatedDevice), ACCEL_CONTROL, ACCEL_CONTROL_RUN);
    return STATUS_SUCCESS;
}
