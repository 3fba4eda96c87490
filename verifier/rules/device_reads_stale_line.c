/*
 * device_reads_stale_line: a device reads memory while the CPU's cache still has newer bytes of it. Where
 * devices do not see the caches, versions 1 and 2 of the interface ask for KeFlushIoBuffers before
 * each transfer; without it the device gets what was in memory before.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct mapping *m =
        e->a[3] == CACHE_DEVICE_READS ? track_mapping(r->track, e->obj) : NULL;

    if (!m)
        return;
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj, .owner = m->adapter, .sites = { { ROLE_MAPPED, m->site_mapped } } },
            "the device reads through %s of %s what the CPU's cache has newer: KeFlushIoBuffers is "
            "missing",
            finding_object(e->obj), finding_object(m->adapter));
}

RULE(device_reads_stale_line, .on = EV(CACHE), .level = ERROR, .family = ORDER, .once = true,
     .source = "kernel/flushing-cached-data-during-dma-operations", .run = on_event);
