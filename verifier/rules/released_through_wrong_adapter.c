/*
 * released_through_wrong_adapter: a list, map registers or a common buffer was given back to an
 * adapter that did not give it. The counters of both adapters are wrong from then on, and behind an
 * IOMMU the translation is removed from another device's domain than the one that holds it.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    uint32_t obj = (uint32_t)e->a[0], adapter = track_adapter_of(r->track, obj);
    const struct mapping *m = track_is_common(obj) ? NULL : track_mapping(r->track, obj);
    const struct common_record *c = track_is_common(obj) ? track_common(r->track, obj) : NULL;
    bool live = m ? m->head.live : c ? c->head.live : false;

    if (!live || !e->obj || e->obj == adapter)
        return;
    finding(r, e,
            &(struct finding_about){ .obj = obj, .owner = adapter,
                                     .sites = { { ROLE_HERE, e->site },
                                                { ROLE_CREATED, m ? m->site_created
                                                                  : c->site_created } } },
            "%s of %s was given back to %s", finding_object(obj), finding_object(adapter),
            finding_object(e->obj));
}

RULE(released_through_wrong_adapter,
     .calls = CALLS(PutScatterGatherList, FreeMapRegisters, FreeCommonBuffer), .level = ERROR,
     .family = ADAPTER, .source = "wdm/nc-wdm-pput_scatter_gather_list", .run = on_call);
