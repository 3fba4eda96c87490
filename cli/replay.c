/*
 * dmacheck replay: a recorded run once more, held against its recording.
 */
#include "cli/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/plan.h"
#include "sim/core/choice.h"

static int print_token(const struct dm_recording *rec)
{
    char *token = dm_recording_schedule(rec);

    must(token);
    puts(token);
    free(token);
    return DM_CLEAN;
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
    int code = replay_take_inputs(o, h, d, &plan);

    if (!code)
        code = o->run.profile ? run_take_profiles(&o->run, profiles, &count)
                              : replay_check_machine(o, h);
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
    if (o.calls)
        return replay_calls(&o);
    rec = dm_recording_load(o.trace, message, sizeof message);
    if (!rec)
        return cli_wrong("%s", message);
    if (*message)
        fprintf(stderr, "dmacheck: %s\n", message);
    replay_take_header(&o, dm_recording_trace(rec)->header);
    if (!strcmp(dm_recording_trace(rec)->header->strategy, "imported"))
        code = cli_wrong("replay: %s was recorded on Windows and has no inputs; replay --calls "
                         "issues its calls again",
                         o.trace);
    else if (o.print_token)
        code = print_token(rec);
    else if (!(code = replay_check_debugger(&o)) && !(code = replay_find_driver(&o, &d)))
        code = replay(&o, rec, d);
    if (d)
        dm_driver_close(d);
    dm_recording_free(rec);
    return code;
}
