/*
 * IRQL at locks, waits and critical regions, each with its own number in bug check 0xC4, and how IRQL
 * itself is changed. The second parameter is always the IRQL found.
 */
#include "verifier/irql.h"
#include "verifier/track/track.h"

#define PAGE "debugger/bug-check-0xc4--driver-verifier-detected-violation"
#define IRQL_ODD .odd = ODD_IRQL, .irql = true
#define KE_RULE(number)                                                                            \
    .level = ERROR, .family = CALLER, .bugcheck = DV(0xC4, number), .source = PAGE
#define IRQL_NOT_GREATER_OR_EQUAL 0x09u
#define IRQL_NOT_LESS_OR_EQUAL 0x0Au
#define SPIN_LOCK_ALREADY_OWNED 0x0Fu
#define SPIN_LOCK_NOT_OWNED 0x10u

static void on_call(struct rule_run *r, const struct event *e)
{
    irql_say(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 });
}

RULE(fast_mutex_acquire_irql, KE_RULE(0x33), IRQL_ODD, .stops = { 0xB8 },
     .calls = CALLS(ExAcquireFastMutex, ExTryToAcquireFastMutex), .run = on_call);
RULE(fast_mutex_release_irql, KE_RULE(0x34), IRQL_ODD, .calls = CALLS(ExReleaseFastMutex),
     .run = on_call);
RULE(spin_lock_release_irql, KE_RULE(0x32), IRQL_ODD, .stops = { SPIN_LOCK_NOT_OWNED },
     .calls = CALLS(KeReleaseSpinLock), .run = on_call);
RULE(spin_lock_at_dpc_irql, KE_RULE(0x40), IRQL_ODD,
     .calls = CALLS(KeAcquireSpinLockAtDpcLevel, KeTryToAcquireSpinLockAtDpcLevel), .run = on_call);
RULE(spin_lock_from_dpc_irql, KE_RULE(0x41), IRQL_ODD, .stops = { SPIN_LOCK_NOT_OWNED },
     .calls = CALLS(KeReleaseSpinLockFromDpcLevel), .run = on_call);
RULE(spin_lock_acquire_irql, KE_RULE(0x42), IRQL_ODD, .stops = { SPIN_LOCK_ALREADY_OWNED },
     .calls = CALLS(KeAcquireSpinLockRaiseToDpc, KeAcquireInStackQueuedSpinLock), .run = on_call);
RULE(critical_region_entered_irql, KE_RULE(0x11A), IRQL_ODD, .calls = CALLS(KeEnterCriticalRegion),
     .run = on_call);
RULE(critical_region_left_irql, KE_RULE(0x11B), IRQL_ODD, .calls = CALLS(KeLeaveCriticalRegion),
     .run = on_call);
RULE(set_event_irql, KE_RULE(0x80), IRQL_ODD, .calls = CALLS(KeSetEvent), .run = on_call);

/* At DISPATCH_LEVEL a wait may only look (a time-out of zero), above it not even that. */
static void on_wait(struct rule_run *r, const struct event *e)
{
    if (e->irql == DISPATCH && e->a[3] != 0)
        irql_say_most(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 },
                      APC);
}
static void on_wait_above(struct rule_run *r, const struct event *e)
{
    irql_say(r, e, (struct finding_about) { 0 });
}

RULE(wait_at_dispatch, KE_RULE(0x3B), .stops = { 0xB8 },
     .calls = CALLS(KeWaitForSingleObject, KeWaitForMultipleObjects), .run = on_wait);
RULE(wait_above_dispatch, KE_RULE(0x120), IRQL_ODD, .stops = { 0xB8 },
     .calls = CALLS(KeWaitForSingleObject, KeWaitForMultipleObjects), .run = on_wait_above);

/* --- what Windows stops at by itself, and Driver Verifier a moment earlier with another code --- */

static bool is_stop(const struct rule_run *r, const struct event *e, uint32_t code, unsigned api)
{
    const struct call_record *c = track_call(r->track, e->agent, 0);

    return e->a[0] == code && (!api || (c && c->api == api));
}

static void on_raise(struct rule_run *r, const struct event *e)
{
    if (is_stop(r, e, IRQL_NOT_GREATER_OR_EQUAL, API_KfRaiseIrql))
        finding(r, e,
                &(struct finding_about) { .sites = { { ROLE_HERE, e->site } },
                                          .bugcheck = { e->a[1], e->a[2], 0 },
                                          .bugcheck_known = 3 },
                "KeRaiseIrql to %u at IRQL %u", (unsigned)e->a[2], (unsigned)e->a[1]);
}

static void on_lower(struct rule_run *r, const struct event *e)
{
    if (is_stop(r, e, IRQL_NOT_LESS_OR_EQUAL, API_KeLowerIrql))
        finding(r, e,
                &(struct finding_about) { .sites = { { ROLE_HERE, e->site } },
                                          .bugcheck = { e->a[2], e->a[1], 0 },
                                          .bugcheck_known = 3 },
                "KeLowerIrql to %u at IRQL %u", (unsigned)e->a[1], (unsigned)e->a[2]);
}

RULE(raise_irql_lowers, KE_RULE(0x30), .on = EV(BUGCHECK), .stops = { IRQL_NOT_GREATER_OR_EQUAL },
     .run = on_raise);
RULE(lower_irql_raises, KE_RULE(0x31), .on = EV(BUGCHECK), .stops = { IRQL_NOT_LESS_OR_EQUAL },
     .run = on_lower);

static void on_lock(struct rule_run *r, const struct event *e, const char *what)
{
    const struct call_record *c = track_call(r->track, e->agent, 0);

    finding(r, e,
            &(struct finding_about) { .obj = c ? c->obj : 0, .sites = { { ROLE_HERE, e->site } } },
            "%s: %s", c ? api_name(c->api) : "a spin lock", what);
}

static void on_owned(struct rule_run *r, const struct event *e)
{
    if (is_stop(r, e, SPIN_LOCK_ALREADY_OWNED, 0))
        on_lock(r, e, "the processor holds this spin lock already, or nobody will give it back");
}

static void on_not_owned(struct rule_run *r, const struct event *e)
{
    if (is_stop(r, e, SPIN_LOCK_NOT_OWNED, 0))
        on_lock(r, e, "nobody holds this spin lock");
}

RULE(spin_lock_owned_already, KE_RULE(0x40009), .on = EV(BUGCHECK),
     .after = "spin_lock_acquire_irql", .stops = { SPIN_LOCK_ALREADY_OWNED }, .run = on_owned);
RULE(spin_lock_not_owned, KE_RULE(0x4000A), .on = EV(BUGCHECK),
     .after = "spin_lock_release_irql, spin_lock_from_dpc_irql", .stops = { SPIN_LOCK_NOT_OWNED },
     .run = on_not_owned);
