/*
 * mapregs_freed_while_mapped: map registers were given back before the transfer they carried was
 * flushed. With a bounce buffer the tail of a read then never reaches the caller; without one it
 * works, which is why it ships.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

/* A transfer that ended early is flushed as far as it went: that is enough where the device has
 * moved no more. Nothing flushed at all is never enough. */
static bool is_missing(const struct mapping *m)
{
    if (m->over) /* KMDF was told how far it went (verifier/track/mapping.c) */
        return false;
    return !m->flushed || (int32_t)(m->moved_bytes - m->flushed_bytes) > 0;
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    if (!m || !m->head.live || !is_missing(m))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m->adapter,
                .sites = { { ROLE_RELEASED, e->site }, { ROLE_MAPPED, m->site_mapped } },
                .bugcheck = { e->a[1] }, /* so many are still mapped */
                .bugcheck_known = 1 },
            "%s of %s was freed while %" PRIu64 " of its registers were mapped: %" PRIu32
            " of %" PRIu32 " bytes had been flushed",
            finding_object(e->obj), finding_object(m->adapter), e->a[1], m->flushed_bytes,
            m->mapped_bytes);
}

RULE(mapregs_freed_while_mapped, .on = EV(MAPREG_LEFT), .level = ERROR, .family = MAP,
     .bugcheck = DV(0xE6, 0x10), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "flush_missing", .run = on_event);
