/*
 * Bug checks that a driver asks for, their callbacks, and the life of ke's state.
 */
#include "sim/nt/ke.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/*
 * KeBugCheckEx: the driver stops the machine. Registered callbacks run, newest first, at HIGH_LEVEL.
 *
 * Irql     any
 * Says     CALL, BUGCHECK; never returns: the run ends here with or without --bugcheck
 * Source   wdm/nf-wdm-kebugcheckex
 */
void KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR P1, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeBugCheckEx, 0, BugCheckCode, P1, P2, P3);
    LIST_ENTRY *head = &s->nt->ke->bugcheck_callbacks;

    call_arg(&c, 0, P4, 0, 0, 0);
    sched_irql_set(s, HIGH_LEVEL);
    for (LIST_ENTRY *e = head->Flink; e != head; e = e->Flink) {
        PKBUGCHECK_CALLBACK_RECORD r = CONTAINING_RECORD(e, KBUGCHECK_CALLBACK_RECORD, Entry);

        r->State = BufferStarted;
        r->CallbackRoutine(r->Buffer, r->Length);
        r->State = BufferFinished;
    }
    sim_bugcheck(s, BugCheckCode, P1, P2, P3, P4);
    sim_end(s);
}

void KeBugCheck(ULONG BugCheckCode) { KeBugCheckEx(BugCheckCode, 0, 0, 0, 0); }

/*
 * KeRegisterBugCheckCallback: Irql any; TRUE when registered, FALSE when the record is in use or was
 * not initialised. Source wdm/nf-wdm-keregisterbugcheckcallback
 */
BOOLEAN KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord,
                                   PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine, PVOID Buffer,
                                   ULONG Length, PUCHAR Component)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeRegisterBugCheckCallback, 0, va_of(s, CallbackRecord).v,
                               va_of(s, Buffer).v, Length, 0);
    BOOLEAN fits = CallbackRecord->State == BufferEmpty;

    if (fits) {
        CallbackRecord->CallbackRoutine = CallbackRoutine;
        CallbackRecord->Buffer = Buffer;
        CallbackRecord->Length = Length;
        CallbackRecord->Component = Component;
        CallbackRecord->State = BufferInserted;
        InsertHeadList(&s->nt->ke->bugcheck_callbacks, &CallbackRecord->Entry);
    }
    call_end(&c, fits, 0, 0, 0);
    return fits;
}

/* KeDeregisterBugCheckCallback: Irql any. Source wdm/nf-wdm-kederegisterbugcheckcallback */
BOOLEAN KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeDeregisterBugCheckCallback, 0, va_of(s, CallbackRecord).v, 0, 0, 0);
    BOOLEAN known = CallbackRecord->State == BufferInserted;

    if (known) {
        RemoveEntryList(&CallbackRecord->Entry);
        CallbackRecord->State = BufferEmpty;
    }
    call_end(&c, known, 0, 0, 0);
    return known;
}

static void state_init(struct nt_ke *ke)
{
    if (ke->waits_used)
        memset(ke->waits, 0, sizeof(ke->waits));
    ke->waits_used = false;
    ke->boot = NULL;
    ke->counter_offset = ke->counter_last = 0;
    InitializeListHead(&ke->bugcheck_callbacks);
}

int nt_ke_create(struct sim *s)
{
    s->nt->ke = calloc(1, sizeof(*s->nt->ke));
    if (!s->nt->ke)
        return ERR_NOMEM;
    state_init(s->nt->ke);
    return ke_timers_create(s);
}

void nt_ke_reset(struct sim *s)
{
    state_init(s->nt->ke);
    ke_timers_reset(s);
}

void nt_ke_destroy(struct sim *s)
{
    ke_timers_destroy(s);
    free(s->nt->ke);
    s->nt->ke = NULL;
}
