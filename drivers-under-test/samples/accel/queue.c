/*
 * Requests. The default queue takes all of them, several at a time and whatever state the device is
 * in, since to check a program needs no card. Runs go on into a second queue, which gives one at a
 * time, only in D0, and lets those that wait be cancelled without our help.
 */
#include "accel.h"

static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL AccelEvtControl;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL AccelEvtRun;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelQueuesCreate)
#pragma alloc_text(PAGE, AccelEvtFileCreate)
#pragma alloc_text(PAGE, AccelEvtControl)
#endif

NTSTATUS AccelQueuesCreate(PDEVICE_CONTEXT Device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    PAGED_CODE();

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDeviceControl = AccelEvtRun;
    config.EvtIoStop = AccelEvtIoStop;
    config.EvtIoResume = AccelEvtIoResume;
    config.PowerManaged = WdfTrue;
    status = WdfIoQueueCreate(Device->Self, &config, WDF_NO_OBJECT_ATTRIBUTES, &Device->RunQueue);
    if (!NT_SUCCESS(status))
        return status;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = AccelEvtControl;
    config.PowerManaged = WdfFalse;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    return WdfIoQueueCreate(Device->Self, &config, &attributes, WDF_NO_HANDLE);
}

VOID AccelEvtFileCreate(WDFDEVICE Device, WDFREQUEST Request, WDFFILEOBJECT FileObject)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    UNREFERENCED_PARAMETER(Device);
    PAGED_CODE();

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = FileObject;
    WdfRequestComplete(Request, WdfSpinLockCreate(&attributes, &AccelGetFile(FileObject)->Lock));
}

/* The last handle is closed. What waits the framework cancels; what runs is ours to end. */
VOID AccelEvtFileCleanup(WDFFILEOBJECT FileObject)
{
    PDEVICE_CONTEXT device = AccelGetDevice(WdfFileObjectGetDevice(FileObject));

    AccelEngineStop(device, ACCEL_STOP_CANCEL, FileObject);
    AccelProgramsForget(device, AccelGetFile(FileObject));
}

/* A request is completed, wherever it was by then. */
VOID AccelEvtRequestCleanup(WDFOBJECT Object)
{
    PREQUEST_CONTEXT request = AccelGetRequest(Object);

    if (request->Program != NULL)
        WdfObjectDereference(request->Program);
    request->Program = NULL;
}

static NTSTATUS AccelCapabilities(PDEVICE_CONTEXT Device, WDFREQUEST Request, PULONG_PTR Information)
{
    PACCEL_CAPABILITIES out;
    NTSTATUS status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*out), (PVOID *)&out, NULL);

    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(out, sizeof(*out));
    out->Version = ACCEL_INTERFACE_VERSION;
    out->AddressBits = Device->AddressBits;
    out->LocalBytes = Device->LocalBytes;
    out->StepsMax = ACCEL_PROGRAM_STEPS;
    out->OperandBytesMax = ACCEL_OPERAND_BYTES;
    out->TileMax = ACCEL_TILE_SIDE;
    out->GatherBytesMax = ACCEL_GATHER_BYTES;
    out->ProgramsMax = ACCEL_PROGRAMS_MAX;
    out->BufferBytesMax = ACCEL_BUFFER_BYTES_MAX;
    out->WorkingSetBytesMax = (ULONGLONG)Device->Window.Pages * PAGE_SIZE;
    *Information = sizeof(*out);
    return STATUS_SUCCESS;
}

static NTSTATUS AccelStatistics(PDEVICE_CONTEXT Device, WDFREQUEST Request, PULONG_PTR Information)
{
    PACCEL_STATISTICS out;
    NTSTATUS status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*out), (PVOID *)&out, NULL);

    if (!NT_SUCCESS(status))
        return status;
    WdfSpinLockAcquire(Device->Engine.Lock);
    *out = Device->Engine.Statistics;
    WdfSpinLockRelease(Device->Engine.Lock);
    *Information = sizeof(*out);
    return STATUS_SUCCESS;
}

/* In and out are one buffer of the kernel's: the verdict takes the program's place when it is no
 * longer needed, and no user has been able to change the program since. */
static NTSTATUS AccelCreate(PDEVICE_CONTEXT Device, WDFREQUEST Request, PULONG_PTR Information)
{
    ACCEL_VERDICT verdict = { 0 };
    PACCEL_PROGRAM in;
    PACCEL_VERDICT out;
    NTSTATUS status;
    size_t length;

    status = WdfRequestRetrieveInputBuffer(Request, sizeof(*in), (PVOID *)&in, &length);
    if (NT_SUCCESS(status))
        status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*out), (PVOID *)&out, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (in->Version != ACCEL_INTERFACE_VERSION ||
        length - sizeof(*in) != (ULONGLONG)in->Steps * sizeof(ACCEL_STEP))
        return STATUS_INVALID_PARAMETER;
    status = AccelProgramCreate(Device, WdfRequestGetFileObject(Request), in, &verdict);
    if (!NT_SUCCESS(status))
        return status;
    *out = verdict;
    *Information = sizeof(*out);
    return STATUS_SUCCESS;
}

static NTSTATUS AccelDestroy(WDFREQUEST Request)
{
    PACCEL_RUN in;
    NTSTATUS status = WdfRequestRetrieveInputBuffer(Request, sizeof(*in), (PVOID *)&in, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (in->Flags != 0)
        return STATUS_INVALID_PARAMETER;
    return AccelProgramDestroy(AccelGetFile(WdfRequestGetFileObject(Request)), in->ProgramId);
}

/* STATUS_PENDING: the request is the other queue's now. */
static NTSTATUS AccelRunQueue(PDEVICE_CONTEXT Device, WDFREQUEST Request, size_t Length)
{
    PREQUEST_CONTEXT context = AccelGetRequest(Request);
    PACCEL_RUN in;
    NTSTATUS status = WdfRequestRetrieveInputBuffer(Request, sizeof(*in), (PVOID *)&in, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (in->Flags != 0)
        return STATUS_INVALID_PARAMETER;
    context->Program = AccelProgramFind(AccelGetFile(WdfRequestGetFileObject(Request)), in->ProgramId);
    if (context->Program == NULL)
        return STATUS_NOT_FOUND;
    if (Length < AccelGetProgram(context->Program)->BufferBytes)
        return STATUS_BUFFER_TOO_SMALL;
    status = WdfRequestForwardToIoQueue(Request, Device->RunQueue);
    return NT_SUCCESS(status) ? STATUS_PENDING : status;
}

static VOID AccelEvtControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                            size_t InputBufferLength, ULONG IoControlCode)
{
    PDEVICE_CONTEXT device = AccelGetDevice(WdfIoQueueGetDevice(Queue));
    ULONG_PTR information = 0;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(InputBufferLength);
    PAGED_CODE();

    switch (IoControlCode) {
    case IOCTL_ACCEL_QUERY_CAPABILITIES:
        status = AccelCapabilities(device, Request, &information);
        break;
    case IOCTL_ACCEL_CREATE_PROGRAM:
        status = AccelCreate(device, Request, &information);
        break;
    case IOCTL_ACCEL_DESTROY_PROGRAM:
        status = AccelDestroy(Request);
        break;
    case IOCTL_ACCEL_RUN:
        status = AccelRunQueue(device, Request, OutputBufferLength);
        break;
    case IOCTL_ACCEL_GET_STATISTICS:
        status = AccelStatistics(device, Request, &information);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    if (status != STATUS_PENDING)
        WdfRequestCompleteWithInformation(Request, status, information);
}

/* One run at a time: the next comes when this one has been completed. */
static VOID AccelEvtRun(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                        size_t InputBufferLength, ULONG IoControlCode)
{
    PMDL mdl;
    NTSTATUS status = WdfRequestRetrieveOutputWdmMdl(Request, &mdl);

    UNREFERENCED_PARAMETER(InputBufferLength);
    UNREFERENCED_PARAMETER(IoControlCode);
    if (!NT_SUCCESS(status)) {
        WdfRequestComplete(Request, status);
        return;
    }
    AccelEngineStart(AccelGetDevice(WdfIoQueueGetDevice(Queue)), Request,
                     AccelGetProgram(AccelGetRequest(Request)->Program), mdl, (ULONG)OutputBufferLength);
}
