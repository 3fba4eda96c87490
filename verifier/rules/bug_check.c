/*
 * bug_check: Windows itself would have stopped here, with or without Driver Verifier. The simulator
 * goes on, so what follows may be a consequence.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct call_record *call = track_call(r->track, e->agent, 0);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site } },
                                      .as = { (uint32_t)e->a[0], (uint32_t)e->a[1] },
                                      .bugcheck = { e->a[2], e->a[3] },
                                      .bugcheck_known = 2 },
            "bug check 0x%" PRIX64 " (0x%" PRIX64 ", 0x%" PRIX64 ", 0x%" PRIX64 ", ...)%s%s",
            e->a[0], e->a[1], e->a[2], e->a[3], call ? " in " : "",
            call ? api_name(call->api) : "");
}

RULE(bug_check, .on = EV(BUGCHECK), .level = ERROR, .family = CALLER,
     .source = "debugger/bug-check-code-reference2", .run = on_event);
