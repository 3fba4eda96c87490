/*
 * cpu_reads_stale_line: a device writes memory while the CPU's cache has changed bytes of the same lines.
 * Such a line may be written back at any time, over what the device wrote: the driver then reads its
 * own old bytes. Versions 1 and 2 of the interface ask for KeFlushIoBuffers before each transfer.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m =
        e->a[3] == CACHE_DEVICE_WRITES ? track_mapping(r->track, e->obj) : NULL;

    if (!m)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj, .owner = m->adapter, .sites = { { ROLE_MAPPED, m->site_mapped } } },
            "the device writes through %s of %s under changed lines of the CPU's cache: "
            "KeFlushIoBuffers is missing",
            finding_object(e->obj), finding_object(m->adapter));
}

RULE(cpu_reads_stale_line, .on = EV(CACHE), .level = ERROR, .family = ORDER, .once = true,
     .source = "kernel/flushing-cached-data-during-dma-operations", .run = on_event);
