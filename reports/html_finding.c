/*
 * Findings on the page: a table of all, then each with its message, what Driver Verifier would say,
 * its places in the driver's source, and how to see it again.
 */
#include "reports/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of many findings only the first are unfolded. */
#define UNFOLDED_MAX 5

/* Of these runs, each once. */
static void profiles_of(struct html *h, const unsigned *runs, unsigned count)
{
    const struct report *r = h->report;
    unsigned named = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned k = 0;

        while (k < i && strcmp(r->runs[runs[k]].profile, r->runs[runs[i]].profile))
            k++;
        if (k < i)
            continue;
        html_raw(h, named++ ? ", " : "");
        html_text(h, r->runs[runs[i]].profile);
    }
}

unsigned html_group_of(const struct html *h, unsigned finding)
{
    return finding < h->report->finding_count ? h->group_of[finding] : h->groups.count;
}

/* Why it does not count, if it does not. */
static const char *excuse(const struct report_finding *f)
{
    return f->suppressed.reason ? "suppressed" : f->known ? "known" : NULL;
}

static void badges(struct html *h, const struct report_finding *f)
{
    html_element(h, "span", "badge", f->severity);
    if (excuse(f))
        html_element(h, "span", "badge excuse", excuse(f));
}

/* What Driver Verifier would say, once for each verdict. */
static void verdicts(struct html *h, const struct report_group *g, bool with_profiles)
{
    for (unsigned i = 0; i < g->count; i++) {
        html_raw(h, i ? "<br><code>" : "<code>");
        html_text(h, g->members[i]->driver_verifier ? g->members[i]->driver_verifier : "blind");
        html_raw(h, "</code>");
        if (with_profiles && g->count > 1) {
            html_raw(h, " on ");
            profiles_of(h, g->members[i]->runs, g->members[i]->run_count);
        }
    }
}

static void row(struct html *h, const struct report_group *g, unsigned index)
{
    const struct report_finding *f = g->members[0];
    char where[512];

    report_where(f, where, sizeof where);
    html_say(h, "<tr id=\"row-%u\" class=\"", index + 1);
    html_text(h, f->severity);
    html_say(h, "\"><td>%u</td><td>", index + 1);
    badges(h, f);
    html_say(h, "</td><td><a href=\"#finding-%u\">", index + 1);
    html_text(h, f->rule);
    html_raw(h, "</a></td><td class=\"code\">");
    html_text(h, where);
    html_raw(h, "</td><td>");
    verdicts(h, g, false);
    html_raw(h, "</td><td>");
    html_text(h, f->profile);
    html_say(h, "</td><td class=\"count\">%u</td><td>", g->run_count);
    if (h->on_timeline[index])
        html_say(h, "<a class=\"jump\" href=\"#timelines\" data-finding=\"%u\">show</a>",
                 index + 1);
    html_raw(h, "</td></tr>\n");
}

static void table(struct html *h)
{
    html_raw(h, "<section id=\"findings\">\n<h2>Findings</h2>\n"
                "<div id=\"filter\" hidden><input id=\"filter-text\" type=\"search\" "
                "placeholder=\"filter by rule, file, profile\" aria-label=\"filter findings\">"
                "<span id=\"filter-count\"></span></div>\n"
                "<div class=\"wide\"><table class=\"list\"><thead><tr><th>#</th><th>level</th>"
                "<th>rule</th><th>where</th><th>Driver Verifier</th><th>first on</th>"
                "<th class=\"count\">runs</th><th>timeline</th></tr></thead><tbody>\n");
    for (unsigned i = 0; i < h->groups.count; i++)
        row(h, &h->groups.all[i], i);
    html_raw(h, "</tbody></table></div>\n");
}

/* --- one finding --- */

static void stack(struct html *h, const struct report_site *site)
{
    if (site->frame_count < 2)
        return;
    html_say(h, "<details class=\"stack\"><summary>called from (%u)</summary><ol>",
             site->frame_count - 1);
    for (unsigned i = 1; i < site->frame_count; i++) {
        html_raw(h, "<li><code>");
        html_text(h, site->frames[i].file);
        html_say(h, ":%u</code> ", site->frames[i].line);
        html_text(h, site->frames[i].function);
        html_raw(h, "</li>");
    }
    html_raw(h, "</ol></details>\n");
}

static void place(struct html *h, const struct report_site *site)
{
    html_raw(h, "<div class=\"place\"><h4>");
    html_text(h, site->role);
    if (!site->frame_count) {
        html_raw(h, "</h4><p class=\"missing\">No frame of the driver.</p></div>\n");
        return;
    }
    html_raw(h, " <code>");
    html_text(h, site->frames[0].file);
    html_say(h, ":%u</code> <span class=\"function\">", site->frames[0].line);
    html_text(h, site->frames[0].function);
    html_raw(h, "</span></h4>\n");
    html_source(h, &site->frames[0]);
    stack(h, site);
    html_raw(h, "</div>\n");
}

static void places(struct html *h, const struct report_finding *f)
{
    unsigned order[REPORT_SITES_MAX], count = report_sites_in_time(f, order);

    html_raw(h, "<div class=\"places\">\n");
    for (unsigned i = 0; i < count; i++)
        place(h, &f->sites[order[i]]);
    html_raw(h, "</div>\n");
}

static void seen_in(struct html *h, const struct report_group *g)
{
    html_say(h, "<dt>Seen in</dt><dd>%u of %u runs: ", g->run_count, h->report->run_count);
    profiles_of(h, g->runs, g->run_count);
    html_raw(h, "</dd>");
}

/* What a suppression says for itself. */
static void excused(struct html *h, const struct report_finding *f)
{
    const struct report_suppression *s = &f->suppressed;

    if (!s->reason)
        return;
    html_raw(h, "<dt>Suppressed</dt><dd>");
    html_text(h, s->reason);
    html_raw(h, s->expires ? ", until " : "");
    html_text(h, s->expires);
    html_raw(h, " (");
    html_text(h, s->place);
    html_raw(h, ")</dd>");
}

static void facts(struct html *h, const struct report_group *g)
{
    const struct report_finding *f = g->members[0];
    char text[REPORT_COMMAND_MAX];

    html_raw(h, "<dl class=\"facts\"><dt>Driver Verifier</dt><dd>");
    verdicts(h, g, true);
    html_raw(h, "</dd>");
    seen_in(h, g);
    excused(h, f);
    html_raw(h, "<dt>See it again</dt><dd><code class=\"copy\">");
    report_repro(h->report, f, f->run_count ? f->runs[0] : 0, text, sizeof text);
    html_text(h, text);
    html_raw(h, "</code></dd><dt>Explained</dt><dd><code class=\"copy\">dmacheck explain ");
    html_text(h, f->rule);
    html_raw(h, "</code></dd></dl>\n");
}

static void one(struct html *h, const struct report_group *g, unsigned index)
{
    const struct report_finding *f = g->members[0];
    char where[512];

    report_where(f, where, sizeof where);
    html_say(h, "<details class=\"finding ");
    html_text(h, f->severity);
    html_say(h, "\" id=\"finding-%u\"%s><summary><span class=\"index\">%u</span>", index + 1,
             index < UNFOLDED_MAX ? " open" : "", index + 1);
    badges(h, f);
    html_element(h, "span", "rule", f->rule);
    html_element(h, "span", "where", where);
    html_raw(h, "</summary>\n<div class=\"body\">\n<p class=\"message\">");
    html_text(h, f->message);
    html_raw(h, "</p>\n");
    if (h->bytes > HTML_BYTES_MAX) {
        h->cut++;
    } else {
        if (h->on_timeline[index])
            html_say(h,
                     "<p><a class=\"jump\" href=\"#timelines\" data-finding=\"%u\">Show on the "
                     "timeline</a></p>\n",
                     index + 1);
        facts(h, g);
        places(h, f);
        html_picture(h, index);
    }
    html_raw(h, "</div></details>\n");
}

void html_findings(struct html *h)
{
    if (!h->groups.count)
        return;
    table(h);
    for (unsigned i = 0; i < h->groups.count; i++)
        one(h, &h->groups.all[i], i);
    html_raw(h, "</section>\n");
}
