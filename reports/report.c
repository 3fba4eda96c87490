/*
 * Gathers runs and findings into one report: equal findings are merged, in the order in which the
 * first of each came.
 */
#include "reports/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "reports/replay.h"
#include "reports/story.h"

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
    report_story_free(r->story);
    report_replay_free(r->replay);
    free(r->coverage);
    free(r->findings);
    free(r->rules);
    free(r->notices);
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
    to->program = report_keep(r, run->program);
    to->trouble = report_keep(r, run->trouble);
    to->dump = report_keep(r, run->dump);
    to->token = report_keep(r, run->token);
    return r->run_count++;
}

bool report_same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static bool same_site(const struct report_site *a, const struct report_site *b)
{
    if (!report_same_text(a->role, b->role) || a->frame_count != b->frame_count)
        return false;
    for (unsigned i = 0; i < a->frame_count; i++)
        if (a->frames[i].line != b->frames[i].line ||
            !report_same_text(a->frames[i].file, b->frames[i].file) ||
            !report_same_text(a->frames[i].function, b->frames[i].function))
            return false;
    return true;
}

/* A later touch may be seen on one profile and not on another, so only the places that both have are
 * compared. */
bool report_same_fault(const struct report_finding *a, const struct report_finding *b)
{
    unsigned sites = a->site_count < b->site_count ? a->site_count : b->site_count;

    if (!report_same_text(a->rule, b->rule) || !report_same_text(a->where, b->where) ||
        (!sites && (a->site_count != b->site_count || !report_same_text(a->message, b->message))))
        return false;
    for (unsigned i = 0; i < sites; i++)
        if (!same_site(&a->sites[i], &b->sites[i]))
            return false;
    return true;
}

static bool same_finding(const struct report_finding *a, const struct report_finding *b)
{
    return report_same_fault(a, b) && report_same_text(a->driver_verifier, b->driver_verifier);
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
    f->repro = report_keep(r, f->repro);
    f->last = report_keep(r, f->last);
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

int report_index_of(const struct report *r, const struct report_finding *f)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (same_finding(&r->findings[i], f))
            return (int)i;
    return -1;
}

void report_add_finding(struct report *r, unsigned run, const struct report_finding *f)
{
    int known = report_index_of(r, f);
    struct report_finding *to = known < 0 ? NULL : &r->findings[known];

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

void report_add_rule(struct report *r, const struct report_rule *rule)
{
    struct report_rule *to;

    if (report_rule(r, rule->name))
        return;
    r->rules = grow(r->rules, r->rule_count, &r->rule_room, sizeof *r->rules);
    to = &r->rules[r->rule_count++];
    to->name = report_keep(r, rule->name);
    to->severity = report_keep(r, rule->severity);
    to->family = report_keep(r, rule->family);
    to->source = report_keep(r, rule->source);
    to->page = report_keep(r, rule->page);
    to->readiness = rule->readiness;
}

const struct report_rule *report_rule(const struct report *r, const char *name)
{
    for (unsigned i = 0; i < r->rule_count; i++)
        if (!strcmp(r->rules[i].name, name))
            return &r->rules[i];
    return NULL;
}

void report_add_notice(struct report *r, const char *kind, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->notices = grow(r->notices, r->notice_count, &r->notice_room, sizeof *r->notices);
    r->notices[r->notice_count++] =
        (struct report_notice) { report_keep(r, kind), report_keep(r, text) };
}

void report_trim(struct report *r, unsigned max)
{
    while (max && r->finding_count > max) {
        free(r->findings[--r->finding_count].runs);
        r->more++;
    }
}

void report_excuse_runs(struct report *r)
{
    for (unsigned i = 0; i < r->run_count; i++)
        r->runs[i].excused = r->runs[i].exit == 1; /* and then see whether a finding counts */
    for (unsigned i = 0; i < r->finding_count; i++)
        for (unsigned k = 0; k < r->findings[i].run_count && report_counts(&r->findings[i]); k++)
            r->runs[r->findings[i].runs[k]].excused = false;
}

/* By name, or by what a path ends with: x.sarif.json is SARIF, since the longest extension wins. */
const struct report_writer *report_writer_find(const char *name_or_path)
{
    const struct report_writer *best = NULL;
    size_t length = strlen(name_or_path), longest = 0;

    for (unsigned i = 0; report_writers_all[i]; i++) {
        const struct report_writer *w = report_writers_all[i];

        if (!strcmp(w->name, name_or_path))
            return w;
        for (unsigned k = 0; k < 2 && w->extensions[k]; k++) {
            size_t n = strlen(w->extensions[k]);

            if (length > n && n > longest && !strcmp(name_or_path + length - n, w->extensions[k])) {
                best = w;
                longest = n;
            }
        }
    }
    return best;
}
