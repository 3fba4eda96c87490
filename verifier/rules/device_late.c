/*
 * A device that is still at work when its driver lets go of it: when it is put to sleep with a transfer
 * under way, and when its removal is over. The memory may still be mapped then; that it works depends on
 * what the bus does to a card that sleeps or is gone, and on who gets the memory next.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

/* A live claim of this device; of memory that a transfer mapped, or of any. NULL: it is quiet. */
static const struct claim *at_work(const struct track *t, uint32_t device, bool transfers_only)
{
    for (uint32_t i = 0; t->claims.live && i < t->claims.used; i++) {
        const struct claim *c = &t->claims.rows[i];

        if (c->live && c->device == device && c->owner &&
            (!transfers_only || !track_is_common(c->owner)))
            return c;
    }
    return NULL;
}

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct claim *c,
                          const char *when)
{
    const struct mapping *m = track_is_common(c->owner) ? NULL : track_mapping(r->track, c->owner);
    const struct common_record *b =
        track_is_common(c->owner) ? track_common(r->track, c->owner) : NULL;

    finding(r, e,
            &(struct finding_about) { .obj = c->owner,
                                      .owner = track_adapter_of(r->track, c->owner),
                                      .sites = { { ROLE_GIVEN, c->doorbell },
                                                 { ROLE_MAPPED, m ? m->site_mapped : 0 },
                                                 { ROLE_CREATED, b ? b->site_created : 0 },
                                                 { ROLE_HERE, e->site } } },
            "engine %" PRIu32 " of %s was still to %s %" PRIu64 " bytes of %s when %s", c->engine,
            finding_object(c->device), c->to_device ? "read" : "write", c->length_bytes,
            finding_object(c->owner), when);
}

static void sleeps(struct rule_run *r, const struct event *e)
{
    const struct claim *c = e->a[0] > e->a[1] ? at_work(r->track, e->obj, true) : NULL;

    if (c)
        say(r, e, c, "the device was put to sleep");
}

static void removed(struct rule_run *r, const struct event *e)
{
    const struct claim *c = at_work(r->track, e->obj, false);

    if (c)
        say(r, e, c, "its removal was over");
}

RULE(device_runs_in_low_power, .on = EV(POWER), .level = ERROR, .family = DEVICE, .once = true,
     .source = "kernel/supporting-power-management-in-function-drivers",
     .after = "put_while_device_runs", .run = sleeps);
RULE(device_runs_after_remove, .on = EV(DEV_REMOVED), .level = ERROR, .family = DEVICE,
     .once = true, .readiness = true, .bugcheck_remapped = DV(0xE6, 0x26),
     .source = "kernel/handling-an-irp-mn-remove-device-request", .run = removed);
