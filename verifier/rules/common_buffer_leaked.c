/*
 * common_buffer_leaked: a common buffer outlives its adapter, or the driver. On Windows the
 * physically contiguous pages and their logical addresses stay taken until the next boot; those
 * are the pages that are hardest to get again.
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
    const struct common_record *m = row;
    const struct rule_bugcheck leaked_vector = DV(0x1DC, 0x05), of_the_rule = { 0, 0 };
    bool vector = OBJ_TYPE(m->head.id) == OBJ_VECTOR;

    if (l->adapter && m->adapter != l->adapter)
        return;
    finding(l->r, l->e,
            &(struct finding_about) { .obj = m->head.id,
                                      .owner = m->adapter,
                                      .sites = { { ROLE_CREATED, m->site_created },
                                                 { ROLE_RELEASED, l->e ? l->e->site : 0 } },
                                      .as = vector ? leaked_vector : of_the_rule },
            "%s of %s was not given back with FreeCommonBuffer%s%s", finding_object(m->head.id),
            finding_object(m->adapter), vector ? "Vector" : "",
            l->e ? " before PutDmaAdapter" : "");
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    if (a && a->head.live && a->live_commons)
        objtab_each_live(&r->track->commons, each, &(struct leak) { r, e, e->obj });
}

static void at_end(struct rule_run *r)
{
    objtab_each_live(&r->track->commons, each, &(struct leak) { r, NULL, 0 });
}

RULE(common_buffer_leaked, .on = EV(ADAPTER_END), .level = ERROR, .family = COMMON, .once = true,
     .bugcheck = DV(0xE6, 0x07), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "adapter_leaked, released_through_wrong_adapter", .run = on_event,
     .also_at_end = at_end);
