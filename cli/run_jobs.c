/*
 * Many runs, in one process or in several. A worker takes every n-th item and sends what it found
 * through a pipe; results are merged in the order of the items, whoever was faster.
 */
#include "cli/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "reports/coverage.h"

/* --- a report of one run as bytes --- */

static void put_bytes(FILE *f, const void *p, size_t n) { fwrite(p, 1, n, f); }

static void put_text(FILE *f, const char *text)
{
    uint32_t n = text ? (uint32_t)strlen(text) + 1 : 0;

    put_bytes(f, &n, sizeof n);
    put_bytes(f, text ? text : "", n);
}

static bool get_bytes(FILE *f, void *p, size_t n) { return fread(p, 1, n, f) == n; }

/* Kept by the report that it belongs to. */
static bool get_text(FILE *f, struct report *r, const char **text)
{
    static char buffer[RUN_LAST_BYTES]; /* the longest text is that */
    uint32_t n;

    if (!get_bytes(f, &n, sizeof n) || n > sizeof buffer || !get_bytes(f, buffer, n))
        return false;
    *text = n ? report_keep(r, buffer) : NULL;
    return true;
}

static void put_finding(FILE *f, const struct report_finding *from)
{
    put_text(f, from->rule);
    put_text(f, from->severity);
    put_text(f, from->message);
    put_text(f, from->driver_verifier);
    put_text(f, from->where);
    put_text(f, from->last);
    put_bytes(f, &from->site_count, sizeof from->site_count);
    for (unsigned s = 0; s < from->site_count; s++) {
        const struct report_site *site = &from->sites[s];

        put_text(f, site->role);
        put_bytes(f, &site->frame_count, sizeof site->frame_count);
        for (unsigned i = 0; i < site->frame_count; i++) {
            put_text(f, site->frames[i].file);
            put_text(f, site->frames[i].function);
            put_bytes(f, &site->frames[i].line, sizeof site->frames[i].line);
        }
    }
}

static bool get_site(FILE *f, struct report *r, struct report_site *site)
{
    if (!get_text(f, r, &site->role) ||
        !get_bytes(f, &site->frame_count, sizeof site->frame_count) ||
        site->frame_count > REPORT_FRAMES_MAX)
        return false;
    for (unsigned i = 0; i < site->frame_count; i++)
        if (!get_text(f, r, &site->frames[i].file) || !get_text(f, r, &site->frames[i].function) ||
            !get_bytes(f, &site->frames[i].line, sizeof site->frames[i].line))
            return false;
    return true;
}

static bool get_finding(FILE *f, struct report *r, struct report_finding *to)
{
    if (!get_text(f, r, &to->rule) || !get_text(f, r, &to->severity) ||
        !get_text(f, r, &to->message) || !get_text(f, r, &to->driver_verifier) ||
        !get_text(f, r, &to->where) || !get_text(f, r, &to->last) ||
        !get_bytes(f, &to->site_count, sizeof to->site_count) || to->site_count > REPORT_SITES_MAX)
        return false;
    for (unsigned s = 0; s < to->site_count; s++)
        if (!get_site(f, r, &to->sites[s]))
            return false;
    return true;
}

static void put_report(FILE *f, const struct report *one)
{
    bool covered = one->coverage != NULL;

    put_bytes(f, &one->runs[0], sizeof one->runs[0]); /* names are the parent's own */
    put_text(f, one->runs[0].trouble);
    put_text(f, one->runs[0].dump);
    put_text(f, one->runs[0].token);
    put_bytes(f, &one->finding_count, sizeof one->finding_count);
    for (unsigned i = 0; i < one->finding_count; i++)
        put_finding(f, &one->findings[i]);
    put_bytes(f, &covered, sizeof covered);
    if (covered)
        put_bytes(f, one->coverage, sizeof *one->coverage);
}

static bool get_coverage(FILE *f, struct report *r)
{
    bool covered;

    if (!get_bytes(f, &covered, sizeof covered) || !covered)
        return !covered;
    r->coverage = malloc(sizeof *r->coverage);
    return r->coverage && get_bytes(f, r->coverage, sizeof *r->coverage);
}

static bool get_report(FILE *f, const struct run_item *item, struct report *r)
{
    struct report_run run;
    unsigned count;

    if (!get_bytes(f, &run, sizeof run) || !get_text(f, r, &run.trouble) ||
        !get_text(f, r, &run.dump) || !get_text(f, r, &run.token) ||
        !get_bytes(f, &count, sizeof count))
        return false;
    run.scenario = item->scenario;
    run.profile = item->profile;
    run.program = item->program ? item->program->path : NULL;
    report_add_run(r, &run);
    for (unsigned i = 0; i < count; i++) {
        struct report_finding finding = { .scenario = item->scenario,
                                          .profile = item->profile,
                                          .seed = item->seed };

        if (!get_finding(f, r, &finding))
            return false;
        report_add_finding(r, 0, &finding);
    }
    return get_coverage(f, r);
}

/* --- workers --- */

struct worker {
    pid_t pid;
    FILE *from;
};

static void work(const struct run_options *o, struct dm_driver *d, const struct run_item *items,
                 unsigned count, unsigned first, FILE *to)
{
    for (unsigned i = first; i < count; i += (unsigned)o->jobs) {
        struct report one;

        run_one(o, d, &items[i], i == 0, &one);
        put_report(to, &one);
        fflush(to);
        report_free(&one);
    }
}

static bool start_worker(struct worker *w, const struct run_options *o, struct dm_driver *d,
                         const struct run_item *items, unsigned count, unsigned first)
{
    int ends[2];

    if (pipe(ends))
        return false;
    fflush(NULL);
    w->pid = fork();
    if (w->pid == 0) {
        FILE *to = fdopen(ends[1], "w");

        close(ends[0]);
        if (to)
            work(o, d, items, count, first, to);
        _exit(to && !fclose(to) ? 0 : DM_INTERNAL);
    }
    close(ends[1]);
    w->from = w->pid > 0 ? fdopen(ends[0], "r") : NULL;
    return w->from != NULL;
}

/* A worker that died has lost its item and those behind it: the simulator failed there. */
static void lost(const struct run_item *item, struct report *one)
{
    struct report_run run = { .scenario = item->scenario,
                              .profile = item->profile,
                              .seed = item->seed,
                              .exit = DM_INTERNAL,
                              .trouble = "the process that ran it died" };

    if (!one->run_count)
        report_add_run(one, &run);
    one->runs[0].exit = DM_INTERNAL;
}

static int run_in_workers(const struct run_options *o, struct dm_driver *d,
                          const struct run_item *items, unsigned count, struct report *r)
{
    struct worker *workers = calloc(o->jobs, sizeof *workers);
    int code = 0;

    must(workers);
    for (unsigned i = 0; i < o->jobs; i++)
        if (!start_worker(&workers[i], o, d, items, count, i))
            return cli_wrong("cannot start a worker: %s", strerror(errno)), free(workers),
                   DM_INTERNAL;
    for (unsigned i = 0; i < count; i++) {
        struct report one;

        report_init(&one, o->driver);
        if (!get_report(workers[i % o->jobs].from, &items[i], &one))
            lost(&items[i], &one);
        run_merge(r, &one);
        report_free(&one);
    }
    for (unsigned i = 0; i < o->jobs; i++) {
        int status;

        fclose(workers[i].from);
        if (waitpid(workers[i].pid, &status, 0) < 0 || status)
            code = DM_INTERNAL;
    }
    free(workers);
    return code;
}

int run_all(const struct run_options *o, struct dm_driver *d, const struct run_item *items,
            unsigned count, struct report *r)
{
    if (o->jobs > 1 && count > 1)
        return run_in_workers(o, d, items, count, r);
    for (unsigned i = 0; i < count; i++) {
        struct report one;

        run_one(o, d, &items[i], i == 0, &one);
        run_merge(r, &one);
        report_free(&one);
    }
    return 0;
}
