/*
 * Mappings: scatter/gather lists and map register files, from their making to their release. Both
 * own the logical runs that MAP events give them; released ones stay as history for late touches.
 * A list's SGL event comes before its MAPs (trace/api_dma.def).
 */
#include "verifier/track/track.h"

void sgl_begin(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m = objtab_put(&t->sgls, e->obj);
    struct adapter_record *a = track_adapter(t, (uint32_t)e->a[0]);

    if (m)
        *m = (struct mapping) { .head = { e->obj, 1 },
                                .adapter = (uint32_t)e->a[0],
                                .mdl = (uint32_t)e->a[2],
                                .site_created = e->site,
                                .site_mapped = e->site,
                                .count = LOW32(e->a[3]),
                                .mapped = true,
                                .to_device = (e->a[1] & EVENT_TO_DEVICE) != 0,
                                .bounced = (e->a[1] & EVENT_BOUNCED) != 0 };
    if (a) {
        a->live_sgls++;
        a->made_sgls++;
    }
}

void mapregs_begin(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m = objtab_put(&t->mapregs, e->obj);
    struct adapter_record *a = track_adapter(t, (uint32_t)e->a[0]);

    if (m)
        *m = (struct mapping) { .head = { e->obj, 1 },
                                .adapter = (uint32_t)e->a[0],
                                .site_created = e->site,
                                .count = (uint32_t)e->a[1] };
    if (!a)
        return;
    a->live_mapregs++;
    if (a->channel)
        a->channel_mapregs = e->obj; /* said right behind its CHANNEL */
}

/* The adapter is the one that gave it, whichever took it back. */
void sgl_end(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m = objtab_find_live(&t->sgls, e->obj);
    struct adapter_record *a = m ? track_adapter(t, m->adapter) : NULL;

    if (!m)
        return;
    m->site_released = e->site;
    m->seq_released = e->seq;
    objtab_kill(&t->sgls, m);
    if (a && a->live_sgls)
        a->live_sgls--;
}

void mapregs_end(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m = objtab_find_live(&t->mapregs, e->obj);
    struct adapter_record *a = m ? track_adapter(t, m->adapter) : NULL;

    if (!m)
        return;
    m->site_released = e->site;
    m->seq_released = e->seq;
    objtab_kill(&t->mapregs, m);
    if (a && a->live_mapregs)
        a->live_mapregs--;
}

void mapping_map(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m = track_mapping(t, e->obj);

    if (m && m->head.live) {
        m->mapped = true;
        m->to_device = (e->a[1] & EVENT_TO_DEVICE) != 0;
        m->bounced |= (e->a[1] & EVENT_BOUNCED) != 0;
        m->flushed = m->used = m->over = false;
        m->mapped_bytes += (uint32_t)EVENT_LENGTH(e->a[1]);
        m->now_bytes += (uint32_t)EVENT_LENGTH(e->a[1]);
        m->mdl = (uint32_t)e->a[3];
        m->site_mapped = e->site;
    }
    track_range_enter(&t->ranges, e->a[0], EVENT_LENGTH(e->a[1]), e->obj);
}

/* KMDF flushes as many bytes as its driver says were moved, be it none, and the transfer is over with that:
 * the rest of the mapping carries nothing, goes with the map registers, and may be mapped again before. */
static bool told_to_framework(const struct track *t, const struct event *e)
{
    const struct call_record *c = track_call(t, e->agent, 1); /* who called the flush */

    return c && (c->api == API_WdfDmaTransactionDmaCompleted ||
                 c->api == API_WdfDmaTransactionDmaCompletedWithLength ||
                 c->api == API_WdfDmaTransactionDmaCompletedFinal);
}

void mapping_flush(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m = track_mapping(t, e->obj);

    if (!m)
        return;
    m->flushed = true;
    m->over = OBJ_TYPE(e->obj) == OBJ_MAPREG && told_to_framework(t, e);
    m->flushed_bytes += (uint32_t)EVENT_LENGTH(e->a[1]);
}

void mapping_unmap(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m;

    if (__builtin_expect(OBJ_TYPE(e->obj) == OBJ_MAPREG, 0) &&
        (m = objtab_find_live(&t->mapregs, e->obj)) != NULL) {
        m->now_bytes -= (uint32_t)EVENT_LENGTH(e->a[1]);
        m->site_released = e->site;
        m->seq_released = e->seq;
    }
    track_range_leave(&t->ranges, e->a[0], EVENT_LENGTH(e->a[1]), e->obj);
}

/* What a device has moved through map registers: so much has to be flushed. */
void mapping_moved(void *track, const struct event *e)
{
    struct track *t = track;
    struct mapping *m;

    if (OBJ_TYPE((uint32_t)e->a[2]) == OBJ_MAPREG && (m = track_mapping(t, (uint32_t)e->a[2])))
        m->moved_bytes += (uint32_t)EVENT_LENGTH(e->a[1]);
}
