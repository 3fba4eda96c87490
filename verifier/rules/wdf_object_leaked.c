/*
 * wdf_object_leaked: the driver has gone, and a framework object is still there because the driver took a
 * reference and did not give it back. The framework deletes what hangs on its driver; memory and handle
 * of this one stay.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    finding(r, e, &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_CREATED, e->site } } },
            "%s was left behind with %" PRIu64 " reference%s", finding_object(e->obj), e->a[0],
            e->a[0] == 1 ? "" : "s");
}

RULE(wdf_object_leaked, .on = EV(WDF_LEAK), .level = ERROR, .family = FRAMEWORK,
     .source = "wdf/framework-object-life-cycle", .run = on_event);
