/*
 * Sorting askers into lists. A function that nobody names shares the lists of its kind, so that a
 * verifier is made in little time, however many functions there are.
 */
#include "verifier/hearers.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "verifier/finding.h"
#include "verifier/track/tracker.h"

const uint16_t hearers_kind[BY_COUNT] = { EV_CALL, EV_ARG, EV_RETURN, EV_CALLBACK,
                                          EV_CALLBACK_END };

#define LIST_MAX (RULES_MAX + TRACKERS_MAX + 2)
#define CHUNK_ROWS (4 * LIST_MAX)
struct hearers_chunk {
    struct hearers_chunk *next;
    unsigned used;
    struct dispatch rows[CHUNK_ROWS];
};

struct builder {
    struct hearers_index *x;
    struct rule_run *rules;
    unsigned rule_count;
    void **states;
    uint8_t named[API_COUNT]; /* a bit for each hearers_by: somebody asks for it by name */
};

/* --- who asks for what --- */

static bool lists(const uint16_t *list, unsigned value)
{
    for (unsigned i = 0; i < LISTEN_MAX && list[i]; i++)
        if (list[i] == value)
            return true;
    return false;
}

/* DMA_OPERATIONS, whose CALL is about an adapter, and the two ways to get one. */
static const bool is_dma[API_COUNT] = {
#define API(name, lowest, highest, cost, page) [API_##name] = true,
#include "trace/api_dma.def"
#undef API
};

/* In which ways an event of this kind can be odd. */
static unsigned can_be_odd(unsigned kind, unsigned api)
{
    switch (kind) {
    case EV_UNMAP:
    case EV_SGL_END:
    case EV_MAPREG_END:
    case EV_COMMON_END:
        return ODD_CLAIM;
    case EV_DEV_CLAIM:
    case EV_DEV_READ:
    case EV_DEV_WRITE:
        return ODD_STRAY | ODD_WAY;
    case EV_CALL:
        return ODD_IRQL | ODD_ADAPTER |
               (api == API_PutScatterGatherList   ? ODD_PUT
                : api == API_GetScatterGatherList ? ODD_AGAINST
                                                  : 0);
    default:
        return 0;
    }
}

/* The lists of a rule or a tracker, in the order of hearers_by. */
#define LISTS_OF(asker)                                                                            \
    ((const uint16_t *const[BY_COUNT]) { (asker)->calls, (asker)->args, (asker)->returns,          \
                                         (asker)->callbacks, (asker)->callback_ends })

/* A callback of KMDF drivers, by its name. */
static bool is_framework(unsigned api) { return api && !strncmp(api_name(api), "Evt", 3); }

/* Who hears of such callbacks at all hears of the framework's, too. */
static bool hears_framework(const uint16_t *const *named, enum hearers_by by)
{
    return (by == BY_CALLBACK || by == BY_CALLBACK_END) && named[by][0];
}

/* by BY_COUNT: a kind that is not sorted by function. */
static bool asks(const uint16_t *on, const uint16_t *const *named, bool framework, unsigned kind,
                 enum hearers_by by, unsigned api)
{
    if (by < BY_COUNT && framework && hears_framework(named, by) && is_framework(api))
        return true;
    return lists(on, kind + 1) || (by < BY_COUNT && api && lists(named[by], api));
}

static bool rule_asks(const struct rule *rule, unsigned kind, enum hearers_by by, unsigned api)
{
    if (by == BY_CALL && (rule->odd & ODD_ADAPTER) && is_dma[api] && api != API_IoGetDmaAdapter &&
        api != API_HalGetAdapter)
        return true;
    return asks(rule->on, LISTS_OF(rule), rule->framework, kind, by, api);
}

static void note_named(uint8_t *named, const uint16_t *const *lists_of, bool framework)
{
    for (unsigned by = 0; by < BY_COUNT; by++) {
        for (unsigned i = 0; i < LISTEN_MAX && lists_of[by][i]; i++)
            named[lists_of[by][i]] |= (uint8_t)(1u << by);
        for (unsigned api = 1; framework && hears_framework(lists_of, by) && api < API_COUNT; api++)
            named[api] |= (uint8_t)(is_framework(api) << by);
    }
}

static void note_all_named(struct builder *b)
{
    for (unsigned api = 0; api < API_COUNT; api++)
        b->named[api] = (uint8_t)(is_dma[api] << BY_CALL);
    for (unsigned i = 0; i < b->rule_count; i++)
        note_named(b->named, LISTS_OF(b->rules[i].rule), b->rules[i].rule->framework);
    for (unsigned i = 0; trackers_all[i]; i++)
        note_named(b->named, LISTS_OF(trackers_all[i]), trackers_all[i]->framework);
}

/* --- lists --- */

/* Room for the longest list. */
static struct hearers_chunk *room(struct hearers_index *x)
{
    struct hearers_chunk *c = x->chunks;

    if (c && CHUNK_ROWS - c->used >= LIST_MAX)
        return c;
    c = malloc(sizeof *c);
    if (c) {
        c->used = 0;
        c->next = x->chunks;
        x->chunks = c;
    }
    return c;
}

static void nobody(void *track, const struct event *e)
{
    (void)track;
    (void)e;
}

/* Who hears of a kind and, when api is not NONE, of that function's. */
static int add(struct builder *b, struct hearers *h, unsigned kind, enum hearers_by by,
               unsigned api)
{
    struct hearers_chunk *c = room(b->x);

    if (!c)
        return ERR_NOMEM;
    *h = (struct hearers) {
        .rules = c->rows + c->used,
        .builtin = kind < EV_COUNT && track_handlers[kind] ? track_handlers[kind] : nobody,
    };
    for (unsigned i = 0; i < b->rule_count; i++) {
        struct rule_run *r = &b->rules[i];
        unsigned odd = r->rule->odd & can_be_odd(kind, api);

        if (!rule_asks(r->rule, kind, by, api))
            continue;
        c->rows[c->used++] = (struct dispatch) { { .look = r->rule->run }, r, odd };
        h->always |= !odd;
    }
    c->rows[c->used++] = (struct dispatch) { { NULL }, NULL, 0 };
    h->trackers = c->rows + c->used;
    for (unsigned i = 0; trackers_all[i]; i++) {
        const struct tracker *k = trackers_all[i];

        if (!asks(k->on, LISTS_OF(k), k->framework, kind, by, api))
            continue;
        c->rows[c->used++] = (struct dispatch) { { .track = k->run }, b->states[i], 0 };
        h->always = true;
    }
    c->rows[c->used++] = (struct dispatch) { { NULL }, NULL, 0 };
    return 0;
}

static int add_kinds(struct builder *b)
{
    for (unsigned kind = 0; kind <= EV_COUNT; kind++) /* EV_COUNT: there is none such */
        if (add(b, &b->x->of[kind], kind, BY_COUNT, API_NONE))
            return ERR_NOMEM;
    for (unsigned kind = EV_COUNT + 1; kind < HEARERS_KINDS; kind++)
        b->x->of[kind] = b->x->of[EV_COUNT];
    return 0;
}

static int add_functions(struct builder *b, enum hearers_by by)
{
    for (unsigned api = 0; api < API_COUNT; api++) {
        struct hearers *h = &b->x->by_api[by][api];

        *h = b->x->of[hearers_kind[by]];
        if ((b->named[api] & 1u << by) && add(b, h, hearers_kind[by], by, api))
            return ERR_NOMEM;
    }
    return 0;
}

static void set_calls(struct hearers_index *x)
{
    for (unsigned api = 0; api < API_COUNT; api++) {
        const struct api_info *info = api ? api_info(api) : NULL;
        struct hearers *h = &x->by_api[BY_CALL][api];

        h->irql_min = info ? info->irql_min : 0;
        h->irql_max = info ? info->irql_max : UINT8_MAX;
        h->dma = info && is_dma[api];
    }
}

int hearers_build(struct hearers_index *x, struct rule_run *rules, unsigned count, void **states)
{
    struct builder b = { .x = x, .rules = rules, .rule_count = count, .states = states };
    int err;

    note_all_named(&b);
    err = add_kinds(&b);
    for (unsigned by = 0; !err && by < BY_COUNT; by++)
        err = add_functions(&b, by);
    set_calls(x);
    return err;
}

void hearers_free(struct hearers_index *x)
{
    for (struct hearers_chunk *c = x->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    x->chunks = NULL;
}
