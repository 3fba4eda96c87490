/*
 * Requests of KMDF queues: which callback of the driver's has been given each.
 */
#include "verifier/track/track.h"
#include "verifier/track/tracker.h"

static void on_event(struct track *t, void *state, const struct event *e)
{
    struct irp_record *i = objtab_find_live(&t->irps, (uint32_t)e->a[1]);

    (void)state;
    if (i)
        i->site_given = e->site;
}

TRACKER(presented, .run = on_event,
        .callbacks = APIS(EvtIoDefault, EvtIoRead, EvtIoWrite, EvtIoDeviceControl,
                          EvtIoInternalDeviceControl));
