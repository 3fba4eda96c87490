/*
 * released_through_wrong_adapter: a list, map registers or a common buffer was given back to an
 * adapter that did not give it. The counters of both adapters are wrong from then on, and behind an
 * IOMMU the translation is removed from another device's domain than the one that holds it.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, uint32_t owner,
                          uint32_t created)
{
    uint32_t obj = (uint32_t)e->a[0];

    finding(r, e,
            &(struct finding_about) {
                .obj = obj,
                .owner = owner,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, created } } },
            "%s of %s was given back to %s", finding_object(obj), finding_object(owner),
            finding_object(e->obj));
}

static void on_call(struct rule_run *r, const struct event *e)
{
    uint32_t obj = (uint32_t)e->a[0];
    const struct common_record *c;
    const struct mapping *m;

    if (e->api != API_FreeCommonBuffer) {
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
     .calls = CALLS(PutScatterGatherList, FreeMapRegisters, FreeCommonBuffer), .level = ERROR,
     .family = ADAPTER, .source = "wdm/nc-wdm-pput_scatter_gather_list", .run = on_call);
