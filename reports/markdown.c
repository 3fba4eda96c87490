/*
 * A page in GitHub's Markdown, for a job summary or a ticket: the verdict, a table of profiles and
 * scenarios, each fault with its places folded away. A job summary has room for 1 MiB
 * (docs.github.com, "Workflow commands"); what does not fit is counted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/group.h"
#include "reports/writer.h"

#define PAGE_BYTES_MAX (900 * 1024)
#define MARKUP "\\`*_[]|#~>"

struct page {
    struct writer *w;
    const struct report *r;
    uint64_t bytes;
};

static void put(struct page *p, const char *text)
{
    p->bytes += strlen(text);
    writer_raw(p->w, text, strlen(text));
}

/* Text of a driver or a scenario: nothing in it is markup, and it stays in its line. */
static void put_plain(struct page *p, const char *text)
{
    char one[2] = "";

    for (; *text; text++) {
        one[0] = *text;
        if (*text == '<')
            put(p, "&lt;");
        else if (*text == '&')
            put(p, "&amp;");
        else if ((unsigned char)*text < 0x20)
            put(p, " ");
        else if (strchr(MARKUP, *text))
            put(p, (char[]) { '\\', *text, '\0' });
        else
            put(p, one);
    }
}

/* A code span that may hold backquotes: its own marks are longer than any run of them. */
static void put_code(struct page *p, const char *text)
{
    size_t longest = 0, run = 0;
    char marks[64];

    if (!*text)
        return;
    for (const char *at = text; *at; at++) {
        run = *at == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    snprintf(marks, sizeof marks, "%.*s", (int)(longest + 1),
             "````````````````````````````````````````````````");
    put(p, marks);
    put(p, longest ? " " : "");
    for (char one[2] = ""; *text; text++) {
        one[0] = (unsigned char)*text < 0x20 ? ' ' : *text;
        put(p, one);
    }
    put(p, longest ? " " : "");
    put(p, marks);
}

static void put_summary(struct page *p, const struct report_groups *g)
{
    struct report_totals sum = report_totals(p->r, g);
    char text[256];

    put(p, "## dmacheck: ");
    put_plain(p, p->r->driver);
    snprintf(text, sizeof text,
             "\n\n**%u finding%s** in %u run%s, %u clean; %u known, %u suppressed.\n\n",
             sum.findings, sum.findings == 1 ? "" : "s", sum.runs, sum.runs == 1 ? "" : "s",
             sum.clean, sum.known, sum.suppressed);
    put(p, text);
}

/* All seeds of a scenario on a profile. */
static void put_cell(struct page *p, const char *profile, const char *scenario)
{
    unsigned runs = 0, bad = 0, excused = 0, lost = 0;
    char text[64];

    for (unsigned i = 0; i < p->r->run_count; i++) {
        const struct report_run *run = &p->r->runs[i];

        if (strcmp(run->profile, profile) || strcmp(run->scenario, scenario))
            continue;
        runs++;
        bad += report_run_exit(run) == 1;
        lost += run->exit > 1;
        excused += run->excused;
    }
    if (!runs)
        snprintf(text, sizeof text, " | -");
    else if (lost)
        snprintf(text, sizeof text, " | **no verdict %u/%u**", lost, runs);
    else if (bad)
        snprintf(text, sizeof text, " | **findings %u/%u**", bad, runs);
    else
        snprintf(text, sizeof text, " | %s", excused ? "known" : "clean");
    put(p, text);
}

static bool opens_scenario(const struct report *r, unsigned run)
{
    for (unsigned i = 0; i < run; i++)
        if (!strcmp(r->runs[i].scenario, r->runs[run].scenario))
            return false;
    return true;
}

/* Profiles down, scenarios across. */
static void put_table(struct page *p)
{
    const struct report *r = p->r;

    put(p, "| profile");
    for (unsigned i = 0; i < r->run_count; i++)
        if (opens_scenario(r, i)) {
            put(p, " | ");
            put_plain(p, r->runs[i].scenario);
        }
    put(p, " |\n|---");
    for (unsigned i = 0; i < r->run_count; i++)
        put(p, opens_scenario(r, i) ? "|---" : "");
    put(p, "|\n");
    for (unsigned i = 0; i < r->run_count; i++) {
        if (!report_opens_profile(r, i))
            continue;
        put(p, "| ");
        put_plain(p, r->runs[i].profile);
        for (unsigned k = 0; k < r->run_count; k++)
            if (opens_scenario(r, k))
                put_cell(p, r->runs[i].profile, r->runs[k].scenario);
        put(p, " |\n");
    }
    put(p, "\n");
}

static void put_places(struct page *p, const struct report_finding *f)
{
    unsigned order[REPORT_SITES_MAX], count = report_sites_in_time(f, order);

    if (!count)
        return;
    put(p, "<details><summary>places</summary>\n\n");
    for (unsigned i = 0; i < count; i++) {
        const struct report_site *site = &f->sites[order[i]];
        char text[768];

        put(p, "- ");
        put_plain(p, site->role);
        put(p, "\n");
        for (unsigned k = 0; k < site->frame_count; k++) {
            snprintf(text, sizeof text, "%s:%u %s", site->frames[k].file, site->frames[k].line,
                     site->frames[k].function);
            put(p, "  - ");
            put_code(p, text);
            put(p, "\n");
        }
    }
    put(p, "\n</details>\n\n");
}

static void put_state(struct page *p, const struct report_finding *f)
{
    if (f->suppressed.reason) {
        put(p, "Suppressed: ");
        put_plain(p, f->suppressed.reason);
        put(p, f->suppressed.expires ? ", until " : "");
        put(p, f->suppressed.expires ? f->suppressed.expires : "");
        put(p, ".\n\n");
    } else if (f->known) {
        put(p, "Known: the baseline has it.\n\n");
    }
}

/* What Driver Verifier says; where there is more than one answer, on which profiles. */
static void put_verdict(struct page *p, const struct report_finding *f, bool several)
{
    const char *last = NULL;

    put(p, "- Driver Verifier: ");
    put_code(p, f->driver_verifier ? f->driver_verifier : "blind");
    for (unsigned i = 0; i < f->run_count && several; i++) {
        const char *profile = p->r->runs[f->runs[i]].profile;

        if (last && !strcmp(last, profile))
            continue;
        put(p, last ? ", " : " on ");
        put_plain(p, profile);
        last = profile;
    }
    put(p, "\n");
}

static void put_group(struct page *p, const struct report_group *g)
{
    const struct report_finding *f = report_group_story(g);
    char text[REPORT_COMMAND_MAX], where[256];

    report_where(f, where, sizeof where);
    put(p, "### ");
    put(p, f->severity);
    put(p, ": ");
    put_plain(p, f->rule);
    put(p, strcmp(where, "-") ? " at " : "");
    put_code(p, strcmp(where, "-") ? where : "");
    put(p, "\n\n");
    put_plain(p, f->message);
    put(p, "\n\n");
    put_state(p, f);
    put_places(p, f);
    for (unsigned m = 0; m < g->count; m++)
        put_verdict(p, g->members[m], g->count > 1);
    snprintf(text, sizeof text, "- seen in %u of %u runs\n- repro: ", g->run_count,
             p->r->run_count);
    put(p, text);
    report_repro(p->r, f, g->runs[0], text, sizeof text);
    put_code(p, text);
    put(p, "\n\n");
}

/* Runs that came to no verdict, each with its reason. */
static void put_troubles(struct page *p)
{
    bool any = false;

    for (unsigned i = 0; i < p->r->run_count && p->bytes < PAGE_BYTES_MAX; i++) {
        const struct report_run *run = &p->r->runs[i];
        char text[256];

        if (run->exit <= 1)
            continue;
        snprintf(text, sizeof text, "%s on %s, seed %" PRIu64, run->scenario, run->profile,
                 run->seed);
        put(p, "- no verdict: ");
        put_plain(p, text);
        put(p, ": ");
        put_plain(p, report_trouble(run));
        put(p, "\n");
        any = true;
    }
    put(p, any ? "\n" : "");
}

static void put_notices(struct page *p)
{
    for (unsigned i = 0; i < p->r->notice_count; i++) {
        put(p, "> ");
        put_plain(p, p->r->notices[i].text);
        put(p, "\n>\n");
    }
}

static void put_page(struct page *p, const struct report_groups *g)
{
    uint64_t left_out = p->r->more;
    char text[128];

    put_summary(p, g);
    put_table(p);
    put_troubles(p);
    for (unsigned i = 0; i < g->count; i++)
        if (p->bytes < PAGE_BYTES_MAX)
            put_group(p, &g->all[i]);
        else
            left_out++;
    put_notices(p);
    snprintf(text, sizeof text, "\n%" PRIu64 " further findings are not listed.\n", left_out);
    put(p, left_out ? text : "");
}

static int write_markdown(const struct report *r, int fd, const struct report_style *style)
{
    struct report_groups g = report_groups_make(r);
    struct page p = { .w = malloc(sizeof *p.w), .r = r };
    int error = -1;

    (void)style;
    if (p.w) {
        writer_init(p.w, fd, true);
        put_page(&p, &g);
        error = writer_flush(p.w);
        free(p.w);
    }
    report_groups_free(&g);
    return error;
}

REPORT_WRITER(markdown, .extensions = { ".md" }, .write = write_markdown);
