/*
 * adapter_freed_twice: PutDmaAdapter was called again for an adapter that was put already. The object
 * has gone back to pool; on Windows the second call takes a reference from whatever lies there now.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    if (!a || a->head.live)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_CREATED, a->site_created },
                                                 { ROLE_RELEASED, a->site_released } },
                                      .bugcheck = { e->obj },
                                      .bugcheck_known = 1 },
            "PutDmaAdapter of %s, which was put before", finding_object(e->obj));
}

RULE(adapter_freed_twice, .calls = CALLS(PutDmaAdapter), .level = ERROR, .family = ADAPTER,
     .bugcheck = DV(0xE6, 0x18), .source = "wdm/nc-wdm-pput_dma_adapter", .run = on_call);
