/*
 * sgl_used_after_put: a list (or its elements' addresses) is used after the list was put: the
 * driver hands an old address to the device, or reads the list itself. The memory has another
 * owner by then. A device that was at work already at the put is put_while_device_runs' case.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m,
                          uint32_t touched, bool cpu)
{
    finding(r, e,
            &(struct finding_about) { .obj = m->head.id,
                                      .owner = m->adapter,
                                      .blind = cpu,
                                      .sites = { { ROLE_TOUCHED, touched },
                                                 { ROLE_MAPPED, m->site_mapped },
                                                 { ROLE_RELEASED, m->site_released } } },
            "%s of %s was %s before and is %s", finding_object(m->head.id),
            finding_object(m->adapter), m->head.live ? "flushed" : "released",
            cpu ? "read or written by the driver" : "given to the device again");
}

static void on_event(struct rule_run *r, const struct event *e)
{
    bool cpu = e->kind == EV_CPU_READ || e->kind == EV_CPU_WRITE;
    uint32_t obj = cpu ? e->obj : track_released_owner(r->track, e);
    const struct mapping *m;

    if (OBJ_TYPE(obj) != OBJ_SGL && OBJ_TYPE(obj) != OBJ_MAPREG)
        return;
    m = track_mapping(r->track, obj);
    if (m && (!cpu || !m->head.live))
        say(r, e, m, cpu ? e->site : LOW32(e->a[3]), cpu);
}

RULE(sgl_used_after_put, .on = EV(DEV_CLAIM, DEV_READ, DEV_WRITE, DEV_FAULT, CPU_READ, CPU_WRITE),
     .level = ERROR, .family = MAP, .once = true, .bugcheck_remapped = DV(0xE6, 0x26),
     .source = "wdm/nc-wdm-pput_scatter_gather_list", .after = "put_while_device_runs",
     .run = on_event);
