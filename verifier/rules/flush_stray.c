/*
 * Flushes that miss: flush_never_mapped (nothing of this buffer was ever mapped through these map
 * registers), flush_not_mapped (it was, and is not any more) and flush_past_mapregs (it is, but the
 * flush goes on behind the last register).
 */
#include <inttypes.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

static void say(struct rule_run *r, const struct event *e, const struct mapping *m,
                const struct finding_about *bugcheck, const char *what)
{
    struct finding_about a = *bugcheck;
    bool mapped = m && m->mapped;

    a.obj = e->obj;
    a.owner = m ? m->adapter : 0;
    a.sites[0] = (struct finding_site) { ROLE_HERE, e->site };
    a.sites[1] = (struct finding_site) { ROLE_MAPPED, mapped ? m->site_mapped : 0 };
    a.sites[2] = (struct finding_site) { ROLE_RELEASED, m ? m->site_released : 0 };
    finding(r, e, &a, "%s of %s %s", api_name(e->api), finding_object(e->obj), what);
}

static void on_never(struct rule_run *r, const struct event *e)
{
    const struct finding_about a = { .bugcheck = { e->a[0], e->a[1], e->a[2] },
                                     .bugcheck_known = 3 };

    if (!e->a[3])
        say(r, e, track_mapping(r->track, e->obj), &a,
            "names a buffer that was never mapped through it");
}

static void on_no_longer(struct rule_run *r, const struct event *e)
{
    const struct finding_about a = { .bugcheck_known = 0 };

    if (e->a[3])
        say(r, e, track_mapping(r->track, e->obj), &a,
            "names a buffer that is not mapped through it any more");
}

static void on_past(struct rule_run *r, const struct event *e)
{
    const struct finding_about a = { .bugcheck = { 1, e->a[0], e->a[1] }, .bugcheck_known = 3 };

    say(r, e, track_mapping(r->track, e->obj), &a, "goes on behind the last of its map registers");
}

#define PAGE_OF_ALL "debugger/bug-check-0xe6--driver-verifier-dma-violation"
RULE(flush_never_mapped, .on = EV(FLUSH_STRAY), .level = ERROR, .family = MAP,
     .bugcheck = DV(0xE6, 0x20), .source = PAGE_OF_ALL, .run = on_never);
RULE(flush_not_mapped, .on = EV(FLUSH_STRAY), .level = ERROR, .family = MAP,
     .bugcheck = DV(0xE6, 0x16), .source = PAGE_OF_ALL, .after = "mapregs_freed_while_mapped",
     .run = on_no_longer);
RULE(flush_past_mapregs, .on = EV(FLUSH_PAST), .level = ERROR, .family = MAP,
     .bugcheck = DV2(0xE6, 0x00, 1), .source = PAGE_OF_ALL, .after = "mapregs_not_contiguous",
     .run = on_past);
