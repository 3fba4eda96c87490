/*
 * wrong_irql: a Windows function was called at an IRQL that its page forbids. One rule for all of
 * them: the limits are the rows of trace/api.def. Below DISPATCH_LEVEL, GetScatterGatherList may
 * be preempted while it holds the adapter; above its limit a function touches pageable memory or
 * waits.
 */
#include <stdio.h>
#include <string.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static const struct limit {
    uint8_t lowest, highest;
} limits[API_COUNT] = {
    [API_NONE] = { 0, UINT8_MAX },
#define API(name, lowest_, highest_, cost, page) [API_##name] = { lowest_, highest_ },
#include "trace/api.def"
#undef API
};

/* The functions that the DMA half of Driver Verifier hooks. */
static const uint8_t is_dma[API_COUNT] = {
#define API(name, lowest, highest, cost, page) [API_##name] = 1,
#include "trace/api_dma.def"
#undef API
};

static const char *irql_name(unsigned irql)
{
    static const char *const names[] = { "PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL" };

    return irql < 3 ? names[irql] : irql == 15 ? "HIGH_LEVEL" : "a device's IRQL";
}

/* DMA functions: 0xE6/0x13. The others by the rule of Driver Verifier's that lists them. */
static void bugcheck_of(const struct event *e, struct limit l, struct finding_about *a)
{
    const char *name = api_name(e->api);

    if (is_dma[e->api] && e->api != API_IoGetDmaAdapter) {
        bool exact = l.lowest == l.highest && l.highest == 2;

        a->as = (struct rule_bugcheck)DV(0xE6, 0x13);
        a->bugcheck[0] = exact ? 1 : 2;
        a->bugcheck[1] = l.highest;
        a->bugcheck[2] = e->irql;
        a->bugcheck_known = 3;
        return;
    }
    a->as = (struct rule_bugcheck)DV(0xC4, 0x20003);
    if (!strncmp(name, "Io", 2) && l.highest == 0)
        a->as.param1 = 0x2000E;
    else if (!strncmp(name, "Mm", 2))
        a->as.param1 = l.highest == 1 ? 0x20019 : 0x2001A;
    else if (!strncmp(name, "ExAllocatePool", 14))
        a->as.param1 = 0x20004;
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, struct limit l)
{
    struct finding_about a = { .obj = e->obj, .sites = { { ROLE_HERE, e->site } } };
    const struct irql_record *set = &r->track->irql[e->cpu % TRACK_CPUS];
    char wanted[64];

    bugcheck_of(e, l, &a);
    if (set->irql == e->irql)
        a.sites[1] = (struct finding_site) { ROLE_RAISED, set->site };
    if (l.lowest == l.highest)
        snprintf(wanted, sizeof wanted, "%s only", irql_name(l.highest));
    else
        snprintf(wanted, sizeof wanted, "%s%s%s at most", l.lowest ? irql_name(l.lowest) : "",
                 l.lowest ? " to " : "", irql_name(l.highest));
    finding(r, e, &a, "%s was called at %s (%u); its page allows %s", api_name(e->api),
            irql_name(e->irql), e->irql, wanted);
}

static void on_event(struct rule_run *r, const struct event *e)
{
    unsigned api = e->api;

    if (api < API_COUNT && (e->irql < limits[api].lowest || e->irql > limits[api].highest))
        say(r, e, limits[api]);
}

RULE(wrong_irql, .on = EV(CALL), .odd = ODD_IRQL, .level = ERROR, .family = CALLER,
     .bugcheck = DV(0xE6, 0x13), .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation",
     .run = on_event);
