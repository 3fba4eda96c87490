/*
 * Growing a line of JSON.
 */
#include "machine/line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"

#define PUT_MAX 256
#define EXACT_MAX (1ull << 53) /* the largest integer that every JSON reader keeps exactly */

static void room_for(struct line *l, size_t bytes)
{
    if (l->used + bytes <= l->room)
        return;
    l->room = (l->used + bytes) * 2 + PUT_MAX;
    l->text = realloc(l->text, l->room);
    must(l->text);
}

void line_put(struct line *l, const char *format, ...)
{
    va_list args;
    int n;

    room_for(l, PUT_MAX);
    va_start(args, format);
    n = vsnprintf(l->text + l->used, PUT_MAX, format, args);
    va_end(args);
    must(n >= 0 && n < PUT_MAX);
    l->used += (size_t)n;
}

void line_number(struct line *l, uint64_t value)
{
    line_put(l, value <= EXACT_MAX ? "%" PRIu64 : "\"0x%" PRIx64 "\"", value);
}

void line_string(struct line *l, const char *text)
{
    line_put(l, "\"");
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p >= 0x7f)
            line_put(l, "\\u%04x", *p);
        else
            line_put(l, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
    }
    line_put(l, "\"");
}

void line_hex(struct line *l, const void *p, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = p;

    room_for(l, 2 * bytes + 3);
    l->text[l->used++] = '"';
    for (size_t i = 0; i < bytes; i++) {
        l->text[l->used++] = digits[at[i] >> 4];
        l->text[l->used++] = digits[at[i] & 15];
    }
    l->text[l->used++] = '"';
    l->text[l->used] = 0;
}
