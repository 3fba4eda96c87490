/*
 * released_through_wrong_adapter: a list, map registers or a common buffer was given back to an
 * adapter that did not give it. The counters of both adapters are wrong from then on, and behind an
 * IOMMU the translation is removed from another device's domain than the one that holds it.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static const char *what(unsigned api)
{
    switch (api) {
    case API_MapTransfer:
    case API_MapTransferEx:
        return "is mapped through";
    case API_FlushAdapterBuffers:
    case API_FlushAdapterBuffersEx:
        return "is flushed through";
    default:
        return "was given back to";
    }
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, uint32_t owner,
                          uint32_t created)
{
    uint32_t obj = (uint32_t)e->a[0];

    finding(r, e,
            &(struct finding_about) {
                .obj = obj,
                .owner = owner,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, created } } },
            "%s of %s %s %s", finding_object(obj), finding_object(owner), what(e->api),
            finding_object(e->obj));
}

static void on_call(struct rule_run *r, const struct event *e)
{
    uint32_t obj = (uint32_t)e->a[0];
    const struct common_record *c;
    const struct mapping *m;

    if (!track_is_common(obj)) {
        m = track_mapping(r->track, obj);
        if (m && m->adapter != e->obj && m->head.live && e->obj)
            say(r, e, m->adapter, m->site_created);
        return;
    }
    c = track_common(r->track, obj);
    if (c && c->adapter != e->obj && c->head.live && e->obj)
        say(r, e, c->adapter, c->site_created);
}

RULE(released_through_wrong_adapter,
     .calls = CALLS(PutScatterGatherList, FreeMapRegisters, FreeCommonBuffer,
                    FreeCommonBufferVector, MapTransfer, MapTransferEx, FlushAdapterBuffers,
                    FlushAdapterBuffersEx),
     .odd = ODD_PUT, .level = ERROR, .family = ADAPTER, .once = true,
     .source = "wdm/nc-wdm-pput_scatter_gather_list", .run = on_call);
