/*
 * The readiness verdict as a page of text and as an object of JSON.
 */
#include "reports/readiness.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) void say(struct writer *w, const char *format, ...)
{
    char text[4096];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n > 0)
        writer_raw(w, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* Words, broken into lines of a page behind an indent. */
static void say_wrapped(struct writer *w, const char *indent, const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " ");

        if (column && column + 1 + n > 84) {
            say(w, "\n");
            column = 0;
        }
        say(w, "%s%.*s", column ? " " : indent, (int)n, text);
        column += n + 1;
        text += n;
        text += strspn(text, " ");
    }
    say(w, "\n");
}

static void say_lines(struct writer *w, const char *lines)
{
    while (*lines) {
        size_t n = strcspn(lines, "\n");

        say(w, "       %.*s\n", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

static void say_group_profiles(const struct report *r, const struct report_group *g,
                               struct writer *w)
{
    unsigned named = 0;

    say(w, "   On ");
    for (unsigned i = 0; i < g->run_count; i++) {
        unsigned k = 0;

        while (k < i && strcmp(r->runs[g->runs[k]].profile, r->runs[g->runs[i]].profile))
            k++;
        if (k == i)
            say(w, "%s%s", named++ ? ", " : "", r->runs[g->runs[i]].profile);
    }
    say(w, ".\n");
}

/* What the rule's page says, once for each rule. */
static void say_page(const struct report *r, const char *name, struct writer *w)
{
    const struct report_rule *rule = report_rule(r, name);
    char text[2048];

    if (readiness_meaning(rule, text, sizeof text)) {
        say(w, "   What it is:\n");
        say_wrapped(w, "       ", text);
    }
    if (readiness_right_lines(rule, text, sizeof text)) {
        say(w, "   What is right, in the example of the rule:\n");
        say_lines(w, text);
    }
    say(w, "   More: dmacheck explain %s\n", name);
}

static void say_reason(const struct report *r, const struct report_group *g, unsigned number,
                       bool with_page, struct writer *w)
{
    const struct report_finding *f = g->members[0];
    char text[2048];

    report_where(f, text, sizeof text);
    say(w, "\n%u. %s  %s\n", number, f->rule, text);
    if (f->site_count && f->sites[0].frame_count &&
        report_source_line(r, &f->sites[0].frames[0], text, sizeof text))
        say(w, "       %s\n", text);
    say_wrapped(w, "   ", f->message);
    for (unsigned i = 1; i < f->site_count; i++)
        if (f->sites[i].frame_count)
            say(w, "   %s %s:%u\n", f->sites[i].role, f->sites[i].frames[0].file,
                f->sites[i].frames[0].line);
    say_group_profiles(r, g, w);
    if (with_page)
        say_page(r, f->rule, w);
}

static void say_missing(const struct readiness *y, struct writer *w)
{
    char text[512];
    size_t used = 0;

    if (!y->missing || !y->remapped_runs)
        return;
    used = (size_t)snprintf(text, sizeof text, "Not exercised behind remapping:");
    for (unsigned bit = 0; bit < SEEN_BITS; bit++)
        if (y->missing & 1u << bit)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s %s",
                                     text[used - 1] == ':' ? "" : ",", readiness_seen_word(bit));
    say(w, "\n");
    say_wrapped(w, "", text);
}

static const char *sentence(const struct readiness *y)
{
    return y->verdict == READY_NO ? "No: behind remapping this driver would fail, or expose memory "
                                    "that is not its own."
           : y->verdict == READY_YES
               ? "Yes: every address that a device used came from the DMA interface, and was used "
                 "while it was mapped."
               : "Not shown: nothing speaks against it, and too little was tried to say yes.";
}

/* Whether no reason before this one is of the same rule. */
static bool is_first(const struct report_groups *g, const struct readiness *y, unsigned i)
{
    for (unsigned k = 0; k < i; k++)
        if (!strcmp(g->all[y->reasons[k]].members[0]->rule, g->all[y->reasons[i]].members[0]->rule))
            return false;
    return true;
}

void readiness_write_text(const struct report *r, const struct report_groups *g, struct writer *w)
{
    struct readiness y = readiness_of(r, g);
    char remapped[256], plain[256];

    readiness_profiles(r, true, remapped, sizeof remapped);
    readiness_profiles(r, false, plain, sizeof plain);
    say(w, "dmacheck: %s: ready for DMA remapping (Kernel DMA Protection): %s\n\n", r->driver,
        readiness_word(y.verdict));
    say_wrapped(w, "", sentence(&y));
    if (y.why_not_shown)
        say_wrapped(w, "  ", y.why_not_shown);
    if (y.remapped_runs)
        say(w, "%u run%s behind an IOMMU (%s)", y.remapped_runs, y.remapped_runs == 1 ? "" : "s",
            remapped);
    if (y.plain_runs)
        say(w, "%s%u without (%s)", y.remapped_runs ? ", " : "", y.plain_runs, plain);
    say(w, ".\n");
    for (unsigned i = 0; i < y.reason_count; i++)
        say_reason(r, &g->all[y.reasons[i]], i + 1, is_first(g, &y, i), w);
    say_missing(&y, w);
    if (g->count > y.reason_count)
        say(w,
            "\n%u further finding%s that remapping does not depend on: the same command without "
            "--readiness shows %s.\n",
            g->count - y.reason_count, g->count - y.reason_count == 1 ? "" : "s",
            g->count - y.reason_count == 1 ? "it" : "them");
    readiness_free(&y);
}

static void write_reason(const struct report *r, const struct report_group *g, struct writer *w)
{
    const struct report_finding *f = g->members[0];
    char text[2048];

    report_where(f, text, sizeof text);
    writer_object_begin(w);
    writer_key_string(w, "rule", f->rule);
    writer_key_string(w, "where", text);
    writer_key_string(w, "message", f->message);
    writer_key_string(w, "meaning",
                      readiness_meaning(report_rule(r, f->rule), text, sizeof text) ? text : NULL);
    writer_object_end(w);
}

void readiness_write_json(const struct report *r, struct writer *w)
{
    struct report_groups g = report_groups_make(r);
    struct readiness y = readiness_of(r, &g);

    writer_key(w, "readiness");
    writer_object_begin(w);
    writer_key_string(w, "target", "remap");
    writer_key_string(w, "verdict", readiness_word(y.verdict));
    writer_key_string(w, "why_not_shown", y.why_not_shown);
    writer_key_u64(w, "runs_remapped", y.remapped_runs);
    writer_key_u64(w, "runs_plain", y.plain_runs);
    writer_key(w, "reasons");
    writer_array_begin(w);
    for (unsigned i = 0; i < y.reason_count; i++)
        write_reason(r, &g.all[y.reasons[i]], w);
    writer_array_end(w);
    writer_key(w, "not_exercised");
    writer_array_begin(w);
    for (unsigned bit = 0; bit < SEEN_BITS; bit++)
        if (y.missing & 1u << bit)
            writer_string(w, readiness_seen_word(bit));
    writer_array_end(w);
    writer_object_end(w);
    readiness_free(&y);
    report_groups_free(&g);
}
