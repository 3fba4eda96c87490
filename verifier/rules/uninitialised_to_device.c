/*
 * uninitialised_to_device: pool memory that nobody has written since it was allocated is mapped for a
 * device to read. What an earlier owner left there leaves the machine.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    if (!m)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj, .owner = m->adapter, .sites = { { ROLE_MAPPED, m->site_mapped } } },
            "%" PRIu64 " bytes of %s that were never written are mapped to the device by %s of %s",
            e->a[1], finding_object((uint32_t)e->a[2]), finding_object(e->obj),
            finding_object(m->adapter));
}

RULE(uninitialised_to_device, .on = EV(UNWRITTEN), .level = WARNING, .family = MEMORY, .once = true,
     .source = "wdm/nf-wdm-exallocatepoolwithtag", .run = on_event);
