/*
 * mapregs_not_contiguous: one map takes more map registers than the base has. Without scatter/gather
 * a transfer is one logical run over registers that follow one another, so it is mapped whole or not
 * at all; MapTransfer has no way to fail, and maps over registers that are somebody else's.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define PAGE_BYTES 4096u
#define PAGE_MASK_BYTES (PAGE_BYTES - 1)

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m,
                          uint64_t needed)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, m->site_created } },
                .bugcheck = { 2, needed, m->count },
                .bugcheck_known = 3 },
            "a map of %" PRIu64 " bytes takes %" PRIu64 " map registers, but %s of %s has %" PRIu32,
            (uint64_t)EVENT_LENGTH(e->a[3]), needed, finding_object(m->head.id),
            finding_object(m->adapter), m->count);
}

/* With scatter/gather the HAL cuts a map to what its registers carry. */
static void on_call(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);
    const struct adapter_record *a = m ? track_adapter(r->track, m->adapter) : NULL;
    uint64_t bytes = EVENT_LENGTH(e->a[3]), needed;

    if (!a || !m->head.live || !bytes || (a->flags & ADAPTER_SG))
        return;
    needed = ((e->a[2] & PAGE_MASK_BYTES) + bytes + PAGE_MASK_BYTES) / PAGE_BYTES;
    if (needed > m->count)
        say(r, e, m, needed);
}

RULE(mapregs_not_contiguous, .calls = CALLS(MapTransfer), .level = ERROR, .family = MAP,
     .bugcheck = DV2(0xE6, 0x00, 2), .source = "wdm/nc-wdm-pmap_transfer", .run = on_call);
