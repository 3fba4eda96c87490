/*
 * Reads findings out of a trace's lines, and knows one again when a run makes it.
 */
#include "machine/shrink_target.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define TEXT(array, from) snprintf((array), sizeof(array), "%s", (from) ? (from) : "")

static const char *string_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void read_site(struct shrink_site *s, const json_t *from)
{
    const json_t *frames = json_object_get(from, "frames"), *frame;
    size_t i;

    TEXT(s->role, string_of(from, "role"));
    json_array_foreach(frames, i, frame)
    {
        struct site_frame_text *t = &s->frames[s->frame_count];

        if (s->frame_count == SITE_FRAMES_MAX)
            return;
        TEXT(t->file, string_of(frame, "file"));
        TEXT(t->function, string_of(frame, "function"));
        t->line = (uint32_t)json_integer_value(json_object_get(frame, "line"));
        s->frame_count++;
    }
}

/* false: the line is no finding that can be read. */
static bool read_finding(struct shrink_target *t, bool *error, const char *line)
{
    json_t *from = json_loads(line, 0, NULL);
    const json_t *sites = json_object_get(from, "sites"), *site;
    const char *severity = string_of(from, "severity");
    size_t i;

    memset(t, 0, sizeof(*t));
    TEXT(t->rule, string_of(from, "rule"));
    TEXT(t->message, string_of(from, "message"));
    json_array_foreach(sites, i, site)
    {
        if (t->site_count < FINDING_SITES_MAX)
            read_site(&t->sites[t->site_count++], site);
    }
    *error = severity && !strcmp(severity, "error");
    json_decref(from);
    return *t->rule != 0;
}

/* --- choosing --- */

/* Whether a frame is FILE:LINE; FILE may be the end of a path, from a slash on. */
static bool is_place(const struct site_frame_text *f, const char *place, size_t file_length,
                     unsigned line)
{
    size_t n = strlen(f->file);

    return f->line == line && n >= file_length &&
           !strncmp(f->file + n - file_length, place, file_length) &&
           (n == file_length || f->file[n - file_length - 1] == '/');
}

static bool has_place(const struct shrink_target *t, const char *place)
{
    const char *colon = strrchr(place, ':');
    unsigned line = 0;

    if (!colon || sscanf(colon + 1, "%u", &line) != 1)
        return false;
    for (unsigned s = 0; s < t->site_count; s++)
        for (unsigned f = 0; f < t->sites[s].frame_count; f++)
            if (is_place(&t->sites[s].frames[f], place, (size_t)(colon - place), line))
                return true;
    return false;
}

static bool is_wanted(const struct shrink_target *t, const char *wanted)
{
    const char *at = strchr(wanted, '@');
    size_t n = at ? (size_t)(at - wanted) : strlen(wanted);

    return strlen(t->rule) == n && !strncmp(t->rule, wanted, n) && (!at || has_place(t, at + 1));
}

static void say_others(const struct trace_loaded *trace, const char *wanted, char *message,
                       size_t size)
{
    struct shrink_target t;
    size_t used =
        (size_t)snprintf(message, size, "no finding '%s' was recorded; there are:", wanted);
    bool error;

    for (size_t i = 0; i < trace->findings.count && used < size; i++)
        if (read_finding(&t, &error, trace->findings.at[i]))
            used += (size_t)snprintf(message + used, size - used, "%s %s", i ? "," : "", t.rule);
}

/* Takes one into account; false: no better one can come. */
static bool consider(struct shrink_target *t, bool *found, const struct shrink_target *one,
                     bool error, const char *wanted)
{
    if (wanted && !is_wanted(one, wanted))
        return true;
    if (!*found || error)
        *t = *one;
    *found = true;
    return !wanted && !error;
}

int shrink_target_choose(struct shrink_target *t, const struct trace_loaded *trace,
                         const char *wanted, char *message, size_t message_size)
{
    struct shrink_target one;
    bool found = false, error;

    for (size_t i = 0; i < trace->findings.count; i++)
        if (read_finding(&one, &error, trace->findings.at[i]) &&
            !consider(t, &found, &one, error, wanted))
            break;
    if (found)
        return 0;
    if (!trace->findings.count)
        return ERR_NOTFOUND;
    say_others(trace, wanted ? wanted : "", message, message_size);
    return ERR_INVALID;
}

static void copy_site(struct shrink_site *to, const struct dm_finding_site *from)
{
    TEXT(to->role, from->role);
    for (unsigned i = 0; i < from->frame_count && i < SITE_FRAMES_MAX; i++) {
        TEXT(to->frames[i].file, from->frames[i].file);
        TEXT(to->frames[i].function, from->frames[i].function);
        to->frames[i].line = from->frames[i].line;
        to->frame_count++;
    }
}

bool shrink_target_of_run(struct shrink_target *t, const struct dm_machine *m, const char *wanted)
{
    bool found = false, more = true;

    for (unsigned i = 0; i < dm_finding_count(m) && more; i++) {
        const struct dm_finding *f = dm_finding(m, i);
        struct shrink_target one = { .site_count = 0 };

        TEXT(one.rule, f->rule);
        TEXT(one.message, f->message);
        for (unsigned k = 0; k < f->site_count && k < FINDING_SITES_MAX; k++)
            copy_site(&one.sites[one.site_count++], &f->sites[k]);
        more = consider(t, &found, &one, !strcmp(f->severity, "error"), wanted);
    }
    return found;
}

/* --- knowing it again --- */

static bool same_frame(const struct site_frame_text *a, const struct dm_site_frame *b)
{
    return a->line == b->line && !strcmp(a->function, b->function) && !strcmp(a->file, b->file);
}

static bool same_site(const struct shrink_site *a, const struct dm_finding_site *b)
{
    if (strcmp(a->role, b->role) != 0 || a->frame_count != b->frame_count)
        return false;
    for (unsigned i = 0; i < a->frame_count; i++)
        if (!same_frame(&a->frames[i], &b->frames[i]))
            return false;
    return true;
}

bool shrink_target_is(const struct shrink_target *t, const struct dm_finding *f)
{
    if (strcmp(t->rule, f->rule) != 0 || t->site_count != f->site_count)
        return false;
    for (unsigned i = 0; i < t->site_count; i++)
        if (!same_site(&t->sites[i], &f->sites[i]))
            return false;
    return true;
}
