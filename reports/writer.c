/*
 * The streaming writer (writer.h). State is a depth and a bit for each depth; text goes through one
 * buffer to one descriptor.
 */
#include "reports/writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/must.h"

_Static_assert(WRITER_DEPTH_MAX <= 32, "filled has a bit for each depth");

void writer_init(struct writer *w, int fd, bool compact)
{
    memset(w, 0, offsetof(struct writer, buffer));
    w->fd = fd;
    w->compact = compact;
}

static void flush(struct writer *w)
{
    size_t done = 0;

    while (done < w->used && !w->error) {
        ssize_t n = write(w->fd, w->buffer + done, w->used - done);

        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno != EINTR) {
            w->error = ERR_IO;
            w->hung_up = errno == EPIPE;
        }
    }
    w->used = 0;
}

void writer_raw(struct writer *w, const char *bytes, size_t count)
{
    while (count) {
        size_t room = sizeof w->buffer - w->used, n = count < room ? count : room;

        memcpy(w->buffer + w->used, bytes, n);
        w->used += n;
        bytes += n;
        count -= n;
        if (w->used == sizeof w->buffer)
            flush(w);
    }
}

static void put(struct writer *w, const char *text) { writer_raw(w, text, strlen(text)); }

static void new_line(struct writer *w)
{
    static const char spaces[] = "                                                ";

    if (w->compact)
        return;
    put(w, "\n");
    writer_raw(w, spaces, 2 * (size_t)w->depth);
}

/* Before a value or a key: a comma when there is one before it, and the line's start. */
static void before(struct writer *w)
{
    if (w->keyed) {
        w->keyed = false;
        return;
    }
    if (w->filled & 1u << w->depth)
        put(w, ",");
    w->filled |= 1u << w->depth;
    if (w->depth)
        new_line(w);
}

static void open_one(struct writer *w, const char *bracket)
{
    before(w);
    put(w, bracket);
    must(w->depth + 1 < WRITER_DEPTH_MAX);
    w->depth++;
    w->filled &= ~(1u << w->depth);
}

static void close_one(struct writer *w, const char *bracket)
{
    bool any = w->filled & 1u << w->depth;

    must(w->depth > 0 && !w->keyed);
    w->depth--;
    if (any)
        new_line(w);
    put(w, bracket);
}

void writer_object_begin(struct writer *w) { open_one(w, "{"); }
void writer_object_end(struct writer *w) { close_one(w, "}"); }
void writer_array_begin(struct writer *w) { open_one(w, "["); }
void writer_array_end(struct writer *w) { close_one(w, "]"); }

int writer_flush(struct writer *w)
{
    flush(w);
    return w->error;
}

void writer_line(struct writer *w)
{
    put(w, "\n");
    w->filled = 0;
}

int writer_end(struct writer *w)
{
    writer_line(w);
    return writer_flush(w);
}

/* The length of the UTF-8 sequence at p, 0 when it is none (RFC 3629: shortest form, no
 * surrogates). */
size_t writer_utf8_length(const unsigned char *p)
{
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;

    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

static void put_escaped(struct writer *w, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char text[6] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };

    switch (c) {
    case '"':
        put(w, "\\\"");
        break;
    case '\\':
        put(w, "\\\\");
        break;
    case '\n':
        put(w, "\\n");
        break;
    case '\t':
        put(w, "\\t");
        break;
    default:
        writer_raw(w, text, sizeof text);
        break;
    }
}

static void put_quoted(struct writer *w, const char *text)
{
    put(w, "\"");
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        size_t n = writer_utf8_length(p);

        if (!n)
            put(w, "\xef\xbf\xbd");
        else if (n == 1 && (*p < 0x20 || *p == '"' || *p == '\\' ||
                            (w->in_script && (*p == '<' || *p == '&'))))
            put_escaped(w, *p);
        else
            writer_raw(w, (const char *)p, n);
        p += n ? n : 1;
    }
    put(w, "\"");
}

void writer_key(struct writer *w, const char *key)
{
    before(w);
    put_quoted(w, key);
    put(w, w->compact ? ":" : ": ");
    w->keyed = true;
}

void writer_string(struct writer *w, const char *text)
{
    before(w);
    if (text)
        put_quoted(w, text);
    else
        put(w, "null");
}

static void put_number(struct writer *w, uint64_t value, unsigned base)
{
    char text[24], *p = text + sizeof text;

    do
        *--p = "0123456789ABCDEF"[value % base];
    while (value /= base);
    writer_raw(w, p, (size_t)(text + sizeof text - p));
}

void writer_u64(struct writer *w, uint64_t value)
{
    if (value > 1ull << 53) {
        writer_hex(w, value);
        return;
    }
    before(w);
    put_number(w, value, 10);
}

void writer_hex(struct writer *w, uint64_t value)
{
    before(w);
    put(w, "\"0x");
    if (value < 16)
        put(w, "0");
    put_number(w, value, 16);
    put(w, "\"");
}

void writer_bool(struct writer *w, bool value)
{
    before(w);
    put(w, value ? "true" : "false");
}

void writer_null(struct writer *w) { writer_string(w, NULL); }

void writer_key_string(struct writer *w, const char *key, const char *text)
{
    writer_key(w, key);
    writer_string(w, text);
}

void writer_key_u64(struct writer *w, const char *key, uint64_t value)
{
    writer_key(w, key);
    writer_u64(w, value);
}

void writer_clean(struct writer *w, const char *text, const char *indent)
{
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        size_t n = writer_utf8_length(p);

        if (*p == '\n') {
            put(w, "\n");
            put(w, indent);
        } else if (!n || (n == 1 && (*p < 0x20 || *p == 0x7f))) {
            put(w, "\xef\xbf\xbd");
        } else {
            writer_raw(w, (const char *)p, n);
        }
        p += n ? n : 1;
    }
}
