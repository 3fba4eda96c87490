/*
 * flush_missing: more is mapped through map registers that still carry what was mapped before and
 * never flushed. There is no room for both: on a machine that needs the registers the second
 * transfer takes the place of the first.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE_BYTES 4096u

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m,
                          bool full)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_MAPPED, m->site_mapped } },
                .bugcheck = { m->now_bytes, (uint64_t)m->count * PAGE_BYTES },
                .bugcheck_known = 2,
                .blind = !full },
            "%" PRIu64 " bytes are mapped through %s of %s, whose last %" PRIu32
            " mapped bytes were not flushed",
            (uint64_t)EVENT_LENGTH(e->a[3]), finding_object(m->head.id), finding_object(m->adapter),
            m->now_bytes);
}

/* With scatter/gather a map is cut to what is left, so that only nothing left is too little. Version
 * 3 wants a flush after each map, whether there is room for another or not. */
static void on_call(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);
    const struct adapter_record *a = m ? track_adapter(r->track, m->adapter) : NULL;
    uint64_t bytes = EVENT_LENGTH(e->a[3]), room;
    bool full, whole;

    if (!a || !m->head.live || !bytes || !m->now_bytes || m->flushed)
        return;
    room = (uint64_t)m->count * PAGE_BYTES;
    whole = !(a->flags & ADAPTER_SG) && bytes <= room;
    full = m->now_bytes + (whole ? bytes : 1) > room;
    if (full || e->api == API_MapTransferEx)
        say(r, e, m, full);
}

RULE(flush_missing, .calls = CALLS(MapTransfer, MapTransferEx), .level = ERROR, .family = MAP,
     .bugcheck = DV(0xE6, 0x0D), .source = "wdm/nc-wdm-pflush_adapter_buffers", .run = on_call);
