/*
 * The readiness verdict on the page: the answer, the reasons with a link to each finding, and what was
 * not tried.
 */
#include "reports/html.h"
#include "reports/readiness.h"

#include <string.h>

#define PLACES_MAX 8 /* of one rule; more are said */

static const char *rule_of(const struct html *h, unsigned group)
{
    return h->groups.all[group].members[0]->rule;
}

static void place(struct html *h, unsigned group)
{
    char text[1024];

    report_where(h->groups.all[group].members[0], text, sizeof text);
    html_say(h, "<a href=\"#finding-%u\"><code>", group + 1);
    html_text(h, text);
    html_raw(h, "</code></a> ");
}

/* A rule with all of its places, when the i-th reason is its first. */
static void reason(struct html *h, const struct readiness *y, unsigned i)
{
    const char *rule = rule_of(h, y->reasons[i]);
    unsigned places = 0;
    char text[1024];

    for (unsigned k = 0; k < i; k++)
        if (!strcmp(rule_of(h, y->reasons[k]), rule))
            return;
    html_raw(h, "<li>");
    html_element(h, "b", "", rule);
    html_raw(h, " ");
    for (unsigned k = i; k < y->reason_count; k++)
        if (!strcmp(rule_of(h, y->reasons[k]), rule) && places++ < PLACES_MAX)
            place(h, y->reasons[k]);
    if (places > PLACES_MAX)
        html_say(h, "and %u more", places - PLACES_MAX);
    if (readiness_meaning(report_rule(h->report, rule), text, sizeof text))
        html_element(h, "div", "more", text);
    html_raw(h, "</li>\n");
}

static void missing(struct html *h, const struct readiness *y)
{
    unsigned named = 0;

    if (!y->missing || !y->remapped_runs)
        return;
    html_raw(h, "<p class=\"more\">Not exercised behind remapping: ");
    for (unsigned bit = 0; bit < SEEN_BITS; bit++)
        if (y->missing & 1u << bit) {
            html_raw(h, named++ ? ", " : "");
            html_text(h, readiness_seen_word(bit));
        }
    html_raw(h, ".</p>\n");
}

void html_readiness(struct html *h)
{
    static const char *const classes[] = { "good", "bad", "unsure" };
    static const char *const words[] = { "ready for DMA remapping", "not ready for DMA remapping",
                                         "readiness for DMA remapping not shown" };
    struct readiness y;
    char text[512];

    if (!h->report->watched)
        return;
    y = readiness_of(h->report, &h->groups);
    html_say(h,
             "<div class=\"card readiness %s\" id=\"readiness\" data-verdict=\"%s\">\n<div "
             "class=\"title\">Kernel DMA Protection: %s</div>\n",
             classes[y.verdict], readiness_word(y.verdict), words[y.verdict]);
    readiness_profiles(h->report, true, text, sizeof text);
    html_say(h, "<div class=\"more\">%u run%s behind an IOMMU", y.remapped_runs,
             y.remapped_runs == 1 ? "" : "s");
    if (*text) {
        html_raw(h, " (");
        html_text(h, text);
        html_raw(h, ")");
    }
    html_say(h, ", %u without.", y.plain_runs);
    if (y.why_not_shown) {
        html_raw(h, " Not shown: ");
        html_text(h, y.why_not_shown);
        html_raw(h, ". <code class=\"copy\">dmacheck run ");
        report_shell_word(h->report->driver, text, sizeof text);
        html_text(h, text);
        html_raw(h, " --readiness remap</code> tries them.");
    }
    html_raw(h, "</div>\n");
    if (y.reason_count)
        html_raw(h, "<ol class=\"reasons\">\n");
    for (unsigned i = 0; i < y.reason_count; i++)
        reason(h, &y, i);
    if (y.reason_count)
        html_raw(h, "</ol>\n");
    missing(h, &y);
    html_raw(h, "</div>\n");
    readiness_free(&y);
}
