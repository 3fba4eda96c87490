/*
 * sgl_leaked: a scatter/gather list outlives its adapter, or the driver. Its map registers are not
 * given to anybody else, so transfers slow down and at last stall; data that was to be copied out
 * of a bounce buffer never arrives.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

struct leak {
    struct rule_run *r;
    const struct event *e; /* NULL: at the end */
    uint32_t adapter;      /* 0: of any */
};

static void each(void *ctx, void *row)
{
    struct leak *l = ctx;
    const struct mapping *m = row;
    const struct adapter_record *a = track_adapter(l->r->track, m->adapter);

    if (l->adapter && m->adapter != l->adapter)
        return;
    finding(l->r, l->e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_CREATED, m->site_created },
                           { ROLE_RELEASED, l->e ? l->e->site : 0 } },
                .bugcheck = { m->adapter, a ? a->live_sgls : 0 },
                .bugcheck_known = l->e ? 2 : 0,
            },
            "%s of %s was not given back with PutScatterGatherList%s", finding_object(m->head.id),
            finding_object(m->adapter), l->e ? " before PutDmaAdapter" : "");
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    if (a && a->head.live && a->live_sgls)
        objtab_each_live(&r->track->sgls, each, &(struct leak) { r, e, e->obj });
}

static void at_end(struct rule_run *r)
{
    objtab_each_live(&r->track->sgls, each, &(struct leak) { r, NULL, 0 });
}

RULE(sgl_leaked, .on = EV(ADAPTER_END), .level = ERROR, .family = MAP, .once = true,
     .bugcheck = DV(0xE6, 0x0A), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "adapter_leaked, released_through_wrong_adapter", .run = on_event,
     .also_at_end = at_end);
