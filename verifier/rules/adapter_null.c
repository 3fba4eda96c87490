/*
 * adapter_null: a function of DMA_OPERATIONS was called with NULL, or with what never was an adapter.
 * Without Driver Verifier Windows takes the pointer for an adapter and stops at a bad address, or
 * works on somebody's memory.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_call(struct rule_run *r, const struct event *e)
{
    if (!e->obj)
        finding(r, e, &(struct finding_about) { .sites = { { ROLE_HERE, e->site } } },
                "%s was called with NULL, or with what never was an adapter", api_name(e->api));
}

RULE(adapter_null, .odd = ODD_ADAPTER, .level = ERROR, .family = ADAPTER,
     .bugcheck = DV(0xE6, 0x19), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .run = on_call);
