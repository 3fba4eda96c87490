/*
 * pageable_access_at_dispatch: paged pool is touched, or a routine that says that it is pageable is
 * entered, at DISPATCH_LEVEL or above. Windows stops with 0xD1 when the page is out at that moment.
 */
#include <inttypes.h>

#include "verifier/irql.h"
#include "verifier/track/track.h"

#define DRIVER_IRQL_NOT_LESS_OR_EQUAL 0xD1u

static void on_touch(struct rule_run *r, const struct event *e)
{
    const struct irql_record *set = &r->track->irql[e->cpu % TRACK_CPUS];
    bool write = (e->a[3] & EVENT_TO_DEVICE) != 0;

    if (e->a[0] != MISUSE_PAGED_TOUCHED)
        return;
    finding(r, e,
            &(struct finding_about) {
                .sites = { { ROLE_TOUCHED, e->site },
                           { ROLE_RAISED, set->irql == e->a[2] ? set->site : 0 } },
                .as = DV(DRIVER_IRQL_NOT_LESS_OR_EQUAL, LOW32(e->a[1])),
                .bugcheck = { e->a[2], write },
                .bugcheck_known = 2 },
            "%" PRIu64 " bytes of paged pool are %s at %s (%u)", (uint64_t)EVENT_LENGTH(e->a[3]),
            write ? "written" : "read", irql_name((unsigned)e->a[2]), (unsigned)e->a[2]);
}

static void on_event(struct rule_run *r, const struct event *e)
{
    if (e->kind == EV_MISUSE)
        on_touch(r, e);
    else /* PAGED_CODE: the routine's own word for it */
        irql_say(r, e, (struct finding_about) { 0 });
}

RULE(pageable_access_at_dispatch, .on = EV(MISUSE), .calls = CALLS(ddk_paged_code), .irql = true,
     .odd = ODD_IRQL, .level = ERROR, .family = MEMORY,
     .bugcheck = DV(DRIVER_IRQL_NOT_LESS_OR_EQUAL, 0),
     .source = "debugger/bug-check-0xd1--driver-irql-not-less-or-equal", .run = on_event);
