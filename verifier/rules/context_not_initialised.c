/*
 * context_not_initialised, context_shared, context_reused: a request of version 3 on a DMA transfer
 * context that InitializeDmaTransferContext has not made ready for it. The HAL keeps its wait block and
 * the state of the transfer there: what lies there from before is taken for a request that waits, and
 * two requests in one are one list entry in two lists.
 */
#include "verifier/finding.h"
#include "verifier/track/transfer.h"

static void on_made(struct rule_run *r, const struct event *e)
{
    struct transfer_call call;

    if (!transfer_call_of(r->track, e, &call) || call.context)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = call.adapter, .sites = { { ROLE_HERE, call.site } } },
            "%s of %s was called with a transfer context that was never initialised",
            api_name(call.api), finding_object(call.adapter));
}

static RULE_COLD void say(struct rule_run *r, const struct event *e,
                          const struct transfer_call *call, const struct transfer_context *c,
                          const char *what)
{
    finding(r, e,
            &(struct finding_about) { .obj = c->head.id,
                                      .owner = call->adapter,
                                      .sites = { { ROLE_HERE, call->site },
                                                 { ROLE_CREATED, c->site_made },
                                                 { ROLE_OTHER, c->site_used } } },
            "%s of %s on %s, which %s", api_name(call->api), finding_object(call->adapter),
            finding_object(c->head.id), what);
}

/* Initialising it does not free it from the transfer that it is in use for. */
static void on_made_again(struct rule_run *r, const struct event *e)
{
    const struct transfer_context *c = transfer_context_at(r->track, e->a[0]);

    if (!c || !transfer_in_use(r->track, c))
        return;
    finding(r, e,
            &(struct finding_about) { .obj = c->head.id,
                                      .owner = c->adapter,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_CREATED, c->site_made },
                                                 { ROLE_OTHER, c->site_used } } },
            "%s is initialised for another transfer while one is under way with it",
            finding_object(c->head.id));
}

static void on_shared(struct rule_run *r, const struct event *e)
{
    struct transfer_call call;
    const struct transfer_context *c;

    if (e->kind == EV_CONTEXT)
        on_made_again(r, e);
    if (!transfer_call_of(r->track, e, &call))
        return;
    c = transfer_context(r->track, call.context);
    if (c && transfer_in_use(r->track, c))
        say(r, e, &call, c, "another transfer has under way");
}

/* One transaction may be carried out in parts, with one context: that is one direction, over a buffer
 * that lives. */
static bool is_another(const struct track *t, const struct transfer_context *c,
                       const struct transfer_call *call)
{
    if (call->has_way && c->has_way && call->to_device != c->to_device)
        return true;
    return c->mdl && !objtab_find_live(&t->mdls, c->mdl);
}

static void on_reused(struct rule_run *r, const struct event *e)
{
    struct transfer_call call;
    const struct transfer_context *c;

    if (!transfer_call_of(r->track, e, &call))
        return;
    c = transfer_context(r->track, call.context);
    if (c && c->site_used && !transfer_in_use(r->track, c) && is_another(r->track, c, &call))
        say(r, e, &call, c, "was not initialised again after the last transaction");
}

/* What the three have in common. */
#define ROW                                                                                        \
    TRANSFER_CALLS, .level = ERROR, .family = CHANNEL, .once = true,                               \
                    .source = "wdm/nc-wdm-pinitialize_dma_transfer_context"

RULE(context_not_initialised, ROW, .run = on_made);
RULE(context_shared, ROW, .on = EV(CONTEXT), .after = "cancel_outcome_ignored", .run = on_shared);
RULE(context_reused, ROW, .run = on_reused);
