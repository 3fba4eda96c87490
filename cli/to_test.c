/*
 * dmacheck trace to-test: a recorded run as a test in C.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/recorded.h"
#include "cli/trace.h"
#include "machine/plan_finish.h"
#include "machine/plan_read.h"
#include "machine/recording.h"
#include "machine/schedule.h"
#include "machine/to_test.h"
#include "sim/core/profile.h"

struct to_test_verb {
    const char *trace, *out, *driver, *finding;
    char name[64];
};

static const char help[] =
    "usage: dmacheck trace to-test TRACE [-o FILE.c] [options]\n"
    "\n"
    "Writes a recorded run as a CMocka test: its operations as calls of dmacheck/scenario.h, its\n"
    "schedule, faults and machine. The test fails with what the run found until the driver is\n"
    "mended. It needs include/, libdmacheck.a and cmocka; the environment variable\n"
    "DMACHECK_DRIVER names another build of the driver. Shrink the run first.\n"
    "\n"
    "  -o FILE.c                the file to write (default: standard output)\n"
    "  --name NAME              the test is called test_NAME (default: the rule)\n"
    "  --finding RULE[@FILE:LINE]\n"
    "                           the finding that the head of the test shows\n"
    "  --driver DRIVER          another driver than the recorded one, as run takes it\n"
    "\n"
    "exit: 0 done, 2 usage or input at fault\n";

enum { OPT_NAME = 256, OPT_FINDING, OPT_DRIVER };
static const struct option long_options[] = {
    { "name", required_argument, NULL, OPT_NAME },
    { "finding", required_argument, NULL, OPT_FINDING },
    { "driver", required_argument, NULL, OPT_DRIVER },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_name(struct to_test_verb *v, const char *name)
{
    to_test_name(v->name, sizeof v->name, name);
    if (*name && !strcmp(v->name, name))
        return 0;
    return cli_wrong("trace to-test: --name wants letters, digits and _, 63 at most, not '%s'",
                     name);
}

static int take_options(struct to_test_verb *v, int argc, char **argv)
{
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:", long_options, NULL)) != -1) {
        switch (c) {
        case 'h':
            fputs(help, stdout);
            return -1;
        case 'o':
            v->out = optarg;
            break;
        case OPT_FINDING:
            v->finding = optarg;
            break;
        case OPT_DRIVER:
            v->driver = optarg;
            break;
        case OPT_NAME:
            if (take_name(v, optarg))
                return DM_USAGE;
            break;
        default:
            return cli_wrong_option("trace to-test", argv, c);
        }
    }
    if (optind + 1 != argc)
        return cli_wrong("trace to-test: wants one trace; see dmacheck trace to-test --help");
    v->trace = argv[optind];
    return 0;
}

/* As it is seen from here, if it lies below: a test is kept in a tree that is copied. */
static const char *nearest(const char *path)
{
    char here[4096];
    size_t n;

    if (!getcwd(here, sizeof here))
        return path;
    n = strlen(here);
    return !strncmp(path, here, n) && path[n] == '/' ? path + n + 1 : path;
}

/* A token as far as one can be typed; else a table beside the seed's. 0 or DM_INTERNAL. */
static char *take_schedule(struct to_test *t, const struct dm_recording *r)
{
    char *token = dm_recording_schedule(r);

    if (token && strlen(token) <= SCHEDULE_TOKEN_MAX) {
        t->schedule = r->choice_count || r->trace->header->seed ? token : NULL;
        return token;
    }
    free(token);
    t->choices = r->choices;
    t->choice_count = r->choice_count;
    token = r->trace->header->seed
                ? schedule_token(&(struct schedule) { .seed = r->trace->header->seed })
                : NULL;
    t->schedule = token;
    return token;
}

static int write_test(const struct to_test_verb *v, const struct to_test *t)
{
    FILE *out = v->out ? fopen(v->out, "w") : stdout;
    bool failed;

    if (!out)
        return cli_wrong("%s: cannot be written: %s", v->out, strerror(errno));
    to_test_write(out, t);
    failed = ferror(out) || (v->out ? fclose(out) : fflush(out));
    return failed ? cli_wrong("%s: cannot be written: %s", v->out ? v->out : "standard output",
                              strerror(errno))
                  : 0;
}

/* NULL: a profile of its name is the machine that was recorded. 0, or DM_USAGE with its line said. */
static int take_machine(const struct to_test_verb *v, const struct trace_header *h,
                        const char **text)
{
    struct profile named, recorded;
    char message[512] = "";
    bool is_there;

    memset(&named, 0, sizeof named);
    memset(&recorded, 0, sizeof recorded);
    *text = NULL;
    is_there = !profile_find(&named, h->profile, message, sizeof message);
    if (*h->profile_text &&
        profile_from_text(&recorded, h->profile, h->profile_text, message, sizeof message))
        return cli_wrong("%s:1: %s", v->trace, message);
    if (!*h->profile_text)
        return is_there ? 0 : cli_wrong("%s:1: %s", v->trace, message);
    memcpy(named.summary, recorded.summary, sizeof named.summary);
    if (!is_there || memcmp(&named, &recorded, sizeof named) != 0)
        *text = h->profile_text;
    return 0;
}

static int make_test(struct to_test_verb *v, const struct dm_recording *r, struct dm_plan *plan)
{
    const struct trace_header *h = r->trace->header;
    struct to_test t = { .name = v->name,
                         .profile = h->profile,
                         .races = h->races,
                         .bugcheck_stops = h->bugcheck_stops,
                         .plan = plan };
    struct shrink_target target;
    struct cli_driver driver;
    char message[512] = "";
    struct dm_plan_op *ends = NULL;
    char *schedule;
    int code = cli_recorded_driver(&driver, h, v->driver);

    if (code)
        return code;
    if (take_machine(v, h, &t.profile_text))
        return DM_USAGE;
    switch (shrink_target_choose(&target, r->trace, v->finding, message, sizeof message)) {
    case 0:
        t.target = &target;
        break;
    case ERR_INVALID:
        return cli_wrong("%s: %s", v->trace, message);
    }
    if (!*v->name)
        to_test_name(v->name, sizeof v->name, t.target ? target.rule : h->scenario);
    t.driver = nearest(driver.path);
    plan->faults = r->faults;
    plan->fault_count = r->fault_count;
    if (plan_unfinished(r->trace))
        ends = plan_finish(plan);
    schedule = take_schedule(&t, r);
    code = write_test(v, &t);
    free(schedule);
    free(ends);
    return code;
}

int trace_verb_to_test(int argc, char **argv)
{
    struct to_test_verb v = { .trace = NULL };
    struct dm_recording *r;
    struct dm_plan *plan;
    char message[512] = "";
    int code = take_options(&v, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    r = dm_recording_load(v.trace, message, sizeof message);
    if (!r)
        return cli_wrong("%s", message);
    if (*message)
        fprintf(stderr, "dmacheck: note: %s\n", message);
    plan = plan_of_trace(r->trace, v.trace, message, sizeof message);
    code = plan ? make_test(&v, r, plan) : cli_wrong("%s", message);
    dm_plan_free(plan);
    dm_recording_free(r);
    return code;
}
