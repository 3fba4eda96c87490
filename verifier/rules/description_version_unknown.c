/*
 * description_version_unknown: IoGetDmaAdapter was given a DEVICE_DESCRIPTION of a version that no
 * Windows knows, which is mostly one that nobody cleared and filled.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define VERSION_LAST 3u /* DEVICE_DESCRIPTION_VERSION3 */

static void on_call(struct rule_run *r, const struct event *e)
{
    if (e->a[0] <= VERSION_LAST)
        return;
    finding(r, e, &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_HERE, e->site } } },
            "IoGetDmaAdapter was given a description of version 0x%" PRIx64
            "; versions 0 to 3 exist",
            e->a[0]);
}

RULE(description_version_unknown, .calls = CALLS(IoGetDmaAdapter), .level = ERROR,
     .family = ADAPTER, .bugcheck = DV(0xE6, 0x25),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation", .run = on_call);
