/*
 * What ends a run early: --bugcheck, where Windows would stop; the event that until names; a divergence
 * that nobody wants to go on behind. And where a debugger stops.
 *
 * A finding that Driver Verifier makes at the call stops there; one that an IOMMU makes stops when the
 * device's access is refused, which may be later than the mistake, and the report then names both places.
 */
#include <string.h>

#include "base/must.h"
#include "machine/private.h"
#include "sim/core/sched.h"
#include "verifier/verify.h"

static bool is_code(const struct finding *f) { return !strncmp(f->driver_verifier, "0x", 2); }

static bool by_iommu(const struct finding *f)
{
    return !strncmp(f->driver_verifier, "0xE6 (0x26", sizeof "0xE6 (0x26" - 1);
}

/* Whether Windows would stop here. */
static bool stops(struct dm_machine *m, const struct event *e)
{
    unsigned count = finding_count(m->verifier);
    bool stop = false;

    for (; m->stop.seen < count; m->stop.seen++) {
        const struct finding *f = finding_at(m->verifier, m->stop.seen);

        if (is_code(f) && by_iommu(f))
            m->stop.at_fault = true;
        else if (is_code(f))
            stop = true;
    }
    return stop || (m->stop.at_fault && e->kind == EV_DEV_FAULT);
}

/* A sink behind the verifier's and the recorder's, so that the last event is judged and recorded. */
static void stop_event(void *ctx, const struct event *e)
{
    struct dm_machine *m = ((struct stop *)ctx)->m;
    const struct dm_options *o = &m->options;
    bool stop = o->bugcheck_stops && m->verifier && stops(m, e);
    bool end = m->stop.now || (o->has_until && e->seq >= o->until);

    if (o->has_break && e->seq == o->break_at)
        dm_break_here(e->seq);
    if ((!stop && !end) || !sched_is_running(m->s))
        return;
    m->stop.ended = end;
    sim_end(m->s);
}

void stop_begin(struct dm_machine *m)
{
    const struct dm_options *o = &m->options;

    m->stop = (struct stop) { .m = m };
    if ((o->bugcheck_stops && m->verifier) || o->has_until || o->has_break ||
        (m->comparison.made && m->compare.check == DM_CHECK_STOP))
        must(trace_attach(&m->s->trace, stop_event, &m->stop) == 0);
}

void stop_end(struct dm_machine *m) { trace_detach(&m->s->trace, &m->stop); }

/* Not inlined and not empty, so that a breakpoint has a place and an argument to show. */
__attribute__((noinline)) void dm_break_here(uint64_t event)
{
    __asm__ volatile("" : : "r"(event) : "memory");
}
