/*
 * Remove locks: a count of those who use a device, and a wait for the last of them at removal.
 */
#include "sim/nt/io.h"

/* In a checked driver the lock has a second half (tags, times), which its size tells. */
#define CHECKED_SIGNATURE 0x4C4F434B /* 'LOCK' as an integer */

/*
 * IoInitializeRemoveLockEx: sets a remove lock up.
 *
 * Irql     PASSIVE_LEVEL
 * Units    MaxLockedMinutes: minutes; HighWatermark: acquisitions; RemlockSize: bytes
 * Returns  nothing
 * Gap      a checked driver's limits are kept and not judged
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioinitializeremovelock
 */
VOID IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes,
                              ULONG HighWatermark, ULONG RemlockSize)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoInitializeRemoveLockEx, nt_obj(s, Lock, OBJ_LOCK),
                               AllocateTag, MaxLockedMinutes, HighWatermark, RemlockSize);

    Lock->Common.Removed = FALSE;
    Lock->Common.IoCount = 1;
    io_event_init(&Lock->Common.RemoveEvent, SynchronizationEvent, false);
    if (RemlockSize == sizeof(IO_REMOVE_LOCK_COMMON_BLOCK) + sizeof(IO_REMOVE_LOCK_DBG_BLOCK)) {
        IO_REMOVE_LOCK_DBG_BLOCK *dbg = (PVOID)((char *)Lock + sizeof(Lock->Common));

        memset(dbg, 0, sizeof(*dbg));
        dbg->Signature = CHECKED_SIGNATURE;
        dbg->HighWatermark = HighWatermark;
        dbg->AllocateTag = (LONG)AllocateTag;
        dbg->MaxLockedTicks = (LONGLONG)MaxLockedMinutes * 60 * 64; /* ticks of 1/64 s */
    }
    call_end(&c, 0, 0, 0, 0);
}

static void lock_drop(struct sim *s, PIO_REMOVE_LOCK lock)
{
    if (--lock->Common.IoCount == 0)
        ke_event_set(s, &lock->Common.RemoveEvent);
}

/*
 * IoAcquireRemoveLockEx: one more user of the device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_DELETE_PENDING once the removal waits
 * Gap      the tag is said, not kept: a release with another tag is for the verifier
 * Says     CALL (a0 = tag, a1 = line, a2 = count before), RETURN
 * Source   wdm/nf-wdm-ioacquireremovelock
 */
NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File, ULONG Line,
                               ULONG RemlockSize)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoAcquireRemoveLockEx, nt_obj(s, RemoveLock, OBJ_LOCK), va_of(s, Tag).v,
                   File ? Line : 0, (uint64_t)RemoveLock->Common.IoCount, RemlockSize);
    NTSTATUS status = STATUS_SUCCESS;

    RemoveLock->Common.IoCount++;
    if (RemoveLock->Common.Removed) {
        lock_drop(s, RemoveLock);
        status = STATUS_DELETE_PENDING;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoReleaseRemoveLockEx: one user less.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known; a count below zero is what Windows would have, too
 * Says     CALL (a0 = tag, a2 = count before), RETURN
 * Source   wdm/nf-wdm-ioreleaseremovelock
 */
VOID IoReleaseRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoReleaseRemoveLockEx, nt_obj(s, RemoveLock, OBJ_LOCK), va_of(s, Tag).v,
                   0, (uint64_t)RemoveLock->Common.IoCount, RemlockSize);

    race_give(s, RemoveLock);
    lock_drop(s, RemoveLock);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoReleaseRemoveLockAndWaitEx: the removal's own release; returns when nobody uses the device.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL (a0 = tag, a2 = count before), RETURN
 * Source   wdm/nf-wdm-ioreleaseremovelockandwait
 */
VOID IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoReleaseRemoveLockAndWaitEx, nt_obj(s, RemoveLock, OBJ_LOCK),
                   va_of(s, Tag).v, 0, (uint64_t)RemoveLock->Common.IoCount, RemlockSize);

    RemoveLock->Common.Removed = TRUE;
    RemoveLock->Common.IoCount--; /* the caller's own */
    if (--RemoveLock->Common.IoCount > 0)
        ke_wait(s, &RemoveLock->Common.RemoveEvent, UINT64_MAX);
    race_take(s, RemoveLock);
    call_end(&c, 0, 0, 0, 0);
}
