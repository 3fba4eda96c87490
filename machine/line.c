/*
 * Growing a line of JSON.
 */
#include "machine/line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Eight bytes as sixteen digits: each nibble in a byte of its own, then all become letters at once. */
static void hex_of_eight(const uint8_t *from, char *to)
{
    for (unsigned half = 0; half < 2; half++, from += 4, to += 8) {
        uint64_t v = (uint64_t)from[0] | (uint64_t)from[1] << 16 | (uint64_t)from[2] << 32 |
                     (uint64_t)from[3] << 48;

        v = (v >> 4 & 0x000f000f000f000fu) | (v & 0x000f000f000f000fu) << 8;
        uint64_t letters = (v + 0x0606060606060606u) >> 4 & 0x0101010101010101u;

        v += 0x3030303030303030u + letters * ('a' - '9' - 1);
        memcpy(to, &v, 8); /* little-endian, as every host that there is */
    }
}

void line_hex(struct line *l, const void *p, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = p;
    size_t left = bytes;

    room_for(l, 2 * bytes + 3);
    char *to = l->text + l->used;

    *to++ = '"';
    for (; left >= 8; left -= 8, at += 8, to += 16)
        hex_of_eight(at, to);
    for (; left; left--, at++) {
        *to++ = digits[*at >> 4];
        *to++ = digits[*at & 15];
    }
    *to++ = '"';
    *to = 0;
    l->used = (size_t)(to - l->text);
}
