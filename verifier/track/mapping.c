/*
 * Mappings: scatter/gather lists and map register files, from their making to their release. Both
 * own the logical runs that MAP events give them; released ones stay as history for late touches.
 * A list's SGL event comes before its MAPs (trace/api_dma.def).
 */
#include "verifier/track/track.h"

void mapping_begin(struct track *t, const struct event *e)
{
    bool list = e->kind == EV_SGL;
    struct mapping *m = objtab_put(list ? &t->sgls : &t->mapregs, e->obj);
    struct adapter_record *a = track_adapter(t, (uint32_t)e->a[0]);

    if (m)
        *m = (struct mapping){
            .head = { e->obj, 1 }, .adapter = (uint32_t)e->a[0], .site_created = e->site,
            .to_device = list && (e->a[1] & EVENT_TO_DEVICE), .mapped = list,
            .bounced = list && (e->a[1] & EVENT_BOUNCED), .mdl = list ? (uint32_t)e->a[2] : 0,
            .count = list ? LOW32(e->a[3]) : (uint32_t)e->a[1], .site_mapped = list ? e->site : 0,
        };
    if (!a)
        return;
    a->live_sgls += list;
    a->live_mapregs += !list;
}

void mapping_end(struct track *t, const struct event *e)
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
    a = track_adapter(t, m->adapter); /* the one that gave it, whichever took it back */
    if (!a)
        return;
    a->live_sgls -= list && a->live_sgls;
    a->live_mapregs -= !list && a->live_mapregs;
}

void mapping_map(struct track *t, const struct event *e)
{
    struct mapping *m = track_mapping(t, e->obj);

    track_range_enter(&t->ranges, e->a[0], EVENT_LENGTH(e->a[1]), e->obj);
    if (!m || !m->head.live)
        return;
    m->mapped = true;
    m->to_device = (e->a[1] & EVENT_TO_DEVICE) != 0;
    m->bounced |= (e->a[1] & EVENT_BOUNCED) != 0;
    m->mapped_bytes += EVENT_LENGTH(e->a[1]);
    m->mdl = (uint32_t)e->a[3];
    m->site_mapped = e->site;
}

void mapping_flush(struct track *t, const struct event *e)
{
    struct mapping *m = track_mapping(t, e->obj);

    if (m)
        m->flushed_bytes += EVENT_LENGTH(e->a[1]);
}

void mapping_unmap(struct track *t, const struct event *e)
{
    track_range_leave(&t->ranges, e->a[0], EVENT_LENGTH(e->a[1]), e->obj);
}
