/*
 * flush_missing: map registers were given back before the transfer they carried was flushed. With
 * a bounce buffer the tail of a read then never reaches the caller; without one it works, which is
 * why it ships.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE_BYTES 4096ull

/* A transfer that ended early is flushed as far as it went: that is enough where the device has
 * moved no more. Nothing flushed at all is never enough. */
static bool is_missing(const struct mapping *m, uint64_t mapped_at_end_bytes)
{
    return (mapped_at_end_bytes && !m->flushed) || (int32_t)(m->moved_bytes - m->flushed_bytes) > 0;
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, e->obj);

    if (!m || !m->head.live || m->flushed_bytes == m->mapped_bytes || !is_missing(m, e->a[2]))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m->adapter,
                .sites = { { ROLE_RELEASED, e->site }, { ROLE_MAPPED, m->site_mapped } },
                .bugcheck = { m->mapped_bytes - m->flushed_bytes, m->count * PAGE_BYTES },
                .bugcheck_known = 2 },
            "%u of %u mapped bytes were flushed before %s of %s was freed", m->flushed_bytes,
            m->mapped_bytes, finding_object(e->obj), finding_object(m->adapter));
}

RULE(flush_missing, .on = EV(MAPREG_END), .level = ERROR, .family = MAP, .bugcheck = DV(0xE6, 0x0D),
     .source = "wdm/nc-wdm-pflush_adapter_buffers", .run = on_event);
