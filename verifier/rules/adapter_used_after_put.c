/*
 * adapter_used_after_put: a function of DMA_OPERATIONS was called with an adapter that was put. The
 * object has gone back to pool, and with it the table that the call went through.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

/* What the call gives back: where that was reported as left behind, giving it back late is the same
 * fault. */
static uint32_t given_back(const struct event *e)
{
    switch (e->api) {
    case API_FreeCommonBuffer:
    case API_FreeCommonBufferVector:
    case API_FreeMapRegisters:
    case API_PutScatterGatherList:
    case API_FreeAdapterChannel:
    case API_FlushAdapterBuffers:
    case API_FlushAdapterBuffersEx:
        return (uint32_t)e->a[0];
    case API_FreeAdapterObject:
        return (uint32_t)e->a[1];
    default:
        return 0;
    }
}

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);
    uint32_t obj = given_back(e);

    if (OBJ_TYPE(e->obj) != OBJ_ADAPTER || !a || a->head.live || e->api == API_PutDmaAdapter)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = obj ? obj : e->obj,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_CREATED, a->site_created },
                                                 { ROLE_RELEASED, a->site_released } },
                                      .bugcheck = { e->obj },
                                      .bugcheck_known = 1 },
            "%s was called with %s, which was put before", api_name(e->api),
            finding_object(e->obj));
}

RULE(adapter_used_after_put, .odd = ODD_ADAPTER, .level = ERROR, .family = ADAPTER,
     .bugcheck = DV(0xE6, 0x18), .source = "wdm/nc-wdm-pput_dma_adapter",
     .after = "common_buffer_leaked, mapregs_leaked, sgl_leaked, channel_leaked", .run = on_call);
