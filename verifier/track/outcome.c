/*
 * Outcomes of requests for DMA (outcome.h). All of this is rare, and so are its questions: they may look
 * through all lists that are remembered.
 */
#include "verifier/track/outcome.h"

#include <string.h>

#define PLACES 64
#define VIEWS 256

struct map_call { /* a MapTransfer(Ex) that is open */
    uint32_t mapregs, mdl, site;
    uint64_t wanted_bytes;
};

struct outcomes {
    struct outcome of[PLACES];       /* by the MDL's number */
    struct outcome channels[PLACES]; /* by the agent; mdl: the agent + 1 */
    struct short_map short_maps[PLACES];
    struct map_call maps[PLACES]; /* by the agent */
    uint32_t viewed[VIEWS];       /* MDLs that were mapped for the CPU */
};

static struct outcomes *outcomes_of(const struct track *t);

/* The first row of a table has an id that is nobody's (objtab.c). */
static bool is_mapping(uint32_t id)
{
    return OBJ_TYPE(id) == OBJ_SGL || OBJ_TYPE(id) == OBJ_MAPREG;
}

/* The highest number of any list or file that is remembered: the last one's. */
static uint32_t last_number(const struct objtab *t)
{
    uint32_t last = 0;

    for (uint32_t i = 0; i < t->top; i++) {
        const struct objtab_head *h = (const void *)(t->rows + ((size_t)i << t->row_shift));

        if (is_mapping(h->id) && OBJ_NUMBER(h->id) > last)
            last = OBJ_NUMBER(h->id);
    }
    return last;
}

/* --- what came --- */

static void came_to_nothing(struct track *t, struct outcomes *s, const struct event *e,
                            uint32_t adapter, uint32_t mdl)
{
    struct outcome o = { .mdl = mdl ? mdl : e->agent + 1u,
                         .adapter = adapter,
                         .site = e->site,
                         .api = e->api,
                         .mapregs = e->kind == EV_DMA_REFUSED ? (uint32_t)e->a[2] : 0,
                         .last_list = last_number(&t->sgls),
                         .last_mapregs = last_number(&t->mapregs),
                         .status = e->kind == EV_DMA_REFUSED ? (uint32_t)e->a[0] : 0 };

    if (mdl)
        s->of[OBJ_NUMBER(mdl) % PLACES] = o;
    else if (e->kind == EV_DMA_REFUSED)
        s->channels[e->agent % PLACES] = o;
}

static void map_called(struct outcomes *s, const struct event *e)
{
    s->maps[e->agent % PLACES] =
        (struct map_call) { (uint32_t)e->a[0], (uint32_t)e->a[1], e->site, EVENT_LENGTH(e->a[3]) };
}

static void map_returned(struct outcomes *s, const struct event *e)
{
    const struct map_call *m = &s->maps[e->agent % PLACES];
    bool ex = e->api == API_MapTransferEx;
    struct short_map *at = &s->short_maps[OBJ_NUMBER(m->mapregs) % PLACES];

    if (!m->mapregs || (ex && (int32_t)e->a[0] < 0))
        return;
    if (s->of[OBJ_NUMBER(m->mdl) % PLACES].mdl == m->mdl)
        s->of[OBJ_NUMBER(m->mdl) % PLACES].mdl = 0; /* a second try */
    if (e->a[1] < m->wanted_bytes)
        *at =
            (struct short_map) { m->mapregs, m->site, e->a[ex ? 3 : 0], m->wanted_bytes, e->a[1] };
    else if (at->mapregs == m->mapregs)
        at->mapregs = 0;
}

static void run(struct track *t, void *state, const struct event *e)
{
    struct outcomes *s = state;

    switch (e->kind) {
    case EV_SGL_EMPTY:
        came_to_nothing(t, s, e, (uint32_t)e->a[0], (uint32_t)e->a[2]);
        break;
    case EV_DMA_REFUSED:
        came_to_nothing(t, s, e, e->obj, (uint32_t)e->a[1]);
        break;
    case EV_VIEW:
        s->viewed[OBJ_NUMBER(e->obj) % VIEWS] = e->obj;
        break;
    case EV_CALL:
        map_called(s, e);
        break;
    case EV_RETURN:
        map_returned(s, e);
        break;
    }
}

TRACKER(outcome, .state_bytes = sizeof(struct outcomes), .on = EV(SGL_EMPTY, DMA_REFUSED, VIEW),
        .calls = APIS(MapTransfer, MapTransferEx), .returns = APIS(MapTransfer, MapTransferEx),
        .run = run);

static struct outcomes *outcomes_of(const struct track *t)
{
    return track_state(t, &tracker_outcome);
}

/* --- what became of it --- */

/* The MDL itself, a part of it, or one that stands in its chain. */
static bool is_of(const struct track *t, uint32_t mapped, uint32_t mdl)
{
    const struct mdl_record *m = mapped == mdl ? NULL : objtab_find(&t->mdls, mapped);

    return mapped == mdl || (m && (m->source == mdl || m->chain == mdl));
}

static bool mapped_since(const struct track *t, const struct objtab *tab, uint32_t mdl,
                         uint32_t last)
{
    for (uint32_t i = 0; i < tab->top; i++) {
        const struct mapping *m = (const void *)(tab->rows + ((size_t)i << tab->row_shift));

        if (is_mapping(m->head.id) && OBJ_NUMBER(m->head.id) > last && m->mapped_bytes &&
            is_of(t, m->mdl, mdl))
            return true;
    }
    return false;
}

static bool was_viewed(const struct track *t, uint32_t mdl)
{
    const struct outcomes *s = outcomes_of(t);

    for (unsigned i = 0; i < VIEWS; i++)
        if (s->viewed[i] && is_of(t, s->viewed[i], mdl))
            return true;
    return false;
}

const struct outcome *outcome_of(const struct track *t, uint32_t mdl)
{
    const struct outcome *o = &outcomes_of(t)->of[OBJ_NUMBER(mdl) % PLACES];

    if (!mdl || o->mdl != mdl || was_viewed(t, mdl) ||
        mapped_since(t, &t->sgls, mdl, o->last_list) ||
        mapped_since(t, &t->mapregs, mdl, o->last_mapregs))
        return NULL;
    return o;
}

const struct outcome *outcome_of_channel(const struct track *t, uint16_t agent)
{
    const struct outcome *o = &outcomes_of(t)->channels[agent % PLACES];

    return o->mdl == agent + 1u && last_number(&t->mapregs) == o->last_mapregs ? o : NULL;
}

bool outcome_touched(const struct track *t, uint32_t mdl)
{
    return was_viewed(t, mdl) || mapped_since(t, &t->sgls, mdl, 0) ||
           mapped_since(t, &t->mapregs, mdl, 0);
}

const struct short_map *outcome_short_map(const struct track *t, uint32_t mapregs)
{
    const struct short_map *m = &outcomes_of(t)->short_maps[OBJ_NUMBER(mapregs) % PLACES];

    return mapregs && m->mapregs == mapregs ? m : NULL;
}
