/*
 * channel_flushed_early: a version 3 transfer of a system DMA channel was flushed before it was
 * complete or cancelled. Windows may cancel it or not: what has not been moved is lost, or is moved
 * into memory that the driver has gone on to use.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    if (e->a[3] != SYSDMA_END_FLUSHED)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = (uint32_t)e->a[0],
                .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, m ? m->site_mapped : 0 } },
                .bugcheck = { 0, HIGH32(e->a[2]), LOW32(e->a[2]) },
                .bugcheck_known = 3 },
            "%s is flushed while channel %" PRIu32 " still moves it: %" PRIu64
            " bytes are left, and it was neither completed nor cancelled",
            finding_object(e->obj), LOW32(e->a[2]), e->a[1]);
}

RULE(channel_flushed_early, .on = EV(SYSDMA_END), .level = ERROR, .family = CHANNEL,
     .bugcheck = DV2(0xE6, 0x23, 0),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation", .run = on_event);
