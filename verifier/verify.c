/*
 * The engine: dispatches events to rules and trackers. What a rule asked for is sorted into lists
 * by kind, and CALL events by function as well, so that a rule that does not care costs nothing.
 */
#include "verifier/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "verifier/private.h"

/* A list of those that hear of a kind of event: the tracker's row, the rules' rows, one without run. */
struct dispatch {
    union {
        track_handler *track;
        void (*run)(struct rule_run *r, const struct event *e);
    };
    void *whom;
    unsigned odd; /* it hears only of events that are odd in one of these ways; 0: of all */
};

/* Who hears of a kind: a function of this file with a list, or the tracker itself. */
struct heard {
    track_handler *run;
    void *whom;
};

/* Who hears of a CALL of a function. */
struct called {
    const struct dispatch *list;
    uint8_t irql_min, irql_max;
    bool dma;    /* of DMA_OPERATIONS: about an adapter */
    bool always; /* some rule hears of ordinary calls, too */
};

#define KINDS_MAX (UINT8_MAX + 1) /* more than there are: a look-up needs no check */
#define APIS_MAX 512
_Static_assert(EV_COUNT <= KINDS_MAX && API_COUNT <= APIS_MAX, "the index has a place for each");

struct verifier {
    struct track track;
    struct findings findings; /* finding.c */
    struct site_depot *depot;
    unsigned rule_count;
    struct rule_run *rules;
    struct dispatch *list;
    struct heard on[KINDS_MAX];
    struct called call[APIS_MAX];
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

static bool asks_call(const struct rule *rule, unsigned api)
{
    if (!api || api >= API_COUNT)
        return false;
    if ((rule->odd & ODD_ADAPTER) && is_dma[api] && api != API_IoGetDmaAdapter &&
        api != API_HalGetAdapter)
        return true;
    for (unsigned i = 0; i < RULE_CALLS_MAX && rule->calls[i]; i++)
        if (rule->calls[i] == api)
            return true;
    return false;
}

static bool is_release(unsigned kind)
{
    return kind == EV_UNMAP || kind == EV_SGL_END || kind == EV_MAPREG_END || kind == EV_COMMON_END;
}

/* In which ways an event of this kind can be odd. */
static unsigned can_be_odd(unsigned kind, unsigned api)
{
    if (is_release(kind))
        return ODD_CLAIM;
    if (kind != EV_CALL)
        return 0;
    return ODD_IRQL | ODD_ADAPTER | (api == API_PutScatterGatherList ? ODD_PUT : 0);
}

/* Rules look first, at the world before the event; then the tracker takes it in. */
static __attribute__((noinline)) void look_then_track(const struct dispatch *list,
                                                      const struct event *e, unsigned odd)
{
    for (const struct dispatch *d = list + 1; d->run; d++)
        if (!d->odd || (d->odd & odd))
            d->run(d->whom, e);
    list->track(list->whom, e);
}

static void hear(void *list, const struct event *e)
{
    look_then_track(list, e, 0);
}

static void hear_release(void *list, const struct event *e)
{
    const struct dispatch *d = list;
    struct track *t = d->whom;

    if (t->claims.live)
        look_then_track(d, e, ODD_CLAIM);
    else
        d->track(t, e);
}

/* The list lives, was got from this adapter, and goes back as it came. */
static inline bool put_is_ordinary(const struct track *t, const struct event *e)
{
    const struct mapping *m = objtab_find(&t->sgls, (uint32_t)e->a[0]);

    return m && m->head.live && m->adapter == e->obj && m->mapped && m->to_device == (e->a[1] != 0);
}

static void hear_call(void *verifier, const struct event *e)
{
    struct verifier *v = verifier;
    const struct called *c = &v->call[e->api % APIS_MAX];
    unsigned odd = e->irql < c->irql_min || e->irql > c->irql_max ? ODD_IRQL : 0;

    if (c->dma && (!e->obj || v->track.adapters_dead))
        odd |= ODD_ADAPTER;
    if (e->api == API_PutScatterGatherList && !put_is_ordinary(&v->track, e))
        odd |= ODD_PUT;
    if (__builtin_expect(odd || c->always, 0))
        look_then_track(c->list, e, odd);
    else
        call_begun(&v->track, e);
}

struct list_builder {
    struct verifier *v;
    unsigned at;
    unsigned rules, always; /* of the list that was built last: those that hear of ordinary events */
};

static void add_row(struct list_builder *b, struct dispatch row)
{
    if (b->v->list)
        b->v->list[b->at] = row;
    b->at++;
}

/* Adds the list of a kind or, when api is not NONE, of CALLs of a function. */
static const struct dispatch *add_list(struct list_builder *b, unsigned kind, unsigned api)
{
    struct verifier *v = b->v;
    const struct dispatch *list = v->list ? v->list + b->at : NULL;

    b->rules = b->always = 0;
    add_row(b, (struct dispatch) { { track_handlers[kind < EV_COUNT ? kind : EV_FINDING] },
                                   &v->track, 0 });
    for (unsigned i = 0; i < v->rule_count; i++) {
        struct rule_run *r = &v->rules[i];
        unsigned odd = r->rule->odd & can_be_odd(kind, api);

        if (!asks_kind(r->rule, kind) && !asks_call(r->rule, api))
            continue;
        add_row(b, (struct dispatch) { { .run = r->rule->run }, r, odd });
        b->rules++;
        b->always += !odd;
    }
    add_row(b, (struct dispatch) { { NULL }, NULL, 0 });
    return list;
}

/* Fills the index, and the lists when they are there; returns how many rows they have. */
static unsigned build_lists(struct verifier *v)
{
    struct list_builder b = { v, 0, 0, 0 };

    for (unsigned kind = 0; kind < KINDS_MAX; kind++) {
        const struct dispatch *list = add_list(&b, kind, API_NONE);

        v->on[kind] = (struct heard) { hear, (void *)list };
        if (is_release(kind) && !b.always)
            v->on[kind].run = hear_release;
        if (!b.rules && list)
            v->on[kind] = (struct heard) { list->track, &v->track };
    }
    for (unsigned api = 0; api < APIS_MAX; api++) {
        const struct api_info *info = api < API_COUNT ? api_info(api) : NULL;

        v->call[api] = (struct called) { .list = add_list(&b, EV_CALL, api),
                                         .irql_max = UINT8_MAX,
                                         .dma = info && is_dma[api],
                                         .always = b.always > 0 };
        if (info && api) {
            v->call[api].irql_min = info->irql_min;
            v->call[api].irql_max = info->irql_max;
        }
    }
    v->on[EV_CALL] = (struct heard) { hear_call, v };
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
static void order_rules(const struct rule *const *rules, unsigned count, const struct rule **order)
{
    unsigned placed = 0;
    bool moved = true, taken[RULES_MAX] = { false };

    while (placed < count) {
        bool any = !moved;

        moved = false;
        for (unsigned i = 0; i < count; i++)
            if (!taken[i] && (any || ready(rules[i], order, placed))) {
                taken[i] = moved = true;
                order[placed++] = rules[i];
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
        int at = index_of(order, v->rule_count, p, len);

        if (at >= 0)
            r->after[r->after_count++] = (uint16_t)at;
        p += len + strspn(p + len, ", ");
    }
}

struct verifier *verifier_create_with(struct site_depot *depot, const struct rule *const *rules,
                                      unsigned count)
{
    const struct rule *order[RULES_MAX];
    struct verifier *v = calloc(1, sizeof *v);

    must(count <= RULES_MAX);
    if (!v)
        return NULL;
    v->depot = depot;
    v->rule_count = count;
    v->rules = calloc(count + 1u, sizeof *v->rules);
    if (!v->rules || track_create(&v->track) || findings_create(&v->findings))
        return verifier_destroy(v), NULL;
    order_rules(rules, count, order);
    for (unsigned i = 0; i < count; i++)
        add_rule(v, i, order);
    v->list = calloc(build_lists(v) + 1u, sizeof *v->list);
    if (!v->list)
        return verifier_destroy(v), NULL;
    build_lists(v);
    return v;
}

struct verifier *verifier_create(struct site_depot *depot)
{
    return verifier_create_with(depot, rules_all, rules_count);
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
    const struct heard *h = &((struct verifier *)verifier)->on[(uint8_t)e->kind];

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
