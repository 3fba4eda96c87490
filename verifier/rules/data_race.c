/*
 * data_race: two agents touch the same bytes of the driver's memory, one of them writes, and neither a
 * lock nor any other order stands between the two. Which of them is first, or whether one sees half of
 * what the other does, is then a matter of luck. The machine finds the pair (dmacheck run --races).
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static const char *who(uint64_t how, unsigned shift)
{
    switch (how >> shift & 0xff) {
    case RACE_BY_DPC:
        return "a DPC";
    case RACE_BY_ISR:
        return "an ISR";
    default:
        return "a thread";
    }
}

static void on_race(struct rule_run *r, const struct event *e)
{
    finding(r, e,
            &(struct finding_about) {
                .obj = e->obj,
                .sites = { { ROLE_HERE, e->site }, { ROLE_FIRST, LOW32(e->a[2]) } } },
            "%" PRIu64
            " bytes of %s %s by %s and %s by %s, without a lock or an order between them",
            e->a[1], e->obj ? finding_object(e->obj) : "a static or device extension",
            e->a[3] & RACE_FIRST_STORE ? "were written" : "were read",
            who(e->a[3], RACE_FIRST_KIND_SHIFT), e->a[3] & RACE_STORE ? "written" : "read",
            who(e->a[3], RACE_KIND_SHIFT));
}

RULE(data_race, .on = EV(RACE), .level = ERROR, .family = ORDER, .source = "kernel/spin-locks",
     .run = on_race);
