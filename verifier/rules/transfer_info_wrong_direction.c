/*
 * transfer_info_wrong_direction: GetDmaTransferInfo was asked with WriteOnly TRUE about a buffer that
 * the device is then to write. A read may need more: bytes at the edges of the buffer that share a
 * cache line with others take map registers of their own, which a write does not, so that the
 * registers and the list are too few on the machines that need them.
 */
#include "verifier/finding.h"
#include "verifier/track/transfer_info.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    bool map = e->api == API_MapTransferEx;
    uint32_t mdl = (uint32_t)e->a[map ? 1 : 0];
    const struct transfer_info *asked = transfer_info_of(r->track, e->obj);

    if (!asked || asked->mdl != mdl || !asked->to_device || (e->a[map ? 3 : 2] & EVENT_TO_DEVICE))
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = mdl,
                .owner = e->obj,
                .sites = { { ROLE_HERE, e->site }, { ROLE_OTHER, asked->site } } },
            "%s lets the device write %s, about which %s was asked with WriteOnly TRUE",
            api_name(e->api), finding_object(mdl), finding_object(e->obj));
}

RULE(transfer_info_wrong_direction,
     .calls = CALLS(BuildScatterGatherList, GetScatterGatherListEx, BuildScatterGatherListEx,
                    MapTransferEx),
     .level = ERROR, .family = MAP, .once = true, .source = "wdm/nc-wdm-pget_dma_transfer_info",
     .run = on_call);
