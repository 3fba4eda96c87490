/*
 * sgl_written_after_put: the driver writes into a list that it has put. The memory is the HAL's: the next
 * list may lie there already, and its device goes where this store sends it.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = e->a[3] == CPU_TOUCHED_LIST ? track_mapping(r->track, e->obj) : NULL;

    if (!m || m->head.live)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .owner = m->adapter,
                                      .sites = { { ROLE_TOUCHED, e->site },
                                                 { ROLE_MAPPED, m->site_mapped },
                                                 { ROLE_RELEASED, m->site_released } } },
            "%s of %s was written after it was put", finding_object(e->obj),
            finding_object(m->adapter));
}

RULE(sgl_written_after_put, .on = EV(CPU_WRITE), .level = ERROR, .family = MAP, .once = true,
     .source = "wdm/nc-wdm-pput_scatter_gather_list", .run = on_event);
