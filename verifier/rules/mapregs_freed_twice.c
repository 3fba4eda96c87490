/*
 * mapregs_freed_twice: FreeMapRegisters was called for map registers that are not held any more:
 * they were freed before, AdapterControl returned DeallocateObject, or there were never so many. On
 * Windows they may be another driver's by then.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static RULE_COLD void say(struct rule_run *r, const struct event *e, const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) { .obj = m->head.id,
                                      .owner = m->adapter,
                                      .sites = { { ROLE_HERE, e->site },
                                                 { ROLE_CREATED, m->site_created },
                                                 { ROLE_RELEASED, m->site_released } },
                                      .bugcheck = { 1 }, /* so many too many */
                                      .bugcheck_known = 1 },
            "FreeMapRegisters of %s of %s, which was released before", finding_object(m->head.id),
            finding_object(m->adapter));
}

static RULE_COLD void say_too_many(struct rule_run *r, const struct event *e,
                                   const struct mapping *m)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = m->head.id,
                .owner = m->adapter,
                .sites = { { ROLE_HERE, e->site }, { ROLE_CREATED, m->site_created } },
                .bugcheck = { e->a[1] - m->count },
                .bugcheck_known = 1 },
            "FreeMapRegisters of %" PRIu64 " map registers of %s of %s, which has %" PRIu32,
            e->a[1], finding_object(m->head.id), finding_object(m->adapter), m->count);
}

static void on_call(struct rule_run *r, const struct event *e)
{
    const struct mapping *m = track_mapping(r->track, (uint32_t)e->a[0]);

    if (m && !m->head.live)
        say(r, e, m);
    else if (m && e->a[1] > m->count)
        say_too_many(r, e, m);
}

RULE(mapregs_freed_twice, .calls = CALLS(FreeMapRegisters), .level = ERROR, .family = MAP,
     .bugcheck = DV(0xE6, 0x05), .source = "wdm/nc-wdm-pfree_map_registers", .run = on_call);
