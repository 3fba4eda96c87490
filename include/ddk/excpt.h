/*
 * excpt.h: structured exceptions. ddkcc lowers `__try` and its company; what stays are the values,
 * the records and three calls that ask the run time.
 * Source: kernel/handling-exceptions, debug/structured-exception-handling
 */
#ifndef DDK_EXCPT_H
#define DDK_EXCPT_H
#include <ntdef.h>

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)
#define EXCEPTION_NONCONTINUABLE 0x1
#define EXCEPTION_UNWINDING 0x2
#define EXCEPTION_EXIT_UNWIND 0x4
#define EXCEPTION_STACK_INVALID 0x8
#define EXCEPTION_NESTED_CALL 0x10
#define EXCEPTION_TARGET_UNWIND 0x20
#define EXCEPTION_COLLIDED_UNWIND 0x40
#define EXCEPTION_MAXIMUM_PARAMETERS 15

typedef enum _EXCEPTION_DISPOSITION {
    ExceptionContinueExecution, ExceptionContinueSearch, ExceptionNestedException,
    ExceptionCollidedUnwind
} EXCEPTION_DISPOSITION;

typedef struct _EXCEPTION_RECORD {
    NTSTATUS ExceptionCode;
    ULONG ExceptionFlags;
    struct _EXCEPTION_RECORD *ExceptionRecord;
    PVOID ExceptionAddress;
    ULONG NumberParameters;
    ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;

struct _CONTEXT;
typedef struct _EXCEPTION_POINTERS {
    PEXCEPTION_RECORD ExceptionRecord;
    struct _CONTEXT *ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

NTSTATUS ddk_exception_code(VOID);
PEXCEPTION_POINTERS ddk_exception_information(VOID);
int ddk_abnormal_termination(VOID);

#ifndef DDK_HOST
#define GetExceptionCode() ddk_exception_code()
#define GetExceptionInformation() ddk_exception_information()
#define AbnormalTermination() ddk_abnormal_termination()
#define _exception_code() ddk_exception_code()
#define _exception_info() ddk_exception_information()
#define _abnormal_termination() ddk_abnormal_termination()
#endif

#endif
