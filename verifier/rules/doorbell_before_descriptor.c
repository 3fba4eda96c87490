/*
 * doorbell_before_descriptor: the driver writes a descriptor into a common buffer and tells the device of it
 * by a store through a plain pointer. A weakly ordered processor may let the second store pass the first, and
 * the device reads what was there before. A memory barrier between the two, or the WRITE_REGISTER functions,
 * which have one, keep the order.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct common_record *c = track_common(r->track, e->obj);

    finding(r, e,
            &(struct finding_about) { .obj = e->obj,
                                      .owner = c ? c->adapter : 0,
                                      .sites = { { ROLE_TOUCHED, e->site },
                                                 { ROLE_GIVEN, LOW32(e->a[3]) },
                                                 { ROLE_CREATED, c ? c->site_created : 0 } } },
            "%" PRIu64
            " bytes of %s were written before the doorbell of %s, and nothing orders the two",
            e->a[1], finding_object(e->obj), finding_object((uint32_t)e->a[2]));
}

RULE(doorbell_before_descriptor, .on = EV(UNORDERED), .level = ERROR, .family = ORDER, .once = true,
     .source = "kernel/multiprocessor-considerations-for-kernel-mode-drivers", .run = on_event);
