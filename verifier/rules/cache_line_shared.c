/*
 * cache_line_shared: the driver wrote to data of its own that shares a cache line with a buffer which
 * a device was writing. Where devices do not see the caches, only one of the two survives: the line
 * is written back, and what the device put into it is lost.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = e->a[3] == CACHE_LINE_SHARED ? track_mapping(r->track, e->obj) : NULL;

    if (!m)
        return;
    finding(
        r, e,
        &(struct finding_about) {
            .obj = e->obj,
            .owner = m->adapter,
            .sites = { { ROLE_MAPPED, m->site_mapped }, { ROLE_RELEASED, e->site } } },
        "a line of the buffer of %s of %s was written beside it, in %s: received bytes are lost",
        finding_object(e->obj), finding_object(m->adapter), finding_object((uint32_t)e->a[2]));
}

RULE(cache_line_shared, .on = EV(CACHE), .level = ERROR, .family = ORDER, .once = true,
     .source = "wdm/nf-wdm-keflushiobuffers", .run = on_event);
