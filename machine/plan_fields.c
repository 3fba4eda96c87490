/*
 * Reading the fields of input lines, which somebody may have edited.
 */
#include "machine/plan_fields.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define DATA_BYTES_MAX (512u << 20) /* of a file or a program */

bool fields_begin(struct fields *f, const char *text, size_t bytes)
{
    f->o = json_loadb(text, bytes, 0, NULL);
    if (json_is_object(f->o))
        return true;
    fields_end(f);
    return fields_expected(f, "one JSON object");
}

void fields_end(struct fields *f)
{
    json_decref(f->o);
    f->o = NULL;
}

bool fields_expected(struct fields *f, const char *format, ...)
{
    char what[160];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    snprintf(f->message, f->message_size, "%s:%u: expected %s", f->path, f->line, what);
    return false;
}

bool fields_has(const struct fields *f, const char *name)
{
    return json_object_get(f->o, name) != NULL;
}

static bool number_of(const json_t *v, uint64_t *out)
{
    const char *text = json_string_value(v);
    char *end;

    if (json_is_integer(v)) {
        *out = (uint64_t)json_integer_value(v);
        return json_integer_value(v) >= 0;
    }
    if (!text || strncmp(text, "0x", 2) || strspn(text + 2, "0123456789abcdefABCDEF") == 0)
        return false;
    errno = 0;
    *out = strtoull(text + 2, &end, 16);
    return !errno && !*end;
}

static bool number_in(struct fields *f, const json_t *o, const char *name, uint64_t limit,
                      uint64_t *value)
{
    if (number_of(json_object_get(o, name), value) && *value <= limit)
        return true;
    if (limit == UINT64_MAX)
        return fields_expected(f, "a number in \"%s\"", name);
    return fields_expected(f, "a number up to %" PRIu64 " in \"%s\"", limit, name);
}

bool fields_number(struct fields *f, const char *name, uint64_t limit, uint64_t *value)
{
    return number_in(f, f->o, name, limit, value);
}

/* Bytes beyond ASCII are written as one code point each, which jansson hands over as UTF-8. */
char *fields_text(struct fields *f, const char *name)
{
    const json_t *v = json_object_get(f->o, name);
    const unsigned char *from = (const unsigned char *)json_string_value(v);
    char *text, *to;

    if (!from) {
        fields_expected(f, "a text in \"%s\"", name);
        return NULL;
    }
    text = to = malloc(json_string_length(v) + 1);
    must(text);
    for (; *from; from++) {
        if (*from < 0x80) {
            *to++ = (char)*from;
        } else if (*from < 0xc4) {
            *to++ = (char)((*from & 3) << 6 | (from[1] & 0x3f));
            from++;
        } else {
            free(text);
            fields_expected(f, "characters of one byte in \"%s\"", name);
            return NULL;
        }
    }
    *to = 0;
    return text;
}

/* --- bytes --- */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_bytes(const char *text, uint8_t *to, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++) {
        int high = digit(text[2 * i]), low = high < 0 ? -1 : digit(text[2 * i + 1]);

        if (low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* One piece of an array. Returns how many bytes it is; negative: none. */
static int64_t piece(const json_t *v, uint8_t *to, uint64_t room)
{
    const char *hex = json_string_value(v);
    uint64_t bytes = hex ? json_string_length(v) / 2 : 0, value;

    if (hex)
        return json_string_length(v) % 2 == 0 && bytes <= room && hex_bytes(hex, to, bytes)
                   ? (int64_t)bytes
                   : -1;
    if (!number_of(json_object_get(v, "fill"), &value) || value > 255 ||
        !number_of(json_object_get(v, "len"), &bytes) || bytes > room)
        return -1;
    if (value) /* zeros are there */
        memset(to, (int)value, bytes);
    return (int64_t)bytes;
}

uint8_t *fields_data(struct fields *f, const char *name, uint64_t bytes)
{
    const json_t *list = json_object_get(f->o, name);
    uint64_t done = 0;
    uint8_t *data = NULL;
    bool ok = json_is_array(list) && bytes <= DATA_BYTES_MAX;

    if (ok) {
        data = calloc(1, bytes + 1);
        must(data);
    }
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        int64_t n = piece(json_array_get(list, i), data + done, bytes - done);

        ok = n >= 0;
        done += ok ? (uint64_t)n : 0;
    }
    if (ok && done == bytes)
        return data;
    free(data);
    fields_expected(f, "%" PRIu64 " bytes of hex and fill in \"%s\"", bytes, name);
    return NULL;
}

/* --- buffers --- */

static bool place(struct fields *f, const json_t *at, const char *name, struct dm_plan_buffer *b)
{
    uint64_t alloc;

    if (json_is_null(at)) {
        b->place = DM_PLACE_NULL;
        return true;
    }
    if (json_is_string(at) && number_of(at, &b->at)) {
        b->place = DM_PLACE_WILD;
        return true;
    }
    if (json_array_size(at) != 2 || !number_of(json_array_get(at, 0), &alloc) ||
        alloc > UINT32_MAX || !number_of(json_array_get(at, 1), &b->at) || b->at > UINT32_MAX)
        return fields_expected(f, "[allocation, offset], null or a pointer's name in \"%s\"", name);
    b->place = DM_PLACE_ALLOC;
    b->alloc = (uint32_t)alloc;
    return true;
}

static bool described(struct dm_plan_buffer *b, const json_t *v)
{
    uint64_t bytes;

    if (!number_of(json_object_get(v, "len"), &bytes) || bytes != b->bytes)
        return false;
    b->content = json_object_get(v, "fill") ? DM_CONTENT_FILL : DM_CONTENT_PATTERN;
    if (b->content == DM_CONTENT_FILL)
        return number_of(json_object_get(v, "fill"), &b->value) && b->value < 256;
    return number_of(json_object_get(v, "pattern"), &b->value);
}

bool fields_buffer(struct fields *f, const json_t *o, const char *name, uint64_t bytes,
                   struct dm_plan_buffer *b, uint8_t **data)
{
    const json_t *v = json_object_get(o, name);
    char at[32];

    *data = NULL;
    *b = (struct dm_plan_buffer) { .bytes = bytes };
    snprintf(at, sizeof(at), "%s_at", name);
    if (!place(f, json_object_get(o, at), at, b))
        return false;
    if (!v || json_is_null(v))
        return true;
    if (json_is_object(v) && described(b, v))
        return true;
    if (json_is_string(v) && json_string_length(v) == 2 * bytes) {
        b->content = DM_CONTENT_BYTES;
        b->data = *data = malloc(bytes + 1);
        must(*data);
        if (hex_bytes(json_string_value(v), *data, bytes))
            return true;
        free(*data);
        *data = NULL;
    }
    return fields_expected(f, "%" PRIu64 " bytes in \"%s\": hex, or fill or pattern with len",
                           bytes, name);
}
