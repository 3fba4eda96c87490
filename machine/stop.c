/*
 * --bugcheck: ends the run where Windows would stop. A finding that Driver Verifier makes at the call
 * stops there; one that an IOMMU makes stops when the device's access is refused, which may be later
 * than the mistake, and the report then names both places.
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

/* A sink behind the verifier's and the recorder's, so that the last event is judged and recorded. */
static void stop_event(void *ctx, const struct event *e)
{
    struct dm_machine *m = ((struct stop *)ctx)->m;
    unsigned count = finding_count(m->verifier);
    bool stop = false;

    for (; m->stop.seen < count; m->stop.seen++) {
        const struct finding *f = finding_at(m->verifier, m->stop.seen);

        if (is_code(f) && by_iommu(f))
            m->stop.at_fault = true;
        else if (is_code(f))
            stop = true;
    }
    if ((stop || (m->stop.at_fault && e->kind == EV_DEV_FAULT)) && sched_is_running(m->s))
        sim_end(m->s);
}

void stop_begin(struct dm_machine *m)
{
    m->stop = (struct stop) { .m = m };
    if (m->options.bugcheck_stops && m->verifier)
        must(trace_attach(&m->s->trace, stop_event, &m->stop) == 0);
}

void stop_end(struct dm_machine *m) { trace_detach(&m->s->trace, &m->stop); }
