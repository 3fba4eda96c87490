/*
 * hal_get_adapter: HalGetAdapter was called. It is obsolete since Windows 2000; where it still exists
 * it knows nothing of the device's bus, of 64 bits or of DMA remapping.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    finding(r, e, &(struct finding_about) { .sites = { { ROLE_HERE, e->site } } },
            "HalGetAdapter was called: it is obsolete, IoGetDmaAdapter has taken its place");
}

RULE(hal_get_adapter, .calls = CALLS(HalGetAdapter), .level = ERROR, .family = ADAPTER,
     .bugcheck = DV(0xE6, 0x1E), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .run = on_call);
