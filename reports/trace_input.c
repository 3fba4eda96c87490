/*
 * Lines that are no events, in words (trace_input.h). What a field of a later version says is
 * shown as it stands.
 */
#include "reports/trace_input.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAGE_COLUMNS 100
#define BYTES_SHOWN 16

__attribute__((format(printf, 2, 3))) static void say(struct writer *w, const char *format, ...)
{
    char text[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    writer_raw(w, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

/* What JSON says, without knowing what it means. */
static void say_value(struct writer *w, const json_t *v)
{
    const char *key;
    const json_t *member;
    bool first = true;

    if (json_is_string(v))
        writer_clean(w, json_string_value(v), "");
    else if (json_is_integer(v))
        say(w, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_boolean(v))
        say(w, "%s", json_is_true(v) ? "yes" : "no");
    else if (json_is_null(v))
        say(w, "NULL");
    else if (json_is_real(v))
        say(w, "%g", json_real_value(v));
    else if (json_is_array(v))
        for (size_t i = 0; i < json_array_size(v); i++) {
            say(w, i ? ", " : "");
            say_value(w, json_array_get(v, i));
        }
    else
        json_object_foreach((json_t *)v, key, member)
        {
            say(w, "%s%s=", first ? "" : " ", key);
            first = false;
            say_value(w, member);
        }
}

/* --- header --- */

/* "a=1 b=2 …" in lines that fit a page. */
static void say_wrapped(struct writer *w, const char *text)
{
    const char *whole = text;
    size_t column = 16;

    while (*text) {
        size_t n = strcspn(text, " ");

        if (column + n + 1 > PAGE_COLUMNS && column > 16) {
            say(w, "\n# %-13s", "");
            column = 16;
        }
        if (text > whole)
            writer_raw(w, " ", 1);
        writer_raw(w, text, n);
        column += n + 1;
        text += n + (text[n] == ' ');
    }
}

void trace_header_text(struct writer *w, const char *json)
{
    json_t *o = json_loads(json, 0, NULL);
    const char *key;
    const json_t *v;

    json_object_foreach(o, key, v)
    {
        say(w, "# %-13s ", key);
        if (json_is_string(v) && strlen(json_string_value(v)) > PAGE_COLUMNS - 16)
            say_wrapped(w, json_string_value(v));
        else
            say_value(w, v);
        say(w, "\n");
    }
    json_decref(o);
}

/* --- inputs --- */

static bool is_hex(const char *text)
{
    return strlen(text) % 2 == 0 && strspn(text, "0123456789abcdef") == strlen(text);
}

/* Bytes that go to the driver: {pattern, len}, {fill, len}, or hex in full. */
static bool say_bytes(struct writer *w, const json_t *v)
{
    const json_t *len = json_object_get(v, "len"), *fill = json_object_get(v, "fill");
    const char *pattern = json_string_value(json_object_get(v, "pattern"));
    const char *hex = json_string_value(v);

    if (hex && is_hex(hex)) {
        say(w, "%zu bytes%s%.*s%s", strlen(hex) / 2, *hex ? " " : "", 2 * BYTES_SHOWN, hex,
            strlen(hex) > 2 * BYTES_SHOWN ? "..." : "");
        return true;
    }
    if (!json_is_integer(len) || (!pattern && !json_is_integer(fill)))
        return false;
    say(w, "%" JSON_INTEGER_FORMAT " bytes of ", json_integer_value(len));
    if (pattern)
        say(w, "pattern %s", pattern);
    else
        say(w, "0x%02x", (unsigned)json_integer_value(fill));
    return true;
}

/* Where its buffer lies: [number of the allocation, offset there]. */
static bool say_at(struct writer *w, const char *key, const json_t *v)
{
    size_t n = strlen(key);

    if (n < 3 || strcmp(key + n - 3, "_at") || json_array_size(v) != 2)
        return false;
    say_value(w, json_array_get(v, 0));
    say(w, "+");
    say_value(w, json_array_get(v, 1));
    return true;
}

/* The agent is that of the event beside it, the scenario's first thread the usual one. */
static bool is_silent(const char *key, const json_t *v)
{
    return !strcmp(key, "k") || !strcmp(key, "op") || !strcmp(key, "g") ||
           (!strcmp(key, "thread") && json_is_integer(v) && !json_integer_value(v));
}

static bool holds_bytes(const char *key)
{
    return !strcmp(key, "in") || !strcmp(key, "out") || !strcmp(key, "data") ||
           !strncmp(key, "piece", 5);
}

void trace_input_text(struct writer *w, const char *json)
{
    json_t *o = json_loads(json, 0, NULL);
    const char *op = json_string_value(json_object_get(o, "op")), *key;
    const json_t *v;

    say(w, "> ");
    writer_clean(w, op ? op : "input", "");
    json_object_foreach(o, key, v)
    {
        if (is_silent(key, v))
            continue;
        say(w, " ");
        writer_clean(w, strcmp(key, "index") ? key : "nr", "");
        say(w, "=");
        if (!(holds_bytes(key) && say_bytes(w, v)) && !say_at(w, key, v))
            say_value(w, v);
    }
    say(w, "\n");
    json_decref(o);
}

/* --- findings --- */

void trace_finding_text(struct writer *w, const char *json)
{
    json_t *o = json_loads(json, 0, NULL);
    json_t *site = json_array_get(json_object_get(o, "sites"), 0);
    json_t *frame = json_array_get(json_object_get(site, "frames"), 0);
    const char *rule = json_string_value(json_object_get(o, "rule"));
    const char *severity = json_string_value(json_object_get(o, "severity"));
    const char *message = json_string_value(json_object_get(o, "message"));
    const char *file = json_string_value(json_object_get(frame, "file"));

    say(w, "# finding       ");
    writer_clean(w, severity ? severity : "", "");
    say(w, ": ");
    writer_clean(w, rule ? rule : "?", "");
    say(w, ": ");
    writer_clean(w, message ? message : "", "");
    if (file) {
        say(w, "  ");
        writer_clean(w, file, "");
        say(w, ":%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(frame, "line")));
    }
    say(w, "\n");
    json_decref(o);
}
