/*
 * dmacheck shrink: a failing run made smaller, and recorded anew.
 */
#include "cli/recorded.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "machine/plan_read.h"
#include "machine/recording.h"
#include "machine/shrink_oracle.h"

#define RUNS_DEFAULT 20000
#define RUNS_A_LINE 500 /* of progress, where there is no terminal */
#define RUN_CPU_SECONDS 120

struct shrink_verb {
    const char *trace, *out, *driver, *finding;
    uint64_t runs, seconds;
    bool quiet;
    /* --- found on the way --- */
    struct dm_recording *recording;
    const struct trace_header *header;
    struct cli_driver found;
    struct dm_driver *d;
    struct dm_options machine;
    struct dm_plan *plan;
    struct dm_input *given;
    unsigned given_count;
    struct shrink_target target;
    const char
        *scenario; /* stays as it is: an expectation of its own fails; NULL: the plan shrinks */
    /* --- progress --- */
    struct shrink_size before, last;
    time_t end;
    bool bar;
};

static const char help[] =
    "usage: dmacheck shrink TRACE -o OUT [options]\n"
    "\n"
    "Makes a recorded failing run smaller, with the same finding: the same rule at the same\n"
    "places. OUT is a trace of the smallest run: replay, verify and trace to-test take it.\n"
    "\n"
    "  -o OUT                   the trace to write\n"
    "  --finding RULE[@FILE:LINE]\n"
    "                           the finding to keep (default: the first error)\n"
    "  --budget Nruns|Ns        stop after so many runs (default 20000runs) or seconds;\n"
    "                           the best until then is written\n"
    "  --driver DRIVER          another driver than the recorded one, as run takes it\n"
    "  -q                       no progress\n"
    "\n"
    "exit: 0 done, 2 usage or input at fault, or nothing to shrink, 3 the simulator failed,\n"
    "      5 the failure does not show when the run is repeated\n";

enum { OPT_FINDING = 256, OPT_BUDGET, OPT_DRIVER };
static const struct option long_options[] = {
    { "finding", required_argument, NULL, OPT_FINDING },
    { "budget", required_argument, NULL, OPT_BUDGET },
    { "driver", required_argument, NULL, OPT_DRIVER },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static int take_budget(struct shrink_verb *v, const char *text)
{
    char digits[24] = "";
    size_t n = strspn(text, "0123456789");
    uint64_t value;

    if (n && n < sizeof digits)
        memcpy(digits, text, n);
    if (!cli_number(digits, &value) || !value ||
        (strcmp(text + n, "s") && strcmp(text + n, "runs")))
        return cli_wrong("shrink: --budget wants 60s or 5000runs, not '%s'", text);
    v->runs = text[n] == 'r' ? value : 0;
    v->seconds = text[n] == 's' ? value : 0;
    return 0;
}

static int take_options(struct shrink_verb *v, int argc, char **argv)
{
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:q", long_options, NULL)) != -1) {
        switch (c) {
        case 'h':
            fputs(help, stdout);
            return -1;
        case 'o':
            v->out = optarg;
            break;
        case 'q':
            v->quiet = true;
            break;
        case OPT_FINDING:
            v->finding = optarg;
            break;
        case OPT_DRIVER:
            v->driver = optarg;
            break;
        case OPT_BUDGET:
            if (take_budget(v, optarg))
                return DM_USAGE;
            break;
        default:
            return cli_wrong_option("shrink", argv, c);
        }
    }
    if (optind + 1 != argc)
        return cli_wrong("shrink: wants one trace; see dmacheck shrink --help");
    if (!v->out)
        return cli_wrong("shrink: -o OUT says where the smaller run goes");
    v->trace = argv[optind];
    return 0;
}

/* Told before anything runs: a minute's work is not lost for a name. */
static int check_out(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";

    if (slash)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    if (access(path, F_OK) == 0 ? access(path, W_OK) : access(folder, W_OK))
        return cli_wrong("%s: cannot be written: %s", path, strerror(errno));
    return 0;
}

/* --- progress, on stderr --- */

static bool go_on(void *ctx, const struct shrink_size *now, uint64_t runs)
{
    struct shrink_verb *v = ctx;

    dm_watchdog(RUN_CPU_SECONDS); /* of the next run */
    v->last = *now;
    if (v->bar && runs % 16 == 0) {
        size_t width = 30, left = now->operations * width / (v->before.operations + 1);

        fprintf(stderr,
                "\rdmacheck: [%.*s%.*s] %zu operations, %zu choices, %" PRIu64 " runs \033[K",
                (int)(width - left), "##############################", (int)left,
                "..............................", now->operations, now->choices, runs);
    } else if (!v->bar && !v->quiet && runs % RUNS_A_LINE == 0) {
        fprintf(stderr, "dmacheck: %" PRIu64 " runs: %zu operations, %zu choices\n", runs,
                now->operations, now->choices);
    }
    return !v->end || time(NULL) < v->end;
}

/* --- what is there --- */

static int open_trace(struct shrink_verb *v)
{
    char message[512] = "";

    v->recording = dm_recording_load(v->trace, message, sizeof message);
    if (!v->recording)
        return cli_wrong("%s", message);
    if (*message)
        fprintf(stderr, "dmacheck: note: %s\n", message);
    v->header = v->recording->trace->header;
    v->plan = plan_of_trace(v->recording->trace, v->trace, message, sizeof message);
    if (!v->plan || plan_given(v->recording->trace, v->trace, &v->given, &v->given_count, message,
                               sizeof message))
        return cli_wrong("%s", message);
    return 0;
}

static int open_driver(struct shrink_verb *v)
{
    char message[512] = "";
    int code = cli_recorded_driver(&v->found, v->header, v->driver);

    if (code)
        return code;
    v->d = dm_driver_open(v->found.path, message, sizeof message);
    if (!v->d)
        return cli_wrong("%s", message);
    if (!dm_recording_is_of(v->recording, v->d))
        fprintf(stderr, "dmacheck: note: %s is another build than the recorded one\n",
                v->found.shown);
    cli_recorded_options(&v->machine, v->header);
    return 0;
}

/* What no event shows: the scenario itself was not content, or the run did not come to its end. */
static int take_failure(struct shrink_verb *v)
{
    struct dm_options o = v->machine;
    char message[512] = "";
    struct dm_result result;
    struct dm_machine *m;

    o.recording = v->recording;
    o.inputs = v->given;
    o.inputs_count = v->given_count;
    m = dm_machine_create(&o, message, sizeof message);
    if (!m)
        return cli_wrong("%s", message);
    dm_watchdog(RUN_CPU_SECONDS);
    if (v->header->plan)
        dm_machine_run_plan(m, v->d, v->plan, &result);
    else
        dm_machine_run(m, v->d, v->header->scenario, &result);
    dm_watchdog(0);
    dm_machine_destroy(m);
    if (!result.expectations_failed)
        return cli_wrong("%s: nothing was found in this run: there is nothing to shrink", v->trace);
    snprintf(v->target.rule, sizeof v->target.rule, SHRINK_EXPECTATION);
    snprintf(v->target.failure, sizeof v->target.failure, "%s", result.first_failure);
    if (strstr(result.first_failure, ": expected: ")) {
        v->scenario = v->header->scenario;
        fprintf(stderr,
                "dmacheck: note: what fails is an expectation of scenario '%s': it stays, "
                "faults and choices shrink\n",
                v->scenario);
    }
    return 0;
}

static int take_target(struct shrink_verb *v)
{
    bool failure = v->finding && !strcmp(v->finding, SHRINK_EXPECTATION);
    char message[512] = "";

    switch (failure ? ERR_NOTFOUND
                    : shrink_target_choose(&v->target, v->recording->trace, v->finding, message,
                                           sizeof message)) {
    case 0:
        return 0;
    case ERR_NOTFOUND:
        return take_failure(v);
    }
    return cli_wrong("%s: %s", v->trace, message);
}

/* --- the result, on stdout --- */

static void row(const char *what, uint64_t before, uint64_t after)
{
    printf("%-12s %10" PRIu64 " %10" PRIu64 "\n", what, before, after);
}

static void say_result(const struct shrink_verb *v, const struct shrunk *s)
{
    const struct shrink_target *t = &v->target;
    struct shrink_size after;

    shrink_size_of(&s->best, &after);
    printf("%s: %s\n", t->rule, *t->failure ? t->failure : t->message);
    for (unsigned i = 0; i < t->site_count; i++)
        if (t->sites[i].frame_count)
            printf("  %-16s %s:%u %s\n", t->sites[i].role, t->sites[i].frames[0].file,
                   t->sites[i].frames[0].line, t->sites[i].frames[0].function);
    printf("%-12s %10s %10s\n", "", "before", "after");
    if (!v->scenario) {
        row("operations", v->before.operations, after.operations);
        row("requests", v->before.requests, after.requests);
        row("bytes", v->before.bytes, after.bytes);
        row("threads", v->before.threads, after.threads);
    }
    row("choices", v->before.choices, after.choices);
    row("faults", v->before.faults, after.faults);
    if (v->before.steps)
        row("steps", v->before.steps, after.steps);
    printf("%s after %" PRIu64 " runs%s\n", v->out, s->runs,
           s->end == SHRINK_BUDGET ? "; the budget ended before it was as small as it gets" : "");
}

/* --- the run --- */

static void case_of(const struct shrink_verb *v, struct shrink_case *c)
{
    *c = (struct shrink_case) { .plan = *v->plan,
                                .choices = v->recording->choices,
                                .choice_count = v->recording->choice_count };
    if (!v->scenario)
        return;
    c->plan.op_count = c->plan.buffer_count = 0;
    for (unsigned i = 0; i < v->given_count; i++)
        if (!strcmp(v->given[i].name, "program")) {
            c->program = v->given[i].bytes;
            c->program_bytes = v->given[i].count;
        }
}

static int reduce(struct shrink_verb *v)
{
    struct shrink_options options = { .runs_max = v->runs, .go_on = go_on, .ctx = v };
    struct shrink_oracle oracle = { .same = shrink_runner_same };
    char message[512] = "";
    struct shrink_case from;
    struct shrunk s;
    uint64_t seed;
    int error;

    case_of(v, &from);
    shrink_size_of(&from, &v->before);
    v->bar = !v->quiet && isatty(STDERR_FILENO);
    v->end = v->seconds ? time(NULL) + (time_t)v->seconds : 0;
    oracle.ctx =
        shrink_runner_open(&v->machine, v->d, v->scenario, &v->target, message, sizeof message);
    if (!oracle.ctx)
        return cli_wrong("%s", message);
    dm_watchdog(RUN_CPU_SECONDS);
    shrink(&s, &from, &oracle, &options);
    seed = shrink_runner_seed(oracle.ctx);
    shrink_runner_close(oracle.ctx);
    if (v->bar)
        fputs("\r\033[K", stderr);
    if (s.end == SHRINK_NOT_THERE) {
        dm_watchdog(0);
        shrink_free(&s);
        cli_wrong("%s: '%s' does not show when the run is repeated", v->trace, v->target.rule);
        return DM_DIVERGED;
    }
    v->machine.record = v->out;
    error = shrink_record(&v->machine, seed, v->d, v->scenario, &s.best, &v->target, message,
                          sizeof message);
    dm_watchdog(0);
    if (!error)
        say_result(v, &s);
    shrink_free(&s);
    if (error)
        cli_wrong("%s: %s", v->out, message);
    return !error ? DM_CLEAN : error == ERR_DIVERGED ? DM_INTERNAL : DM_USAGE;
}

int verb_shrink(int argc, char **argv)
{
    struct shrink_verb v = { .runs = RUNS_DEFAULT };
    int code = take_options(&v, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    code = check_out(v.out);
    if (!code)
        code = open_trace(&v);
    if (!code)
        code = open_driver(&v);
    if (!code)
        code = take_target(&v);
    if (!code)
        code = reduce(&v);
    if (v.d)
        dm_driver_close(v.d);
    plan_given_free(v.given, v.given_count);
    dm_plan_free(v.plan);
    dm_recording_free(v.recording);
    return code;
}
