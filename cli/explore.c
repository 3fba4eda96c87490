/*
 * dmacheck explore: one scenario under many schedules, or with each resource failed once.
 */
#include "cli/explore.h"

#include <stdio.h>
#include <string.h>

#include "sim/core/choice.h"
#include "sim/core/profile.h"

static int check_profile(const char *wanted)
{
    char message[512];
    struct profile p;

    return profile_find(&p, wanted, message, sizeof message) ? cli_wrong("%s", message) : 0;
}

/* The scenario; without a name the driver's only one. */
static int check_scenario(struct explore_verb *o, struct dm_driver *d)
{
    const struct dm_scenario *s = dm_driver_scenarios(d);

    if (!o->run.scenario && s->name && !s[1].name)
        o->run.scenario = s->name;
    if (!o->run.scenario)
        return cli_wrong("explore: which scenario of %s? --scenario NAME", o->run.driver);
    while (s->name && strcmp(s->name, o->run.scenario))
        s++;
    if (!s->name)
        return cli_wrong("explore: %s has no scenario '%s'", o->run.driver, o->run.scenario);
    if (s->flags & DM_TAKES_PROGRAM)
        return cli_wrong("explore: scenario '%s' wants a program", o->run.scenario);
    return 0;
}

static int explore(struct explore_verb *o, struct report *r)
{
    struct cli_driver found;
    struct dm_driver *d;
    char message[512] = "";
    int code = cli_driver_find(&found, o->run.driver, o->run.bug, o->run.mend);

    if (code)
        return code;
    d = dm_driver_open(found.path, message, sizeof message);
    if (!d)
        return cli_wrong("%s", message);
    code = check_scenario(o, d);
    if (!code)
        code = o->faults ? explore_faults(o, d, r) : explore_search(o, d, r);
    cli_story_roots(r, o->run.driver);
    dm_driver_close(d);
    return code;
}

static int judge(const struct explore_verb *o, struct report *r)
{
    int code = cli_known_judge(&o->run.known, r);

    cli_describe_rules(r);
    code = cli_worse(code, run_verdict(&o->run, r));
    report_trim(r, (unsigned)o->run.findings_max);
    return cli_worse(code, cli_outputs_write(&o->run.outputs, r));
}

int verb_explore(int argc, char **argv)
{
    struct explore_verb o = { .run = { .jobs = 1, .bug = 1, .fail_on = 2 },
                              .strategy = EXPLORE_PCT,
                              .seed = 1,
                              .check_every = 100 };
    struct report r;
    int code = explore_take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    if (!o.run.profile)
        o.run.profile = "direct64";
    code = check_profile(o.run.profile);
    if (!code)
        code = cli_known_read(&o.run.known);
    if (code)
        return code;
    report_init(&r, o.run.driver);
    r.fail_on = o.run.fail_on;
    r.choice_word = choice_word;
    r.repro = run_repro_options(&o.run, &r);
    code = explore(&o, &r);
    if (code != DM_USAGE && code != DM_INTERNAL && !o.list)
        code = cli_worse(code, judge(&o, &r));
    report_free(&r);
    cli_known_free(&o.run.known);
    return code;
}
