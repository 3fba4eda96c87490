/*
 * What a page shows besides findings: the runs that made them, once more, with somebody watching.
 * A run is repeated and not kept while it first runs, since equal choices give equal runs: then runs
 * that nobody draws cost nothing, whichever process they were in.
 */
#include "cli/run.h"

#include <string.h>

#include "reports/story.h"

/* Runs worth drawing: of each finding the first, in order; without findings the first of all. */
static unsigned pick_runs(const struct report *r, unsigned *runs)
{
    unsigned count = 0;

    for (unsigned i = 0; i < r->finding_count && count < STORY_TIMELINES_MAX; i++) {
        unsigned run = r->findings[i].run_count ? r->findings[i].runs[0] : 0, k = 0;

        while (k < count && runs[k] != run)
            k++;
        if (k == count && r->runs[run].exit <= DM_FINDINGS)
            runs[count++] = run;
    }
    if (!count && r->run_count && r->runs[0].exit <= DM_FINDINGS)
        runs[count++] = 0;
    return count;
}

/* The marks name findings of the run alone; in the report they may have other places. */
static void number_marks(struct timeline *t, const struct report *one, const struct report *r)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < t->mark_count; i++) {
        int index = report_index_of(r, &one->findings[t->marks[i].finding]);

        if (index < 0)
            continue; /* beyond --max-findings */
        t->marks[kept] = t->marks[i];
        t->marks[kept++].finding = (unsigned)index;
    }
    t->mark_count = kept;
}

static void repeat(const struct run_options *o, struct dm_driver *d, struct report *r,
                   const struct dm_plan *plan, unsigned run)
{
    struct run_options quiet = *o;
    struct report_story *story = report_story(r);
    struct run_item item = { .scenario = r->runs[run].scenario,
                             .profile = r->runs[run].profile,
                             .seed = r->runs[run].seed,
                             .program = run_program_of(o, &r->runs[run]),
                             .timeline = timeline_create(),
                             .plan = plan };
    struct report one;

    if (!item.timeline)
        return;
    quiet.record = NULL;
    quiet.outputs.style.verbosity = -1;
    run_one(&quiet, d, &item, false, &one);
    number_marks(item.timeline, &one, r);
    item.timeline->run = run;
    story->timelines[story->timeline_count++] = item.timeline;
    report_free(&one);
}

void run_tell_story(const struct run_options *o, struct dm_driver *d, const struct dm_plan *plan,
                    struct report *r)
{
    unsigned runs[STORY_TIMELINES_MAX], count = pick_runs(r, runs);

    for (unsigned i = 0; i < count; i++)
        repeat(o, d, r, plan, runs[i]);
}

/* Names of sources start at the tree that the program was built in, at the driver's folder, or here. */
void cli_story_roots(struct report *r, const char *driver)
{
    char path[4096];
    char *slash;

    report_story_root(r, ".");
    if (cli_is_folder(
            driver)) { /* names start in it, or in the folder that it is in (cli/build.c) */
        report_story_root(r, driver);
        snprintf(path, sizeof path, "%s/..", driver);
        report_story_root(r, path);
    }
    if (cli_tree_file("drivers-under-test", path, sizeof path) && (slash = strrchr(path, '/'))) {
        *slash = '\0';
        report_story_root(r, path);
    }
}
