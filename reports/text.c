/*
 * The report as text for a person: each finding with its places, then a table of scenario and
 * profile. A finding's first line is stable, so that scripts can look for it.
 */
#include "reports/coverage.h"
#include "reports/group.h"
#include "reports/readiness.h"
#include "reports/replay.h"
#include "reports/table.h"
#include "reports/writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_COLUMNS 100

struct text {
    struct writer *w;
    const struct report *r;
    const struct report_style *style;
    unsigned column; /* of a list that is broken into lines */
};

static __attribute__((format(printf, 2, 3))) void say(struct writer *w, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    writer_raw(w, text, strlen(text));
}

/* A colour, where colours are wanted: "31" red, "0" back to plain. */
static void paint(const struct text *t, const char *code)
{
    if (t->style->color)
        say(t->w, "\033[%sm", code);
}

/* Names of files and functions are the driver's. */
static void say_place(const struct text *t, const struct report_frame *frame)
{
    say(t->w, "      ");
    writer_clean(t->w, frame->file, "");
    say(t->w, ":%u ", frame->line);
    writer_clean(t->w, frame->function, "");
    say(t->w, "\n");
}

static void say_frame(const struct text *t, const struct report_frame *frame, bool excerpt)
{
    char line[160];

    say_place(t, frame);
    if (!excerpt || !report_source_line(t->r, frame, line, sizeof line))
        return;
    paint(t, "2");
    say(t->w, "          | %s\n", line);
    paint(t, "0");
}

static void say_site(const struct text *t, const struct report_site *site)
{
    paint(t, "1");
    say(t->w, "  %s\n", site->role);
    paint(t, "0");
    if (!site->frame_count)
        say(t->w, "      (no frame of the driver)\n");
    for (unsigned i = 0; i < site->frame_count; i++)
        say_frame(t, &site->frames[i], i == 0);
}

static void say_sites(const struct text *t, const struct report_finding *f)
{
    unsigned order[REPORT_SITES_MAX], count = report_sites_in_time(f, order);

    for (unsigned i = 0; i < count; i++)
        say_site(t, &f->sites[order[i]]);
}

static const char *bugcheck_name(unsigned long code)
{
    static const struct {
        unsigned long code;
        const char *name;
    } names[] = {
        { 0x09, "IRQL_NOT_GREATER_OR_EQUAL" },
        { 0x0A, "IRQL_NOT_LESS_OR_EQUAL" },
        { 0x0F, "SPIN_LOCK_ALREADY_OWNED" },
        { 0x10, "SPIN_LOCK_NOT_OWNED" },
        { 0x3B, "SYSTEM_SERVICE_EXCEPTION" },
        { 0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS" },
        { 0x4E, "PFN_LIST_CORRUPT" },
        { 0x50, "PAGE_FAULT_IN_NONPAGED_AREA" },
        { 0x76, "PROCESS_HAS_LOCKED_PAGES" },
        { 0x7E, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED" },
        { 0x7F, "UNEXPECTED_KERNEL_MODE_TRAP" },
        { 0xB8, "ATTEMPTED_SWITCH_FROM_DPC" },
        { 0xC2, "BAD_POOL_CALLER" },
        { 0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION" },
        { 0xC9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION" },
        { 0xCB, "DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS" },
        { 0xD1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL" },
        { 0xE6, "DRIVER_VERIFIER_DMA_VIOLATION" },
        { 0x1DC, "DMA_COMMON_BUFFER_VECTOR_ERROR" },
    };

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return "see the bug check reference";
}

/* "0xE6 (0x0C, 0x11, 0x10, ...)" as Windows prints it. What is not known here is a kernel address
 * there. */
static void say_stop(struct writer *w, const char *driver_verifier)
{
    unsigned long long p[4] = { 0 };
    char *at;
    unsigned long code;

    if (strncmp(driver_verifier, "0x", 2)) /* blind */
        return;
    code = strtoul(driver_verifier, &at, 16);
    at += strspn(at, " (");
    for (unsigned i = 0; i < 4 && *at && *at != '.' && *at != ')'; i++) {
        p[i] = strtoull(at, &at, 16);
        at += strspn(at, ", ");
    }
    say(w, "  *** STOP: 0x%08lX (0x%016llX,0x%016llX,0x%016llX,0x%016llX)\n  %s\n", code, p[0],
        p[1], p[2], p[3], bugcheck_name(code));
}

static const char *state_text(const struct report_finding *f)
{
    return f->suppressed.reason ? " (suppressed)" : f->known ? " (known)" : "";
}

/* The line that scripts look for: nothing in it may change its place. */
static void say_first_line(const struct text *t, const struct report_finding *f,
                           const struct report_run *run)
{
    char where[256];

    report_where(f, where, sizeof where);
    say(t->w, "dmacheck: ");
    paint(t, !strcmp(f->severity, "error") ? "1;31" : "1;33");
    say(t->w, "%s", f->severity);
    paint(t, "0");
    say(t->w, ": %s [profile=%s seed=%" PRIu64 "] ", f->rule, run->profile, run->seed);
    writer_clean(t->w, where, "");
    say(t->w, "%s\n", state_text(f));
}

static void say_state(const struct text *t, const struct report_finding *f)
{
    const struct report_suppression *s = &f->suppressed;

    if (s->reason) {
        say(t->w, "  suppressed %s%s: ", s->expires ? "until " : "for good",
            s->expires ? s->expires : "");
        writer_clean(t->w, s->reason, "    ");
        say(t->w, " (%s)\n", s->place);
    } else if (f->known) {
        say(t->w, "  known: the baseline has it\n");
    }
}

/* One item of a list; a line that is full goes on below, indented. */
static void say_item(struct text *t, const char *item, bool first)
{
    if (!first && t->column + 2 + strlen(item) > PAGE_COLUMNS) {
        say(t->w, ",\n      ");
        t->column = 6;
    } else if (!first) {
        say(t->w, ", ");
        t->column += 2;
    }
    say(t->w, "%s", item);
    t->column += (unsigned)strlen(item);
}

static void begin_list(struct text *t, const char *title)
{
    say(t->w, "%s", title);
    t->column = (unsigned)strlen(title);
}

/* What Driver Verifier says, and where: one line for each thing that it says. */
static void say_verdicts(struct text *t, const struct report_group *g)
{
    for (unsigned m = 0; m < g->count; m++) {
        const struct report_finding *f = g->members[m];
        const char *verdict = f->driver_verifier ? f->driver_verifier : "blind", *last = NULL;
        char title[128];

        snprintf(title, sizeof title, "  Driver Verifier: %s%s", verdict,
                 g->count > 1 ? " on " : "");
        begin_list(t, title);
        for (unsigned i = 0; i < f->run_count && g->count > 1; i++) {
            const char *profile = t->r->runs[f->runs[i]].profile;

            if (!last || strcmp(last, profile))
                say_item(t, profile, !last);
            last = profile;
        }
        say(t->w, "\n");
        if (t->style->bugcheck && f->driver_verifier)
            say_stop(t->w, f->driver_verifier);
        if (t->style->bugcheck && f->run_count && t->r->runs[f->runs[0]].dump)
            say(t->w, "%s", t->r->runs[f->runs[0]].dump);
    }
}

struct stretches {
    struct text *t;
    bool scenarios, first; /* whether scenarios are named: only where there are several */
};

static void say_stretch(void *ctx, const struct report_run *run, const char *seeds)
{
    struct stretches *s = ctx;
    char item[768];

    snprintf(item, sizeof item, "%s%s%s %s %s", s->scenarios ? run->scenario : "",
             s->scenarios ? " on " : "", run->profile, strpbrk(seeds, " .") ? "seeds" : "seed",
             seeds);
    say_item(s->t, item, s->first);
    s->first = false;
}

static void say_runs(struct text *t, const struct report_group *g)
{
    struct stretches s = { .t = t, .first = true };
    char title[64];

    if (t->r->run_count == 1)
        return;
    if (g->run_count == t->r->run_count) {
        say(t->w, "  seen in all %u runs\n", g->run_count);
        return;
    }
    for (unsigned i = 1; i < t->r->run_count; i++)
        s.scenarios |= strcmp(t->r->runs[i].scenario, t->r->runs[0].scenario) != 0;
    snprintf(title, sizeof title, "  seen in %u of %u runs: ", g->run_count, t->r->run_count);
    begin_list(t, title);
    report_runs_each(t->r, g->runs, g->run_count, say_stretch, &s);
    say(t->w, "\n");
}

/* What the flight recorder had when the finding was made. */
static void say_last(const struct text *t, const struct report_finding *f)
{
    if (!f->last)
        return;
    say(t->w, "  Last events\n      ");
    writer_clean(t->w, f->last, "      ");
    say(t->w, "\n");
}

/* In one word, for a mail or a page; NULL: there is none that could be typed. */
static void say_schedule(const struct text *t, const char *token)
{
    if (!token)
        return;
    say(t->w, "  schedule: ");
    writer_clean(t->w, token, "");
    say(t->w, "\n");
}

static void say_group(struct text *t, const struct report_group *g)
{
    const struct report_finding *f = report_group_story(g);
    char repro[REPORT_COMMAND_MAX];

    say_first_line(t, f, &t->r->runs[g->runs[0]]);
    if (t->style->verbosity < 0)
        return;
    say(t->w, "  ");
    writer_clean(t->w, f->message, "  ");
    say(t->w, "\n");
    say_state(t, f);
    say_sites(t, f);
    say_verdicts(t, g);
    say_runs(t, g);
    say_last(t, f);
    say_schedule(t, t->r->runs[g->runs[0]].token);
    report_repro(t->r, f, g->runs[0], repro, sizeof repro);
    say(t->w, "  repro: ");
    writer_raw(t->w, repro, strlen(repro));
    say(t->w, "\n  explain: dmacheck explain %s\n\n", f->rule);
}

static const char *exit_text(int exit)
{
    static const char *const texts[] = { "clean",    "findings",   "usage",
                                         "internal", "no verdict", "diverged" };

    return exit >= 0 && exit < 6 ? texts[exit] : "?";
}

/* One cell: what all seeds of a scenario on a profile gave. */
static void cell_text(const struct report *r, const char *scenario, const char *profile, char *text,
                      size_t size)
{
    unsigned runs = 0, bad = 0, excused = 0;
    int worst = 0;

    for (unsigned i = 0; i < r->run_count; i++) {
        const struct report_run *run = &r->runs[i];

        if (strcmp(run->scenario, scenario) || strcmp(run->profile, profile))
            continue;
        runs++;
        excused += run->excused;
        if (report_run_exit(run) > worst) {
            worst = report_run_exit(run);
            bad = 0;
        }
        bad += worst && report_run_exit(run) == worst;
    }
    if (!runs)
        snprintf(text, size, "-");
    else if (!bad && excused)
        snprintf(text, size, "known");
    else if (!bad || runs == 1)
        snprintf(text, size, "%s", exit_text(worst));
    else
        snprintf(text, size, "%s %u/%u", exit_text(worst), bad, runs);
}

static void say_table(const struct text *text)
{
    const struct report *r = text->r;
    struct table t;

    table_init(&t, "profile");
    for (unsigned i = 0; i < r->run_count; i++) {
        char cell[32];

        cell_text(r, r->runs[i].scenario, r->runs[i].profile, cell, sizeof cell);
        table_set(&t, r->runs[i].profile, r->runs[i].scenario, cell);
    }
    table_write(&t, text->w, text->style->color);
    table_free(&t);
}

/* Runs that came to no verdict are no findings, and no less to be known. */
static void say_troubles(const struct text *t)
{
    for (unsigned i = 0; i < t->r->run_count; i++) {
        const struct report_run *run = &t->r->runs[i];

        if (run->exit <= 1)
            continue;
        say(t->w, "no verdict: %s [profile=%s seed=%" PRIu64 "]: ", run->scenario, run->profile,
            run->seed);
        writer_clean(t->w, report_trouble(run), "    ");
        say(t->w, "\n");
    }
}

/* How often each rule spoke, where there is more than one thing to count. */
static void say_rules(struct text *t, const struct report_groups *g)
{
    if (g->count < 2)
        return;
    begin_list(t, "findings by rule: ");
    for (unsigned i = 0; i < g->count; i++) {
        const char *rule = g->all[i].members[0]->rule;
        unsigned count = 0, before = 0;
        char item[128];

        for (unsigned k = 0; k < g->count; k++) {
            bool same = !strcmp(g->all[k].members[0]->rule, rule);

            before += same && k < i;
            count += same;
        }
        snprintf(item, sizeof item, "%s %u", rule, count);
        if (!before)
            say_item(t, item, i == 0);
    }
    say(t->w, "\n");
}

static void say_summary(const struct text *t, const struct report_groups *g)
{
    struct report_totals sum = report_totals(t->r, g);

    for (unsigned i = 0; i < t->r->notice_count; i++) {
        say(t->w, "note: ");
        writer_clean(t->w, t->r->notices[i].text, "    ");
        say(t->w, "\n");
    }
    if (t->style->verbosity < 0)
        return;
    say(t->w, "dmacheck: ");
    writer_clean(t->w, t->r->driver, "");
    say(t->w, ": %u run%s, %u clean, %u finding%s", sum.runs, sum.runs == 1 ? "" : "s", sum.clean,
        sum.findings, sum.findings == 1 ? "" : "s");
    if (t->r->suppressing)
        say(t->w, ", %u suppressed", sum.suppressed);
    if (t->r->baselined)
        say(t->w, ", %u known", sum.known);
    say(t->w, ", %" PRIu64 " bytes moved\n", sum.bytes);
}

static void say_findings(struct text *t, const struct report_groups *g)
{
    for (unsigned i = 0; i < g->count; i++)
        say_group(t, &g->all[i]);
    if (t->style->verbosity >= 0) {
        say_table(t);
        say_troubles(t);
        if (t->r->replay)
            replay_write_text(t->r, t->w, t->style->color);
        say_rules(t, g);
    }
    say_summary(t, g);
    if (t->r->more)
        say(t->w, "dmacheck: %" PRIu64 " findings are not listed\n", t->r->more);
}

static int write_text(const struct report *r, int fd, const struct report_style *style)
{
    struct writer *w = malloc(sizeof *w);
    struct text t = { .w = w, .r = r, .style = style };
    struct report_groups g;
    int error;

    if (!w)
        return -1;
    writer_init(w, fd, true);
    g = report_groups_make(r);
    if (r->readiness)
        readiness_write_text(r, &g, w);
    else
        say_findings(&t, &g);
    if (r->coverage && !r->readiness)
        coverage_write_text(r, w);
    report_groups_free(&g);
    error = writer_flush(w);
    free(w);
    return error;
}

REPORT_WRITER(text, .extensions = { ".txt" }, .write = write_text);
