/*
 * Workflow commands of GitHub Actions: an annotation for each fault, shown beside the driver's line. GitHub
 * shows ten of a step, so ten are written, the most severe first; what is left out is counted, and stands
 * in the job summary (markdown.c).
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/group.h"
#include "reports/writer.h"

#define ANNOTATIONS_MAX 10

static void put(struct writer *w, const char *text) { writer_raw(w, text, strlen(text)); }

/* The runner takes these back out of data; out of a property two more, which part properties. Other control
 * characters have no place in a log. */
static void put_escaped(struct writer *w, const char *text, bool property)
{
    char code[8];

    for (; *text; text++)
        if (strchr(property ? "%\r\n:," : "%\r\n", *text)) {
            snprintf(code, sizeof code, "%%%02X", (unsigned char)*text);
            put(w, code);
        } else {
            writer_raw(w, (unsigned char)*text < 0x20 ? " " : text, 1);
        }
}

static const char *command_of(const char *severity)
{
    return !strcmp(severity, "note") ? "notice" : severity;
}

static void put_place(struct writer *w, const struct report_finding *f)
{
    const struct report_frame *frame =
        f->site_count && f->sites[0].frame_count ? &f->sites[0].frames[0] : NULL;
    char line[16];

    if (!frame || !frame->file || !*frame->file)
        return;
    put(w, "file=");
    put_escaped(w, frame->file, true);
    snprintf(line, sizeof line, ",line=%u", frame->line);
    put(w, frame->line ? line : "");
    put(w, ",");
}

static void put_verdict(struct writer *w, const struct report *r, const struct report_finding *f,
                        bool several)
{
    put_escaped(w, "\nDriver Verifier: ", false);
    put_escaped(w, f->driver_verifier ? f->driver_verifier : "blind", false);
    if (several) {
        put(w, " (");
        put_escaped(w, r->runs[f->runs[0]].profile, false);
        put(w, ")");
    }
}

static void annotate(struct writer *w, const struct report *r, const struct report_group *g)
{
    const struct report_finding *f = report_group_story(g);
    char text[REPORT_COMMAND_MAX + 64], repro[REPORT_COMMAND_MAX];

    report_repro(r, f, g->runs[0], repro, sizeof repro);
    put(w, "::");
    put(w, command_of(f->severity));
    put(w, " ");
    put_place(w, f);
    snprintf(text, sizeof text, "dmacheck: %s", f->rule);
    put(w, "title=");
    put_escaped(w, text, true);
    put(w, "::");
    put_escaped(w, f->message, false);
    for (unsigned m = 0; m < g->count; m++)
        put_verdict(w, r, g->members[m], g->count > 1);
    snprintf(text, sizeof text, "\nseen in %u of %u runs\nrepro: %s", g->run_count, r->run_count,
             repro);
    put_escaped(w, text, false);
    put(w, "\n");
}

/* Returns how many of this severity were not annotated. */
static unsigned annotate_all(struct writer *w, const struct report *r,
                             const struct report_groups *g, int severity, unsigned *room)
{
    unsigned left_out = 0;

    for (unsigned i = 0; i < g->count; i++) {
        const struct report_finding *f = g->all[i].members[0];

        if (!report_counts(f) || report_severity(f->severity) != severity)
            continue;
        if (*room) {
            annotate(w, r, &g->all[i]);
            --*room;
        } else {
            left_out++;
        }
    }
    return left_out;
}

/* A run that came to no verdict is the first thing to know. */
static void annotate_failures(struct writer *w, const struct report *r, unsigned *room)
{
    unsigned count = 0, first = 0;
    char text[2048];

    for (unsigned i = r->run_count; i-- > 0;)
        if (r->runs[i].exit > 1) {
            count++;
            first = i;
        }
    if (!count)
        return;
    snprintf(text, sizeof text,
             "%u of %u runs ended without a verdict; the first is scenario %s on %s with seed "
             "%" PRIu64 ": %s (exit code %d)",
             count, r->run_count, r->runs[first].scenario, r->runs[first].profile,
             r->runs[first].seed, report_trouble(&r->runs[first]), r->runs[first].exit);
    put(w, "::error title=dmacheck%3A no verdict::");
    put_escaped(w, text, false);
    put(w, "\n");
    --*room;
}

static int write_github(const struct report *r, int fd, const struct report_style *style)
{
    struct report_groups g = report_groups_make(r);
    struct report_totals sum = report_totals(r, &g);
    struct writer *w = malloc(sizeof *w);
    unsigned room = ANNOTATIONS_MAX, left_out = 0;
    char text[512];
    int error = -1;

    (void)style;
    if (w) {
        writer_init(w, fd, true);
        annotate_failures(w, r, &room);
        for (int severity = 3; severity >= 1; severity--)
            left_out += annotate_all(w, r, &g, severity, &room);
        snprintf(text, sizeof text,
                 "dmacheck: runs %u, clean %u, findings %u (not annotated %u), known %u, "
                 "suppressed %u\n",
                 sum.runs, sum.clean, sum.findings, left_out, sum.known, sum.suppressed);
        put(w, text);
        error = writer_flush(w);
        free(w);
    }
    report_groups_free(&g);
    return error;
}

REPORT_WRITER(github, .write = write_github);
