/*
 * MDLs: where each was made, locked and freed.
 */
#include "verifier/track/track.h"

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
                                   .length_bytes = e->a[1],
                                   .irp = (uint32_t)e->a[2] };
        break;
    case EV_LOCK:
        m->site_locked = e->site;
        m->locks++;
        break;
    case EV_UNLOCK:
        m->locks -= m->locks > 0;
        break;
    case EV_MDL_END:
        m->site_freed = e->site;
        objtab_kill(&t->mdls, m);
        break;
    }
}
