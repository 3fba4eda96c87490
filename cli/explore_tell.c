/*
 * What a search has found, as a report: each run that shows something new is run once more, by its
 * schedule alone, as the repro line says, and that run is the report's. What was tried is a notice.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/explore.h"
#include "machine/schedule.h"

static const char *strategy_word(const struct explore_verb *o)
{
    static const char *const words[] = { "random", "pct", "dfs" };

    return words[o->strategy];
}

/* A token as --schedule takes it: itself, or a file that lives as long as this process. */
static const char *token_given(const char *token, char *path, size_t size, int *file)
{
    size_t length = strlen(token);

    *file = -1;
    if (length <= SCHEDULE_TOKEN_MAX)
        return token;
    *file = memfd_create("schedule", 0);
    if (*file < 0 || write(*file, token, length) != (ssize_t)length)
        return NULL;
    snprintf(path, size, "@/proc/self/fd/%d", *file);
    return path;
}

/* How it is shown again where the schedule is too long for a line. */
static const char *repro_by_number(const struct explore_verb *o, struct report *r, uint64_t run)
{
    char text[REPORT_COMMAND_MAX], driver[512], profile[512], scenario[256], depth[32] = "";

    report_shell_word(o->run.driver, driver, sizeof driver);
    report_shell_word(o->run.profile, profile, sizeof profile);
    report_shell_word(o->run.scenario, scenario, sizeof scenario);
    if (o->strategy == EXPLORE_PCT)
        snprintf(depth, sizeof depth, " --depth %u", o->depth);
    snprintf(text, sizeof text,
             "dmacheck explore %s --profile %s --scenario %s --strategy %s%s --seed %" PRIu64
             " --run %" PRIu64 "%s%s%s",
             driver, profile, scenario, strategy_word(o), depth, o->seed, run,
             o->pin_data ? " --pin-data" : "", o->run.no_races ? " --no-races" : "",
             r->repro ? r->repro : "");
    return report_keep(r, text);
}

static void tell_found(const struct explore_verb *o, struct dm_driver *d,
                       const struct explore_found *f, bool first, struct report *r)
{
    struct run_options run = o->run;
    struct report one;
    char path[64];
    int file;

    run.schedule = token_given(f->token, path, sizeof path, &file);
    run_one(&run, d, &(struct run_item) { .scenario = o->run.scenario, .profile = o->run.profile },
            first, &one);
    if (file >= 0) {
        one.runs[0].token = NULL;
        one.runs[0].by_token = false;
        for (unsigned i = 0; i < one.finding_count; i++)
            one.findings[i].repro = repro_by_number(o, &one, f->run);
        close(file);
    }
    run_merge(r, &one);
    report_free(&one);
}

/* What came of a run whose number stands for it. */
static int tell(const struct explore_verb *o, struct dm_driver *d, const struct explore_found *f,
                bool first, struct report *r)
{
    switch (f->news) {
    case EXPLORE_DIVERGED:
        fprintf(stderr,
                "dmacheck: explore: run %" PRIu64 " was another run when it was run again\n",
                f->run);
        return DM_DIVERGED;
    case EXPLORE_BROKEN:
        fprintf(stderr, "dmacheck: explore: run %" PRIu64 ": %s\n", f->run, f->trouble);
        return DM_INTERNAL;
    case EXPLORE_NO_VERDICT:
        fprintf(stderr, "dmacheck: explore: run %" PRIu64 " ended without a verdict\n", f->run);
        return DM_BUDGET;
    default:
        if (!f->token)
            return cli_wrong("explore: no memory for a schedule"), DM_INTERNAL;
        tell_found(o, d, f, first, r);
        return 0;
    }
}

void explore_tell_plain(const struct explore_verb *o, struct dm_driver *d, struct report *r)
{
    struct report one;

    run_one(&o->run, d,
            &(struct run_item) { .scenario = o->run.scenario, .profile = o->run.profile }, true,
            &one);
    run_merge(r, &one);
    report_free(&one);
}

static void tell_levels(const struct explore_verb *o, const struct explore_sum *sum, char *text,
                        size_t size)
{
    size_t used = (size_t)snprintf(text, size, " with at most %u preemption%s (", o->depth,
                                   o->depth == 1 ? "" : "s");

    for (unsigned i = 0; i <= o->depth && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64 " with %u", i ? ", " : "",
                                 sum->levels[i], i);
    if (used < size)
        snprintf(text + used, size - used, "): %s",
                 sum->exhausted && !sum->cut ? "the space is exhausted"
                                             : "the space is not exhausted");
}

static void tell_sum(const struct explore_verb *o, const struct explore_sum *sum, struct report *r)
{
    char levels[512] = "", found[64] = "";

    if (o->strategy == EXPLORE_DFS)
        tell_levels(o, sum, levels, sizeof levels);
    if (sum->found_count)
        snprintf(found, sizeof found, "; the first finding came with run %" PRIu64,
                 sum->found[0].run);
    report_add_notice(r, "explored",
                      "%s: %" PRIu64 " schedules%s; who goes next was asked %" PRIu64
                      " times in a run; %" PRIu64 " were run twice%s",
                      strategy_word(o), sum->runs, levels, sum->runs ? sum->points / sum->runs : 0,
                      sum->checked, found);
}

int explore_search(const struct explore_verb *o, struct dm_driver *d, struct report *r)
{
    struct explore_sum sum = { 0 };
    volatile uint64_t stop_at = UINT64_MAX;
    int code = 0;
    bool first = true;

    if (o->run.jobs > 1)
        code = explore_in_jobs(o, d, &sum);
    else
        explore_loop(o, d, 0, 1, &stop_at, &sum);
    if (!code && !sum.runs)
        code = DM_INTERNAL;
    for (unsigned i = 0; i < sum.found_count; i++) {
        code = cli_worse(code, tell(o, d, &sum.found[i], first, r));
        first = first && sum.found[i].news != EXPLORE_NEW;
        free(sum.found[i].token);
    }
    if (!sum.found_count && !code)
        explore_tell_plain(o, d, r);
    if (o->strategy == EXPLORE_DFS && !sum.found_count && (!sum.exhausted || sum.cut))
        code = cli_worse(code, DM_BUDGET);
    tell_sum(o, &sum, r);
    free(sum.found);
    return code;
}
