/*
 * neighbour_exposed: behind an IOMMU a device is shown whole pages. A small pool block that is mapped
 * shows the blocks beside it, too: the device may read and write them.
 */
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
            "a page of %s of %s also holds %s, which the device can reach now",
            finding_object(e->obj), finding_object(m->adapter), finding_object((uint32_t)e->a[2]));
}

RULE(neighbour_exposed, .on = EV(NEIGHBOUR), .level = WARNING, .family = MEMORY, .once = true,
     .readiness = true, .source = "pci/enabling-dma-remapping-for-device-drivers", .run = on_event);
