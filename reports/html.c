/*
 * The report as one page that opens from disk: summary, findings with their sources, a picture of
 * what each is about, a timeline of the runs that made them. Nothing is loaded from anywhere; all
 * but the timeline is there without script as well.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

void html_raw(struct html *h, const char *markup)
{
    size_t n = strlen(markup);

    h->bytes += n;
    writer_raw(&h->w, markup, n);
}

/* Bytes that are no UTF-8 are the browser's to replace: none of them can be markup. */
void html_text(struct html *h, const char *text)
{
    static const char *const words[256] = {
        ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&#39;"
    };

    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;
        char one[2] = { *text, 0 };

        if (words[c])
            html_raw(h, words[c]);
        else if (c >= 0x20 || c == '\t' || c == '\n')
            html_raw(h, one);
        else
            html_raw(h, "\xef\xbf\xbd");
    }
}

void html_say(struct html *h, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    html_raw(h, text);
}

void html_number(struct html *h, uint64_t value) { html_say(h, "%" PRIu64, value); }

void html_element(struct html *h, const char *element, const char *class_name, const char *text)
{
    html_say(h, "<%s class=\"%s\">", element, class_name);
    html_text(h, text);
    html_say(h, "</%s>", element);
}

/* --- summary --- */

static unsigned count_level(const struct html *h, int level)
{
    unsigned count = 0;

    for (unsigned i = 0; i < h->groups.count; i++)
        count += report_counts(h->groups.all[i].members[0]) &&
                 report_severity(h->groups.all[i].members[0]->severity) == level;
    return count;
}

/* 35,599,148: long numbers are read in threes. */
static void grouped(struct html *h, uint64_t value)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%" PRIu64, value);

    for (int i = 0; i < n; i++)
        html_say(h, i && (n - i) % 3 == 0 ? ",%c" : "%c", text[i]);
}

static void card(struct html *h, const char *class_name, const char *title, uint64_t number,
                 const char *more)
{
    html_say(h, "<div class=\"card %s\"><div class=\"number\">", class_name);
    grouped(h, number);
    html_say(h, "</div><div class=\"title\">%s</div>", title);
    html_element(h, "div", "more", more);
    html_raw(h, "</div>\n");
}

static unsigned distinct_profiles(const struct report *r)
{
    unsigned count = 0;

    for (unsigned i = 0; i < r->run_count; i++) {
        unsigned k = 0;

        while (k < i && strcmp(r->runs[k].profile, r->runs[i].profile))
            k++;
        count += k == i;
    }
    return count;
}

static void summary(struct html *h)
{
    const struct report *r = h->report;
    struct report_totals sum = report_totals(r, &h->groups);
    unsigned errors = count_level(h, 3), warnings = count_level(h, 2), notes = count_level(h, 1);
    unsigned failed = 0;
    char text[128];

    for (unsigned i = 0; i < r->run_count; i++) {
        failed += r->runs[i].exit > 1;
    }
    html_raw(h, "<section id=\"summary\">\n<div class=\"cards\">\n");
    snprintf(text, sizeof text, "%u error%s, %u warning%s, %u note%s", errors,
             errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s", notes,
             notes == 1 ? "" : "s");
    if (sum.known || sum.suppressed)
        snprintf(text + strlen(text), sizeof text - strlen(text), "; %u known, %u suppressed",
                 sum.known, sum.suppressed);
    card(h, sum.findings ? "bad" : "good", sum.findings == 1 ? "finding" : "findings", sum.findings,
         text);
    snprintf(text, sizeof text, "%u clean%s", sum.clean, failed ? ", some without a verdict" : "");
    card(h, failed ? "bad" : "", r->run_count == 1 ? "run" : "runs", r->run_count, text);
    snprintf(text, sizeof text, "machines that the driver ran on");
    card(h, "", distinct_profiles(r) == 1 ? "profile" : "profiles", distinct_profiles(r), text);
    card(h, "", "bytes moved", sum.bytes, "by requests that ended well");
    html_raw(h, "</div>\n");
}

/* --- the table of scenarios and profiles --- */

static void cell(struct html *h, const char *scenario, const char *profile)
{
    static const char *const words[] = { "clean",    "findings",   "usage",
                                         "internal", "no verdict", "diverged" };
    const struct report *r = h->report;
    unsigned runs = 0, bad = 0;
    int worst = 0;

    for (unsigned i = 0; i < r->run_count; i++) {
        const struct report_run *run = &r->runs[i];

        if (strcmp(run->scenario, scenario) || strcmp(run->profile, profile))
            continue;
        runs++;
        bad += report_run_exit(run) != 0;
        if (report_run_exit(run) > 1 || !worst)
            worst = report_run_exit(run);
    }
    if (!runs) {
        html_raw(h, "<td class=\"none\">–</td>");
        return;
    }
    html_say(h, "<td class=\"%s\">%s",
             worst == 0   ? "clean"
             : worst == 1 ? "dirty"
                          : "failed",
             worst >= 0 && worst < 6 ? words[worst] : "?");
    if (bad && runs > 1)
        html_say(h, " <small>%u/%u</small>", bad, runs);
    html_raw(h, "</td>");
}

/* The i-th distinct text of the runs, by what picks it; NULL: there are no more. */
static const char *nth(const struct report *r, size_t member, unsigned n)
{
    for (unsigned i = 0; i < r->run_count; i++) {
        const char *text = *(const char *const *)((const char *)&r->runs[i] + member);
        unsigned k = 0;

        while (k < i && strcmp(*(const char *const *)((const char *)&r->runs[k] + member), text))
            k++;
        if (k == i && !n--)
            return text;
    }
    return NULL;
}
#define SCENARIO(r, n) nth(r, offsetof(struct report_run, scenario), n)
#define PROFILE(r, n) nth(r, offsetof(struct report_run, profile), n)

static void matrix(struct html *h)
{
    const struct report *r = h->report;
    const char *scenario, *profile;
    unsigned scenarios = 0;

    while (SCENARIO(r, scenarios))
        scenarios++;
    html_say(h, "<details class=\"runs\"%s><summary>%u scenario%s on %u profile%s</summary>\n",
             scenarios <= 10 || r->finding_count ? " open" : "", scenarios,
             scenarios == 1 ? "" : "s", distinct_profiles(r), distinct_profiles(r) == 1 ? "" : "s");
    html_raw(h, "<div class=\"wide\"><table class=\"matrix\"><thead><tr><th>scenario</th>");
    for (unsigned p = 0; (profile = PROFILE(r, p)); p++)
        html_element(h, "th", "", profile);
    html_raw(h, "</tr></thead><tbody>\n");
    for (unsigned s = 0; (scenario = SCENARIO(r, s)); s++) {
        html_raw(h, "<tr>");
        html_element(h, "th", "", scenario);
        for (unsigned p = 0; (profile = PROFILE(r, p)); p++)
            cell(h, scenario, profile);
        html_raw(h, "</tr>\n");
    }
    html_raw(h, "</tbody></table></div></details>\n</section>\n");
}

/* --- the page --- */

static void head(struct html *h)
{
    html_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n<title>");
    html_text(h, h->report->driver);
    html_raw(h, " – dmacheck</title>\n<style>\n");
    html_raw(h, html_style);
    /* Hears of the big script's faults too, syntax included, so that a test can. */
    html_raw(h, "</style>\n<script>\n"
                "addEventListener('error', function (e) {\n"
                "    document.documentElement.setAttribute('data-script-error', e.message);\n"
                "});\n</script>\n</head>\n<body>\n");
    html_raw(h, "<header><div class=\"inner\"><h1>");
    html_text(h, h->report->driver);
    html_raw(h, "</h1><span class=\"tool\">" REPORT_TOOL " " REPORT_VERSION "</span>"
                "<nav><a href=\"#summary\">Summary</a>");
    if (h->report->story && h->report->story->timeline_count)
        html_raw(h, "<a href=\"#timelines\">Timeline</a>");
    if (h->report->finding_count)
        html_raw(h, "<a href=\"#findings\">Findings</a>");
    if (h->report->coverage)
        html_raw(h, "<a href=\"#coverage\">Coverage</a>");
    html_raw(h, "</nav><button id=\"theme\" type=\"button\" hidden>Theme</button></div></header>\n"
                "<main>\n");
}

static void notes(struct html *h)
{
    const struct report *r = h->report;

    html_raw(h, "<footer>\n");
    for (unsigned i = 0; i < r->notice_count; i++) {
        html_raw(h, "<p class=\"notice\">Note: ");
        html_text(h, r->notices[i].text);
        html_raw(h, "</p>\n");
    }
    if (r->more)
        html_say(h,
                 "<p id=\"note-more\">%" PRIu64 " further findings are not listed "
                 "(--max-findings).</p>\n",
                 r->more);
    if (h->cut)
        html_say(h,
                 "<p id=\"note-cut\">%u findings are shown by their first line alone, to keep "
                 "this page below %u MiB. The JSON report has all of every finding.</p>\n",
                 h->cut, HTML_BYTES_MAX >> 20);
    html_raw(h, "<p>Made by " REPORT_TOOL " " REPORT_VERSION ". This page is one file and loads "
                "nothing; source lines are those that lay on disk when it was written.</p>\n"
                "</footer>\n");
}

/* Findings as the page numbers them. */
static void number_findings(struct html *h)
{
    const struct report *r = h->report;

    h->groups = report_groups_make(r);
    h->group_of = calloc(r->finding_count + 1, sizeof *h->group_of);
    h->on_timeline = calloc(h->groups.count + 1, sizeof *h->on_timeline);
    must(h->group_of && h->on_timeline);
    for (unsigned i = 0; i < h->groups.count; i++)
        for (unsigned k = 0; k < h->groups.all[i].count; k++)
            h->group_of[h->groups.all[i].members[k] - r->findings] = i;
    html_find_marks(h);
}

static int write_html(const struct report *r, int fd, const struct report_style *style)
{
    struct html *h = calloc(1, sizeof *h);
    int error;

    (void)style; /* a page has its own */
    if (!h)
        return -1;
    writer_init(&h->w, fd, true);
    h->w.in_script = true; /* JSON is only written into a script element */
    h->report = r;
    number_findings(h);
    head(h);
    summary(h);
    html_readiness(h);
    matrix(h);
    html_timelines(h);
    html_findings(h);
    html_coverage(h);
    notes(h);
    html_raw(h, "</main>\n");
    html_timeline_data(h);
    html_raw(h, "<script>\n");
    html_raw(h, html_script);
    html_raw(h, "</script>\n</body>\n</html>\n");
    error = writer_flush(&h->w);
    report_groups_free(&h->groups);
    free(h->group_of);
    free(h->on_timeline);
    free(h);
    return error;
}

REPORT_WRITER(html, .extensions = { ".html" }, .tells_story = true, .write = write_html);
