/*
 * MDLs: where each was made, locked and freed.
 */
#include "verifier/track/track.h"

#define READ_ACCESS 0 /* IoReadAccess of LOCK_OPERATION */

/* And not by the system, for a request's buffer: there the request says what is to be done. */
static bool locked_by_driver(const struct track *t, const struct event *e)
{
    const struct call_record *call = track_call(t, e->agent, 0);

    return call && call->api == API_MmProbeAndLockPages;
}

void mdl_event(void *track, const struct event *e)
{
    struct track *t = track;
    struct mdl_record *m =
        e->kind == EV_MDL ? objtab_put(&t->mdls, e->obj) : objtab_find_live(&t->mdls, e->obj);

    if (!m)
        return;
    switch (e->kind) {
    case EV_MDL:
        *m = (struct mdl_record) { .head = { e->obj, 1 },
                                   .site_created = e->site,
                                   .va = e->a[0],
                                   .length_bytes = e->a[1],
                                   .irp = (uint32_t)e->a[2] };
        break;
    case EV_LOCK:
        m->site_locked = e->site;
        m->locks++;
        m->against &= (uint8_t)~AGAINST_LOCK;
        if (e->a[0] == READ_ACCESS && locked_by_driver(t, e))
            m->against |= AGAINST_LOCK;
        break;
    case EV_UNLOCK:
        m->locks -= m->locks > 0;
        m->against &= (uint8_t)~AGAINST_LOCK;
        break;
    case EV_MDL_END:
        m->site_freed = e->site;
        objtab_kill(&t->mdls, m);
        break;
    }
}
