/*
 * wdfcompaniontarget.h: tasks for a user-mode companion of the driver's.
 * Source: wdfcompaniontarget/
 */
#ifndef DDK_WDFCOMPANIONTARGET_H
#define DDK_WDFCOMPANIONTARGET_H

#define WDF_TRACE_ID ('TRAC')

typedef enum _WDF_TASK_SEND_OPTIONS_FLAGS {
    WDF_TASK_SEND_OPTION_TIMEOUT = 0x1,
    WDF_TASK_SEND_OPTION_SYNCHRONOUS = 0x2
} WDF_TASK_SEND_OPTIONS_FLAGS;

typedef struct _WDF_TASK_SEND_OPTIONS {
    ULONG Size;
    ULONG Flags;
    LONGLONG Timeout;
} WDF_TASK_SEND_OPTIONS, *PWDF_TASK_SEND_OPTIONS;

DDK_INLINE VOID WDF_TASK_SEND_OPTIONS_INIT(PWDF_TASK_SEND_OPTIONS Options, ULONG Flags)
{
    RtlZeroMemory(Options, sizeof(*Options));
    Options->Size = sizeof(*Options);
    Options->Flags = Flags;
}

WDF_FN(NTSTATUS, WdfCompanionTargetSendTaskSynchronously, (WDFCOMPANIONTARGET CompanionTarget, USHORT TaskQueueIdentifier, ULONG TaskOperationCode, PWDF_MEMORY_DESCRIPTOR InputBuffer, PWDF_MEMORY_DESCRIPTOR OutputBuffer, PWDF_TASK_SEND_OPTIONS TaskOptions, PULONG_PTR BytesReturned), (CompanionTarget, TaskQueueIdentifier, TaskOperationCode, InputBuffer, OutputBuffer, TaskOptions, BytesReturned))
WDF_FN(PEPROCESS, WdfCompanionTargetWdmGetCompanionProcess, (WDFCOMPANIONTARGET CompanionTarget), (CompanionTarget))

#endif
