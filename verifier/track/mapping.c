/*
 * Mappings: scatter/gather lists and map register files, from their making to their release. Both
 * own the logical runs that MAP events give them; released ones stay as history for late touches.
 */
#include "verifier/track/track.h"

static void begin(struct track *t, const struct event *e)
{
    bool list = e->kind == EV_SGL;
    struct mapping *m = objtab_put(list ? &t->sgls : &t->mapregs, e->obj);
    struct adapter_record *a;

    if (!m)
        return;
    m->adapter = (uint32_t)e->a[0];
    m->site_created = e->site;
    if (list) {
        m->to_device = (e->a[1] & EVENT_TO_DEVICE) != 0;
        m->bounced = (e->a[1] & EVENT_BOUNCED) != 0;
        m->mdl = (uint32_t)e->a[2];
        m->count = LOW32(e->a[3]);
        m->site_mapped = e->site;
        m->mapped = true;
    } else {
        m->count = (uint32_t)e->a[1];
    }
    a = track_adapter(t, m->adapter);
    if (!a)
        return;
    a->live_sgls += list;
    a->live_mapregs += !list;
}

static void end(struct track *t, const struct event *e)
{
    bool list = e->kind == EV_SGL_END;
    struct objtab *table = list ? &t->sgls : &t->mapregs;
    struct mapping *m = objtab_find_live(table, e->obj);
    struct adapter_record *a;

    if (!m)
        return;
    m->site_released = e->site;
    m->seq_released = e->seq;
    objtab_kill(table, m);
    a = track_adapter(t, m->adapter);
    if (a && list && a->live_sgls)
        a->live_sgls--;
    else if (a && !list && a->live_mapregs)
        a->live_mapregs--;
}

/* A list's MAP events may come before the SGL event that completes it. */
static struct mapping *mapping_for_map(struct track *t, const struct event *e)
{
    struct mapping *m = track_mapping(t, e->obj);

    return m && m->head.live ? m : NULL;
}

void mapping_event(struct track *t, const struct event *e)
{
    struct mapping *m;

    switch (e->kind) {
    case EV_SGL:
    case EV_MAPREG:
        begin(t, e);
        break;
    case EV_SGL_END:
    case EV_MAPREG_END:
        end(t, e);
        break;
    case EV_MAP:
        track_range_enter(&t->ranges, e->a[0], EVENT_LENGTH(e->a[1]), e->obj);
        m = mapping_for_map(t, e);
        if (!m)
            break;
        m->mapped = true;
        m->to_device = (e->a[1] & EVENT_TO_DEVICE) != 0;
        m->bounced |= (e->a[1] & EVENT_BOUNCED) != 0;
        m->mapped_bytes += EVENT_LENGTH(e->a[1]);
        m->runs++;
        m->mdl = (uint32_t)e->a[3];
        m->site_mapped = e->site;
        break;
    case EV_FLUSH:
        m = track_mapping(t, e->obj);
        if (m)
            m->flushed_bytes += EVENT_LENGTH(e->a[1]);
        break;
    case EV_UNMAP:
        track_range_leave(&t->ranges, e->a[0], EVENT_LENGTH(e->a[1]), e->obj);
        break;
    }
}
