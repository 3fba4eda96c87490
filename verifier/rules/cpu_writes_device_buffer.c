/*
 * cpu_writes_device_buffer: the driver writes into a buffer while it is mapped for a device, in whichever
 * direction. What was bounced does not reach the device, or is overwritten by what comes back; a
 * device that is at work sees half of the old and half of the new.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m =
        e->a[3] == CPU_TOUCHED_BUFFER ? track_mapping(r->track, e->obj) : NULL;

    /* Of memory that a program has given to two requests the driver knows nothing. */
    if (!m || track_is_user(e->a[0]) || !m->head.live)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m->adapter,
                .sites = { { ROLE_TOUCHED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%" PRIu64 " bytes of a buffer that is mapped %s the device by %s of %s were written",
            e->a[1], m->to_device ? "to" : "from", finding_object(e->obj),
            finding_object(m->adapter));
}

RULE(cpu_writes_device_buffer, .on = EV(CPU_WRITE), .level = ERROR, .family = MAP, .once = true,
     .source = "wdm/nc-wdm-pmap_transfer",
     .after =
         "irp_completed_while_mapped, pool_freed_while_mapped, mdl_freed_while_mapped, sgl_leaked",
     .run = on_event);
