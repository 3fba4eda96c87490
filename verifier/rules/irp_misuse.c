/*
 * IRPs: completed, sent and freed in the wrong state. Driver Verifier has a code of bug check 0xC9 for
 * each; a second completion stops Windows by itself.
 */
#include <inttypes.h>

#include "verifier/irql.h"
#include "verifier/track/track.h"

#define PAGE "debugger/bug-check-0xc9--driver-verifier-iomanager-violation"
#define IRP_RULE(number)                                                                           \
    .level = ERROR, .family = REQUEST, .bugcheck = DV(0xC9, number), .source = PAGE
#define MULTIPLE_IRP_COMPLETE_REQUESTS 0x44u
#define IOMANAGER_VIOLATION 0xC9u
#define STATUS_PENDING 0x103u
#define STATUS_MINUS_ONE 0xFFFFFFFFu
#define COMPLETED_ALREADY 1u /* a3 of IofCompleteRequest */
#define CANCEL_ROUTINE_SET 2u

static RULE_COLD void say(struct rule_run *r, const struct event *e, struct finding_about a,
                          const char *what)
{
    const struct irp_record *i = objtab_find(&r->track->irps, e->obj);

    a.obj = e->obj;
    a.sites[0] = (struct finding_site) { ROLE_HERE, e->site };
    a.sites[1] =
        (struct finding_site) { ROLE_COMPLETED, i && !i->head.live ? i->site_completed : 0 };
    finding(r, e, &a, "%s of %s %s", api_name(e->api), finding_object(e->obj), what);
}

/* --- IofCompleteRequest: a0 = status, a3 --- */

static void on_twice(struct rule_run *r, const struct event *e)
{
    if (e->a[3] == COMPLETED_ALREADY)
        say(r, e, (struct finding_about) { 0 }, "which is completed or freed already");
}
static void on_pending(struct rule_run *r, const struct event *e)
{
    if (e->a[3] != COMPLETED_ALREADY && (e->a[0] == STATUS_PENDING || e->a[0] == STATUS_MINUS_ONE))
        say(r, e, (struct finding_about) { .bugcheck = { e->a[0] }, .bugcheck_known = 1 },
            e->a[0] == STATUS_PENDING ? "with STATUS_PENDING" : "with -1 as its status");
}
static void on_cancel_routine(struct rule_run *r, const struct event *e)
{
    if (e->a[3] == CANCEL_ROUTINE_SET)
        say(r, e, (struct finding_about) { 0 }, "whose cancel routine is still set");
}
static void on_irql(struct rule_run *r, const struct event *e)
{
    irql_say(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 });
}

RULE(irp_completed_twice, .level = ERROR, .family = REQUEST, .bugcheck = DV(0x44, 0),
     .source = "debugger/bug-check-0x44--multiple-irp-complete-requests",
     .stops = { MULTIPLE_IRP_COMPLETE_REQUESTS }, .calls = CALLS(IofCompleteRequest),
     .run = on_twice);
RULE(irp_completed_pending, IRP_RULE(0x06), .calls = CALLS(IofCompleteRequest), .run = on_pending);
RULE(cancel_routine_left, IRP_RULE(0x07), .calls = CALLS(IofCompleteRequest),
     .run = on_cancel_routine);
RULE(irp_complete_irql, IRP_RULE(0x0E), .irql = true, .odd = ODD_IRQL,
     .calls = CALLS(IofCompleteRequest), .run = on_irql);

/* --- IofCallDriver --- */

static void on_sent(struct rule_run *r, const struct event *e, uint64_t what, const char *text)
{
    const struct call_record *c = track_call(r->track, e->agent, 0);

    if (e->a[0] == IOMANAGER_VIOLATION && e->a[1] == what)
        finding(r, e,
                &(struct finding_about) { .obj = c ? c->obj : 0,
                                          .sites = { { ROLE_HERE, e->site } },
                                          .bugcheck = { e->a[2], 0, 0 },
                                          .bugcheck_known = 3 },
                "%s of %s", c ? api_name(c->api) : "a call", text);
}
static void on_no_irp(struct rule_run *r, const struct event *e)
{
    on_sent(r, e, 3, "what is no IRP, or no longer one");
}
static void on_no_device(struct rule_run *r, const struct event *e)
{
    on_sent(r, e, 4, "an IRP to what is no device object");
}

RULE(call_driver_irql, IRP_RULE(0x10), .irql = true, .odd = ODD_IRQL,
     .calls = CALLS(IofCallDriver, PoCallDriver), .run = on_irql);
RULE(call_driver_no_irp, IRP_RULE(0x03), .on = EV(BUGCHECK), .stops = { IOMANAGER_VIOLATION },
     .run = on_no_irp);
RULE(call_driver_no_device, IRP_RULE(0x04), .on = EV(BUGCHECK), .stops = { IOMANAGER_VIOLATION },
     .run = on_no_device);

/* --- IoFreeIrp: a1: it belongs to a thread --- */

static void on_free_bad(struct rule_run *r, const struct event *e)
{
    const struct call_record *c =
        e->a[0] == MULTIPLE_IRP_COMPLETE_REQUESTS ? track_call(r->track, e->agent, 0) : NULL;

    if (c && c->api == API_IoFreeIrp)
        finding(r, e,
                &(struct finding_about) { .obj = c->obj,
                                          .sites = { { ROLE_HERE, e->site } },
                                          .bugcheck = { e->a[1], 0, 0 },
                                          .bugcheck_known = 3 },
                "IoFreeIrp of what is no IRP, or freed already");
}
static void on_free_threaded(struct rule_run *r, const struct event *e)
{
    if (e->a[1])
        say(r, e, (struct finding_about) { 0 },
            "which is a thread's: the I/O manager frees it when it is completed");
}

RULE(irp_freed_bad, IRP_RULE(0x01), .on = EV(BUGCHECK), .stops = { MULTIPLE_IRP_COMPLETE_REQUESTS },
     .run = on_free_bad);
RULE(irp_freed_threaded, IRP_RULE(0x02), .calls = CALLS(IoFreeIrp), .run = on_free_threaded);
