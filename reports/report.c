/*
 * Gathers runs and findings into one report: equal findings are merged, in the order in which the
 * first of each came.
 */
#include "reports/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

struct report_text {
    struct report_text *next;
    char text[];
};

void report_init(struct report *r, const char *driver)
{
    memset(r, 0, sizeof *r);
    r->driver = report_keep(r, driver);
}

void report_free(struct report *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        free(r->findings[i].runs);
    while (r->texts) {
        struct report_text *next = r->texts->next;

        free(r->texts);
        r->texts = next;
    }
    free(r->findings);
    free(r->runs);
    memset(r, 0, sizeof *r);
}

const char *report_keep(struct report *r, const char *text)
{
    struct report_text *t;

    if (!text)
        return NULL;
    for (t = r->texts; t; t = t->next) /* few distinct ones, each many times */
        if (!strcmp(t->text, text))
            return t->text;
    t = malloc(sizeof *t + strlen(text) + 1);
    must(t);
    strcpy(t->text, text);
    t->next = r->texts;
    r->texts = t;
    return t->text;
}

/* Makes room for one more in a growing array. */
static void *grow(void *array, unsigned count, unsigned *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 16;
    array = realloc(array, *room * size);
    must(array);
    return array;
}

unsigned report_add_run(struct report *r, const struct report_run *run)
{
    struct report_run *to;

    r->runs = grow(r->runs, r->run_count, &r->run_room, sizeof *r->runs);
    to = &r->runs[r->run_count];
    *to = *run;
    to->scenario = report_keep(r, run->scenario);
    to->profile = report_keep(r, run->profile);
    return r->run_count++;
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static bool same_site(const struct report_site *a, const struct report_site *b)
{
    if (!same_text(a->role, b->role) || a->frame_count != b->frame_count)
        return false;
    for (unsigned i = 0; i < a->frame_count; i++)
        if (a->frames[i].line != b->frames[i].line ||
            !same_text(a->frames[i].file, b->frames[i].file) ||
            !same_text(a->frames[i].function, b->frames[i].function))
            return false;
    return true;
}

/* Rule and places, and on which profiles it means the same to Driver Verifier. A later touch may be
 * seen on one profile and not on another, so only the places that both have are compared. */
static bool same_finding(const struct report_finding *a, const struct report_finding *b)
{
    unsigned sites = a->site_count < b->site_count ? a->site_count : b->site_count;

    if (!same_text(a->rule, b->rule) || !same_text(a->where, b->where) ||
        (!sites && (a->site_count != b->site_count || !same_text(a->message, b->message))))
        return false;
    for (unsigned i = 0; i < sites; i++)
        if (!same_site(&a->sites[i], &b->sites[i]))
            return false;
    return same_text(a->driver_verifier, b->driver_verifier);
}

static void keep_finding(struct report *r, struct report_finding *f)
{
    f->rule = report_keep(r, f->rule);
    f->severity = report_keep(r, f->severity);
    f->message = report_keep(r, f->message);
    f->driver_verifier = report_keep(r, f->driver_verifier);
    f->scenario = report_keep(r, f->scenario);
    f->profile = report_keep(r, f->profile);
    f->where = report_keep(r, f->where);
    for (unsigned s = 0; s < f->site_count; s++) {
        f->sites[s].role = report_keep(r, f->sites[s].role);
        for (unsigned i = 0; i < f->sites[s].frame_count; i++) {
            f->sites[s].frames[i].file = report_keep(r, f->sites[s].frames[i].file);
            f->sites[s].frames[i].function = report_keep(r, f->sites[s].frames[i].function);
        }
    }
    f->runs = NULL;
    f->run_count = f->run_room = 0;
}

void report_add_finding(struct report *r, unsigned run, const struct report_finding *f)
{
    struct report_finding *to = NULL;

    for (unsigned i = 0; i < r->finding_count && !to; i++)
        if (same_finding(&r->findings[i], f))
            to = &r->findings[i];
    if (!to && r->findings_max && r->finding_count == r->findings_max) {
        r->more++;
        return;
    }
    if (!to) {
        r->findings = grow(r->findings, r->finding_count, &r->finding_room, sizeof *r->findings);
        to = &r->findings[r->finding_count++];
        *to = *f;
        keep_finding(r, to);
    }
    if (f->site_count > to->site_count) { /* this run saw the later touch as well */
        struct report_finding longer = *f;

        keep_finding(r, &longer);
        memcpy(to->sites, longer.sites, sizeof to->sites);
        to->site_count = longer.site_count;
    }
    if (to->run_count && to->runs[to->run_count - 1] == run)
        return;
    to->runs = grow(to->runs, to->run_count, &to->run_room, sizeof *to->runs);
    to->runs[to->run_count++] = run;
}

int report_severity(const char *word)
{
    static const char *const words[] = { "note", "warning", "error" };

    for (int i = 0; i < 3; i++)
        if (word && !strcmp(word, words[i]))
            return i + 1;
    return 0;
}

void report_where(const struct report_finding *f, char *text, size_t size)
{
    const struct report_frame *frame =
        f->site_count && f->sites[0].frame_count ? &f->sites[0].frames[0] : NULL;

    if (f->where)
        snprintf(text, size, "%s", f->where);
    else if (frame && frame->file && *frame->file)
        snprintf(text, size, "%s:%u", frame->file, frame->line);
    else
        snprintf(text, size, "-");
}

const struct report_writer *report_writer_find(const char *name_or_path)
{
    const char *dot = strrchr(name_or_path, '.');

    for (unsigned i = 0; report_writers_all[i]; i++)
        if (!strcmp(report_writers_all[i]->name, name_or_path) ||
            (dot && !strcmp(report_writers_all[i]->extension, dot + 1)))
            return report_writers_all[i];
    return NULL;
}
