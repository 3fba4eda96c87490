/*
 * interrupt_before_data: the driver takes memory back on the word of an interrupt, while the last of the
 * data is still on its way. A line is a wire beside the bus, and a device may send a message on a shorter
 * way than its data: what proves that the data has come is a read of one of the device's registers, whose
 * answer pushes it ahead, or a record that the device writes behind its data.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t obj = (uint32_t)e->a[2];
    const struct mapping *m = track_mapping(r->track, obj);

    finding(r, e,
            &(struct finding_about) { .obj = obj,
                                      .owner = track_adapter_of(r->track, obj),
                                      .sites = { { ROLE_RELEASED, e->site },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_GIVEN, LOW32(e->a[3]) } } },
            "%s was released on the word of an interrupt of %s, %" PRIu64
            " bytes ahead of what the device has written",
            finding_object(obj), finding_object(e->obj), e->a[1]);
}

RULE(interrupt_before_data, .on = EV(DEV_POSTED), .level = ERROR, .family = ORDER, .once = true,
     .readiness = true, .bugcheck_remapped = DV(0xE6, 0x26),
     .source = "kernel/introduction-to-message-signaled-interrupts",
     .after = "put_while_device_runs", .run = on_event);
