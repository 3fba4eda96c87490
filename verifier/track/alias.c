/*
 * Follows where MDLs come from and asks for live mappings by MDL. Nothing is kept for a mapping: the
 * few that live are looked at when an MDL, a request or a block of memory ends.
 */
#include "verifier/track/alias.h"

#include "verifier/track/tracker.h"

#define SOURCES_MAX 8 /* a part of a part of a part ... */

static void on_event(struct track *t, void *state, const struct event *e)
{
    struct mdl_record *m = objtab_find_live(&t->mdls, e->obj);

    (void)state;
    if (!m)
        return;
    if (e->kind == EV_CALL)
        m->source = (uint32_t)e->a[0];
    else if (e->kind == EV_MDL_BUILD)
        m->va = e->a[0];
    else
        m->chain = (uint32_t)e->a[0];
}

struct asked {
    const struct track *t;
    uint32_t mdl, irp;
    enum alias_reach reach;
    uint64_t va, end;
};

static bool is_part_of(const struct asked *a, uint32_t mapped)
{
    const struct mdl_record *m;

    for (unsigned i = 0; mapped && i < SOURCES_MAX; i++) {
        if (mapped == a->mdl)
            return true;
        if (a->reach == ALIAS_ITSELF)
            return false;
        m = objtab_find(&a->t->mdls, mapped);
        mapped = m ? m->source : 0;
    }
    return false;
}

static bool is_of_mdl(const struct asked *a, const struct mapping *m)
{
    const struct mdl_record *asked = objtab_find(&a->t->mdls, a->mdl);

    return is_part_of(a, m->mdl) || (asked && asked->chain && asked->chain == m->mdl);
}

static bool is_of_irp(const struct asked *a, const struct mapping *m)
{
    uint32_t mdl = m->mdl;

    if (a->mdl && is_of_mdl(a, m))
        return true;
    for (unsigned i = 0; mdl && i < SOURCES_MAX; i++) {
        const struct mdl_record *r = objtab_find(&a->t->mdls, mdl);

        if (r && r->irp == a->irp)
            return true;
        mdl = r ? r->source : 0;
    }
    return false;
}

static bool is_of_memory(const struct asked *a, const struct mapping *m)
{
    const struct mdl_record *r = objtab_find(&a->t->mdls, m->mdl);

    return r && r->va < a->end && a->va < r->va + r->length_bytes;
}

typedef bool asks(const struct asked *a, const struct mapping *m);

/* The newest first, so that what lives is found before much history is walked. */
static const struct mapping *find_in(const struct objtab *t, asks *is, const struct asked *a)
{
    uint32_t left = t->live, at = t->newest;

    for (uint32_t i = 0; left && i < t->top; i++, at = at ? at - 1 : t->top - 1) {
        const struct mapping *m = (const void *)(t->rows + ((size_t)at << t->row_shift));

        if (!m->head.live)
            continue;
        left--;
        if (m->now_bytes && m->mdl && is(a, m))
            return m;
    }
    return NULL;
}

static const struct mapping *find(const struct track *t, asks *is, const struct asked *a)
{
    const struct mapping *m = find_in(&t->sgls, is, a);

    return m ? m : find_in(&t->mapregs, is, a);
}

const struct mapping *alias_mapping_of(const struct track *t, uint32_t mdl, enum alias_reach reach)
{
    return mdl ? find(t, is_of_mdl, &(struct asked) { .t = t, .mdl = mdl, .reach = reach }) : NULL;
}

const struct mapping *alias_mapping_of_irp(const struct track *t, uint32_t irp, uint32_t mdl)
{
    return find(t, is_of_irp,
                &(struct asked) { .t = t, .mdl = mdl, .irp = irp, .reach = ALIAS_PARTS });
}

const struct mapping *alias_mapping_at(const struct track *t, uint64_t va, uint64_t length_bytes)
{
    return find(t, is_of_memory, &(struct asked) { .t = t, .va = va, .end = va + length_bytes });
}

TRACKER(alias, .state_bytes = 1, .calls = APIS(IoBuildPartialMdl), .on = EV(MDL_BUILD, MDL_CHAIN),
        .run = on_event);
