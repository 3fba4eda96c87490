/*
 * Requests: what each asked for and where it was completed.
 */
#include "verifier/track/track.h"

#define MAJOR_READ 3
#define MAJOR_WRITE 4

/* A read's buffer is for the device to write, a write's to read, as long as the request lives. An
 * IOCTL's method says who may touch the buffer, not which way the data goes. */
static void request_way(struct track *t, const struct irp_record *i, unsigned against)
{
    struct mdl_record *m = objtab_find_live(&t->mdls, i->mdl);

    if (m)
        m->against = (uint8_t)((m->against & AGAINST_LOCK) | against);
}

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
        request_way(t, i,
                    e->a[0] >> 8 == MAJOR_READ    ? AGAINST_READ
                    : e->a[0] >> 8 == MAJOR_WRITE ? AGAINST_WRITE
                                                  : 0);
        return;
    }
    i = objtab_find_live(&t->irps, e->obj);
    if (!i)
        return;
    request_way(t, i, 0);
    i->site_completed = e->site;
    objtab_kill(&t->irps, i);
}
