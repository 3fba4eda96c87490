/*
 * channel_freed_twice: FreeAdapterChannel or FreeAdapterObject was called for an adapter whose channel
 * is free: it was given back before, or AdapterControl gave it back with what it returned. On Windows
 * it may be another request's by then, which loses it in the middle of its transfer.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

#define KEEP_OBJECT 1 /* IO_ALLOCATION_ACTION: FreeAdapterObject then does nothing */

static RULE_COLD void say(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, a ? a->site_channel : 0 } },
                .bugcheck = { 1 }, /* so many too many */
                .bugcheck_known = 1 },
            "%s of %s, whose channel is not held", api_name(e->api), finding_object(e->obj));
}

static void on_call(struct rule_run *r, const struct event *e)
{
    bool object = e->api == API_FreeAdapterObject;

    if ((object ? e->a[1] : e->a[0]) == 0 && !(object && e->a[0] == KEEP_OBJECT) &&
        objtab_find_live(&r->track->adapters, e->obj))
        say(r, e);
}

RULE(channel_freed_twice, .calls = CALLS(FreeAdapterChannel, FreeAdapterObject), .level = ERROR,
     .family = CHANNEL, .bugcheck = DV(0xE6, 0x04), .source = "wdm/nc-wdm-pfree_adapter_channel",
     .run = on_call);
