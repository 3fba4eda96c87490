/*
 * Twin of rule user_pointer_outlives_owner: the address of the last number is kept, and read when the next
 * request comes. The program may have freed it, or have put something else there.
 */
#include "twin_neither.h"

#ifndef DMACHECK_SCENARIO
#if BUG
static volatile ULONG *last;
#else
static ULONG last;
#endif

static NTSTATUS TwinNumber(PTWIN Twin, volatile ULONG *Number)
{
    ULONG value;
    NTSTATUS status = TwinNumberGet(Number, &value);

    UNREFERENCED_PARAMETER(Twin);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    __try {
        if (last != NULL)
            TwinSum += *last;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    last = Number;
#else
    TwinSum += last;
    last = value;
#endif
    return status;
}
#endif
