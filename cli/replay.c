/*
 * dmacheck replay: a recorded run once more, held against its recording.
 */
#include "cli/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/plan.h"
#include "machine/schedule.h"
#include "sim/core/choice.h"
#include "sim/core/profile.h"

/* What the recording says of how it was run; options win. */
static void take_header(struct replay_options *o, const struct trace_header *h)
{
    struct run_options *run = &o->run;
    const char *bug = o->bug ? o->bug : *h->bug ? h->bug : "1";

    run->driver = o->driver ? o->driver : *h->subject ? h->subject : h->driver;
    run->bug = strcmp(bug, "0") != 0;
    run->mend = o->mend ? o->mend : *h->mend && !o->driver ? h->mend : NULL;
    run->no_races = !h->races;
    run->bugcheck = run->outputs.style.bugcheck = h->bugcheck_stops;
    run->steps_max = h->steps_max;
    run->seed_first = run->seed_last = h->seed;
    if (o->divergence)
        return;
    run->check = run->profile ? DM_CHECK_NONE : o->other_driver ? DM_CHECK_RESYNC : DM_CHECK_STOP;
}

/* A breakpoint's place is nobody's without a debugger: then the command that starts one is said. */
static int check_debugger(const struct replay_options *o)
{
    char line[128];
    int tracer = 0;
    FILE *f = fopen("/proc/self/status", "r");

    while (f && fgets(line, sizeof line, f))
        sscanf(line, "TracerPid: %d", &tracer);
    if (f)
        fclose(f);
    if (tracer || !o->run.has_break)
        return 0;
    return cli_wrong("replay: --break stops in a debugger, and there is none: make debug "
                     "TRACE=%s EVENT=%llu starts one",
                     o->trace, (unsigned long long)o->run.break_at);
}

static int print_token(const struct dm_recording *rec)
{
    char *token = dm_recording_schedule(rec);

    must(token);
    puts(token);
    free(token);
    return DM_CLEAN;
}

static bool has_scenario(struct dm_driver *d, const char *name)
{
    const struct dm_scenario *s = dm_driver_scenarios(d);

    while (s->name && strcmp(s->name, name))
        s++;
    return s->name != NULL;
}

/* The inputs: the driver's scenario of that name, or what the trace says of them. */
static int take_inputs(struct replay_options *o, const struct trace_header *h, struct dm_driver *d,
                       struct dm_plan **plan)
{
    char message[512] = "";

    if (!o->plan && !h->plan && has_scenario(d, h->scenario))
        return 0;
    *plan = dm_plan_read(o->trace, message, sizeof message);
    return *plan ? 0 : cli_wrong("%s", message);
}

static int check_machine(const struct replay_options *o, const struct trace_header *h)
{
    struct profile p;
    char message[512];

    if (!profile_from_text(&p, h->profile, h->profile_text, message, sizeof message))
        return 0;
    return cli_wrong("%s:1: %s", o->trace, message);
}

static const char *repro_of(const struct replay_options *o, struct report *r)
{
    char text[REPORT_COMMAND_MAX], trace[1024], driver[700] = "", mend[300] = "";

    report_shell_word(o->trace, trace, sizeof trace);
    if (o->driver) {
        strcpy(driver, " --driver ");
        report_shell_word(o->driver, driver + strlen(driver), sizeof driver - strlen(driver));
    }
    if (o->mend)
        snprintf(mend, sizeof mend, " --mend %s", o->mend);
    snprintf(text, sizeof text, "dmacheck replay %s%s%s%s%s%s", trace, driver,
             o->bug ? " --bug " : "", o->bug ? o->bug : "", mend, o->plan ? " --plan" : "");
    return report_keep(r, text);
}

static void take_comparison(struct report_replay *p, struct report *r,
                            const struct dm_comparison *c, enum dm_check check)
{
    p->compared = c->made;
    p->differs = c->differs;
    p->resynced = check == DM_CHECK_RESYNC;
    p->ends_early = c->ends_early;
    p->events = c->events;
    p->missing = c->missing;
    p->added = c->added;
    p->changed = c->changed;
    p->realigned = c->realigned;
    p->difference = report_keep(r, c->text);
}

/* One run on each machine, each beside the recorded one. */
static void run_each(struct replay_options *o, struct dm_driver *d, const struct dm_recording *rec,
                     const struct dm_plan *plan, const char *const *profiles, unsigned count,
                     struct report *r)
{
    const struct trace_header *h = dm_recording_trace(rec)->header;
    struct report recorded;

    replay_judge_recorded(rec, &recorded);
    for (unsigned i = 0; i < count; i++) {
        struct replay_side *side = replay_side_begin(profiles[i]);
        struct dm_comparison comparison = { .text = "" };
        struct run_item item = { .scenario = h->scenario,
                                 .profile = profiles[i],
                                 .seed = h->seed,
                                 .plan = plan,
                                 .side = side,
                                 .comparison = &comparison };
        struct report one;

        run_one(&o->run, d, &item, i == 0, &one);
        run_merge(r, &one);
        replay_sides_add(r->replay, r, &recorded, &one, side);
        take_comparison(r->replay, r, &comparison, o->run.check);
        report_free(&one);
    }
    report_free(&recorded);
}

static int replay(struct replay_options *o, const struct dm_recording *rec, struct dm_driver *d)
{
    const struct trace_header *h = dm_recording_trace(rec)->header;
    const char *profiles[RUN_PROFILES_MAX] = { h->profile };
    struct dm_plan *plan = NULL;
    unsigned count = 1;
    struct report r;
    int code = take_inputs(o, h, d, &plan);

    if (!code)
        code = o->run.profile ? run_take_profiles(&o->run, profiles, &count) : check_machine(o, h);
    if (!code)
        code = cli_known_read(&o->run.known);
    if (code) {
        dm_plan_free(plan);
        return code;
    }
    if (!o->other_driver && !dm_recording_is_of(rec, d))
        fprintf(stderr, "dmacheck: %s is another build than the one that was recorded (%s)\n",
                o->run.driver, h->digest);
    if (plan && replay_recorded_failure(rec))
        fprintf(stderr,
                "dmacheck: what the scenario expected is not in the trace, and is not judged\n");
    report_init(&r, o->run.driver);
    r.fail_on = o->run.fail_on;
    r.choice_word = choice_word;
    o->run.repro = repro_of(o, &r);
    o->run.recording = rec;
    r.replay = replay_sides_begin(o, rec, d);
    run_each(o, d, rec, plan, profiles, count, &r);
    if (count > 1)
        run_compare_profiles(&r);
    cli_story_roots(&r, o->run.driver);
    if (cli_wants_story(&o->run.outputs))
        run_tell_story(&o->run, d, plan, &r);
    code = run_judge(&o->run, &r, count);
    report_free(&r);
    cli_known_free(&o->run.known);
    dm_plan_free(plan);
    return code;
}

static int find_driver(const struct replay_options *o, const struct trace_header *h,
                       struct dm_driver **d)
{
    struct cli_driver found;
    char message[512] = "";

    if (cli_driver_find(&found, o->run.driver, o->run.bug, o->run.mend)) {
        if (!o->driver)
            fprintf(stderr,
                    "dmacheck: it is the driver that %s was recorded of (%s); --driver "
                    "names it where it is now\n",
                    o->trace, h->driver);
        return DM_USAGE;
    }
    *d = dm_driver_open(found.path, message, sizeof message);
    return *d ? 0 : cli_wrong("%s", message);
}

int verb_replay(int argc, char **argv)
{
    struct replay_options o = { .run = {
                                    .jobs = 1, .bug = 1, .fail_on = 2, .last = RUN_LAST_UNSAID } };
    int code = replay_take_options(&o, argc, argv);
    struct dm_recording *rec;
    struct dm_driver *d = NULL;
    char message[1024] = "";

    if (code)
        return code < 0 ? DM_CLEAN : code;
    rec = dm_recording_load(o.trace, message, sizeof message);
    if (!rec)
        return cli_wrong("%s", message);
    if (*message)
        fprintf(stderr, "dmacheck: %s\n", message);
    take_header(&o, dm_recording_trace(rec)->header);
    if (o.print_token)
        code = print_token(rec);
    else if (!(code = check_debugger(&o)) &&
             !(code = find_driver(&o, dm_recording_trace(rec)->header, &d)))
        code = replay(&o, rec, d);
    if (d)
        dm_driver_close(d);
    dm_recording_free(rec);
    return code;
}
