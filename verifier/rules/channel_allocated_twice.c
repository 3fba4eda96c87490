/*
 * channel_allocated_twice: an adapter channel is asked for with AllocateAdapterChannel while an earlier
 * request is outstanding: its AdapterControl has not been called yet, or this call is made from within
 * it. A device object has room for one request: the second is written over the first.
 */
#include "verifier/finding.h"
#include "verifier/track/channel.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct channel_asked *c = channel_asked_of(r->track, (uint32_t)e->a[0]);

    if (!c || !(c->waits || c->inside))
        return;
    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .sites = { { ROLE_HERE, e->site }, { ROLE_FIRST, c->site } },
                                      .bugcheck = { 2 }, /* outstanding ones: that and this */
                                      .bugcheck_known = 1 },
            "a second channel of %s is asked for %s the AdapterControl of the first",
            finding_object(e->obj), c->inside ? "from within" : "before");
}

RULE(channel_allocated_twice, .calls = CALLS(AllocateAdapterChannel), .level = ERROR,
     .family = CHANNEL, .bugcheck = DV(0xE6, 0x0B),
     .source = "wdm/nc-wdm-pallocate_adapter_channel", .run = on_call);
