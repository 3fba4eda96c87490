/*
 * mapregs_exceeded: more map registers were asked for at once than IoGetDmaAdapter reported.
 * Windows refuses with STATUS_INSUFFICIENT_RESOURCES and never calls the execution routine, so a
 * driver that does not look at the status waits for ever.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);
    uint64_t asked = e->api == API_AllocateAdapterChannelEx ? e->a[2] : e->a[1];

    if (!a || !a->mapregs_max || asked <= a->mapregs_max)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, a->site_created } },
                .bugcheck = { asked, a->mapregs_max },
                .bugcheck_known = 2 },
            "%" PRIu64 " map registers were asked of %s, which has %" PRIu32, asked,
            finding_object(e->obj), a->mapregs_max);
}

RULE(mapregs_exceeded, .calls = CALLS(AllocateAdapterChannel, AllocateAdapterChannelEx),
     .level = ERROR, .family = CHANNEL, .bugcheck = DV(0xE6, 0x0C),
     .source = "wdm/nc-wdm-pallocate_adapter_channel", .run = on_call);
