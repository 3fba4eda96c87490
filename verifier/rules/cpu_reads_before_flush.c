/*
 * cpu_reads_before_flush: the driver reads bytes that a device writes, before the transfer was flushed or
 * its list put. What it gets is what was there before: a bounce buffer has not been copied back, and
 * the CPU's caches may hold old lines. Without either it works, which is why it ships.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m =
        e->a[3] == CPU_TOUCHED_BUFFER ? track_mapping(r->track, e->obj) : NULL;

    /* Of memory that a program has given to two requests the driver knows nothing. */
    if (!m || track_is_user(e->a[0]) || !m->head.live || m->to_device)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .owner = m->adapter,
                .sites = { { ROLE_TOUCHED, e->site }, { ROLE_MAPPED, m->site_mapped } } },
            "%" PRIu64 " bytes of a buffer that is mapped from the device by %s of %s were read",
            e->a[1], finding_object(e->obj), finding_object(m->adapter));
}

RULE(cpu_reads_before_flush, .on = EV(CPU_READ), .level = ERROR, .family = MAP, .once = true,
     .source = "wdm/nc-wdm-pflush_adapter_buffers",
     .after =
         "irp_completed_while_mapped, pool_freed_while_mapped, mdl_freed_while_mapped, sgl_leaked",
     .run = on_event);
