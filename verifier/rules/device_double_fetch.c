/*
 * device_double_fetch: the driver reads the same bytes of a common buffer at two places, without
 * having left in between. A device (or firmware that somebody has taken over) can write there at any
 * time, so what was checked by the first reading need not hold for the second. Said where the bytes
 * were changed and read again (--faults device-memory:N): what follows in the run is what a
 * malicious device gets.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct common_record *c = track_common(r->track, e->obj);

    if (!e->obj)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .owner = c ? c->adapter : 0,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_FIRST, LOW32(e->a[3]) },
                                                 { ROLE_CREATED, c ? c->site_created : 0 } } },
            "%" PRIu64 " bytes of %s were read twice; the device changed them in between", e->a[1],
            finding_object(e->obj));
}

RULE(device_double_fetch, .on = EV(DOUBLE_FETCH), .level = ERROR, .family = MEMORY,
     .source = "wdm/nc-wdm-pallocate_common_buffer", .run = on_event);
