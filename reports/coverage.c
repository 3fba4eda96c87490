/*
 * Counting what runs try (coverage.h). The outcomes are those that the operations' pages name.
 */
#include "reports/coverage.h"

#include <string.h>

/* What a RETURN's first argument says of an operation. */
enum answer { NOTHING, STATUS, POINTER, TRUTH };

struct outcome {
    uint32_t value;
    const char *word;
};
#define OK                                                                                         \
    {                                                                                              \
        0x00000000u, "STATUS_SUCCESS"                                                              \
    }
#define NO_RESOURCES                                                                               \
    {                                                                                              \
        0xC000009Au, "STATUS_INSUFFICIENT_RESOURCES"                                               \
    }
#define TOO_SMALL                                                                                  \
    {                                                                                              \
        0xC0000023u, "STATUS_BUFFER_TOO_SMALL"                                                     \
    }
#define INVALID                                                                                    \
    {                                                                                              \
        0xC000000Du, "STATUS_INVALID_PARAMETER"                                                    \
    }
#define UNSUPPORTED                                                                                \
    {                                                                                              \
        0xC00000BBu, "STATUS_NOT_SUPPORTED"                                                        \
    }
#define CANCELLED                                                                                  \
    {                                                                                              \
        0xC0000120u, "STATUS_CANCELLED"                                                            \
    }
#define NOT_THERE                                                                                  \
    {                                                                                              \
        0xC0000002u, "STATUS_NOT_IMPLEMENTED"                                                      \
    }
#define NONE_MAPPED                                                                                \
    {                                                                                              \
        0xC0000073u, "STATUS_NONE_MAPPED"                                                          \
    }
#define GIVEN                                                                                      \
    {                                                                                              \
        1, "a buffer"                                                                              \
    }
#define REFUSED                                                                                    \
    {                                                                                              \
        0, "NULL"                                                                                  \
    }

/* The members of DMA_OPERATIONS in the order of the table (wdm/ns-wdm-_dma_operations). */
static const struct operation {
    enum api api;
    enum answer answer;
    struct outcome outcomes[COVERAGE_OUTCOMES];
} operations[COVERAGE_OPERATIONS] = {
    { API_PutDmaAdapter, NOTHING, { { 0 } } },
    { API_AllocateCommonBuffer, POINTER, { GIVEN, REFUSED } },
    { API_FreeCommonBuffer, NOTHING, { { 0 } } },
    { API_AllocateAdapterChannel, STATUS, { OK, NO_RESOURCES } },
    { API_FlushAdapterBuffers, TRUTH, { { 1, "TRUE" }, { 0, "FALSE" } } },
    { API_FreeAdapterChannel, NOTHING, { { 0 } } },
    { API_FreeMapRegisters, NOTHING, { { 0 } } },
    { API_MapTransfer, NOTHING, { { 0 } } },
    { API_GetDmaAlignment, NOTHING, { { 0 } } },
    { API_ReadDmaCounter, NOTHING, { { 0 } } },
    { API_GetScatterGatherList, STATUS, { OK, NO_RESOURCES, TOO_SMALL } },
    { API_PutScatterGatherList, NOTHING, { { 0 } } },
    { API_CalculateScatterGatherList, STATUS, { OK, NO_RESOURCES, TOO_SMALL } },
    { API_BuildScatterGatherList, STATUS, { OK, NO_RESOURCES, TOO_SMALL } },
    { API_BuildMdlFromScatterGatherList, STATUS, { OK, INVALID, NO_RESOURCES, NONE_MAPPED } },
    { API_GetDmaAdapterInfo, STATUS, { OK, UNSUPPORTED } },
    { API_GetDmaTransferInfo, STATUS, { OK, UNSUPPORTED } },
    { API_InitializeDmaTransferContext, STATUS, { OK, INVALID } },
    { API_AllocateCommonBufferEx, POINTER, { GIVEN, REFUSED } },
    { API_AllocateAdapterChannelEx, STATUS, { OK, INVALID, NO_RESOURCES } },
    { API_ConfigureAdapterChannel, STATUS, { OK, NOT_THERE } },
    { API_CancelAdapterChannel, TRUTH, { { 1, "TRUE" }, { 0, "FALSE" } } },
    { API_MapTransferEx, STATUS, { OK, INVALID, TOO_SMALL, NO_RESOURCES, CANCELLED } },
    { API_GetScatterGatherListEx, STATUS, { OK, INVALID, NO_RESOURCES } },
    { API_BuildScatterGatherListEx, STATUS, { OK, INVALID, NO_RESOURCES, TOO_SMALL } },
    { API_FlushAdapterBuffersEx, STATUS, { OK, INVALID } },
    { API_FreeAdapterObject, NOTHING, { { 0 } } },
    { API_CancelMappedTransfer, STATUS, { OK } },
    { API_AllocateDomainCommonBuffer, STATUS, { OK } },
    { API_FlushDmaBuffer, STATUS, { OK } },
    { API_JoinDmaDomain, STATUS, { OK } },
    { API_LeaveDmaDomain, STATUS, { OK } },
    { API_GetDmaDomain, NOTHING, { { 0 } } },
    { API_AllocateCommonBufferWithBounds, POINTER, { GIVEN, REFUSED } },
    { API_AllocateCommonBufferVector, STATUS, { OK } },
    { API_GetCommonBufferFromVectorByIndex, NOTHING, { { 0 } } },
    { API_FreeCommonBufferFromVector, NOTHING, { { 0 } } },
    { API_FreeCommonBufferVector, NOTHING, { { 0 } } },
    { API_CreateCommonBufferFromMdl, STATUS, { OK, INVALID, UNSUPPORTED, NO_RESOURCES } },
};

const char *coverage_operation(unsigned index, enum api *api)
{
    if (index >= COVERAGE_OPERATIONS)
        return NULL;
    *api = operations[index].api;
    return api_name(operations[index].api);
}

const char *coverage_outcome(unsigned operation, unsigned index)
{
    return operation < COVERAGE_OPERATIONS && index < COVERAGE_OUTCOMES
               ? operations[operation].outcomes[index].word
               : NULL;
}

static void note_outcome(struct coverage *c, const struct event *e)
{
    for (unsigned i = 0; i < COVERAGE_OPERATIONS; i++) {
        const struct operation *o = &operations[i];
        uint32_t value = (uint32_t)e->a[0];
        unsigned at = 0;

        if (o->api != e->api || o->answer == NOTHING)
            continue;
        if (o->answer != STATUS)
            value = e->a[0] != 0;
        while (at < COVERAGE_OUTCOMES && o->outcomes[at].word && o->outcomes[at].value != value)
            at++;
        if (at < COVERAGE_OUTCOMES && !o->outcomes[at].word)
            at = COVERAGE_OUTCOMES;
        c->outcomes[i][at]++;
    }
}

void coverage_event(void *coverage, const struct event *e)
{
    struct coverage *c = coverage;

    c->kinds[e->kind]++;
    if (e->kind == EV_CALL) {
        c->calls[e->api]++;
    } else if (e->kind == EV_CALLBACK) {
        c->callbacks[e->api]++;
    } else if (e->kind == EV_RETURN) {
        note_outcome(c, e);
    }
}

void coverage_add(struct coverage *into, const struct coverage *from)
{
    for (unsigned i = 0; i < EV_COUNT; i++)
        into->kinds[i] += from->kinds[i];
    for (unsigned i = 0; i < API_COUNT; i++) {
        into->calls[i] += from->calls[i];
        into->callbacks[i] += from->callbacks[i];
    }
    for (unsigned i = 0; i < COVERAGE_OPERATIONS; i++)
        for (unsigned k = 0; k <= COVERAGE_OUTCOMES; k++)
            into->outcomes[i][k] += from->outcomes[i][k];
    into->no_door |= from->no_door;
}

/* --- rules --- */

/* Kinds that are said only when something is wrong, and the ordinary one that tries what they are about;
 * to themselves: nothing tells. */
static const struct {
    uint16_t wrong, ordinary;
} tried_by[] = {
    { EV_DEV_STRAY, EV_DEV_CLAIM }, { EV_DEV_FAULT, EV_DEV_CLAIM },
    { EV_CPU_READ, EV_MAP },        { EV_CPU_WRITE, EV_MAP },
    { EV_DOUBLE_FETCH, EV_COMMON }, { EV_FETCH, EV_COMMON },
    { EV_BAD_ACCESS, EV_POOL },     { EV_GUARD, EV_MAP },
    { EV_STUCK, EV_IRP },           { EV_DMA_WAITS, EV_CHANNEL },
    { EV_SYSDMA_END, EV_SYSDMA },   { EV_BUGCHECK, EV_BUGCHECK },
    { EV_MISUSE, EV_MISUSE },       { EV_UNMODELLED, EV_UNMODELLED },
};

static uint16_t ordinary_of(uint16_t kind)
{
    for (unsigned i = 0; i < sizeof tried_by / sizeof *tried_by; i++)
        if (tried_by[i].wrong == kind)
            return tried_by[i].ordinary;
    return kind;
}

static bool is_misuse_alone(uint16_t kind)
{
    return kind == EV_BUGCHECK || kind == EV_MISUSE || kind == EV_UNMODELLED;
}

static bool any_call(const uint64_t *counts, const uint16_t *list, bool *asked)
{
    bool any = false;

    for (unsigned i = 0; i < LISTEN_MAX && list[i]; i++) {
        *asked = true;
        any |= counts[list[i]] != 0;
    }
    return any;
}

static bool is_of_the_door(const struct rule *rule)
{
    for (unsigned i = 0; i < LISTEN_MAX && rule->on[i]; i++)
        if (rule->on[i] != EV_CPU_READ + 1 && rule->on[i] != EV_CPU_WRITE + 1 &&
            rule->on[i] != EV_DOUBLE_FETCH + 1 && rule->on[i] != EV_FETCH + 1)
            return false;
    return rule->on[0] && !rule->calls[0] && !rule->returns[0] && !rule->args[0];
}

static bool has_fired(const struct report *r, const struct rule *rule)
{
    char word[RULE_WORD_MAX];

    rule_word(rule, word, sizeof word);
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(r->findings[i].rule, word))
            return true;
    return false;
}

struct coverage_rule coverage_of_rule(const struct coverage *c, const struct rule *rule,
                                      const struct report *r)
{
    struct coverage_rule what = { .armed =
                                      !rule->unreachable && !(c->no_door && is_of_the_door(rule)),
                                  .fired = has_fired(r, rule) };
    bool asked = false, any = false;

    for (unsigned i = 0; i < LISTEN_MAX && rule->on[i]; i++) {
        uint16_t kind = (uint16_t)(rule->on[i] - 1);

        asked |= !is_misuse_alone(kind);
        any |= !is_misuse_alone(kind) && c->kinds[ordinary_of(kind)];
    }
    any |= any_call(c->calls, rule->calls, &asked);
    any |= any_call(c->calls, rule->args, &asked);
    any |= any_call(c->calls, rule->returns, &asked);
    any |= any_call(c->callbacks, rule->callbacks, &asked);
    any |= any_call(c->callbacks, rule->callback_ends, &asked);
    if (rule->odd & ODD_ADAPTER) {
        asked = true;
        any |= c->kinds[EV_ADAPTER] != 0;
    }
    what.told = asked || what.fired;
    what.exercised = what.armed && (any || what.fired);
    return what;
}
