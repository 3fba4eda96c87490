/*
 * common_buffer_used_after_free: a device is sent to a common buffer that was freed. Rings and queues
 * that a card is told of once and keeps are the usual case: the card comes back to them long after.
 * A device that was at work in the buffer when it was freed is
 * common_buffer_freed_while_device_runs' case.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t obj = track_released_owner(r->track, e);
    const struct common_record *c = track_is_common(obj) ? track_common(r->track, obj) : NULL;

    if (!c || c->head.live)
        return;
    finding(r, e,
            &(struct finding_about) { .obj = obj,
                                      .owner = c->adapter,
                                      .sites = { { ROLE_TOUCHED, LOW32(e->a[3]) },
                                                 { ROLE_CREATED, c->site_created },
                                                 { ROLE_RELEASED, c->site_released } } },
            "%s of %s was freed before and is given to the device again", finding_object(obj),
            finding_object(c->adapter));
}

RULE(common_buffer_used_after_free, .on = EV(DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT),
     .level = ERROR, .family = COMMON, .once = true, .readiness = true,
     .bugcheck_remapped = DV(0xE6, 0x26), .source = "wdm/nc-wdm-pfree_common_buffer",
     .after = "common_buffer_freed_while_device_runs, device_runs_after_remove", .run = on_event);
