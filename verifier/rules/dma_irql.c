/*
 * dma_irql_differs, dma_irql_too_high: a member of DMA_OPERATIONS was called at an IRQL that its page
 * forbids. Some want exactly DISPATCH_LEVEL: below it, a thread may be preempted while it holds the
 * adapter. The others have a limit, above which they would wait or touch pageable memory.
 */
#include "verifier/irql.h"

#define PAGE "debugger/bug-check-0xe6--driver-verifier-dma-violation"
enum cause { DIFFERS = 1, TOO_HIGH = 2 };

/* The functions that the DMA half of Driver Verifier hooks. Vectors have a bug check of their own. */
static const bool is_dma[API_COUNT] = {
#define API(name, lowest, highest, cost, page) [API_##name] = true,
#include "trace/api_dma.def"
#undef API
};

static bool is_hooked(unsigned api)
{
    switch (api) {
    case API_IoGetDmaAdapter:
    case API_HalGetAdapter:
    case API_AllocateCommonBufferVector:
    case API_GetCommonBufferFromVectorByIndex:
    case API_FreeCommonBufferFromVector:
    case API_FreeCommonBufferVector:
        return false;
    default:
        return api < API_COUNT && is_dma[api];
    }
}

/* Which of the two, with the IRQL that the page asks for and the one found. */
static void judge(struct rule_run *r, const struct event *e, enum cause wanted)
{
    const struct api_info *l = is_hooked(e->api) ? api_info(e->api) : NULL;

    if (!l || (l->irql_min == DISPATCH ? DIFFERS : TOO_HIGH) != wanted)
        return;
    irql_say(r, e,
             (struct finding_about) { .bugcheck = { wanted, l->irql_max, e->irql },
                                      .bugcheck_known = 3 });
}

static void differs(struct rule_run *r, const struct event *e) { judge(r, e, DIFFERS); }
static void too_high(struct rule_run *r, const struct event *e) { judge(r, e, TOO_HIGH); }

RULE(dma_irql_differs, .on = EV(CALL), .odd = ODD_IRQL, .level = ERROR, .family = CALLER,
     .bugcheck = DV2(0xE6, 0x13, 1), .source = PAGE, .run = differs);
RULE(dma_irql_too_high, .on = EV(CALL), .odd = ODD_IRQL, .level = ERROR, .family = CALLER,
     .bugcheck = DV2(0xE6, 0x13, 2), .source = PAGE, .run = too_high);
RULE(dma_irql_unspecified, .level = ERROR, .family = CALLER, .bugcheck = DV(0xE6, 0x14),
     .source = PAGE,
     .unreachable =
         "its page gives no parameters and no case apart from 0x13, which is said instead");
