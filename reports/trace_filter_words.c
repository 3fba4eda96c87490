/*
 * The words of a filter: what they mean in this trace, and what is near to those that mean nothing
 * (trace_filter.h).
 */
#include "reports/trace_filter.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/trace_near.h"
#include "reports/trace_verify.h"

/* --- ranges --- */

static bool whole_number(const char *text, const char *end, uint64_t *v)
{
    char *stop;

    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    *v = strtoull(text, &stop, text[0] == '0' && (text[1] | 32) == 'x' ? 16 : 10);
    return !errno && stop == end;
}

/* Nanoseconds out of "12", "1.5us", "2ms", "3s". */
static bool time_number(const char *text, const char *end, uint64_t *v)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
    const char *digits_end = text + strspn(text, "0123456789"), *unit = digits_end;
    uint64_t scale = 0, whole, part = 0, part_scale;
    const char *dot = unit < end && *unit == '.' ? unit : NULL;

    if (dot)
        unit += 1 + strspn(dot + 1, "0123456789");
    if (unit == end)
        scale = 1;
    for (size_t i = 0; unit < end && i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].unit) == (size_t)(end - unit) &&
            !strncmp(units[i].unit, unit, (size_t)(end - unit)))
            scale = units[i].ns;
    if (!scale || !whole_number(text, digits_end, &whole))
        return false;
    part_scale = scale;
    for (const char *p = dot ? dot + 1 : ""; *p >= '0' && *p <= '9'; p++) {
        part_scale /= 10;
        part += (uint64_t)(*p - '0') * part_scale;
    }
    *v = whole * scale + part;
    return whole <= UINT64_MAX / scale;
}

static bool va_number(const char *text, const char *end, uint64_t *v)
{
    static const char *const regions[] = { "user",     "system", "view",
                                           "register", "stack",  "user-view" };
    const char *colon = memchr(text, ':', (size_t)(end - text));

    if (!colon)
        return whole_number(text, end, v);
    for (uint64_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (strlen(regions[i]) == (size_t)(colon - text) &&
            !strncmp(regions[i], text, (size_t)(colon - text)) && whole_number(colon + 1, end, v)) {
            *v |= (i + 1) << 56;
            return true;
        }
    return false;
}

static bool bound(const char *text, const char *end, enum filter_unit unit, uint64_t *v)
{
    return unit == FILTER_TIME ? time_number(text, end, v)
           : unit == FILTER_VA ? va_number(text, end, v)
                               : whole_number(text, end, v);
}

/* ".." begins at the first of two dots that are followed by no third: "1...5" is no range. */
bool filter_span(struct filter_span *s, const char *text, enum filter_unit unit)
{
    const char *dots = strstr(text, ".."), *end = text + strlen(text);

    *s = (struct filter_span) { true, 0, UINT64_MAX };
    if (!*text || !strcmp(text, ".."))
        return false;
    if (!dots) {
        bool ok = bound(text, end, unit, &s->from);

        s->to = s->from;
        return ok;
    }
    if (dots > text && !bound(text, dots, unit, &s->from))
        return false;
    if (dots[2] && !bound(dots + 2, end, unit, &s->to))
        return false;
    return s->from <= s->to;
}

/* --- words --- */

/* The next of comma-separated words; false: there is none. */
static bool next_word(const char **list, char *word, size_t size)
{
    size_t n;

    if (!*list || !**list)
        return false;
    n = strcspn(*list, ",");
    snprintf(word, size, "%.*s", (int)n, *list);
    *list += n + ((*list)[n] == ',');
    return true;
}

/* Sets what the word or pattern names, of a list of names. */
static bool choose(const char *what, const char *word, const char *(*name)(unsigned),
                   unsigned count, bool *chosen, char *message, size_t size)
{
    char near[256];
    struct near n;
    bool found = false;

    near_begin(&n, word);
    for (unsigned i = 0; i < count; i++) {
        if (!name(i))
            continue;
        near_offer(&n, name(i));
        if (!fnmatch(word, name(i), 0))
            chosen[i] = found = true;
    }
    if (!found)
        snprintf(message, size, "no %s '%s'%s", what, word, near_text(&n, near, sizeof near));
    return found;
}

static const char *api_word(unsigned api) { return api ? api_name(api) : NULL; }

static bool take_names(struct trace_filter *f, char *message, size_t size)
{
    const char *kinds = f->kinds, *apis = f->apis;
    char word[64];

    while (next_word(&kinds, word, sizeof word))
        if (!choose("kind of event", word, event_word, EV_COUNT, f->kind, message, size))
            return false;
    while (next_word(&apis, word, sizeof word))
        if (!choose("function", word, api_word, API_COUNT, f->api, message, size))
            return false;
    return true;
}

/* --- agents --- */

static bool agent_is(const struct trace_filter *f, uint16_t agent, const char *word,
                     struct near *near)
{
    char name[48], number[16];

    trace_agent_text(&f->names, agent, name, sizeof name);
    snprintf(number, sizeof number, "%u", agent);
    near_offer(near, name);
    return !fnmatch(word, name, 0) || !strcmp(word, number);
}

static bool take_agents(struct trace_filter *f, char *message, size_t size)
{
    const char *agents = f->agents;
    uint8_t seen[sizeof f->agent] = { 0 };
    char word[64], text[256];
    struct near near;

    for (size_t i = 0; agents && i < f->trace->event_count; i++)
        seen[f->trace->events[i].agent / 8] |= (uint8_t)(1u << f->trace->events[i].agent % 8);
    while (next_word(&agents, word, sizeof word)) {
        bool found = false;

        near_begin(&near, word);
        for (unsigned a = 0; a < 8 * sizeof seen; a++)
            if (seen[a / 8] & 1u << a % 8 && agent_is(f, (uint16_t)a, word, &near)) {
                f->agent[a / 8] |= (uint8_t)(1u << a % 8);
                found = true;
            }
        if (!found) {
            snprintf(message, size, "no agent '%s' does anything in this trace%s", word,
                     near_text(&near, text, sizeof text));
            return false;
        }
    }
    return true;
}

/* --- objects --- */

static bool no_such_type(const char *word, size_t length, char *message, size_t size)
{
    char type[64], near[256];
    struct near n;

    snprintf(type, sizeof type, "%.*s", (int)length, word);
    near_begin(&n, type);
    for (unsigned i = OBJ_NONE + 1; i < OBJ_COUNT; i++)
        near_offer(&n, object_word(i));
    snprintf(message, size, "'%s' is no object, such as SGL#1%s", word,
             near_text(&n, near, sizeof near));
    return false;
}

/* "SGL#1"; of a known type also "1" alone. */
static bool object_named(const struct trace_filter *f, const char *word, int type, uint32_t *obj,
                         char *message, size_t size)
{
    const char *hash = strrchr(word, '#');
    uint64_t number;
    char name[64];

    if (hash) {
        int found = -1;

        snprintf(name, sizeof name, "%.*s", (int)(hash - word), word);
        for (unsigned i = OBJ_NONE + 1; i < OBJ_COUNT; i++)
            if (!strcasecmp(name, object_word(i)))
                found = (int)i;
        if (found < 0 || (type >= 0 && found != type))
            return no_such_type(word, (size_t)(hash - word), message, size);
        type = found;
    } else if (type < 0) {
        return no_such_type(word, strlen(word), message, size);
    }
    if (!whole_number(hash ? hash + 1 : word, word + strlen(word), &number) || number > 0xffffff) {
        snprintf(message, size, "'%s' is no object, such as %s#1", word,
                 object_word((unsigned)type));
        return false;
    }
    *obj = OBJ_ID(type, number);
    if (family_has(&f->family, *obj))
        return true;
    if (f->family.numbers[type])
        snprintf(message, size, "no %s in this trace; the last one is %s#%" PRIu32, word,
                 object_word((unsigned)type), f->family.numbers[type]);
    else
        snprintf(message, size, "no %s in this trace", object_word((unsigned)type));
    return false;
}

static bool take_objects(const struct trace_filter *f, const char *list, int type,
                         uint32_t *objects, unsigned *count, char *message, size_t size)
{
    char word[64];

    while (next_word(&list, word, sizeof word)) {
        if (*count == FILTER_NAMES_MAX) {
            snprintf(message, size, "more than %u objects", FILTER_NAMES_MAX);
            return false;
        }
        if (!object_named(f, word, type, &objects[(*count)++], message, size))
            return false;
    }
    return true;
}

bool filter_prepare(struct trace_filter *f, struct trace_loaded *t, char *message, size_t size)
{
    f->trace = t;
    trace_names_init(&f->names, t->reader);
    family_begin(&f->family);
    for (size_t i = 0; i < t->event_count; i++)
        family_event(&f->family, &t->events[i]);
    return take_names(f, message, size) && take_agents(f, message, size) &&
           take_objects(f, f->objects, -1, f->object, &f->object_count, message, size) &&
           take_objects(f, f->adapters, OBJ_ADAPTER, f->owner, &f->owner_count, message, size) &&
           take_objects(f, f->devices, OBJ_DEVICE, f->owner, &f->owner_count, message, size);
}

/* --- findings --- */

bool filter_finding(struct trace_filter *f, unsigned nth, char *message, size_t size)
{
    const struct trace_loaded *t = f->trace;
    struct verifier *v = trace_verify(t);
    const struct finding *found = v && nth ? finding_at(v, nth - 1) : NULL;

    if (found) {
        f->finding = true;
        f->finding_seq = found->seq;
        f->finding_objects[0] = found->obj;
        f->finding_objects[1] = found->owner;
        for (unsigned i = 0; i < found->site_count && i < FILTER_SITES_MAX; i++)
            f->finding_sites[f->finding_site_count++] = found->sites[i].site;
    } else if (v && finding_count(v)) {
        snprintf(message, size, "no finding %u: this trace has 1 to %u", nth, finding_count(v));
    } else {
        snprintf(message, size, v ? "this trace has no findings" : "no memory for the rules");
    }
    verifier_destroy(v);
    return found != NULL;
}
