/*
 * common_buffer_touched_after_free: the driver reads or writes a common buffer that it has freed. The
 * pages are somebody else's, or will be. A device that is sent there is
 * common_buffer_used_after_free.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct common_record *c =
        e->a[3] == CPU_TOUCHED_COMMON ? track_common(r->track, e->obj) : NULL;

    if (!c || c->head.live)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .owner = c->adapter,
                                      .sites = { { ROLE_TOUCHED, e->site },
                                                 { ROLE_CREATED, c->site_created },
                                                 { ROLE_RELEASED, c->site_released } } },
            "%s of %s was %s after it was freed, %" PRIu64 " bytes at offset %" PRIu64,
            finding_object(e->obj), finding_object(c->adapter),
            e->kind == EV_CPU_READ ? "read" : "written", e->a[1], e->a[0] - c->va);
}

RULE(common_buffer_touched_after_free, .on = EV(CPU_READ, CPU_WRITE), .level = ERROR,
     .family = COMMON, .once = true, .source = "wdm/nc-wdm-pfree_common_buffer", .run = on_event);
