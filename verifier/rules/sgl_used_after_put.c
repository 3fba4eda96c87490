/*
 * sgl_used_after_put: an address of a list is given to a device after the list was put. The memory
 * has another owner by then. A device that was at work already at the put is put_while_device_runs'
 * case; a driver that looks at the list itself is sgl_read_after_put's and sgl_written_after_put's.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) { .obj = m->head.id,
                                      .owner = m->adapter,
                                      .sites = { { ROLE_TOUCHED, LOW32(e->a[3]) },
                                                 { ROLE_MAPPED, m->site_mapped },
                                                 { ROLE_RELEASED, m->site_released } } },
            "%s of %s was %s before and is given to the device again", finding_object(m->head.id),
            finding_object(m->adapter), m->head.live ? "flushed" : "released");
}

static void on_event(struct rule_run *r, const struct event *e)
{
    uint32_t obj = track_released_owner(r->track, e);
    const struct mapping *m;

    if (OBJ_TYPE(obj) != OBJ_SGL && OBJ_TYPE(obj) != OBJ_MAPREG)
        return;
    m = track_mapping(r->track, obj);
    if (m)
        say(r, e, m);
}

RULE(sgl_used_after_put, .on = EV(DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT), .odd = ODD_STRAY,
     .level = ERROR, .family = MAP, .once = true, .readiness = true,
     .bugcheck_remapped = DV(0xE6, 0x26), .source = "wdm/nc-wdm-pput_scatter_gather_list",
     .after = "put_while_device_runs, flush_while_device_runs", .run = on_event);
