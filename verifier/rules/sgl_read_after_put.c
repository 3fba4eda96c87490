/*
 * sgl_read_after_put: the driver reads a list that it has put. The memory is the HAL's: the next list may
 * lie there already, and its addresses are another transfer's.
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
            "%s of %s was read after it was put", finding_object(e->obj),
            finding_object(m->adapter));
}

RULE(sgl_read_after_put, .on = EV(CPU_READ), .level = ERROR, .family = MAP, .once = true,
     .source = "wdm/nc-wdm-pput_scatter_gather_list", .run = on_event);
