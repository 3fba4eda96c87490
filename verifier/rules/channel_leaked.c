/*
 * channel_leaked: the adapter is put, or the driver unloaded, while it still has its channel: KeepObject
 * without FreeAdapterChannel, or a synchronous AllocateAdapterChannelEx without FreeAdapterObject. There
 * is one channel: while it is held, whoever asks next waits for ever, or is refused when he cannot wait.
 * A synchronous list that holds it is adapter_references_left.
 */
#include "verifier/finding.h"
#include "verifier/track/transfer.h"

static void say(struct rule_run *r, const struct event *e, const struct adapter_record *a)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = a->channel,
                .owner = a->head.id,
                .sites = { { ROLE_CREATED, a->site_channel }, { ROLE_RELEASED, e ? e->site : 0 } },
                .bugcheck = { a->head.id, 1 },
                .bugcheck_known = e ? 2 : 0 },
            "%s of %s was not given back with FreeAdapterChannel or FreeAdapterObject%s",
            finding_object(a->channel), finding_object(a->head.id),
            e ? " before PutDmaAdapter" : "");
}

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    if (a && a->head.live && a->channel && !transfer_held(r->track, a->head.id))
        say(r, e, a);
}

static void each(void *ctx, void *row)
{
    struct rule_run *r = ctx;
    const struct adapter_record *a = row;

    if (a->channel && !transfer_held(r->track, a->head.id))
        say(r, NULL, a);
}

static void at_end(struct rule_run *r) { objtab_each_live(&r->track->adapters, each, r); }

RULE(channel_leaked, .on = EV(ADAPTER_END), .level = ERROR, .family = CHANNEL, .once = true,
     .bugcheck = DV(0xE6, 0x08), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "adapter_leaked", .run = on_event, .also_at_end = at_end);
