/*
 * Adapters: what each was given, and how much of what it gave out still lives.
 */
#include "verifier/track/track.h"

void adapter_event(struct track *t, const struct event *e)
{
    struct adapter_record *a;

    if (e->kind == EV_ADAPTER_END) {
        a = objtab_find_live(&t->adapters, e->obj);
        if (a) {
            a->site_released = e->site;
            objtab_kill(&t->adapters, a);
        }
        return;
    }
    if (e->kind == EV_ADAPTER) {
        a = objtab_put(&t->adapters, e->obj);
        if (!a)
            return;
        a->device = (uint32_t)e->a[0];
        a->flags = (uint32_t)e->a[1];
        a->mapregs_max = (uint32_t)e->a[2];
        a->length_max_bytes = e->a[3];
        a->site_created = e->site;
        return;
    }
    a = track_adapter(t, (uint32_t)e->a[0]); /* CHANNEL, CHANNEL_END */
    if (a && e->kind == EV_CHANNEL)
        a->live_channels++;
    else if (a && a->live_channels)
        a->live_channels--;
}
