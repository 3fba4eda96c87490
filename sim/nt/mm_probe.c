/*
 * Checking user addresses, and raising exceptions: what a driver does before it trusts a pointer.
 */
#include "base/must.h"
#include "sim/core/seh.h"
#include "sim/core/userptr.h"
#include "sim/nt/mm.h"

/* STATUS_SUCCESS, or what the probe raises. Without bytes nothing is looked at. */
static NTSTATUS probe(struct sim *s, const volatile void *p, uint64_t bytes, ULONG alignment,
                      bool touch)
{
    uint64_t at = (uint64_t)(uintptr_t)p;

    if (!bytes)
        return STATUS_SUCCESS;
    if (alignment && at & (alignment - 1))
        return STATUS_DATATYPE_MISALIGNMENT;
    if (at + bytes < at || at + bytes > MmUserProbeAddress)
        return STATUS_ACCESS_VIOLATION;
    if (touch && !mem_user_valid(s, mm_process(s), (const void *)p, bytes))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

/*
 * ProbeForRead: whether a range lies below the system's addresses, and is aligned.
 *
 * Irql     <= APC_LEVEL
 * Units    Length: bytes
 * Returns  nothing; raises STATUS_ACCESS_VIOLATION, STATUS_DATATYPE_MISALIGNMENT
 * Gap      none known: Windows does not touch the range here either
 * Says     CALL, RETURN (status)
 * Source   wdm/nf-wdm-probeforread
 */
VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ProbeForRead, 0, va_of(s, (const void *)Address).v, Length, Alignment, 0);
    NTSTATUS status = probe(s, Address, Length, Alignment, false);

    userptr_probed(s, (const void *)Address, Length);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    if (!NT_SUCCESS(status))
        mm_raise(status);
}

/*
 * ProbeForWrite: the same, and each page is touched.
 *
 * Irql     <= APC_LEVEL
 * Units    Length: bytes
 * Returns  nothing; raises as ProbeForRead
 * Gap      none known
 * Says     CALL, RETURN (status)
 * Source   wdm/nf-wdm-probeforwrite
 */
VOID ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ProbeForWrite, 0, va_of(s, (const void *)Address).v, Length,
                               Alignment, 0);
    NTSTATUS status = probe(s, Address, Length, Alignment, true);

    userptr_probed(s, (const void *)Address, Length);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    if (!NT_SUCCESS(status))
        mm_raise(status);
}

static _Noreturn void raise_for_good(NTSTATUS status)
{
    struct seh_record r = { .code = (uint32_t)status, .flags = SEH_NONCONTINUABLE };

    seh_raise_record(&r, NULL);
    must(!"a noncontinuable exception came back");
    __builtin_unreachable();
}

/*
 * ExRaiseStatus: raise an exception that cannot be continued.
 *
 * Irql     <= APC_LEVEL
 * Returns  never
 * Gap      none known
 * Says     CALL, RETURN before the exception
 * Source   wdm/nf-wdm-exraisestatus
 */
VOID ExRaiseStatus(NTSTATUS Status)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExRaiseStatus, 0, (uint32_t)Status, 0, 0, 0);

    call_end(&c, (uint32_t)Status, 0, 0, 0);
    raise_for_good(Status);
}

/*
 * ExRaiseAccessViolation: ExRaiseStatus of STATUS_ACCESS_VIOLATION.
 *
 * Irql     <= APC_LEVEL
 * Returns  never
 * Gap      none known
 * Says     CALL, RETURN before the exception
 * Source   ntddk/nf-ntddk-exraiseaccessviolation
 */
VOID ExRaiseAccessViolation(VOID)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExRaiseAccessViolation, 0, 0, 0, 0, 0);

    call_end(&c, (uint32_t)STATUS_ACCESS_VIOLATION, 0, 0, 0);
    raise_for_good(STATUS_ACCESS_VIOLATION);
}

/*
 * ExRaiseDatatypeMisalignment: ExRaiseStatus of STATUS_DATATYPE_MISALIGNMENT.
 *
 * Irql     <= APC_LEVEL
 * Returns  never
 * Gap      none known
 * Says     CALL, RETURN before the exception
 * Source   ntddk/nf-ntddk-exraisedatatypemisalignment
 */
VOID ExRaiseDatatypeMisalignment(VOID)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExRaiseDatatypeMisalignment, 0, 0, 0, 0, 0);

    call_end(&c, (uint32_t)STATUS_DATATYPE_MISALIGNMENT, 0, 0, 0);
    raise_for_good(STATUS_DATATYPE_MISALIGNMENT);
}
