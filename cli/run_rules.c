/*
 * What only the runner of scenarios can see: a scenario's own expectation that did not hold, and
 * requesters that got something else on another machine.
 */
#include "cli/run.h"

#include <stdio.h>
#include <string.h>

RULE(expectation_failed, .level = ERROR, .family = RUN,
     .source = "docs/rules/expectation_failed.md");
RULE(profile_differential, .level = ERROR, .family = RUN,
     .source = "docs/rules/profile_differential.md");

const struct rule *const run_rules[] = { &rule_expectation_failed, &rule_profile_differential,
                                         NULL };

static void differs(struct report *r, unsigned index, const struct report_run *reference)
{
    struct report_run *run = &r->runs[index];
    char message[256];
    struct report_finding f = { .rule = "profile-differential",
                                .severity = "error",
                                .message = message,
                                .driver_verifier = "blind",
                                .scenario = run->scenario,
                                .profile = run->profile,
                                .seed = run->seed,
                                .where = run->scenario,
                                .all_profiles = true };

    snprintf(message, sizeof message,
             "what the requesters of scenario %s got differs from what they got on %s with the "
             "same seed",
             run->scenario, reference->profile);
    report_add_finding(r, index, &f);
    run->findings++;
    if (run->exit == DM_CLEAN)
        run->exit = DM_FINDINGS;
}

/* The first profile that came to the scenario's end is what the others are compared with. A run with
 * findings of its own explains any difference, which then is an echo. */
void run_compare_profiles(struct report *r)
{
    for (unsigned i = 0; i < r->run_count; i++) {
        const struct report_run *run = &r->runs[i], *reference = NULL;

        if (run->exit != DM_CLEAN)
            continue;
        for (unsigned k = 0; k < i && !reference; k++)
            if (r->runs[k].seed == run->seed &&
                report_same_text(r->runs[k].program, run->program) &&
                !strcmp(r->runs[k].scenario, run->scenario) && r->runs[k].exit == DM_CLEAN)
                reference = &r->runs[k];
        if (reference && reference->settled_hash != run->settled_hash)
            differs(r, i, reference);
    }
}
