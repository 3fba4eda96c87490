/*
 * What a callback leaves behind when it returns: a spin lock that it took, another IRQL, an IRP that is
 * marked pending and a status that says otherwise.
 */
#include <inttypes.h>
#include <string.h>

#include "verifier/irql.h"
#include "verifier/track/lock.h"

#define IRQL_UNEXPECTED_VALUE 0xC8u
#define WDF_VIOLATION 0x10Du
#define WORKER_THREAD_RETURNED_AT_BAD_IRQL 0xE1u
#define SPIN_LOCK_RULE 0x40009u /* DDI compliance: dispatch and cancel routines */

/* --- spin_lock_held_on_return --- */

static RULE_COLD void say_held(struct rule_run *r, const struct event *e,
                               const struct lock_held *held)
{
    struct finding_about a = { .obj = e->obj,
                               .owner = held->lock == LOCK_CANCEL ? 0 : held->lock,
                               .sites = { { ROLE_HELD, held->site } } };

    if (e->api == API_DriverDispatch || e->api == API_DriverCancel)
        a.as = (struct rule_bugcheck)DV(0xC4, SPIN_LOCK_RULE);
    finding(r, e, &a, "%s returned with %s held",
            e->kind == EV_DPC_END ? "a DPC" : api_name(e->api),
            held->lock == LOCK_CANCEL ? "the cancel spin lock" : "a spin lock");
}

static void on_return(struct rule_run *r, const struct event *e)
{
    const struct lock_held *held = track_lock_left(r->track, e->agent);

    if (held)
        say_held(r, e, held);
}

RULE(spin_lock_held_on_return, .on = EV(DPC_END), .level = ERROR, .family = REQUEST,
     .callback_ends = APIS(DriverDispatch, DriverCancel, DriverStartIo, CompletionRoutine,
                           ServiceRoutine, MessageServiceRoutine, WorkItem, AddDevice, DriverEntry,
                           DriverUnload, IoTimer, ThreadStart),
     .framework = true, .stops = { IRQL_UNEXPECTED_VALUE, WORKER_THREAD_RETURNED_AT_BAD_IRQL },
     .source = "devtest/wdm-spinlock", .after = "spin_lock_owned_already", .run = on_return);

/* --- IRQL: MISUSE, whose function is the callback --- */

static bool is_isr(unsigned api)
{
    return api == API_ServiceRoutine || api == API_MessageServiceRoutine ||
           api == API_EvtInterruptIsr;
}

/* The framework's callbacks: of them it is wdf_irql_changed that speaks. */
static bool is_framework(unsigned api)
{
    return !is_isr(api) && api && strncmp(api_name(api), "Evt", 3) == 0;
}

static void say_irql(struct rule_run *r, const struct event *e, struct finding_about a)
{
    a.obj = e->obj;
    a.sites[0] = (struct finding_site) { ROLE_HERE, e->site };
    finding(r, e, &a, "%s was called at %s (%u) and returned at %s (%u)",
            e->api ? api_name(e->api) : "a DPC", irql_name((unsigned)e->a[1]), (unsigned)e->a[1],
            irql_name((unsigned)e->a[2]), (unsigned)e->a[2]);
}

static void on_dispatch_irql(struct rule_run *r, const struct event *e)
{
    if (e->a[0] == MISUSE_IRQL_CHANGED && e->api == API_DriverDispatch)
        say_irql(r, e, (struct finding_about) { 0 });
}
static void on_isr_irql(struct rule_run *r, const struct event *e)
{
    if (e->a[0] == MISUSE_IRQL_CHANGED && is_isr(e->api))
        say_irql(r, e, (struct finding_about) { 0 });
}

/* Of a worker thread Windows itself says it. */
static void on_other_irql(struct rule_run *r, const struct event *e)
{
    struct finding_about a = { 0 };

    if (e->a[0] != MISUSE_IRQL_CHANGED || e->api == API_DriverDispatch || is_isr(e->api) ||
        is_framework(e->api))
        return;
    if (e->api == API_WorkItem)
        a.as = (struct rule_bugcheck)DV(WORKER_THREAD_RETURNED_AT_BAD_IRQL, 0);
    say_irql(r, e, a);
}

static void on_framework_irql(struct rule_run *r, const struct event *e)
{
    if (e->a[0] == MISUSE_IRQL_CHANGED && is_framework(e->api))
        say_irql(r, e,
                 (struct finding_about) { .bugcheck = { e->a[1], e->a[2] }, .bugcheck_known = 2 });
}

#define IRQL_STOPS .stops = { IRQL_UNEXPECTED_VALUE, WORKER_THREAD_RETURNED_AT_BAD_IRQL }
#define IRQL_RETURNED                                                                              \
    .on = EV(MISUSE), .level = ERROR, .family = REQUEST, .after = "spin_lock_held_on_return",      \
    IRQL_STOPS

RULE(irql_changed_in_dispatch, IRQL_RETURNED, .bugcheck = DV(0xC9, 0x05),
     .source = "debugger/bug-check-0xc9--driver-verifier-iomanager-violation",
     .run = on_dispatch_irql);
RULE(isr_irql_changed, IRQL_RETURNED, .bugcheck = DV(0xC4, 0x111),
     .source = "debugger/bug-check-0xc4--driver-verifier-detected-violation", .run = on_isr_irql);
RULE(irql_changed_by_callback, IRQL_RETURNED,
     .source = "debugger/bug-check-0xc8--irql-unexpected-value", .run = on_other_irql);
RULE(wdf_irql_changed, .on = EV(MISUSE), .level = ERROR, .family = FRAMEWORK,
     .after = "spin_lock_held_on_return", .stops = { WDF_VIOLATION },
     .bugcheck = DV(WDF_VIOLATION, 0x0E), .source = "debugger/bug-check-0x10d---wdf-violation",
     .run = on_framework_irql);

/* --- pending: what a dispatch routine returned against what the IRP's location says --- */

static void say_pending(struct rule_run *r, const struct event *e, uint64_t what, const char *text)
{
    if (e->a[0] == what)
        finding(r, e,
                &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_HERE, e->site } } },
                "the dispatch routine of major function 0x%02" PRIX64 " %s", e->a[1] >> 8, text);
}

static void on_unmarked(struct rule_run *r, const struct event *e)
{
    say_pending(r, e, MISUSE_PENDING_UNMARKED,
                "returned STATUS_PENDING for an IRP that it never marked pending");
}
static void on_marked(struct rule_run *r, const struct event *e)
{
    say_pending(r, e, MISUSE_PENDING_MARKED,
                "marked the IRP pending and returned another status than STATUS_PENDING");
}

#define PENDING_RULE(number)                                                                       \
    .on = EV(MISUSE), .level = ERROR, .family = REQUEST, .bugcheck = DV(0xC9, number),             \
    .source = "debugger/bug-check-0xc9--driver-verifier-iomanager-violation"

RULE(pending_not_marked, PENDING_RULE(0x23D), .run = on_unmarked);
RULE(pending_not_returned, PENDING_RULE(0x23E), .run = on_marked);
