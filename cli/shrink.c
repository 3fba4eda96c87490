/*
 * dmacheck shrink: a failing run made smaller, and recorded anew.
 */
#include "cli/shrink.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

#define RUNS_DEFAULT 20000

struct shrink_verb {
    const char *out;
    uint64_t runs;
    struct shrink_subject subject;
    struct shrink_progress progress;
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
    v->progress.seconds = text[n] == 's' ? value : 0;
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
            v->progress.quiet = true;
            break;
        case OPT_FINDING:
            v->subject.finding = optarg;
            break;
        case OPT_DRIVER:
            v->subject.driver = optarg;
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
    v->subject.trace = argv[optind];
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

/* --- the result, on stdout --- */

static void row(const char *what, uint64_t before, uint64_t after)
{
    printf("%-12s %10" PRIu64 " %10" PRIu64 "\n", what, before, after);
}

static void say_sizes(const struct shrink_size *before, const struct shrink_size *after, bool plan)
{
    printf("%-12s %10s %10s\n", "", "before", "after");
    if (plan) {
        row("operations", before->operations, after->operations);
        row("requests", before->requests, after->requests);
        row("bytes", before->bytes, after->bytes);
        row("threads", before->threads, after->threads);
    }
    row("choices", before->choices, after->choices);
    row("faults", before->faults, after->faults);
    if (before->steps)
        row("steps", before->steps, after->steps);
}

static void say_result(const struct shrink_verb *v, const struct shrunk *s)
{
    const struct shrink_target *t = &v->subject.target;
    struct shrink_size after;

    printf("%s: %s\n", t->rule, *t->failure ? t->failure : t->message);
    for (unsigned i = 0; i < t->site_count; i++)
        if (t->sites[i].frame_count)
            printf("  %-16s %s:%u %s\n", t->sites[i].role, t->sites[i].frames[0].file,
                   t->sites[i].frames[0].line, t->sites[i].frames[0].function);
    shrink_size_of(&s->best, &after);
    say_sizes(&v->progress.before, &after, !v->subject.scenario);
    printf("%s after %" PRIu64 " runs%s\n", v->out, s->runs,
           s->end == SHRINK_BUDGET ? "; the budget ended before it was as small as it gets" : "");
}

/* --- the run --- */

/* Records what is left; an exit code. */
static int record(struct shrink_verb *v, const struct shrunk *s, uint64_t seed)
{
    struct shrink_subject *subject = &v->subject;
    char message[512] = "";
    int error;

    subject->machine.record = v->out;
    error = shrink_record(&subject->machine, seed, subject->d, subject->scenario, &s->best,
                          &subject->target, message, sizeof message);
    if (error)
        cli_wrong("%s: %s", v->out, message);
    else
        say_result(v, s);
    return !error ? DM_CLEAN : error == ERR_DIVERGED ? DM_INTERNAL : DM_USAGE;
}

static int reduce(struct shrink_verb *v)
{
    struct shrink_options options = { .runs_max = v->runs,
                                      .go_on = shrink_progress_go_on,
                                      .ctx = &v->progress };
    struct shrink_oracle oracle = { .same = shrink_runner_same };
    struct shrink_subject *subject = &v->subject;
    int code = DM_DIVERGED;
    char message[512] = "";
    struct shrink_case from;
    struct shrunk s;
    uint64_t seed;

    shrink_subject_case(subject, &from);
    shrink_size_of(&from, &v->progress.before);
    oracle.ctx = shrink_runner_open(&subject->machine, subject->d, subject->scenario,
                                    &subject->target, message, sizeof message);
    if (!oracle.ctx)
        return cli_wrong("%s", message);
    shrink_progress_begin(&v->progress);
    shrink(&s, &from, &oracle, &options);
    seed = shrink_runner_seed(oracle.ctx);
    shrink_runner_close(oracle.ctx);
    shrink_progress_end(&v->progress);
    if (s.end == SHRINK_NOT_THERE)
        cli_wrong("%s: '%s' does not show when the run is repeated", subject->trace,
                  subject->target.rule);
    else
        code = record(v, &s, seed);
    shrink_free(&s);
    return code;
}

int verb_shrink(int argc, char **argv)
{
    struct shrink_verb v = { .runs = RUNS_DEFAULT };
    int code = take_options(&v, argc, argv);

    if (code)
        return code < 0 ? DM_CLEAN : code;
    code = check_out(v.out);
    if (!code)
        code = shrink_subject_open(&v.subject);
    if (!code)
        code = reduce(&v);
    shrink_subject_close(&v.subject);
    return code;
}
