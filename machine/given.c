/*
 * What a recorded run was handed by name, out of its `given` lines: a program, whole.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/recording.h"

#define GIVEN_BYTES_MAX (256u << 20) /* of one; what says more is not believed */

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One piece of the data: hex, or a byte over and over. Returns its bytes; 0: it is neither, or too long. */
static size_t piece_put(const json_t *piece, uint8_t *to, size_t room)
{
    const char *hex = json_string_value(piece);
    json_int_t fill, length;
    size_t n = 0;

    if (!hex) {
        if (json_unpack((json_t *)piece, "{s:I, s:I}", "fill", &fill, "len", &length) ||
            length <= 0 || (uint64_t)length > room || fill < 0 || fill > 255)
            return 0;
        memset(to, (int)fill, (size_t)length);
        return (size_t)length;
    }
    for (; hex[0] && hex[1] && n < room; hex += 2) {
        int high = digit_of(hex[0]), low = digit_of(hex[1]);

        if (high < 0 || low < 0)
            return 0;
        to[n++] = (uint8_t)(high << 4 | low);
    }
    return *hex ? 0 : n;
}

/* The bytes of a line; NULL: its data is not what it says. */
static uint8_t *data_of(const json_t *line, size_t *bytes)
{
    const json_t *data = json_object_get(line, "data"), *piece;
    json_int_t count = json_integer_value(json_object_get(line, "bytes"));
    size_t at = 0, i;
    uint8_t *to;

    if (!json_is_array(data) || count < 0 || count > GIVEN_BYTES_MAX)
        return NULL;
    to = malloc((size_t)count + 1);
    must(to);
    json_array_foreach(data, i, piece)
    {
        size_t n = piece_put(piece, to + at, (size_t)count - at);

        if (!n) {
            free(to);
            return NULL;
        }
        at += n;
    }
    *bytes = at;
    if (at == (size_t)count)
        return to;
    free(to);
    return NULL;
}

static bool given_take(struct dm_recording *r, const json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "name"));
    size_t bytes = 0;
    uint8_t *data = name ? data_of(line, &bytes) : NULL;

    if (!data)
        return false;
    r->given = realloc(r->given, (r->given_count + 1) * sizeof(*r->given));
    must(r->given);
    r->given[r->given_count] = (struct dm_input) { strdup(name), data, bytes };
    must(r->given[r->given_count++].name);
    return true;
}

bool given_load(struct dm_recording *r, const char *path, char *message, size_t size)
{
    const struct trace_lines *l = &r->trace->inputs;

    for (size_t i = 0; i < l->count; i++) {
        json_t *line = strstr(l->at[i], "\"op\":\"given\"") ? json_loads(l->at[i], 0, NULL) : NULL;
        const char *op = json_string_value(json_object_get(line, "op"));
        bool good = !op || strcmp(op, "given") || given_take(r, line);

        json_decref(line);
        if (!good) {
            snprintf(message, size, "%s:%u: expected a name and data of as many bytes as it says",
                     path, l->line[i]);
            return false;
        }
    }
    return true;
}

void given_free(struct dm_recording *r)
{
    for (unsigned i = 0; i < r->given_count; i++) {
        free((char *)r->given[i].name);
        free((void *)r->given[i].bytes);
    }
    free(r->given);
}
