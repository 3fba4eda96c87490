/*
 * Common buffers: where each lies for CPU and device, and who made it.
 */
#include "verifier/track/track.h"

void common_event(void *track, const struct event *e)
{
    struct track *t = track;
    struct adapter_record *a = track_adapter(t, (uint32_t)e->a[0]);
    struct common_record *c;

    if (e->kind == EV_COMMON) {
        c = objtab_put(&t->commons, e->obj);
        if (!c)
            return;
        *c = (struct common_record) { .head = { e->obj, 1 },
                                      .adapter = (uint32_t)e->a[0],
                                      .ba = e->a[1],
                                      .length_bytes = e->a[2],
                                      .va = e->a[3],
                                      .site_created = e->site };
        track_range_enter(&t->ranges, c->ba, c->length_bytes, e->obj);
        if (a)
            a->live_commons++;
        return;
    }
    c = objtab_find_live(&t->commons, e->obj);
    if (!c)
        return;
    c->site_released = e->site;
    c->seq_released = e->seq;
    track_range_leave(&t->ranges, c->ba, c->length_bytes, e->obj);
    objtab_kill(&t->commons, c);
    a = track_adapter(t, c->adapter); /* the one that made it, whichever gave it back */
    if (a && a->live_commons)
        a->live_commons--;
}
