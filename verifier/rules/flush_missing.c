/*
 * flush_missing: map registers were given back before the transfer they carried was flushed. With
 * a bounce buffer the tail of a read then never reaches the caller; without one it works, which is
 * why it ships.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    if (!m || !m->head.live || m->flushed_bytes >= m->mapped_bytes)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m->adapter,
                .sites = { { ROLE_RELEASED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%" PRIu64 " of %" PRIu64 " mapped bytes were flushed before %s of %s was freed",
            m->flushed_bytes, m->mapped_bytes, finding_object(e->obj), finding_object(m->adapter));
}

RULE(flush_missing, .on = EV(MAPREG_END), .level = ERROR, .family = MAP, .bugcheck = DV(0xE6, 0x0D),
     .source = "wdm/nc-wdm-pflush_adapter_buffers", .run = on_event);
