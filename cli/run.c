/*
 * dmacheck run: the list of runs and the verdict.
 */
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "sim/core/choice.h"
#include "sim/core/profile.h"
#include "trace/read.h"

/* A trace's choices belong to the scenario and, if none is named, to the machine that it recorded. */
static int take_recorded_scenario(struct run_options *o)
{
    static struct trace_header header;
    char message[512] = "";
    struct trace_reader *t = trace_read_open(o->choices, message, sizeof message);
    struct event e;
    int got;

    if (!t)
        return cli_wrong("%s", message);
    header = *trace_read_header(t);
    while ((got = trace_read_next(t, &e, message, sizeof message)) >
           0) /* what is wrong is told now */
        ;
    if (!got)
        cli_say_cut(t);
    trace_read_close(t);
    if (got < 0)
        return cli_wrong("%s", message);
    o->scenario = *header.scenario ? header.scenario : NULL;
    if (!o->profile && *header.profile)
        o->profile = header.profile;
    return 0;
}

int run_take_profiles(const struct run_options *o, const char **profiles, unsigned *count)
{
    static char names[RUN_PROFILES_MAX][32];
    const char *wanted = o->profile                                 ? o->profile
                         : o->all_samples || cli_is_case(o->driver) ? "all"
                                                                    : "direct64";
    bool all = !strcmp(wanted, "all"), file = strchr(wanted, '/') || strstr(wanted, ".ini");
    int n = all ? profile_names(names, RUN_PROFILES_MAX) : 1;
    char message[512];
    struct profile p;

    *count = n > 0 ? (unsigned)n : 0;
    if (!*count)
        return cli_wrong("no profiles found; DMACHECK_PROFILES names their folder");
    for (unsigned i = 0; i < *count; i++) {
        profiles[i] = all ? names[i] : wanted;
        if (file ? profile_read(&p, wanted, message, sizeof message)
                 : profile_find(&p, profiles[i], message, sizeof message))
            return cli_wrong("%s", message);
    }
    return 0;
}

/* Whether the scenario is among those to run: by its name, and by whether there is a program for it. */
static bool is_wanted(const struct run_options *o, const struct dm_scenario *s)
{
    return (!o->scenario || !strcmp(s->name, o->scenario)) &&
           !(s->flags & DM_TAKES_PROGRAM) == !o->program_count;
}

static int nothing_wanted(const struct run_options *o, const struct dm_scenario *s)
{
    for (; o->scenario && s->name; s++)
        if (!strcmp(s->name, o->scenario))
            return o->program_count
                       ? cli_wrong("run: scenario '%s' of %s takes no program", o->scenario,
                                   o->driver)
                       : cli_wrong("run: scenario '%s' wants --program FILE", o->scenario);
    if (o->scenario)
        return cli_wrong("run: %s has no scenario '%s'", o->driver, o->scenario);
    if (o->program_count)
        return cli_wrong("run: %s takes no program: none of its scenarios does", o->driver);
    return cli_wrong("run: %s has no scenarios", o->driver);
}

static int list_items(const struct run_options *o, struct dm_driver *d, const char *const *profiles,
                      unsigned profile_count, struct run_item **items, unsigned *count)
{
    const struct dm_scenario *s = dm_driver_scenarios(d);
    uint64_t seeds = o->seed_last - o->seed_first + 1;
    unsigned programs = o->program_count ? o->program_count : 1, scenarios = 0, n = 0;

    for (unsigned i = 0; s[i].name; i++)
        scenarios += is_wanted(o, &s[i]);
    if (!scenarios)
        return nothing_wanted(o, s);
    *items = calloc((size_t)scenarios * programs * profile_count * seeds, sizeof **items);
    must(*items);
    for (; s->name; s++)
        for (unsigned k = 0; k < programs && is_wanted(o, s); k++)
            for (unsigned p = 0; p < profile_count; p++)
                for (uint64_t seed = o->seed_first; seed <= o->seed_last; seed++)
                    (*items)[n++] =
                        (struct run_item) { .scenario = s->name,
                                            .profile = profiles[p],
                                            .seed = seed,
                                            .program = o->program_count ? &o->programs[k] : NULL };
    *count = n;
    return 0;
}

int run_driver(const struct run_options *o, const char *name, const char *const *profiles,
               unsigned profile_count, struct report *r)
{
    struct cli_driver found;
    struct run_item *items = NULL;
    struct dm_driver *d;
    unsigned count = 0;
    char message[512] = "";
    int code = cli_driver_find(&found, name, o->bug, o->mend);

    if (code)
        return code;
    d = dm_driver_open(found.path, message, sizeof message);
    if (!d)
        return cli_wrong("%s", message);
    if (!dm_driver_instrumented(d))
        report_add_notice(r, "uninstrumented",
                          "%s was built without the access door: what the driver itself touches "
                          "is not judged",
                          name);
    code = list_items(o, d, profiles, profile_count, &items, &count);
    if (!code) {
        struct run_options each = *o;

        if (o->last == RUN_LAST_UNSAID)
            each.last = count == 1 && !o->record && !o->readiness ? RUN_LAST : 0;
        code = run_all(&each, d, items, count, r);
        if (profile_count > 1)
            run_compare_profiles(r);
        cli_story_roots(r, name);
        if (cli_wants_story(&o->outputs))
            run_tell_story(o, d, NULL, r);
    }
    free(items);
    dm_driver_close(d);
    return code;
}

int run_verdict(const struct run_options *o, const struct report *r)
{
    int code = DM_CLEAN;

    for (unsigned i = 0; i < r->run_count; i++)
        if (r->runs[i].exit != DM_FINDINGS) /* findings count by their level, below */
            code = cli_worse(code, r->runs[i].exit);
    return cli_worse(code, cli_known_verdict(r, o->fail_on));
}

/* What a finding's repro line needs besides driver, profile, seed, scenario and program. */
const char *run_repro_options(const struct run_options *o, struct report *r)
{
    char text[2048] = "", faults[96] = "", choices[1024] = "", quoted[1000];

    if (*o->fault_point)
        snprintf(faults, sizeof faults,
                 o->fault_value ? " --faults %s:%u=0x%llx" : " --faults %s:%u", o->fault_point,
                 o->fault_nth, (unsigned long long)o->fault_value);
    else if (o->fault_one_in)
        snprintf(faults, sizeof faults, " --faults %u", o->fault_one_in);
    if (o->choices) {
        report_shell_word(o->choices, quoted, sizeof quoted);
        snprintf(choices, sizeof choices, " --choices %s", quoted);
    }
    snprintf(text, sizeof text, "%s%s%s%s%s%s", faults, choices, o->bug ? "" : " --bug 0",
             o->mend ? " --mend " : "", o->mend ? o->mend : "", o->bugcheck ? " --bugcheck" : "");
    return report_keep(r, text);
}

int run_judge(const struct run_options *o, struct report *r, unsigned profile_count)
{
    int code = cli_known_judge(&o->known, r);

    cli_describe_rules(r);
    code = cli_worse(code, o->readiness ? run_readiness_verdict(r) : run_verdict(o, r));
    if (profile_count > 1 && cli_is_case(o->driver))
        cli_case_notice(r);
    report_trim(r, (unsigned)o->findings_max);
    return cli_worse(code, cli_outputs_write(&o->outputs, r));
}

int verb_run(int argc, char **argv)
{
    struct run_options o = { .jobs = 1, .bug = 1, .fail_on = 2, .last = RUN_LAST_UNSAID };
    const char *profiles[RUN_PROFILES_MAX];
    unsigned profile_count = 0;
    struct report r;
    int code = run_take_options(&o, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    code = run_programs_read(&o);
    if (!code && o.choices && !o.scenario)
        code = take_recorded_scenario(&o);
    if (!code)
        code = o.readiness ? run_readiness_profiles(profiles, &profile_count)
                           : run_take_profiles(&o, profiles, &profile_count);
    if (!code)
        code = cli_known_read(&o.known);
    if (code)
        return code;
    if (o.all_samples)
        return run_samples(&o, profiles, profile_count);
    report_init(&r, o.driver);
    r.fail_on = o.fail_on;
    r.choice_word = choice_word;
    r.repro = run_repro_options(&o, &r);
    r.readiness = o.readiness;
    r.watched = run_is_watched(&o);
    code = run_driver(&o, o.driver, profiles, profile_count, &r);
    if (r.run_count)
        code = cli_worse(code, run_judge(&o, &r, profile_count));
    report_free(&r);
    cli_known_free(&o.known);
    run_programs_free(&o);
    return code;
}
