/*
 * The performance counter: it fell between two questions, or rose by more than the time that passed
 * between them. A driver cannot cause it; drivers that measure with a broken timer wait for ever, or
 * not at all, and Driver Verifier looks at it while it verifies DMA.
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/counter.h"

#define NS_PER_SECOND 1000000000ull
#define SLACK_SECONDS 1u /* how much faster it may seem: a timer is not as exact as virtual time */

static void say(struct rule_run *r, const struct event *e, const struct counter_seen *before,
                const char *how)
{
    finding(r, e,
            &(struct finding_about) {
                .sites = { { ROLE_HERE, e->site }, { ROLE_FIRST, before->site } } },
            "the performance counter %s: %" PRIu64 ", then %" PRIu64 " after %" PRIu64 " us", how,
            before->ticks, e->a[0], (e->ns - before->ns) / 1000);
}

static void look_back(struct rule_run *r, const struct event *e)
{
    const struct counter_seen *before = track_counter(r->track);

    if (e->a[0] < before->ticks)
        say(r, e, before, "went backwards");
}

static void look_ahead(struct rule_run *r, const struct event *e)
{
    const struct counter_seen *before = track_counter(r->track);
    uint64_t seconds = (e->ns - before->ns) / NS_PER_SECOND + 1 + SLACK_SECONDS;

    if (e->a[0] > before->ticks && (e->a[0] - before->ticks) / seconds > e->a[1])
        say(r, e, before, "rose too fast");
}

/* What the two have in common. */
#define ROW                                                                                        \
    .returns = APIS(KeQueryPerformanceCounter), .level = ERROR, .family = RUN,                     \
    .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation"

RULE(performance_counter_backwards, ROW, .bugcheck = DV(0xE6, 0x01),
     .unreachable =
         "only a broken timer goes backwards; the injected fault counter-backwards is one",
     .run = look_back);
RULE(performance_counter_fast, ROW, .bugcheck = DV(0xE6, 0x02),
     .unreachable = "only a broken timer jumps; the injected fault counter-fast is one",
     .run = look_ahead);
