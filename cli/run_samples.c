/*
 * dmacheck run --all-samples: every sample driver on every profile, as one table. `make run`.
 */
#include "cli/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/table.h"

#define SAMPLES_MAX 32

struct totals {
    uint64_t bytes, runs;
    int code;
};

/* One cell of the table for each profile: the worst of the driver's scenarios there. */
static void add_row(struct table *t, const char *driver, const struct report *r)
{
    for (unsigned i = 0; i < r->run_count; i++) {
        const char *profile = r->runs[i].profile;
        unsigned bad = 0, runs = 0;
        int code = DM_CLEAN;
        char text[TABLE_TEXT_MAX];

        for (unsigned k = 0; k < r->run_count; k++)
            if (!strcmp(r->runs[k].profile, profile)) {
                runs++;
                bad += r->runs[k].exit != DM_CLEAN;
                code = cli_worse(code, r->runs[k].exit);
            }
        if (bad)
            snprintf(text, sizeof text, "%s %u/%u", code == DM_FINDINGS ? "findings" : "exit", bad,
                     runs);
        else
            snprintf(text, sizeof text, "clean");
        table_set(t, profile, driver, text);
    }
}

/* Where traces and pages go; false: there can be no such folder. */
static bool kept_folder(const struct run_options *o, char *folder, size_t size)
{
    if (o->record_dir)
        snprintf(folder, size, "%s", o->record_dir);
    else
        snprintf(folder, size, "%s/traces", cli_exe_folder());
    return !mkdir(folder, 0777) || errno == EEXIST;
}

/* One trace of each sample is kept, so that there is something to look at. */
static void record_one(const struct run_options *o, const char *driver, const char *profile)
{
    struct run_options once = *o;
    char folder[4096], path[4096 + 128];
    struct report ignored;
    struct cli_driver found;
    struct dm_driver *d;
    char message[512];

    if (!kept_folder(o, folder, sizeof folder))
        return;
    snprintf(path, sizeof path, "%s/%.64s.dmatrace", folder, driver);
    once.record = path;
    once.driver = driver;
    if (cli_driver_find(&found, driver, 0, NULL) ||
        !(d = dm_driver_open(found.path, message, sizeof message)))
        return;
    run_one(&once, d,
            &(struct run_item) { .scenario = dm_driver_scenarios(d)[0].name,
                                 .profile = profile,
                                 .seed = o->seed_first },
            true, &ignored);
    report_free(&ignored);
    dm_driver_close(d);
    printf("trace: %s\n", path);
}

static void run_sample(const struct run_options *o, const char *driver, const char *const *profiles,
                       unsigned profile_count, struct table *t, struct totals *sum)
{
    struct run_options one = *o;
    struct cli_outputs outputs = o->outputs, page = { 0 };
    char folder[4096], path[4096 + 128];
    struct report r;

    one.driver = driver;
    one.record = NULL;
    outputs.style.verbosity = -1;
    if (kept_folder(o, folder, sizeof folder)) {
        snprintf(path, sizeof path, "%s/%.64s.html", folder, driver);
        cli_outputs_add(&page, path);
        one.outputs = page;
    }
    report_init(&r, driver);
    r.watched = run_is_watched(&one);
    sum->code = cli_worse(sum->code, run_driver(&one, driver, profiles, profile_count, &r));
    sum->code = cli_worse(sum->code, run_verdict(&one, &r));
    for (unsigned i = 0; i < r.run_count; i++)
        sum->bytes += r.runs[i].bytes;
    sum->runs += r.run_count;
    add_row(t, driver, &r);
    cli_describe_rules(&r);
    if (page.path_count) {
        sum->code = cli_worse(sum->code, cli_outputs_write(&page, &r));
        printf("report: %s\n", path);
    }
    if (r.finding_count)
        sum->code = cli_worse(sum->code, cli_outputs_write(&outputs, &r));
    report_free(&r);
}

int run_samples(const struct run_options *o, const char *const *profiles, unsigned profile_count)
{
    char names[SAMPLES_MAX][64];
    unsigned count = cli_samples(names, SAMPLES_MAX);
    struct totals sum = { 0, 0, DM_CLEAN };
    struct table t;
    struct writer w;

    if (!count)
        return cli_wrong("no samples are built beside %s; type make", cli_exe_folder());
    table_init(&t, "profile");
    for (unsigned i = 0; i < count; i++)
        run_sample(o, names[i], profiles, profile_count, &t, &sum);
    for (unsigned i = 0; i < count; i++)
        record_one(o, names[i], profiles[0]);
    fflush(stdout);
    writer_init(&w, STDOUT_FILENO, true);
    writer_raw(&w, "\n", 1);
    table_write(&t, &w, o->outputs.style.color);
    writer_flush(&w);
    printf("dmacheck: %u drivers, %u profiles, %" PRIu64 " runs, %" PRIu64 " bytes moved: %s\n",
           count, profile_count, sum.runs, sum.bytes,
           sum.code == DM_CLEAN ? "all clean" : "NOT CLEAN");
    table_free(&t);
    return sum.code;
}
