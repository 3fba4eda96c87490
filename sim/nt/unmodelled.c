/*
 * What a declared but unmodelled function does: it says so, once for each name and machine on
 * stderr and always as an event, and fails. Its stubs are made by tools/unmodelled.sh.
 */
#include <stdio.h>
#include <string.h>

#include "sim/core/seh.h"
#include "sim/nt/nt.h"

enum unmodelled_kind {
    RETURNS_STATUS,
    RETURNS_POINTER,
    RETURNS_NOTHING,
    RETURNS_BOOL,
    RETURNS_ULONG,
    RETURNS_U64
};

uint64_t ddk_unmodelled(const char *name, int kind, const void *frame);

/* The name travels in the event's four arguments: 32 characters, which is enough to know it by. */
uint64_t ddk_unmodelled(const char *name, int kind, const void *frame)
{
    struct sim *s = sim_now();
    uint64_t a[4] = { 0 };
    const void *low, *high;
    uint32_t outer = s->trace.site;

    door_flush_pending();
    sched_point(s);
    memcpy(a, name, strnlen(name, sizeof(a)));
    sched_stack(s, &low, &high);
    s->trace.site = site_capture(s->depot, frame, 0, low, high);
    trace_emit(&s->trace, EV_UNMODELLED, API_NONE, 0, a[0], a[1], a[2], a[3]);
    s->trace.site = outer;
    fprintf(stderr, "dmacheck: %s is declared but not modelled: %s\n", name,
            kind == RETURNS_NOTHING ? "it raises STATUS_NOT_IMPLEMENTED" : "it fails");
    if (kind == RETURNS_NOTHING)
        seh_raise((uint32_t)STATUS_NOT_IMPLEMENTED, 0, NULL);
    return kind == RETURNS_STATUS ? (uint64_t)(uint32_t)STATUS_NOT_IMPLEMENTED : 0;
}
