/*
 * The engine: dispatches events to rules and trackers by the lists of who asked for what (hearers.h),
 * so that a rule that does not care costs nothing.
 */
#include "verifier/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "verifier/hearers.h"
#include "verifier/private.h"
#include "verifier/track/tracker.h"

/* What takes an event of a kind: a function of this file with *this, or the built-in tracker. */
struct heard {
    track_handler *run;
    void *whom;
};

struct verifier {
    struct track track;
    struct findings findings; /* finding.c */
    struct site_depot *depot;
    unsigned rule_count;
    struct rule_run *rules;
    struct heard on[HEARERS_KINDS];
    struct hearers_index index;
};

struct track *verifier_track(struct verifier *v) { return &v->track; }
struct findings *verifier_findings(struct verifier *v) { return &v->findings; }
struct site_depot *verifier_depot(const struct verifier *v) { return v->depot; }

static bool is_release(unsigned kind)
{
    return kind == EV_UNMAP || kind == EV_SGL_END || kind == EV_MAPREG_END || kind == EV_COMMON_END;
}

static bool is_device(unsigned kind)
{
    return kind == EV_DEV_CLAIM || kind == EV_DEV_READ || kind == EV_DEV_WRITE;
}

/* --- the way of an event --- */

/* Rules look first, at the world before the event; then the trackers take it in. */
static __attribute__((noinline)) void look_then_track(struct verifier *v, const struct hearers *h,
                                                      const struct event *e, unsigned odd)
{
    for (const struct dispatch *d = h->rules; d->whom; d++)
        if (!d->odd || (d->odd & odd))
            d->look(d->whom, e);
    h->builtin(&v->track, e);
    for (const struct dispatch *d = h->trackers; d->whom; d++)
        d->track(&v->track, d->whom, e);
}

static void hear(void *verifier, const struct event *e)
{
    struct verifier *v = verifier;

    look_then_track(v, &v->index.of[(uint8_t)e->kind], e, 0);
}

static void hear_release(void *verifier, const struct event *e)
{
    struct verifier *v = verifier;
    const struct hearers *h = &v->index.of[(uint8_t)e->kind];

    if (v->track.claims.live || h->always)
        look_then_track(v, h, e, v->track.claims.live ? ODD_CLAIM : 0);
    else
        h->builtin(&v->track, e);
}

/* A device is told of what an adapter of its own has mapped. */
static inline bool is_for(const struct track *t, const struct event *e, uint32_t adapter)
{
    const struct adapter_record *a = e->kind == EV_DEV_CLAIM ? track_adapter(t, adapter) : NULL;

    return !a || !a->device || a->device == e->obj;
}

/* Memory that lives, used the way it was mapped, is ordinary. */
static inline unsigned device_odd(const struct track *t, const struct event *e)
{
    uint32_t owner = (uint32_t)e->a[2];
    const struct mapping *m;
    bool to_device;

    const struct common_record *c;

    if (track_is_common(owner)) {
        c = objtab_find(&t->commons, owner);
        return c && c->head.live && is_for(t, e, c->adapter) ? 0 : ODD_STRAY;
    }
    m = owner ? track_mapping(t, owner) : NULL;
    if (!m || !m->head.live || !is_for(t, e, m->adapter) ||
        (OBJ_TYPE(owner) == OBJ_MAPREG && track_released_owner(t, e)))
        return ODD_STRAY;
    to_device = e->kind == EV_DEV_READ || (e->kind == EV_DEV_CLAIM && (e->a[1] & EVENT_TO_DEVICE));
    return m->to_device == to_device ? 0 : ODD_WAY;
}

static void hear_device(void *verifier, const struct event *e)
{
    struct verifier *v = verifier;
    const struct hearers *h = &v->index.of[(uint8_t)e->kind];
    unsigned odd = device_odd(&v->track, e);

    if (__builtin_expect(odd || h->always, 0))
        look_then_track(v, h, e, odd);
    else
        h->builtin(&v->track, e);
}

/* The list lives, was got from this adapter, and goes back as it came. */
static inline bool put_is_ordinary(const struct track *t, const struct event *e)
{
    const struct mapping *m = objtab_find(&t->sgls, (uint32_t)e->a[0]);

    return m && m->head.live && m->adapter == e->obj && m->mapped && m->to_device == (e->a[1] != 0);
}

/* The MDL is a request's of the other direction, or was locked for the other one. */
static inline bool get_is_against(const struct track *t, const struct event *e)
{
    const struct mdl_record *m = objtab_find(&t->mdls, (uint32_t)e->a[0]);

    return m &&
           (m->against & (e->a[2] & EVENT_TO_DEVICE ? AGAINST_TO_DEVICE : AGAINST_FROM_DEVICE));
}

static void hear_call(void *verifier, const struct event *e)
{
    struct verifier *v = verifier;
    const struct hearers *h = &v->index.by_api[BY_CALL][e->api];
    unsigned odd = e->irql < h->irql_min || e->irql > h->irql_max ? ODD_IRQL : 0;

    if (h->dma && (!e->obj || v->track.adapters_dead))
        odd |= ODD_ADAPTER;
    if (e->api == API_PutScatterGatherList && !put_is_ordinary(&v->track, e))
        odd |= ODD_PUT;
    if (e->api == API_GetScatterGatherList && get_is_against(&v->track, e))
        odd |= ODD_AGAINST;
    if (__builtin_expect(odd || h->always, 0))
        look_then_track(v, h, e, odd);
    else
        call_begun(&v->track, e);
}

static inline void hear_by_api(struct verifier *v, enum hearers_by by, const struct event *e)
{
    const struct hearers *h = &v->index.by_api[by][e->api];

    if (__builtin_expect(h->always, 0))
        look_then_track(v, h, e, 0);
    else if (by == BY_RETURN)
        call_over(&v->track, e);
}
static void hear_arg(void *verifier, const struct event *e) { hear_by_api(verifier, BY_ARG, e); }
static void hear_return(void *verifier, const struct event *e)
{
    hear_by_api(verifier, BY_RETURN, e);
}
static void hear_callback(void *verifier, const struct event *e)
{
    hear_by_api(verifier, BY_CALLBACK, e);
}
static void hear_callback_end(void *verifier, const struct event *e)
{
    hear_by_api(verifier, BY_CALLBACK_END, e);
}

/* --- making the index --- */

static void wire(struct verifier *v)
{
    static track_handler *const by_api[BY_COUNT] = {
        [BY_CALL] = hear_call,
        [BY_ARG] = hear_arg,
        [BY_RETURN] = hear_return,
        [BY_CALLBACK] = hear_callback,
        [BY_CALLBACK_END] = hear_callback_end,
    };

    for (unsigned kind = 0; kind < HEARERS_KINDS; kind++) {
        const struct hearers *h = &v->index.of[kind];

        v->on[kind] = (struct heard) { is_release(kind)  ? hear_release
                                       : is_device(kind) ? hear_device
                                                         : hear,
                                       v };
        if (!h->rules->whom && !h->trackers->whom)
            v->on[kind] = (struct heard) { h->builtin, &v->track };
    }
    for (unsigned by = 0; by < BY_COUNT; by++)
        v->on[hearers_kind[by]] = (struct heard) { by_api[by], v };
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
    for (const char *p = order[i]->after; p && *p && r->after_count < RULE_AFTER_MAX;) {
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
    if (hearers_build(&v->index, v->rules, count, v->track.states))
        return verifier_destroy(v), NULL;
    wire(v);
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
    hearers_free(&v->index);
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
