/*
 * cancel_outcome_ignored: CancelAdapterChannel answered FALSE, which says that the routine has run or
 * is about to, and the driver gives the transfer context away as if the request were gone. The HAL
 * still writes to it, and the routine comes with map registers that nobody waits for.
 */
#include "verifier/finding.h"
#include "verifier/track/transfer.h"

struct given_away {
    struct rule_run *r;
    const struct event *e;
    uint64_t va, length_bytes;
    uint32_t site;
};

static void each(void *ctx, const struct transfer_context *c)
{
    struct given_away *g = ctx;

    if (c->va < g->va || c->va >= g->va + g->length_bytes)
        return;
    finding(g->r, g->e,
            &(struct finding_about) { .obj = c->head.id,
                                      .owner = c->adapter,
                                      .sites = { { ROLE_RELEASED, g->site },
                                                 { ROLE_OTHER, c->site_cancelled },
                                                 { ROLE_CREATED, c->site_used } } },
            "%s was %s, but CancelAdapterChannel had answered FALSE and %s",
            finding_object(c->head.id),
            g->e->kind == EV_CONTEXT ? "initialised again" : "given back as memory",
            c->pending ? "the routine is still to come" : "what the request was granted is in use");
}

static void on_event(struct rule_run *r, const struct event *e)
{
    bool memory = e->kind == EV_POOL_END;
    struct given_away g = { r, e, e->a[0], memory ? e->a[1] : 1, e->site };

    transfer_each_uncancelled(r->track, each, &g);
}

RULE(cancel_outcome_ignored, .on = EV(POOL_END, CONTEXT), .level = ERROR, .family = CHANNEL,
     .once = true, .source = "wdm/nc-wdm-pcancel_adapter_channel", .run = on_event);
