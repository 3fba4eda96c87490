/*
 * wrong_irql: a Windows function was called at an IRQL that its page forbids. It speaks for the functions
 * that no rule of their own lists; the limits are the rows of trace/api.def.
 */
#include "verifier/irql.h"

#define KERNEL_API_AT_WRONG_IRQL 0xE5u

static bool lists(const uint16_t *calls, unsigned api)
{
    for (unsigned i = 0; i < LISTEN_MAX && calls[i]; i++)
        if (calls[i] == api)
            return true;
    return false;
}

static const bool is_dma[API_COUNT] = {
#define API(name, lowest, highest, cost, page) [API_##name] = true,
#include "trace/api_dma.def"
#undef API
};

/* Vectors and HalGetAdapter are members of the table, too, but not among what dma_irql hears of. */
static bool is_hooked(unsigned api)
{
    return is_dma[api] && api != API_HalGetAdapter && api != API_AllocateCommonBufferVector &&
           api != API_GetCommonBufferFromVectorByIndex && api != API_FreeCommonBufferFromVector &&
           api != API_FreeCommonBufferVector;
}

static bool has_a_rule_of_its_own(unsigned api)
{
    for (unsigned i = 0; i < rules_count; i++)
        if (rules_all[i]->irql && lists(rules_all[i]->calls, api))
            return true;
    return is_hooked(api);
}

static void on_event(struct rule_run *r, const struct event *e)
{
    if (e->api < API_COUNT && !has_a_rule_of_its_own(e->api))
        irql_say(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 });
}

RULE(wrong_irql, .on = EV(CALL), .odd = ODD_IRQL, .level = ERROR, .family = CALLER,
     .bugcheck = DV(0xC4, KERNEL_API_AT_WRONG_IRQL),
     .source = "debugger/bug-check-0xc4--driver-verifier-detected-violation", .run = on_event);
