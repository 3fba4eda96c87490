/*
 * adapter_object_not_freed, adapter_references_left, v3_steps_parallel, adapter_object_wrong_disposition:
 * a synchronous list without a routine holds its adapter until FreeAdapterObject. Forgotten, the next
 * request is refused (or, asynchronous, waits for ever), and PutDmaAdapter finds a reference too many.
 * Between the two nobody else gets a list from this adapter, so steps of two transfers cannot overlap.
 * What the list needs until PutScatterGatherList is DeallocateObjectKeepRegisters' to keep.
 */
#include "verifier/finding.h"
#include "verifier/track/transfer.h"

#define KEEP_OBJECT 1 /* IO_ALLOCATION_ACTION */
#define FREE_OBJECT 2

static bool list_lives(const struct track *t, const struct held_adapter *h)
{
    return objtab_find_live(&t->sgls, h->list) != NULL;
}

/* The adapter that a further request is made on while it is held by a list that was put already. */
static const struct held_adapter *held_for_nothing(const struct track *t, const struct event *e,
                                                   struct transfer_call *call)
{
    const struct held_adapter *h =
        transfer_call_of(t, e, call) ? transfer_held(t, call->adapter) : NULL;

    return h && !list_lives(t, h) ? h : NULL;
}

static void on_request(struct rule_run *r, const struct event *e)
{
    struct transfer_call call;
    const struct held_adapter *h = held_for_nothing(r->track, e, &call);

    /* Somebody else's request may come between the put and FreeAdapterObject, once. */
    if (!h || h->site_kept || (h->agent != e->agent && !h->met))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = h->adapter,
                .sites = { { ROLE_CREATED, h->site }, { ROLE_HERE, call.site } } },
            "%s of %s finds it held by %s, which was put without FreeAdapterObject",
            api_name(call.api), finding_object(h->adapter), finding_object(h->list));
}

static void on_put(struct rule_run *r, const struct event *e)
{
    const struct held_adapter *h = transfer_held(r->track, e->obj);

    if (!h || h->site_kept)
        return;
    finding(
        r, e,
        &(struct finding_about) {
            .obj = h->list,
            .owner = h->adapter,
            .sites = { { ROLE_RELEASED, e->site }, { ROLE_CREATED, h->site } } },
        "PutDmaAdapter of %s, on which %s has left a reference: FreeAdapterObject was not called",
        finding_object(h->adapter), finding_object(h->list));
}

static void on_free(struct rule_run *r, const struct event *e)
{
    const struct held_adapter *h = transfer_held(r->track, e->obj);

    if (!h || !h->met || e->a[0] == KEEP_OBJECT)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = h->adapter,
                                      .sites = { { ROLE_OTHER, h->site_met },
                                                 { ROLE_HELD, h->site },
                                                 { ROLE_HERE, e->site } } },
            "a list was asked of %s before the adapter object of %s was freed: so it is refused",
            finding_object(h->adapter), finding_object(h->list));
}

/* KeepObject does nothing: said where the adapter is found held all the same. */
static void say_kept(struct rule_run *r, const struct event *e, const struct held_adapter *h)
{
    const struct rule_bugcheck left = DV(0xE6, 0x11), blind = DV(0, 0);

    finding(r, e,
            &(struct finding_about) { .obj = h->adapter,
                                      .sites = { { ROLE_OTHER, h->site_kept },
                                                 { ROLE_HELD, h->site },
                                                 { ROLE_HERE, e->site } },
                                      .as = e->kind == EV_ADAPTER_END ? left : blind },
            "FreeAdapterObject(KeepObject) has freed nothing: %s still holds %s",
            finding_object(h->list), finding_object(h->adapter));
}

static void on_disposition(struct rule_run *r, const struct event *e)
{
    const struct held_adapter *h = transfer_held(r->track, e->obj);
    struct transfer_call call;

    if (e->kind != EV_CALL || e->api != API_FreeAdapterObject) {
        if (e->kind != EV_ADAPTER_END)
            h = held_for_nothing(r->track, e, &call);
        if (h && h->site_kept)
            say_kept(r, e, h);
        return;
    }
    if (!h || e->a[0] != FREE_OBJECT || !list_lives(r->track, h))
        return;
    finding(
        r, e,
        &(struct finding_about) { .obj = h->list,
                                  .owner = h->adapter,
                                  .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, h->site } } },
        "FreeAdapterObject(DeallocateObject) takes the map registers of %s of %s away before it "
        "is put",
        finding_object(h->list), finding_object(h->adapter));
}

RULE(adapter_object_not_freed, TRANSFER_CALLS, .level = ERROR, .family = CHANNEL, .once = true,
     .source = "wdm/nc-wdm-pfree_adapter_object", .run = on_request);
RULE(adapter_references_left, .on = EV(ADAPTER_END), .level = ERROR, .family = ADAPTER,
     .once = true, .bugcheck = DV(0xE6, 0x11),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .after = "adapter_object_not_freed, sgl_leaked", .run = on_put);
RULE(v3_steps_parallel, .calls = CALLS(FreeAdapterObject), .level = ERROR, .family = CHANNEL,
     .once = true, .source = "wdm/nc-wdm-pbuild_scatter_gather_list_ex",
     .after = "adapter_object_not_freed", .run = on_free);
RULE(adapter_object_wrong_disposition, .on = EV(ADAPTER_END),
     .calls = CALLS(AllocateAdapterChannelEx, FreeAdapterObject),
     .args = APIS(GetScatterGatherListEx, BuildScatterGatherListEx), .level = ERROR,
     .family = CHANNEL, .once = true, .source = "wdm/nc-wdm-pfree_adapter_object",
     .run = on_disposition);
