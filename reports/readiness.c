/*
 * The readiness verdict, out of a report's findings and of what its runs did. A finding says no when
 * its rule is one of addresses, late accesses or shared pages (rule.h: readiness), or when it shows
 * behind remapping alone.
 */
#include "reports/readiness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

const char *readiness_seen_word(unsigned bit)
{
    static const char *const words[SEEN_BITS] = {
        "a DMA adapter",
        "a scatter/gather list",
        "map registers",
        "a common buffer",
        "the device reading memory",
        "the device writing memory",
        "a request that is cancelled",
        "a change of power",
    };

    return bit < SEEN_BITS ? words[bit] : "?";
}

void readiness_event(void *seen, const struct event *e)
{
    static const struct {
        uint16_t kind, bit;
    } kinds[] = { { EV_ADAPTER, SEEN_ADAPTER },      { EV_SGL, SEEN_LIST },
                  { EV_MAPREG, SEEN_MAPREGS },       { EV_COMMON, SEEN_COMMON },
                  { EV_DEV_READ, SEEN_DEVICE_READ }, { EV_DEV_WRITE, SEEN_DEVICE_WRITE },
                  { EV_IRP_CANCEL, SEEN_CANCEL },    { EV_POWER, SEEN_POWER } };
    uint32_t *bits = seen;

    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (e->kind == kinds[i].kind &&
            ((e->kind != EV_DEV_READ && e->kind != EV_DEV_WRITE) || (uint32_t)e->a[2]))
            *bits |= kinds[i].bit;
}

const char *readiness_word(enum readiness_verdict verdict)
{
    static const char *const words[] = { "yes", "no", "not shown" };

    return words[verdict];
}

/* Whether a plain machine ran the scenario of one of these runs. */
static bool tried_without(const struct report *r, const struct report_group *g)
{
    for (unsigned i = 0; i < g->run_count; i++)
        for (unsigned k = 0; k < r->run_count; k++)
            if (!r->runs[k].remapped && !strcmp(r->runs[k].scenario, r->runs[g->runs[i]].scenario))
                return true;
    return false;
}

/* Whether the rule spoke on a plain machine as well, maybe elsewhere or in other words. */
static bool spoke_without(const struct report *r, const struct report_group *g)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        for (unsigned k = 0; k < r->findings[i].run_count; k++)
            if (!strcmp(r->findings[i].rule, g->members[0]->rule) &&
                !r->runs[r->findings[i].runs[k]].remapped &&
                !strcmp(r->runs[r->findings[i].runs[k]].scenario, g->members[0]->scenario))
                return true;
    return false;
}

/* Whether it is an error that a machine without remapping was given the chance to show, and did not. */
static bool only_behind_remapping(const struct report *r, const struct report_group *g)
{
    return report_severity(g->members[0]->severity) == report_severity("error") &&
           tried_without(r, g) && !spoke_without(r, g);
}

static bool says_no(const struct report *r, const struct report_group *g)
{
    const struct report_rule *rule = report_rule(r, g->members[0]->rule);

    return report_counts(g->members[0]) &&
           ((rule && rule->readiness) || only_behind_remapping(r, g));
}

/* What a driver did in a run with errors says little of what it would have done without them. */
static bool is_sound(const struct report *r, unsigned run)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (report_counts(&r->findings[i]) &&
            report_severity(r->findings[i].severity) == report_severity("error") &&
            report_finding_has_run(&r->findings[i], run))
            return false;
    return r->runs[run].exit <= 1;
}

/* all: also what unsound runs did. */
static void count_runs(const struct report *r, struct readiness *y, bool all)
{
    uint32_t seen = 0;

    for (unsigned i = 0; i < r->run_count; i++) {
        const struct report_run *run = &r->runs[i];

        y->plain_runs += !run->remapped;
        y->remapped_runs += run->remapped;
        y->failed_runs += run->remapped && run->exit > 1;
        if (!run->remapped || !(all || is_sound(r, i)))
            continue;
        y->sound_runs++;
        seen |= run->seen;
    }
    y->missing = ~seen & ((1u << SEEN_BITS) - 1);
}

static const char *why_not_shown(const struct readiness *y)
{
    if (!y->remapped_runs)
        return "no machine with remapping was among the profiles";
    if (y->failed_runs)
        return "some runs behind remapping ended without a verdict";
    if (!y->sound_runs)
        return "every run behind remapping has errors of other kinds, which come first";
    if (y->missing & SEEN_ADAPTER)
        return "the driver never asked for a DMA adapter, and no device was seen to use memory "
               "otherwise";
    if ((y->missing & SEEN_DEVICE_READ) && (y->missing & SEEN_DEVICE_WRITE))
        return "no device touched memory that was mapped for it";
    return NULL;
}

struct readiness readiness_of(const struct report *r, const struct report_groups *g)
{
    struct readiness y = { .reasons = calloc(g->count + 1, sizeof *y.reasons) };

    must(y.reasons);
    for (unsigned i = 0; i < g->count; i++)
        if (says_no(r, &g->all[i]))
            y.reasons[y.reason_count++] = i;
    count_runs(r, &y, y.reason_count != 0);
    y.why_not_shown = y.reason_count ? NULL : why_not_shown(&y);
    y.verdict = y.reason_count ? READY_NO : y.why_not_shown ? READY_NOT_SHOWN : READY_YES;
    return y;
}

void readiness_free(struct readiness *y)
{
    free(y->reasons);
    memset(y, 0, sizeof *y);
}

void readiness_profiles(const struct report *r, bool remapped, char *text, size_t size)
{
    size_t used = 0;

    *text = '\0';
    for (unsigned i = 0; i < r->run_count && used < size; i++) {
        unsigned k = 0;

        while (k < i && strcmp(r->runs[k].profile, r->runs[i].profile))
            k++;
        if (k == i && r->runs[i].remapped == remapped)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     r->runs[i].profile);
    }
}

/* --- what a rule's page says --- */

/* The paragraph under the heading, on one line. */
bool readiness_meaning(const struct report_rule *rule, char *text, size_t size)
{
    const char *p = rule && rule->page ? strstr(rule->page, "\n\n") : NULL;
    size_t used = 0;

    for (p = p ? p + 2 : NULL; p && *p && strncmp(p, "\n\n", 2) && used + 1 < size; p++)
        if (*p != '`') /* marks code in Markdown alone */
            text[used++] = *p == '\n' ? ' ' : *p;
    if (size)
        text[used] = '\0';
    return used > 0;
}

/* The block of code behind "Right". */
bool readiness_right_lines(const struct report_rule *rule, char *text, size_t size)
{
    const char *p = rule && rule->page ? strstr(rule->page, "\nRight") : NULL, *end;

    p = p ? strstr(p, "```") : NULL;
    p = p ? strchr(p, '\n') : NULL;
    end = p ? strstr(p, "\n```") : NULL;
    if (!end || end <= p || (size_t)(end - p) >= size)
        return false;
    snprintf(text, size, "%.*s", (int)(end - p - 1), p + 1);
    return true;
}
