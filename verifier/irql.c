/*
 * Says that a function was called at an IRQL that its page forbids.
 */
#include "verifier/irql.h"

#include <stdio.h>

#include "verifier/track/track.h"

const char *irql_name(unsigned irql)
{
    static const char *const names[] = { "PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL" };

    return irql < 3 ? names[irql] : irql == 15 ? "HIGH_LEVEL" : "a device's IRQL";
}

static void say(struct rule_run *r, const struct event *e, struct finding_about *about,
                const char *wanted)
{
    const struct irql_record *set = &r->track->irql[e->cpu % TRACK_CPUS];

    about->obj = e->obj;
    about->sites[0] = (struct finding_site) { ROLE_HERE, e->site };
    if (set->irql == e->irql)
        about->sites[1] = (struct finding_site) { ROLE_RAISED, set->site };
    finding(r, e, about, "%s was called at %s (%u); its page allows %s", api_name(e->api),
            irql_name(e->irql), e->irql, wanted);
}

RULE_COLD void irql_say(struct rule_run *r, const struct event *e, struct finding_about about)
{
    const struct api_info *l = api_info(e->api);
    char wanted[64];

    if (l->irql_min == l->irql_max)
        snprintf(wanted, sizeof wanted, "%s only", irql_name(l->irql_max));
    else
        snprintf(wanted, sizeof wanted, "%s%s%s at most", l->irql_min ? irql_name(l->irql_min) : "",
                 l->irql_min ? " to " : "", irql_name(l->irql_max));
    say(r, e, &about, wanted);
}

RULE_COLD void irql_say_most(struct rule_run *r, const struct event *e, struct finding_about about,
                             unsigned highest)
{
    char wanted[64];

    snprintf(wanted, sizeof wanted, "%s at most here", irql_name(highest));
    say(r, e, &about, wanted);
}
