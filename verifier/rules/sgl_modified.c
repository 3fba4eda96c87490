/*
 * sgl_modified: the driver writes into a list that lives, be it the HAL's or one that was built in
 * memory of its own. The HAL takes it back as it gave it: what was bounced or translated is found
 * through it.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = e->a[3] == CPU_TOUCHED_LIST ? track_mapping(r->track, e->obj) : NULL;

    if (!m || !m->head.live)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m->adapter,
                .sites = { { ROLE_TOUCHED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%s of %s was written while it lives", finding_object(e->obj),
            finding_object(m->adapter));
}

RULE(sgl_modified, .on = EV(CPU_WRITE), .level = ERROR, .family = MAP, .once = true,
     .source = "wdm/ns-wdm-_scatter_gather_list", .run = on_event);
