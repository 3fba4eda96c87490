/*
 * wdfrequest.h: requests: what a driver was asked to do, or asks of others.
 * Source: wdfrequest/, wdf/framework-request-objects
 */
#ifndef DDK_WDFREQUEST_H
#define DDK_WDFREQUEST_H

/* Up to Pnp these are the major functions of IRPs. */
typedef enum _WDF_REQUEST_TYPE {
    WdfRequestTypeCreate = 0x0,
    WdfRequestTypeCreateNamedPipe = 0x1,
    WdfRequestTypeClose = 0x2,
    WdfRequestTypeRead = 0x3,
    WdfRequestTypeWrite = 0x4,
    WdfRequestTypeQueryInformation = 0x5,
    WdfRequestTypeSetInformation = 0x6,
    WdfRequestTypeQueryEA = 0x7,
    WdfRequestTypeSetEA = 0x8,
    WdfRequestTypeFlushBuffers = 0x9,
    WdfRequestTypeQueryVolumeInformation = 0xa,
    WdfRequestTypeSetVolumeInformation = 0xb,
    WdfRequestTypeDirectoryControl = 0xc,
    WdfRequestTypeFileSystemControl = 0xd,
    WdfRequestTypeDeviceControl = 0xe,
    WdfRequestTypeDeviceControlInternal = 0xf,
    WdfRequestTypeShutdown = 0x10,
    WdfRequestTypeLockControl = 0x11,
    WdfRequestTypeCleanup = 0x12,
    WdfRequestTypeCreateMailSlot = 0x13,
    WdfRequestTypeQuerySecurity = 0x14,
    WdfRequestTypeSetSecurity = 0x15,
    WdfRequestTypePower = 0x16,
    WdfRequestTypeSystemControl = 0x17,
    WdfRequestTypeDeviceChange = 0x18,
    WdfRequestTypeQueryQuota = 0x19,
    WdfRequestTypeSetQuota = 0x1A,
    WdfRequestTypePnp = 0x1B,
    WdfRequestTypeOther = 0x1C,
    WdfRequestTypeUsb = 0x40,
    WdfRequestTypeNoFormat = 0xFF,
    WdfRequestTypeMax
} WDF_REQUEST_TYPE;

typedef enum _WDF_REQUEST_REUSE_FLAGS {
    WDF_REQUEST_REUSE_NO_FLAGS = 0x0,
    WDF_REQUEST_REUSE_SET_NEW_IRP = 0x1
} WDF_REQUEST_REUSE_FLAGS;

typedef enum _WDF_REQUEST_STOP_ACTION_FLAGS {
    WdfRequestStopActionInvalid = 0,
    WdfRequestStopActionSuspend = 0x1,
    WdfRequestStopActionPurge = 0x2,
    WdfRequestStopRequestCancelable = 0x10000000
} WDF_REQUEST_STOP_ACTION_FLAGS;

typedef enum _WDF_REQUEST_SEND_OPTIONS_FLAGS {
    WDF_REQUEST_SEND_OPTION_TIMEOUT = 0x1,
    WDF_REQUEST_SEND_OPTION_SYNCHRONOUS = 0x2,
    WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE = 0x4,
    WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET = 0x8,
    WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT = 0x10000,
    WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE = 0x20000
} WDF_REQUEST_SEND_OPTIONS_FLAGS;

typedef VOID EVT_WDF_REQUEST_CANCEL(WDFREQUEST Request);
typedef EVT_WDF_REQUEST_CANCEL *PFN_WDF_REQUEST_CANCEL;

typedef struct _WDF_REQUEST_PARAMETERS {
    USHORT Size;
    UCHAR MinorFunction;
    WDF_REQUEST_TYPE Type;
    union {
        struct {
            PIO_SECURITY_CONTEXT SecurityContext;
            ULONG Options;
            USHORT POINTER_ALIGNMENT FileAttributes;
            USHORT ShareAccess;
            ULONG POINTER_ALIGNMENT EaLength;
        } Create;
        struct {
            size_t Length;
            ULONG POINTER_ALIGNMENT Key;
            LONGLONG DeviceOffset;
        } Read;
        struct {
            size_t Length;
            ULONG POINTER_ALIGNMENT Key;
            LONGLONG DeviceOffset;
        } Write;
        struct {
            size_t OutputBufferLength;
            size_t POINTER_ALIGNMENT InputBufferLength;
            ULONG POINTER_ALIGNMENT IoControlCode;
            PVOID Type3InputBuffer;
        } DeviceIoControl;
        struct {
            PVOID Arg1;
            PVOID Arg2;
            ULONG POINTER_ALIGNMENT IoControlCode;
            PVOID Arg4;
        } Others;
    } Parameters;
} WDF_REQUEST_PARAMETERS, *PWDF_REQUEST_PARAMETERS;

DDK_INLINE VOID WDF_REQUEST_PARAMETERS_INIT(PWDF_REQUEST_PARAMETERS Parameters)
{
    RtlZeroMemory(Parameters, sizeof(*Parameters));
    Parameters->Size = (USHORT)sizeof(*Parameters);
}

typedef struct _WDF_USB_REQUEST_COMPLETION_PARAMS *PWDF_USB_REQUEST_COMPLETION_PARAMS;

typedef struct _WDF_REQUEST_COMPLETION_PARAMS {
    ULONG Size;
    WDF_REQUEST_TYPE Type;
    IO_STATUS_BLOCK IoStatus;
    union {
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } Write;
        struct {
            WDFMEMORY Buffer;
            size_t Length;
            size_t Offset;
        } Read;
        struct {
            ULONG IoControlCode;
            struct {
                WDFMEMORY Buffer;
                size_t Offset;
            } Input;
            struct {
                WDFMEMORY Buffer;
                size_t Offset;
                size_t Length;
            } Output;
        } Ioctl;
        struct {
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument1;
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument2;
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument3;
            union {
                PVOID Ptr;
                ULONG_PTR Value;
            } Argument4;
        } Others;
        struct {
            PWDF_USB_REQUEST_COMPLETION_PARAMS Completion;
        } Usb;
    } Parameters;
} WDF_REQUEST_COMPLETION_PARAMS, *PWDF_REQUEST_COMPLETION_PARAMS;

DDK_INLINE VOID WDF_REQUEST_COMPLETION_PARAMS_INIT(PWDF_REQUEST_COMPLETION_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->Type = WdfRequestTypeNoFormat;
}

typedef VOID EVT_WDF_REQUEST_COMPLETION_ROUTINE(WDFREQUEST Request, WDFIOTARGET Target,
                                                PWDF_REQUEST_COMPLETION_PARAMS Params, WDFCONTEXT Context);
typedef EVT_WDF_REQUEST_COMPLETION_ROUTINE *PFN_WDF_REQUEST_COMPLETION_ROUTINE;

typedef struct _WDF_REQUEST_REUSE_PARAMS {
    ULONG Size;
    ULONG Flags;
    NTSTATUS Status;
    PIRP NewIrp;
} WDF_REQUEST_REUSE_PARAMS, *PWDF_REQUEST_REUSE_PARAMS;

DDK_INLINE VOID WDF_REQUEST_REUSE_PARAMS_INIT(PWDF_REQUEST_REUSE_PARAMS Params, ULONG Flags, NTSTATUS Status)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->Flags = Flags;
    Params->Status = Status;
}

DDK_INLINE VOID WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(PWDF_REQUEST_REUSE_PARAMS Params, PIRP NewIrp)
{
    Params->NewIrp = NewIrp;
    Params->Flags |= WDF_REQUEST_REUSE_SET_NEW_IRP;
}

typedef struct _WDF_REQUEST_SEND_OPTIONS {
    ULONG Size;
    ULONG Flags;
    LONGLONG Timeout;
} WDF_REQUEST_SEND_OPTIONS, *PWDF_REQUEST_SEND_OPTIONS;

DDK_INLINE VOID WDF_REQUEST_SEND_OPTIONS_INIT(PWDF_REQUEST_SEND_OPTIONS Options, ULONG Flags)
{
    RtlZeroMemory(Options, sizeof(*Options));
    Options->Size = sizeof(*Options);
    Options->Flags = Flags;
}

DDK_INLINE VOID WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(PWDF_REQUEST_SEND_OPTIONS Options, LONGLONG Timeout)
{
    Options->Timeout = Timeout;
    Options->Flags |= WDF_REQUEST_SEND_OPTION_TIMEOUT;
}

typedef enum _WDF_REQUEST_FORWARD_OPTIONS_FLAGS {
    WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET = 0x1
} WDF_REQUEST_FORWARD_OPTIONS_FLAGS;

typedef struct _WDF_REQUEST_FORWARD_OPTIONS {
    ULONG Size;
    ULONG Flags;
} WDF_REQUEST_FORWARD_OPTIONS, *PWDF_REQUEST_FORWARD_OPTIONS;

DDK_INLINE VOID WDF_REQUEST_FORWARD_OPTIONS_INIT(PWDF_REQUEST_FORWARD_OPTIONS ForwardOptions)
{
    RtlZeroMemory(ForwardOptions, sizeof(*ForwardOptions));
    ForwardOptions->Size = sizeof(*ForwardOptions);
    ForwardOptions->Flags = WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET;
}

WDF_FN(NTSTATUS, WdfRequestCreate, (PWDF_OBJECT_ATTRIBUTES RequestAttributes, WDFIOTARGET IoTarget, WDFREQUEST *Request), (RequestAttributes, IoTarget, Request))
WDF_FN(ULONG, WdfRequestGetRequestorProcessId, (WDFREQUEST Request), (Request))
WDF_FN(NTSTATUS, WdfRequestCreateFromIrp, (PWDF_OBJECT_ATTRIBUTES RequestAttributes, PIRP Irp, BOOLEAN RequestFreesIrp, WDFREQUEST *Request), (RequestAttributes, Irp, RequestFreesIrp, Request))
WDF_FN(NTSTATUS, WdfRequestReuse, (WDFREQUEST Request, PWDF_REQUEST_REUSE_PARAMS ReuseParams), (Request, ReuseParams))
WDF_FN(NTSTATUS, WdfRequestChangeTarget, (WDFREQUEST Request, WDFIOTARGET IoTarget), (Request, IoTarget))
WDF_FV(WdfRequestFormatRequestUsingCurrentType, (WDFREQUEST Request), (Request))
WDF_FV(WdfRequestWdmFormatUsingStackLocation, (WDFREQUEST Request, PIO_STACK_LOCATION Stack), (Request, Stack))
WDF_FN(BOOLEAN, WdfRequestSend, (WDFREQUEST Request, WDFIOTARGET Target, PWDF_REQUEST_SEND_OPTIONS Options), (Request, Target, Options))
WDF_FN(NTSTATUS, WdfRequestGetStatus, (WDFREQUEST Request), (Request))
WDF_FV(WdfRequestMarkCancelable, (WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL EvtRequestCancel), (Request, EvtRequestCancel))
WDF_FN(NTSTATUS, WdfRequestMarkCancelableEx, (WDFREQUEST Request, PFN_WDF_REQUEST_CANCEL EvtRequestCancel), (Request, EvtRequestCancel))
WDF_FN(NTSTATUS, WdfRequestUnmarkCancelable, (WDFREQUEST Request), (Request))
WDF_FN(BOOLEAN, WdfRequestIsCanceled, (WDFREQUEST Request), (Request))
WDF_FN(BOOLEAN, WdfRequestCancelSentRequest, (WDFREQUEST Request), (Request))
WDF_FN(BOOLEAN, WdfRequestIsFrom32BitProcess, (WDFREQUEST Request), (Request))
WDF_FV(WdfRequestSetCompletionRoutine, (WDFREQUEST Request, PFN_WDF_REQUEST_COMPLETION_ROUTINE CompletionRoutine, WDFCONTEXT CompletionContext), (Request, CompletionRoutine, CompletionContext))
WDF_FV(WdfRequestGetCompletionParams, (WDFREQUEST Request, PWDF_REQUEST_COMPLETION_PARAMS Params), (Request, Params))
WDF_FN(NTSTATUS, WdfRequestAllocateTimer, (WDFREQUEST Request), (Request))
WDF_FV(WdfRequestComplete, (WDFREQUEST Request, NTSTATUS Status), (Request, Status))
WDF_FV(WdfRequestCompleteWithPriorityBoost, (WDFREQUEST Request, NTSTATUS Status, CCHAR PriorityBoost), (Request, Status, PriorityBoost))
WDF_FV(WdfRequestCompleteWithInformation, (WDFREQUEST Request, NTSTATUS Status, ULONG_PTR Information), (Request, Status, Information))
WDF_FV(WdfRequestGetParameters, (WDFREQUEST Request, PWDF_REQUEST_PARAMETERS Parameters), (Request, Parameters))
WDF_FN(NTSTATUS, WdfRequestRetrieveInputMemory, (WDFREQUEST Request, WDFMEMORY *Memory), (Request, Memory))
WDF_FN(NTSTATUS, WdfRequestRetrieveOutputMemory, (WDFREQUEST Request, WDFMEMORY *Memory), (Request, Memory))
WDF_FN(NTSTATUS, WdfRequestRetrieveInputBuffer, (WDFREQUEST Request, size_t MinimumRequiredLength, PVOID *Buffer, size_t *Length), (Request, MinimumRequiredLength, Buffer, Length))
WDF_FN(NTSTATUS, WdfRequestRetrieveOutputBuffer, (WDFREQUEST Request, size_t MinimumRequiredSize, PVOID *Buffer, size_t *Length), (Request, MinimumRequiredSize, Buffer, Length))
WDF_FN(NTSTATUS, WdfRequestRetrieveInputWdmMdl, (WDFREQUEST Request, PMDL *Mdl), (Request, Mdl))
WDF_FN(NTSTATUS, WdfRequestRetrieveOutputWdmMdl, (WDFREQUEST Request, PMDL *Mdl), (Request, Mdl))
WDF_FN(NTSTATUS, WdfRequestRetrieveUnsafeUserInputBuffer, (WDFREQUEST Request, size_t MinimumRequiredLength, PVOID *InputBuffer, size_t *Length), (Request, MinimumRequiredLength, InputBuffer, Length))
WDF_FN(NTSTATUS, WdfRequestRetrieveUnsafeUserOutputBuffer, (WDFREQUEST Request, size_t MinimumRequiredLength, PVOID *OutputBuffer, size_t *Length), (Request, MinimumRequiredLength, OutputBuffer, Length))
WDF_FV(WdfRequestSetInformation, (WDFREQUEST Request, ULONG_PTR Information), (Request, Information))
WDF_FN(ULONG_PTR, WdfRequestGetInformation, (WDFREQUEST Request), (Request))
WDF_FN(WDFFILEOBJECT, WdfRequestGetFileObject, (WDFREQUEST Request), (Request))
WDF_FN(NTSTATUS, WdfRequestProbeAndLockUserBufferForRead, (WDFREQUEST Request, PVOID Buffer, size_t Length, WDFMEMORY *MemoryObject), (Request, Buffer, Length, MemoryObject))
WDF_FN(NTSTATUS, WdfRequestProbeAndLockUserBufferForWrite, (WDFREQUEST Request, PVOID Buffer, size_t Length, WDFMEMORY *MemoryObject), (Request, Buffer, Length, MemoryObject))
WDF_FN(KPROCESSOR_MODE, WdfRequestGetRequestorMode, (WDFREQUEST Request), (Request))
WDF_FN(NTSTATUS, WdfRequestForwardToIoQueue, (WDFREQUEST Request, WDFQUEUE DestinationQueue), (Request, DestinationQueue))
WDF_FN(WDFQUEUE, WdfRequestGetIoQueue, (WDFREQUEST Request), (Request))
WDF_FN(NTSTATUS, WdfRequestRequeue, (WDFREQUEST Request), (Request))
WDF_FV(WdfRequestStopAcknowledge, (WDFREQUEST Request, BOOLEAN Requeue), (Request, Requeue))
WDF_FN(PIRP, WdfRequestWdmGetIrp, (WDFREQUEST Request), (Request))
WDF_FN(BOOLEAN, WdfRequestIsReserved, (WDFREQUEST Request), (Request))
WDF_FN(NTSTATUS, WdfRequestForwardToParentDeviceIoQueue, (WDFREQUEST Request, WDFQUEUE ParentDeviceQueue, PWDF_REQUEST_FORWARD_OPTIONS ForwardOptions), (Request, ParentDeviceQueue, ForwardOptions))

#endif
