/*
 * adapter_leaked: the driver is unloaded and an adapter that IoGetDmaAdapter gave was never put.
 * On Windows the adapter object, its map registers and its translation domain stay allocated until
 * the next boot, once for each time the device is started.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void each(void *ctx, void *row)
{
    const struct adapter_record *a = row;

    finding(ctx, NULL,
            &(struct finding_about) { .obj = a->head.id,
                                      .sites = { { ROLE_CREATED, a->site_created } } },
            "%s of %s was never given back with PutDmaAdapter", finding_object(a->head.id),
            finding_object(a->device));
}

static void at_end(struct rule_run *r) { objtab_each_live(&r->track->adapters, each, r); }

RULE(adapter_leaked, .level = ERROR, .family = ADAPTER, .once = true,
     .source = "wdm/nc-wdm-pput_dma_adapter", .also_at_end = at_end);
