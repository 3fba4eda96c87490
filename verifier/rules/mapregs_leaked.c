/*
 * mapregs_leaked: map registers that AllocateAdapterChannel gave outlive their adapter, or the
 * driver. Nobody else gets them, so requests queue for ever once enough are lost.
 */
#include <inttypes.h>

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
    if (a && a->channel && a->channel_mapregs == m->head.id)
        return; /* they go with the channel, which is channel_leaked's */
    finding(l->r, l->e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_CREATED, m->site_created },
                           { ROLE_RELEASED, l->e ? l->e->site : 0 } },
                .bugcheck = { m->adapter, a ? a->live_mapregs : 0 },
                .bugcheck_known = l->e ? 2 : 0,
            },
            "%s of %s was not given back with FreeMapRegisters%s", finding_object(m->head.id),
            finding_object(m->adapter), l->e ? " before PutDmaAdapter" : "");
}

/* Fewer than there are: the others are lost. */
static RULE_COLD void say_some(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, m->site_created } },
            },
            "FreeMapRegisters gives back %" PRIu64 " of the %" PRIu32 " map registers of %s of %s",
            e->a[1], m->count, finding_object(m->head.id), finding_object(m->adapter));
}

static void on_event(struct rule_run *r, const struct event *e)
{
    if (e->kind == EV_CALL) {
        const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);

        if (m && m->head.live && e->a[1] < m->count)
            say_some(r, e, m);
        return;
    }
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    if (a && a->head.live && a->live_mapregs)
        objtab_each_live(&r->track->mapregs, each, &(struct leak) { r, e, e->obj });
}

static void at_end(struct rule_run *r)
{
    objtab_each_live(&r->track->mapregs, each, &(struct leak) { r, NULL, 0 });
}

RULE(mapregs_leaked, .on = EV(ADAPTER_END), .calls = CALLS(FreeMapRegisters), .level = ERROR,
     .family = MAP, .once = true, .bugcheck = DV(0xE6, 0x09),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "adapter_leaked, released_through_wrong_adapter", .run = on_event,
     .also_at_end = at_end);
