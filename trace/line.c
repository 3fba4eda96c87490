/*
 * Lines as the recorder writes them are scanned where they lie, in whatever order and spacing their fields
 * are. jansson reads the rare rest: names or words with escapes in them, and more fields than there
 * is room for.
 */
#include "trace/line.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static bool is(const char *text, size_t bytes, const char *word)
{
    return strlen(word) == bytes && memcmp(text, word, bytes) == 0;
}

static unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    c |= 32;
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

static bool hex_of(const char *text, size_t bytes, uint64_t *out)
{
    uint64_t n = 0;

    if (bytes < 3 || bytes > 18 || text[0] != '0' || text[1] != 'x')
        return false;
    for (size_t i = 2; i < bytes; i++) {
        unsigned digit = hex_digit(text[i]);

        if (digit > 15)
            return false;
        n = n << 4 | digit;
    }
    *out = n;
    return true;
}

static bool number_of(const struct scan_field *f, uint64_t limit, uint64_t *out)
{
    *out = f->number;
    return (f->type == SCAN_INTEGER ||
            (f->type == SCAN_STRING && hex_of(f->value, f->value_bytes, out))) &&
           *out <= limit;
}

/* "SGL#3", or a plain number. */
static bool object_of(const struct scan_field *f, uint32_t *out)
{
    const char *hash, *end = f->value + f->value_bytes;
    uint32_t number = 0;
    int type;

    *out = (uint32_t)f->number;
    if (f->type == SCAN_INTEGER)
        return f->number < 1 << 24;
    if (f->type != SCAN_STRING || !(hash = memrchr(f->value, '#', f->value_bytes)) ||
        hash + 1 == end)
        return false;
    for (const char *p = hash + 1; p < end; p++) {
        if (*p < '0' || *p > '9' || number > 0xffffff)
            return false;
        number = number * 10 + (uint32_t)(*p - '0');
    }
    type = object_type_of_bytes(f->value, (size_t)(hash - f->value));
    *out = OBJ_ID(type, number);
    return type >= 0 && number <= 0xffffff;
}

static bool api_take(const struct scan_field *f, struct event *e)
{
    int api = f->type == SCAN_STRING ? api_of_bytes(f->value, f->value_bytes) : 0;

    e->api = (uint16_t)api; /* what is no string says nothing */
    return api >= 0;
}

/* A field that every event has; 1, 0: it is no number, -1: it is none of these. */
static int common_take(const struct scan_field *f, struct event *e)
{
    uint64_t n = 0;
    bool fits = true;

    switch (f->name_bytes == 1 ? *f->name : 0) {
    case 's':
        return number_of(f, UINT64_MAX, &e->seq);
    case 't':
        return number_of(f, UINT64_MAX, &e->ns);
    case 'k':
        return 1;
    case 'o':
        return object_of(f, &e->obj);
    case 'w':
        fits = number_of(f, 1u << 24, &n), e->site = (uint32_t)n;
        break;
    case 'g':
        fits = number_of(f, UINT16_MAX, &n), e->agent = (uint16_t)n;
        break;
    case 'c':
        fits = number_of(f, UINT8_MAX, &n), e->cpu = (uint8_t)n;
        break;
    case 'i':
        fits = number_of(f, UINT8_MAX, &n), e->irql = (uint8_t)n;
        break;
    default:
        return is(f->name, f->name_bytes, "api") ? api_take(f, e) : -1;
    }
    return fits;
}

/* The recorder writes them in their order: the one behind the last is asked first. */
static bool argument_take(const struct scan_field *f, struct event *e, unsigned *next)
{
    for (unsigned i = 0; i < 4; i++, *next = (*next + 1) & 3) {
        const char *name = event_arg_name(e->kind, *next);

        if (*name == '-' || !is(f->name, f->name_bytes, name))
            continue;
        bool fits = number_of(f, UINT64_MAX, &e->a[*next]);

        *next = (*next + 1) & 3;
        return fits;
    }
    return true; /* a field that is not known */
}

static bool event_of(const struct scan_field *fields, unsigned count, struct line_said *said)
{
    struct event *e = &said->event;
    unsigned next = 0;

    for (unsigned i = 0; i < count; i++) {
        int taken = common_take(&fields[i], e);

        if (taken < 0 && e->kind == EV_AGENT && fields[i].type == SCAN_STRING &&
            is(fields[i].name, fields[i].name_bytes, "name"))
            snprintf(said->agent_name, sizeof(said->agent_name), "%.*s",
                     (int)(fields[i].value_bytes < 64 ? fields[i].value_bytes : 64),
                     fields[i].value);
        else if (taken < 0)
            taken = argument_take(&fields[i], e, &next);
        if (!taken)
            return false;
    }
    return event_is_valid(e);
}

static void said_by(const struct scan_field *fields, unsigned count, struct line_said *said)
{
    const struct scan_field *k = NULL;

    for (unsigned i = 0; i < count; i++)
        if (fields[i].name_bytes == 1 && *fields[i].name == 'k')
            k = &fields[i];
    if (!k || k->type != SCAN_STRING) {
        said->not_found = "one JSON object with its kind in \"k\"";
        return;
    }
    int kind = event_kind_of_bytes(k->value, k->value_bytes);

    if (kind == EV_FINDING) {
        said->kind = TRACE_FINDING;
    } else if (kind >= 0) {
        said->kind = TRACE_EVENT;
        memset(&said->event, 0, sizeof(said->event));
        said->event.kind = (uint16_t)kind;
        if (!event_of(fields, count, said))
            said->not_found = "an event with numbers in its fields";
    } else if (is(k->value, k->value_bytes, "site")) {
        said->kind = TRACE_SITE;
    } else if (is(k->value, k->value_bytes, "payload")) {
        said->kind = TRACE_INPUT;
    } else {
        said->lost = is(k->value, k->value_bytes, "lost");
    }
}

/* --- the general way --- */

static bool field_add(struct scan_field *fields, unsigned *count, const json_t *o, const char *name)
{
    const json_t *v = *name == '-' ? NULL : json_object_get(o, name);
    struct scan_field *f = &fields[*count];

    if (!v)
        return false;
    *f = (struct scan_field) { .name = name, .name_bytes = strlen(name), .type = SCAN_OTHER };
    if (json_is_string(v)) {
        f->type = SCAN_STRING;
        f->value = json_string_value(v);
        f->value_bytes = json_string_length(v);
    } else if (json_is_integer(v) && json_integer_value(v) >= 0) {
        f->type = SCAN_INTEGER;
        f->number = (uint64_t)json_integer_value(v);
    }
    ++*count;
    return true;
}

static enum scan_end read_generally(const char *text, size_t bytes, struct line_said *said)
{
    static const char *const names[] = { "s", "t", "o", "w", "g", "c", "i", "api", "name" };
    struct scan_field fields[SCAN_FIELDS_MAX];
    json_t *o = json_loadb(text, bytes, JSON_ALLOW_NUL, NULL);
    unsigned count = 0;
    int kind;

    if (!o)
        return SCAN_BAD;
    if (field_add(fields, &count, o, "k") && fields[0].type == SCAN_STRING &&
        (kind = event_kind_of_bytes(fields[0].value, fields[0].value_bytes)) >= 0) {
        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            field_add(fields, &count, o, names[i]);
        for (unsigned i = 0; i < 4; i++)
            field_add(fields, &count, o, event_arg_name((unsigned)kind, i));
    }
    said_by(fields, count, said);
    json_decref(o);
    return SCAN_WHOLE;
}

/* Whether what these say may be other than what stands there. */
static bool is_odd(const struct scan_field *fields, unsigned count)
{
    if (count > SCAN_FIELDS_MAX)
        return true;
    for (unsigned i = 0; i < count; i++)
        if (fields[i].escaped)
            return true;
    return false;
}

enum scan_end line_read(const char *text, size_t bytes, struct line_said *said)
{
    struct scan_field fields[SCAN_FIELDS_MAX];
    unsigned count;
    enum scan_end end = scan_object(text, bytes, fields, &count);

    said->kind = TRACE_OTHER;
    said->agent_name[0] = 0;
    said->lost = false;
    said->not_found = NULL;
    if (end != SCAN_WHOLE)
        return end;
    if (is_odd(fields, count))
        return read_generally(text, bytes, said);
    said_by(fields, count, said);
    return SCAN_WHOLE;
}
