/*
 * The engine: dispatches events to rules and trackers. What a rule asked for is sorted into lists
 * by kind, and CALL events by function as well, so that a rule that does not care costs nothing.
 */
#include "verifier/verify.h"

#include <stdlib.h>
#include <string.h>

#include "verifier/private.h"

/* Lists of rules: a row for each, and one without run that has the tracker. */
struct dispatch {
    void (*run)(struct rule_run *r, const struct event *e);
    union {
        struct rule_run *r;
        track_handler *track;
    };
};

/* Who hears of an event: its tracker, or look_then_track with the rules that asked for it. */
struct heard {
    track_handler *run;
    void *whom;
};

#define KINDS_MAX 256 /* more than there are: a look-up needs no check */
#define APIS_MAX 512
_Static_assert(EV_COUNT <= KINDS_MAX && API_COUNT <= APIS_MAX, "the index has a place for each");

struct verifier {
    struct track track;
    struct findings findings; /* finding.c */
    struct site_depot *depot;
    unsigned rule_count;
    struct rule_run *rules;
    struct dispatch *list;
    struct heard on[KINDS_MAX];  /* by kind */
    struct heard call[APIS_MAX]; /* CALL events by function */
    struct heard odd[APIS_MAX];  /* the same when the adapter may be none or dead */
};

struct track *verifier_track(struct verifier *v) { return &v->track; }
struct findings *verifier_findings(struct verifier *v) { return &v->findings; }
struct site_depot *verifier_depot(const struct verifier *v) { return v->depot; }

static bool asks_kind(const struct rule *rule, unsigned kind)
{
    for (unsigned i = 0; i < RULE_ON_MAX && rule->on[i]; i++)
        if (rule->on[i] == kind + 1)
            return true;
    return false;
}

/* DMA_OPERATIONS, whose CALL is about an adapter, and the two ways to get one. */
static const bool is_dma[API_COUNT] = {
#define API(name, lowest, highest, cost, page) [API_##name] = true,
#include "trace/api_dma.def"
#undef API
};

static bool asks_call(const struct rule *rule, unsigned api, bool odd)
{
    if (api >= API_COUNT)
        return false;
    if (odd && rule->odd_adapter && is_dma[api] && api != API_IoGetDmaAdapter &&
        api != API_HalGetAdapter)
        return true;
    for (unsigned i = 0; i < RULE_CALLS_MAX && rule->calls[i]; i++)
        if (rule->calls[i] == api)
            return true;
    return false;
}

struct list_builder {
    struct verifier *v;
    unsigned at;
};

/* Rules look first, at the world before the event; then the tracker takes it in. */
static void look_then_track(void *rules, const struct event *e)
{
    const struct dispatch *d = rules;

    do
        d->run(d->r, e);
    while ((++d)->run);
    d->track(d[-1].r->track, e);
}

/* Adds the rules that ask for a kind or, when api is not NONE, for CALLs of a function. Most events
 * have none: theirs is the short way. */
static void add_rules(struct list_builder *b, struct heard *h, unsigned kind, unsigned api,
                      bool odd)
{
    struct verifier *v = b->v;
    unsigned first = b->at;
    track_handler *track = track_handlers[kind < EV_COUNT ? kind : EV_FINDING];

    for (unsigned i = 0; i < v->rule_count; i++) {
        struct rule_run *r = &v->rules[i];

        if (!asks_kind(r->rule, kind) && !(api && asks_call(r->rule, api, odd)))
            continue;
        if (v->list)
            v->list[b->at] = (struct dispatch) { r->rule->run, { r } };
        b->at++;
    }
    *h = (struct heard) { track, &v->track };
    if (v->list && b->at > first)
        *h = (struct heard) { look_then_track, v->list + first };
    if (v->list)
        v->list[b->at] = (struct dispatch) { .track = track };
    b->at++;
}

/* Fills the index, and the list when it is there; returns how long the list is. */
static unsigned build_lists(struct verifier *v)
{
    struct list_builder b = { v, 0 };

    _Static_assert(KINDS_MAX == UINT8_MAX + 1, "verifier_event looks at the low byte");
    for (unsigned kind = 0; kind < KINDS_MAX; kind++)
        add_rules(&b, &v->on[kind], kind, API_NONE, false);
    for (unsigned api = 0; api < APIS_MAX; api++)
        add_rules(&b, &v->call[api], EV_CALL, api, false);
    for (unsigned api = 0; api < APIS_MAX; api++)
        add_rules(&b, &v->odd[api], EV_CALL, api, true);
    return b.at;
}

static int index_of(const struct rule *const *order, unsigned count, const char *name, size_t len)
{
    for (unsigned i = 0; i < count; i++)
        if (strlen(order[i]->symbol) == len && !memcmp(order[i]->symbol, name, len))
            return (int)i;
    return -1;
}

/* Whether every rule that this one comes after is placed already. */
static bool ready(const struct rule *rule, const struct rule *const *order, unsigned placed)
{
    for (const char *p = rule->after; p && *p;) {
        size_t len = strcspn(p, ", ");

        if (len && index_of(order, placed, p, len) < 0)
            return false;
        p += len + strspn(p + len, ", ");
    }
    return true;
}

/* Rules that silence others come before them, otherwise the order of the table. A name in .after
 * that is no rule's, or a circle, leaves the rest in the table's order;
 * tests/unit/verifier_rules.c proves that there is neither. */
static void order_rules(const struct rule **order)
{
    unsigned placed = 0;
    bool moved = true, taken[RULES_MAX] = { false };

    while (placed < rules_count) {
        bool any = !moved;

        moved = false;
        for (unsigned i = 0; i < rules_count; i++)
            if (!taken[i] && (any || ready(rules_all[i], order, placed))) {
                taken[i] = moved = true;
                order[placed++] = rules_all[i];
            }
    }
}

static void add_rule(struct verifier *v, unsigned i, const struct rule *const *order)
{
    struct rule_run *r = &v->rules[i];

    *r = (struct rule_run) {
        .rule = order[i], .verifier = v, .track = &v->track, .index = (uint16_t)i
    };
    rule_word(order[i], r->word, sizeof r->word);
    for (const char *p = order[i]->after; p && *p && r->after_count < 4;) {
        size_t len = strcspn(p, ", ");
        int at = index_of(order, rules_count, p, len);

        if (at >= 0)
            r->after[r->after_count++] = (uint16_t)at;
        p += len + strspn(p + len, ", ");
    }
}

struct verifier *verifier_create(struct site_depot *depot)
{
    const struct rule *order[RULES_MAX];
    struct verifier *v = calloc(1, sizeof *v);

    if (!v)
        return NULL;
    v->depot = depot;
    v->rule_count = rules_count;
    v->rules = calloc(rules_count + 1u, sizeof *v->rules);
    if (!v->rules || track_create(&v->track) || findings_create(&v->findings))
        return verifier_destroy(v), NULL;
    order_rules(order);
    for (unsigned i = 0; i < rules_count; i++)
        add_rule(v, i, order);
    v->list = calloc(build_lists(v) + 1u, sizeof *v->list);
    if (!v->list)
        return verifier_destroy(v), NULL;
    build_lists(v);
    return v;
}

void verifier_destroy(struct verifier *v)
{
    if (!v)
        return;
    track_destroy(&v->track);
    findings_destroy(&v->findings);
    free(v->list);
    free(v->rules);
    free(v);
}

void verifier_reset(struct verifier *v)
{
    track_reset(&v->track);
    findings_reset(&v->findings);
}

void verifier_begin(struct verifier *v, const char *profile_name, uint64_t seed, bool remapped)
{
    verifier_reset(v);
    v->track.remapped = remapped;
    findings_begin(&v->findings, profile_name, seed, remapped);
}

void verifier_event(void *verifier, const struct event *e)
{
    struct verifier *v = verifier;
    unsigned kind = (uint8_t)e->kind;
    const struct heard *h = &v->on[kind];

    if (kind == EV_CALL)
        h = (!e->obj || v->track.adapters_dead ? v->odd : v->call) + e->api % APIS_MAX;
    h->run(h->whom, e);
}

void verifier_end(struct verifier *v)
{
    /* A run that was cut short (a bug check, the step limit) leaves things behind rightly. */
    if (v->track.cut_short || !(v->track.phases_seen & 1u << PHASE_UNLOAD))
        return;
    for (unsigned i = 0; i < v->rule_count; i++)
        if (v->rules[i].rule->also_at_end)
            v->rules[i].rule->also_at_end(&v->rules[i]);
}
