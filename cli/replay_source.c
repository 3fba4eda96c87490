/*
 * What a recorded run is made of again: its options, its driver, its inputs, its machine.
 */
#include <stdio.h>
#include <string.h>

#include "cli/replay.h"
#include "include/dmacheck/plan.h"
#include "sim/core/profile.h"

/* What the recording says of how it was run; options win. */
void replay_take_header(struct replay_options *o, const struct trace_header *h)
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
int replay_check_debugger(const struct replay_options *o)
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

static bool has_scenario(struct dm_driver *d, const char *name)
{
    const struct dm_scenario *s = dm_driver_scenarios(d);

    while (s->name && strcmp(s->name, name))
        s++;
    return s->name != NULL;
}

/* The inputs: the driver's scenario of that name, or what the trace says of them. */
int replay_take_inputs(struct replay_options *o, const struct trace_header *h, struct dm_driver *d,
                       struct dm_plan **plan)
{
    char message[512] = "";

    if (!o->plan && !h->plan && has_scenario(d, h->scenario))
        return 0;
    *plan = dm_plan_read(o->trace, message, sizeof message);
    return *plan ? 0 : cli_wrong("%s", message);
}

int replay_check_machine(const struct replay_options *o, const struct trace_header *h)
{
    struct profile p;
    char message[512];

    if (!profile_from_text(&p, h->profile, h->profile_text, message, sizeof message))
        return 0;
    return cli_wrong("%s:1: %s", o->trace, message);
}

int replay_find_driver(const struct replay_options *o, struct dm_driver **d)
{
    struct cli_driver found;
    char message[512] = "";

    if (cli_driver_find(&found, o->run.driver, o->run.bug, o->run.mend))
        return DM_USAGE;
    *d = dm_driver_open(found.path, message, sizeof message);
    return *d ? 0 : cli_wrong("%s", message);
}
