/*
 * mapregs_overallocated: the map registers of an adapter that are held at once, by all its transfers
 * together, are more than IoGetDmaAdapter reported. Each request was within the limit. A machine that
 * needs the registers lets the later request wait for the earlier one; who holds the one while he
 * waits for the other waits for ever there.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, (uint32_t)e->a[0]);

    if (!a || !a->mapregs_max || e->a[2] <= a->mapregs_max || e->a[1] > a->mapregs_max)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = a->head.id,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, a->site_created } },
                .bugcheck = { e->a[2], a->mapregs_max },
                .bugcheck_known = 2 },
            "%" PRIu64 " map registers of %s are held at once with %s; it has %" PRIu32, e->a[2],
            finding_object(a->head.id), finding_object(e->obj), a->mapregs_max);
}

RULE(mapregs_overallocated, .on = EV(MAPREG), .level = ERROR, .family = CHANNEL,
     .bugcheck = DV(0xE6, 0x15), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .run = on_event);
