/*
 * What the runs of a report tried, as a section of the page: rules that nothing tried, operations that
 * were never called, outcomes that were never seen (coverage.h).
 */
#include "reports/coverage.h"
#include "reports/html.h"

static void rules(struct html *h)
{
    unsigned armed = 0, exercised = 0, fired = 0, listed = 0;

    for (unsigned i = 0; i < rules_count; i++) {
        struct coverage_rule c = coverage_of_rule(h->report->coverage, rules_all[i], h->report);

        armed += c.armed;
        exercised += c.exercised;
        fired += c.fired;
    }
    html_say(h, "<p>Rules: %u, of which %u armed, %u exercised, %u fired.</p>\n", rules_count,
             armed, exercised, fired);
    for (unsigned i = 0; i < rules_count; i++) {
        struct coverage_rule c = coverage_of_rule(h->report->coverage, rules_all[i], h->report);
        char word[RULE_WORD_MAX];

        if (!c.armed || !c.told || c.exercised)
            continue;
        rule_word(rules_all[i], word, sizeof word);
        html_raw(h, listed++ ? " " : "<p>Never tried: ");
        html_element(h, "span", "outcome unseen", word);
    }
    if (listed)
        html_raw(h, "</p>\n");
}

static void outcomes(struct html *h, unsigned operation)
{
    const char *word;

    for (unsigned k = 0; (word = coverage_outcome(operation, k)) != NULL; k++) {
        uint64_t count = h->report->coverage->outcomes[operation][k];

        html_say(h, "<span class=\"outcome %s\">", count ? "seen" : "unseen");
        html_text(h, word);
        html_say(h, " %llu</span> ", (unsigned long long)count);
    }
}

static void operations(struct html *h)
{
    const char *name;
    enum api api;

    html_raw(h, "<div class=\"wide\"><table class=\"coverage\"><thead><tr><th>operation</th><th "
                "class=\"count\">calls</th><th>outcomes "
                "that its page names</th></tr></thead><tbody>\n");
    for (unsigned i = 0; (name = coverage_operation(i, &api)) != NULL; i++) {
        uint64_t calls = h->report->coverage->calls[api];

        html_say(h, "<tr class=\"%s\">", calls ? "seen" : "unseen");
        html_element(h, "td", "code", name);
        html_say(h, "<td class=\"count\">%llu</td><td>", (unsigned long long)calls);
        outcomes(h, i);
        html_raw(h, "</td></tr>\n");
    }
    html_raw(h, "</tbody></table></div>\n");
}

void html_coverage(struct html *h)
{
    if (!h->report->coverage)
        return;
    html_raw(
        h,
        "<section id=\"coverage\">\n<h2>Coverage of the verification</h2>\n<details><summary>What "
        "these runs never tried</summary>\n");
    rules(h);
    operations(h);
    html_raw(h, "</details>\n</section>\n");
}
