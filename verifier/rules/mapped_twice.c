/*
 * mapped_twice: a range of a buffer is mapped again through the same map registers while it is mapped
 * already. The device then has two addresses for the same bytes; where registers bounce, two copies
 * of them, and the later flush wins.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    if (m && m->over) /* the rest of a transfer that KMDF has ended (verifier/track/mapping.c) */
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m ? m->adapter : 0,
                .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, m ? m->site_mapped : 0 } },
                .bugcheck = { e->a[0], e->a[0] + e->a[1], e->a[2] },
                .bugcheck_known = 3 },
            "%" PRIu64 " bytes of %s are mapped through %s, where part of them is mapped already",
            e->a[1], finding_object((uint32_t)e->a[3]), finding_object(e->obj));
}

RULE(mapped_twice, .on = EV(MAP_TWICE), .level = ERROR, .family = MAP, .bugcheck = DV(0xE6, 0x1D),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation", .after = "flush_missing",
     .run = on_event);
