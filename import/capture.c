/*
 * Finding lines in a capture. A line begins at its marker, wherever in a line of the capture that
 * stands (behind DebugView's columns, a prompt, another driver's text), and ends with its sum. What
 * lies between may have been wrapped: line ends in it are tried as nothing and as a space. Only a line
 * whose sum is right counts.
 */
#include "import/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define CAPTURE_MAX_BYTES (1ull << 32)

static bool read_all(struct import_capture *c, FILE *f)
{
    size_t capacity = 1 << 16, got;

    c->text = malloc(capacity);
    while (c->text && (got = fread(c->text + c->bytes, 1, capacity - c->bytes, f)) > 0) {
        c->bytes += got;
        if (c->bytes < capacity)
            continue;
        if (capacity >= CAPTURE_MAX_BYTES)
            return false;
        char *more = realloc(c->text, capacity *= 2);

        if (!more)
            return false;
        c->text = more;
    }
    return c->text && !ferror(f);
}

static char *keep(struct import_capture *c, const char *text, size_t bytes)
{
    if (c->kept_count == c->kept_capacity) {
        c->kept_capacity = c->kept_capacity * 2 + 64;
        c->kept = realloc(c->kept, c->kept_capacity * sizeof(*c->kept));
        must(c->kept);
    }
    c->kept[c->kept_count] = strndup(text, bytes);
    must(c->kept[c->kept_count]);
    return c->kept[c->kept_count++];
}

static struct import_line *line_new(struct import_capture *c)
{
    if (c->count == c->capacity) {
        c->capacity = c->capacity * 2 + 256;
        c->lines = realloc(c->lines, c->capacity * sizeof(*c->lines));
        must(c->lines);
    }
    memset(&c->lines[c->count], 0, sizeof(*c->lines));
    return &c->lines[c->count];
}

/* The text of a line without what wrapped it: line ends become `between`, none for 0. Ends behind the sum.
 * 0: there is no end. */
static size_t unwrap(const char *from, const char *end, char between, char *to, bool *wrapped)
{
    size_t at = 0;

    *wrapped = false;
    for (; from < end && at < IMPORT_LINE_MAX; from++) {
        if (*from == '\r' || *from == '\n') {
            *wrapped = true;
            if (between && at && to[at - 1] != ' ')
                to[at++] = between;
            continue;
        }
        to[at++] = *from;
        if (at >= 6 && to[at - 6] == '~')
            return at;
    }
    return 0;
}

/* The length of a whole line at text (without " ~" and its sum), 0: its sum is wrong. */
static size_t whole(const char *text, size_t bytes)
{
    unsigned sum = 0;
    char behind = 0;
    size_t body = bytes >= 8 ? bytes - 7 : 0;

    if (!body || text[body] != ' ' || sscanf(text + body + 2, "%5x%c", &sum, &behind) != 1)
        return 0;
    return sum == import_line_sum(text, body) ? body : 0;
}

/* One marker; how far it reaches does not matter: the next one is looked for behind it. */
static bool take(struct import_capture *c, const char *from, const char *end, uint64_t place)
{
    static const char ways[] = { 0, ' ' };
    char text[IMPORT_LINE_MAX + 8];

    for (unsigned i = 0; i < sizeof(ways); i++) {
        struct import_line *line;
        bool wrapped;
        size_t bytes = unwrap(from, end, ways[i], text, &wrapped);
        size_t body;

        text[bytes] = 0;
        body = whole(text, bytes);
        if (!body)
            continue;
        line = line_new(c);
        line->place = place;
        if (!import_line_read(keep(c, text, body), line))
            return false;
        c->joined += wrapped;
        c->count++;
        return true;
    }
    return false;
}

static void find_lines(struct import_capture *c)
{
    const size_t marker = strlen(IMPORT_MARKER);
    const char *end = c->text + c->bytes, *at = c->text, *seen = c->text;
    uint64_t place = 1;

    while ((at = memmem(at, (size_t)(end - at), IMPORT_MARKER, marker)) != NULL) {
        const char *next = memmem(at + marker, (size_t)(end - at) - marker, IMPORT_MARKER, marker);

        for (; seen < at; seen++)
            place += *seen == '\n';
        if (!take(c, at, next ? next : end, place))
            c->damaged++;
        at += marker;
    }
}

struct import_capture *import_capture_read(const char *path, char *message, size_t size)
{
    struct import_capture *c = calloc(1, sizeof(*c));
    FILE *f = fopen(path, "rb");

    must(c);
    if (!f) {
        snprintf(message, size, "%s: %s", path, strerror(errno));
    } else if (!read_all(c, f)) {
        snprintf(message, size, "%s: %s", path,
                 ferror(f) ? strerror(errno) : "is larger than a capture can be (4 GiB)");
    } else {
        import_decode(c->text, &c->bytes);
        find_lines(c);
        if (!c->count)
            snprintf(message, size,
                     c->damaged ? "%s: has marks of recorder/ (\"%s\"), but no whole line"
                                : "%s: no line of recorder/ in it (they begin with \"%s\")",
                     path, IMPORT_MARKER);
    }
    if (f)
        fclose(f);
    if (c->count)
        return c;
    import_capture_free(c);
    return NULL;
}

void import_capture_free(struct import_capture *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->kept_count; i++)
        free(c->kept[i]);
    free(c->kept);
    free(c->lines);
    free(c->text);
    free(c);
}
