/*
 * Twin of rule user_pointer_unprobed: a number is read at the address that the program has passed. The
 * address may be the system's, or nobody's.
 */
#include "twin_neither.h"

#ifndef DMACHECK_SCENARIO
static NTSTATUS TwinNumber(PTWIN Twin, volatile ULONG *Number)
{
    ULONG value = 0;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(Twin);
#if BUG
    value = *Number;
#else
    status = TwinNumberGet(Number, &value);
#endif
    TwinSum += value;
    return status;
}
#endif
