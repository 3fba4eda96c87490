/*
 * Requests: what each asked for and where it was completed.
 */
#include "verifier/track/track.h"

void irp_event(void *track, const struct event *e)
{
    struct track *t = track;
    struct irp_record *i;

    if (e->kind == EV_IRP) {
        i = objtab_put(&t->irps, e->obj);
        if (!i)
            return;
        *i = (struct irp_record) { .head = { e->obj, 1 },
                                   .major_minor = e->a[0],
                                   .length_bytes = e->a[1],
                                   .mdl = (uint32_t)e->a[2] };
        return;
    }
    i = objtab_find_live(&t->irps, e->obj);
    if (!i)
        return;
    i->site_completed = e->site;
    objtab_kill(&t->irps, i);
}
