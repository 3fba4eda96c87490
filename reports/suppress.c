/*
 * Reads a suppression file and marks a report's findings with it (suppress.h).
 */
#include "reports/suppress.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define LINE_MAX_BYTES 1024

struct entry {
    char rule[64], site[256], expires[16], reason[512];
    unsigned line;
};

struct suppressions {
    char path[512];
    struct entry *entries;
    unsigned count;
};

bool suppressions_is_date(const char *text)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day, end = 0;

    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
            return false;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || text[end])
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    return month != 2 || day != 29 || (year % 4 == 0 && (year % 100 || year % 400 == 0));
}

/* The next word of a line, cut off; NULL: there is none. */
static char *next_word(char **at)
{
    char *word = *at + strspn(*at, " \t");

    if (!*word)
        return NULL;
    *at = word + strcspn(word, " \t");
    if (**at)
        *(*at)++ = '\0';
    return word;
}

/* What is wrong with a line that is an entry; NULL: nothing. */
static const char *take_entry(struct entry *e, char *line, bool (*is_rule)(const char *word))
{
    char *rule = next_word(&line), *site = next_word(&line), *expires = next_word(&line);
    char *reason = expires ? line + strspn(line, " \t") : NULL;

    if (!reason || !*reason)
        return "expected RULE SITE EXPIRES REASON";
    if (strlen(rule) >= sizeof e->rule || (!strpbrk(rule, "*?[") && !is_rule(rule)))
        return "unknown rule; dmacheck rules lists them";
    if (strlen(site) >= sizeof e->site)
        return "the site is too long";
    if (strcmp(expires, "never") && !suppressions_is_date(expires))
        return "expected a day (YYYY-MM-DD) or 'never' as third word";
    snprintf(e->rule, sizeof e->rule, "%s", rule);
    snprintf(e->site, sizeof e->site, "%s", site);
    snprintf(e->expires, sizeof e->expires, "%s", expires);
    snprintf(e->reason, sizeof e->reason, "%s", reason);
    return NULL;
}

static const char *take_line(struct suppressions *s, char *line, unsigned number,
                             bool (*is_rule)(const char *word))
{
    size_t end = strlen(line);

    if (end + 1 >= LINE_MAX_BYTES)
        return "the line is too long";
    while (end && isspace((unsigned char)line[end - 1]))
        line[--end] = '\0';
    line += strspn(line, " \t");
    if (!*line || *line == '#')
        return NULL;
    s->entries = realloc(s->entries, (s->count + 1) * sizeof *s->entries);
    must(s->entries);
    s->entries[s->count].line = number;
    return take_entry(&s->entries[s->count++], line, is_rule);
}

struct suppressions *suppressions_read(const char *path, bool (*is_rule)(const char *word),
                                       char *message, size_t message_size)
{
    FILE *f = fopen(path, "r");
    struct suppressions *s = f ? calloc(1, sizeof *s) : NULL;
    const char *wrong = NULL;
    char line[LINE_MAX_BYTES];

    if (!s) {
        snprintf(message, message_size, "cannot read %s: %s", path, strerror(errno));
        if (f)
            fclose(f);
        return NULL;
    }
    snprintf(s->path, sizeof s->path, "%s", path);
    for (unsigned n = 1; !wrong && fgets(line, sizeof line, f); n++)
        if ((wrong = take_line(s, line, n, is_rule)))
            snprintf(message, message_size, "%s:%u: %s", path, n, wrong);
    if (!wrong && ferror(f)) {
        wrong = strerror(errno);
        snprintf(message, message_size, "cannot read %s: %s", path, wrong);
    }
    fclose(f);
    if (wrong) {
        suppressions_free(s);
        return NULL;
    }
    return s;
}

void suppressions_free(struct suppressions *s)
{
    if (s)
        free(s->entries);
    free(s);
}

static bool is_endless(const struct entry *e) { return !strcmp(e->expires, "never"); }

bool suppressions_expire(const struct suppressions *s)
{
    for (unsigned i = 0; i < s->count; i++)
        if (!is_endless(&s->entries[i]))
            return true;
    return false;
}

static bool frame_matches(const char *site, const struct report_frame *frame)
{
    char line[512], function[512];

    if (!frame->file)
        return false;
    snprintf(line, sizeof line, "%s:%u", frame->file, frame->line);
    snprintf(function, sizeof function, "%s:%s", frame->file,
             frame->function ? frame->function : "");
    return !fnmatch(site, frame->file, 0) || !fnmatch(site, line, 0) || !fnmatch(site, function, 0);
}

/* Any frame of the primary place: the innermost one may be a helper of many. */
static bool matches(const struct entry *e, const struct report_finding *f)
{
    char where[256];

    if (fnmatch(e->rule, f->rule, 0))
        return false;
    report_where(f, where, sizeof where);
    if (!fnmatch(e->site, where, 0))
        return true;
    for (unsigned i = 0; f->site_count && i < f->sites[0].frame_count; i++)
        if (frame_matches(e->site, &f->sites[0].frames[i]))
            return true;
    return false;
}

static void apply_entry(const struct suppressions *s, const struct entry *e, struct report *r,
                        bool expired)
{
    unsigned found = 0;
    char place[600];

    snprintf(place, sizeof place, "%s:%u", s->path, e->line);
    for (unsigned i = 0; i < r->finding_count; i++) {
        struct report_finding *f = &r->findings[i];

        if (!matches(e, f))
            continue;
        found++;
        if (!expired && !f->suppressed.reason)
            f->suppressed = (struct report_suppression) {
                .reason = report_keep(r, e->reason),
                .expires = is_endless(e) ? NULL : report_keep(r, e->expires),
                .place = report_keep(r, place),
            };
    }
    if (expired)
        report_add_notice(
            r, "suppression-expired",
            "%s: the suppression of %s at %s expired on %s (%s); %u findings count again", place,
            e->rule, e->site, e->expires, e->reason, found);
    else if (!found)
        report_add_notice(r, "suppression-unused",
                          "%s: the suppression of %s at %s (%s) met no finding in this run", place,
                          e->rule, e->site, e->reason);
}

void suppressions_apply(const struct suppressions *s, struct report *r, const char *today)
{
    r->suppressing = true;
    for (unsigned i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];

        apply_entry(s, e, r, !is_endless(e) && strcmp(e->expires, today) < 0);
    }
}
