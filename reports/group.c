/*
 * Puts findings into groups (group.h).
 */
#include "reports/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

static void add_member(struct report_groups *g, const struct report_finding *f)
{
    struct report_group *to = NULL;

    for (unsigned i = 0; i < g->count && !to; i++)
        if (report_same_fault(g->all[i].members[0], f))
            to = &g->all[i];
    if (!to) {
        g->all = realloc(g->all, (g->count + 1) * sizeof *g->all);
        must(g->all);
        to = &g->all[g->count++];
        memset(to, 0, sizeof *to);
    }
    to->members = realloc(to->members, (to->count + 1) * sizeof *to->members);
    must(to->members);
    to->members[to->count++] = f;
}

static void add_runs(const struct report *r, struct report_group *g)
{
    g->runs = calloc(r->run_count + 1, sizeof *g->runs);
    must(g->runs);
    for (unsigned run = 0; run < r->run_count; run++)
        for (unsigned m = 0; m < g->count; m++)
            if (report_finding_has_run(g->members[m], run)) {
                g->runs[g->run_count++] = run;
                break;
            }
}

static bool same_place(const struct report_finding *a, const struct report_finding *b)
{
    const struct report_frame *x = a->site_count ? &a->sites[0].frames[0] : NULL;
    const struct report_frame *y = b->site_count ? &b->sites[0].frames[0] : NULL;

    if (!x || !y || !x->file || !y->file)
        return x == y;
    return x->line == y->line && !strcmp(x->file, y->file);
}

/* Whether b is to stand right behind a: 2 the same rule and place, 1 the same rule, 0 neither. */
static int closeness(const struct report_group *a, const struct report_group *b)
{
    const struct report_finding *x = a->members[0], *y = b->members[0];

    if (strcmp(x->rule, y->rule) || report_counts(x) != report_counts(y))
        return 0;
    return same_place(x, y) ? 2 : 1;
}

/* Stable: the first of its kind keeps its place, and pulls the others to it. */
static void put_in_order(struct report_groups *g)
{
    struct report_group *to = calloc(g->count + 1, sizeof *to);
    bool *taken = calloc(g->count + 1, sizeof *taken);
    unsigned n = 0;

    must(to && taken);
    for (int counts = 1; counts >= 0; counts--)
        for (unsigned i = 0; i < g->count; i++) {
            if (taken[i] || report_counts(g->all[i].members[0]) != (counts == 1))
                continue;
            for (int wanted = 2; wanted >= 1; wanted--)
                for (unsigned k = i; k < g->count; k++)
                    if (!taken[k] && closeness(&g->all[i], &g->all[k]) >= wanted) {
                        taken[k] = true;
                        to[n++] = g->all[k];
                    }
        }
    must(n == g->count);
    free(taken);
    free(g->all);
    g->all = to;
}

struct report_groups report_groups_make(const struct report *r)
{
    struct report_groups g = { NULL, 0 };

    for (unsigned i = 0; i < r->finding_count; i++)
        add_member(&g, &r->findings[i]);
    put_in_order(&g);
    for (unsigned i = 0; i < g.count; i++)
        add_runs(r, &g.all[i]);
    return g;
}

void report_groups_free(struct report_groups *g)
{
    for (unsigned i = 0; i < g->count; i++) {
        free(g->all[i].members);
        free(g->all[i].runs);
    }
    free(g->all);
    memset(g, 0, sizeof *g);
}

const struct report_finding *report_group_story(const struct report_group *g)
{
    const struct report_finding *f = g->members[0];

    for (unsigned m = 1; m < g->count; m++)
        if (g->members[m]->site_count > f->site_count)
            f = g->members[m];
    return f;
}

static bool same_stretch(const struct report_run *a, const struct report_run *b)
{
    return !strcmp(a->scenario, b->scenario) && !strcmp(a->profile, b->profile);
}

static void say_seeds(char *text, size_t size, size_t *used, uint64_t first, uint64_t last)
{
    const char *blank = *used ? " " : "";

    if (*used >= size)
        return;
    if (first == last)
        *used += (size_t)snprintf(text + *used, size - *used, "%s%" PRIu64, blank, first);
    else
        *used += (size_t)snprintf(text + *used, size - *used, "%s%" PRIu64 "..%" PRIu64, blank,
                                  first, last);
}

void report_runs_each(const struct report *r, const unsigned *runs, unsigned count,
                      report_say_runs *say, void *ctx)
{
    char seeds[512 + 8];
    unsigned i = 0;

    while (i < count) {
        const struct report_run *first = &r->runs[runs[i]];
        size_t used = 0;

        while (i < count && same_stretch(first, &r->runs[runs[i]])) {
            uint64_t from = r->runs[runs[i]].seed, to = from;

            while (++i < count && same_stretch(first, &r->runs[runs[i]]) &&
                   r->runs[runs[i]].seed == to + 1)
                to++;
            say_seeds(seeds, 512, &used, from, to);
        }
        if (used >= 512) /* a word cut in half would lie */
            memcpy(strrchr(seeds, ' '), " ...", 5);
        say(ctx, first, seeds);
    }
}

struct report_totals report_totals(const struct report *r, const struct report_groups *g)
{
    struct report_totals t = { .runs = r->run_count };

    for (unsigned i = 0; i < r->run_count; i++) {
        t.bytes += r->runs[i].bytes;
        t.clean += report_run_exit(&r->runs[i]) == 0;
    }
    for (unsigned i = 0; i < g->count; i++) {
        const struct report_finding *f = g->all[i].members[0];

        t.suppressed += f->suppressed.reason != NULL;
        t.known += !f->suppressed.reason && f->known;
        t.findings += report_counts(f);
    }
    return t;
}
