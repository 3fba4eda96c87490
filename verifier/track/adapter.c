/*
 * Adapters: what each was given, and how much of what it gave out still lives.
 */
#include "verifier/track/track.h"

void adapter_begin(void *track, const struct event *e)
{
    struct track *t = track;
    struct adapter_record *a = objtab_put(&t->adapters, e->obj);

    if (a)
        *a = (struct adapter_record) { .head = { e->obj, 1 },
                                       .device = (uint32_t)e->a[0],
                                       .flags = (uint32_t)e->a[1],
                                       .site_created = e->site,
                                       .mapregs_max = (uint32_t)e->a[2],
                                       .length_max_bytes = e->a[3] };
}

void adapter_end(void *track, const struct event *e)
{
    struct track *t = track;
    struct adapter_record *a = objtab_find_live(&t->adapters, e->obj);

    if (!a)
        return;
    a->site_released = e->site;
    objtab_kill(&t->adapters, a);
    t->adapters_dead++;
}

void channel_begin(void *track, const struct event *e)
{
    struct track *t = track;
    struct adapter_record *a = track_adapter(t, (uint32_t)e->a[0]);

    if (!a)
        return;
    a->channel = e->obj;
    a->channel_mapregs = 0;
    a->site_channel = e->site;
}

void channel_end(void *track, const struct event *e)
{
    struct track *t = track;
    struct adapter_record *a = track_adapter(t, (uint32_t)e->a[0]);

    if (a && a->channel == e->obj)
        a->channel = 0;
}
