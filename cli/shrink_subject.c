/*
 * What is shrunk: a trace with the driver that it was recorded of, and the finding that is to stay.
 */
#include "cli/shrink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cli/recorded.h"
#include "machine/plan_finish.h"

static int open_trace(struct shrink_subject *s)
{
    char message[512] = "";

    s->recording = dm_recording_load(s->trace, message, sizeof message);
    if (!s->recording)
        return cli_wrong("%s", message);
    if (*message)
        fprintf(stderr, "dmacheck: note: %s\n", message);
    s->header = s->recording->trace->header;
    s->plan = plan_of_trace(s->recording->trace, s->trace, message, sizeof message);
    if (!s->plan || plan_given(s->recording->trace, s->trace, &s->given, &s->given_count, message,
                               sizeof message))
        return cli_wrong("%s", message);
    if (plan_unfinished(s->recording->trace))
        s->ends = plan_finish(s->plan);
    s->plan->faults = s->recording->faults;
    s->plan->fault_count = s->recording->fault_count;
    return 0;
}

static int open_driver(struct shrink_subject *s)
{
    char message[512] = "";
    int code = cli_recorded_driver(&s->found, s->header, s->driver);

    if (code)
        return code;
    s->d = dm_driver_open(s->found.path, message, sizeof message);
    if (!s->d)
        return cli_wrong("%s", message);
    if (!dm_recording_is_of(s->recording, s->d))
        fprintf(stderr, "dmacheck: note: %s is another build than the recorded one\n",
                s->found.shown);
    cli_recorded_options(&s->machine, s->header);
    return 0;
}

/* The run once more: as its scenario's code or, if it was one, as the plan. */
static struct dm_machine *repeat(struct shrink_subject *s, struct dm_result *result)
{
    struct dm_options o = s->machine;
    char message[512] = "";
    struct dm_machine *m;

    o.recording = s->recording;
    o.check = DM_CHECK_NONE;
    m = dm_machine_create(&o, message, sizeof message);
    if (!m) {
        cli_wrong("%s", message);
        return NULL;
    }
    dm_watchdog(SHRINK_CPU_SECONDS);
    if (s->header->plan)
        dm_machine_run_plan(m, s->d, s->plan, result);
    else
        dm_machine_run(m, s->d, s->header->scenario, result);
    dm_watchdog(0);
    return m;
}

static void take_failure(struct shrink_subject *s, const struct dm_result *result)
{
    snprintf(s->target.rule, sizeof s->target.rule, SHRINK_EXPECTATION);
    snprintf(s->target.failure, sizeof s->target.failure, "%s", result->first_failure);
    if (!strstr(result->first_failure, ": expected: "))
        return;
    s->scenario = s->header->scenario;
    fprintf(stderr,
            "dmacheck: note: what fails is an expectation of scenario '%s': it stays, faults and "
            "choices shrink\n",
            s->scenario);
}

/* What no line of the trace says: the scenario was not content, or the trace has lost its end. */
static int take_unsaid(struct shrink_subject *s, bool expectation)
{
    struct dm_result result;
    struct dm_machine *m = repeat(s, &result);
    bool found = false;

    if (!m)
        return DM_USAGE;
    if (!expectation)
        found = shrink_target_of_run(&s->target, m, s->finding);
    if (!found && result.expectations_failed && (expectation || !s->finding)) {
        take_failure(s, &result);
        found = true;
    }
    dm_machine_destroy(m);
    if (found)
        return 0;
    if (result.exit != DM_CLEAN && *result.first_failure && !result.expectations_failed)
        return cli_wrong("%s: %s", s->trace, result.first_failure);
    return cli_wrong("%s: %s: there is nothing to shrink", s->trace,
                     s->finding ? "this was not found in the run"
                                : "nothing was found in this run");
}

static int take_target(struct shrink_subject *s)
{
    bool expectation = s->finding && !strcmp(s->finding, SHRINK_EXPECTATION);
    char message[512] = "";

    if (expectation)
        return take_unsaid(s, true);
    switch (shrink_target_choose(&s->target, s->recording->trace, s->finding, message,
                                 sizeof message)) {
    case 0:
        return 0;
    case ERR_NOTFOUND:
        return take_unsaid(s, false);
    }
    return cli_wrong("%s: %s", s->trace, message);
}

int shrink_subject_open(struct shrink_subject *s)
{
    int code = open_trace(s);

    if (!code)
        code = open_driver(s);
    return code ? code : take_target(s);
}

void shrink_subject_case(const struct shrink_subject *s, struct shrink_case *c)
{
    *c = (struct shrink_case) { .plan = *s->plan,
                                .choices = s->recording->choices,
                                .choice_count = s->recording->choice_count };
    if (!s->scenario)
        return;
    c->plan.op_count = c->plan.buffer_count = 0;
    for (unsigned i = 0; i < s->given_count; i++)
        if (!strcmp(s->given[i].name, "program")) {
            c->program = s->given[i].bytes;
            c->program_bytes = s->given[i].count;
        }
}

void shrink_subject_close(struct shrink_subject *s)
{
    if (s->d)
        dm_driver_close(s->d);
    plan_given_free(s->given, s->given_count);
    dm_plan_free(s->plan);
    free(s->ends);
    dm_recording_free(s->recording);
}
