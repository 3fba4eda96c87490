/*
 * Reading surfaces. A CTL_CODE's arguments are numbers and names joined by '|'; names are Windows' own or
 * those that the header defines as a number.
 */
#include "inputs/surface.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define WORDS_MAX 512
#define FILE_BYTES_MAX (1u << 20)

struct word {
    char name[SURFACE_NAME_MAX];
    uint32_t value;
};

/* Of wdm.h and devioctl.h. */
static const struct word windows[] = {
    { "METHOD_BUFFERED", 0 },
    { "METHOD_IN_DIRECT", 1 },
    { "METHOD_OUT_DIRECT", 2 },
    { "METHOD_NEITHER", 3 },
    { "METHOD_DIRECT_TO_HARDWARE", 1 },
    { "METHOD_DIRECT_FROM_HARDWARE", 2 },
    { "FILE_ANY_ACCESS", 0 },
    { "FILE_SPECIAL_ACCESS", 0 },
    { "FILE_READ_ACCESS", 1 },
    { "FILE_WRITE_ACCESS", 2 },
    { "FILE_READ_DATA", 1 },
    { "FILE_WRITE_DATA", 2 },
    { "FILE_DEVICE_CONTROLLER", 4 },
    { "FILE_DEVICE_DISK", 7 },
    { "FILE_DEVICE_NETWORK", 0x12 },
    { "FILE_DEVICE_SOUND", 0x1d },
    { "FILE_DEVICE_UNKNOWN", 0x22 },
    { "FILE_DEVICE_VIDEO", 0x23 },
    { "FILE_DEVICE_BUS_EXTENDER", 0x2a },
};

struct reader {
    const char *file, *at;
    unsigned line;
    struct surface *out;
    struct word words[WORDS_MAX];
    unsigned word_count;
    char *message;
    size_t message_size;
};

static bool wrong(struct reader *r, const char *expected)
{
    snprintf(r->message, r->message_size, "%s:%u: expected %s", r->file, r->line, expected);
    return false;
}

static bool more(const struct reader *r) { return *r->at && *r->at != '\n' && *r->at != '\r'; }

/* Within the line; a backslash at its end joins the next one. */
static void skip_blank(struct reader *r)
{
    for (;; r->at++) {
        if (r->at[0] == '\\' && (r->at[1] == '\n' || (r->at[1] == '\r' && r->at[2] == '\n'))) {
            r->at += r->at[1] == '\r' ? 2 : 1;
            r->line++;
        } else if (*r->at != ' ' && *r->at != '\t') {
            return;
        }
    }
}

static bool is_name(int c) { return isalnum(c) || c == '_'; }

static size_t name_length(const char *at)
{
    size_t n = 0;

    while (is_name((unsigned char)at[n]))
        n++;
    return n;
}

/* A name at the cursor, which moves behind it. */
static bool name_take(struct reader *r, char name[SURFACE_NAME_MAX])
{
    size_t n = name_length(r->at);

    if (!n || n >= SURFACE_NAME_MAX || isdigit((unsigned char)*r->at))
        return false;
    memcpy(name, r->at, n);
    name[n] = 0;
    r->at += n;
    return true;
}

static const struct word *word_find(const struct reader *r, const char *name)
{
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
        if (!strcmp(windows[i].name, name))
            return &windows[i];
    for (unsigned i = 0; i < r->word_count; i++)
        if (!strcmp(r->words[i].name, name))
            return &r->words[i];
    return NULL;
}

static bool number_take(struct reader *r, uint32_t *value)
{
    unsigned long long v;
    char *end;

    skip_blank(r);
    if (!isdigit((unsigned char)*r->at))
        return false;
    errno = 0;
    v = strtoull(r->at, &end, 0);
    while (*end && strchr("uUlL", *end))
        end++;
    if (errno || v > UINT32_MAX || is_name((unsigned char)*end))
        return false;
    r->at = end;
    *value = (uint32_t)v;
    return true;
}

/* Numbers and names, joined by '|', in parentheses or not. */
static bool value_take(struct reader *r, uint32_t *value)
{
    unsigned depth = 0;

    *value = 0;
    for (;;) {
        char name[SURFACE_NAME_MAX];
        uint32_t part;

        for (skip_blank(r); *r->at == '('; skip_blank(r))
            depth++, r->at++;
        if (!number_take(r, &part)) {
            const struct word *w = name_take(r, name) ? word_find(r, name) : NULL;

            if (!w)
                return false;
            part = w->value;
        }
        *value |= part;
        for (skip_blank(r); *r->at == ')' && depth; skip_blank(r))
            depth--, r->at++;
        if (*r->at != '|')
            return depth == 0;
        r->at++;
    }
}

/* Behind "CTL_CODE": (type, function, method, access). */
static bool code_take(struct reader *r, uint32_t *code)
{
    static const uint32_t most[4] = { 0xffff, 0xfff, 3, 3 };
    uint32_t v[4];

    skip_blank(r);
    if (*r->at != '(')
        return false;
    for (unsigned i = 0; i < 4; i++) {
        r->at++;
        if (!value_take(r, &v[i]) || v[i] > most[i] || *r->at != (i < 3 ? ',' : ')'))
            return false;
    }
    r->at++;
    *code = v[0] << 16 | v[3] << 14 | v[1] << 2 | v[2];
    return true;
}

static bool at_ctl_code(const struct reader *r)
{
    return name_length(r->at) == 8 && !strncmp(r->at, "CTL_CODE", 8);
}

static bool ioctl_add(struct reader *r, const struct surface_ioctl *i)
{
    struct surface *s = r->out;

    if (s->ioctl_count == SURFACE_IOCTLS_MAX)
        return wrong(r, "no more control codes: 256 are enough");
    s->ioctls[s->ioctl_count++] = *i;
    return true;
}

/* --- a table --- */

static bool table_ioctl(struct reader *r)
{
    struct surface_ioctl i = { .code = 0 };
    bool known;

    skip_blank(r);
    if (!name_take(r, i.name))
        return wrong(r, "ioctl NAME CODE IN_BYTES OUT_BYTES");
    skip_blank(r);
    if (at_ctl_code(r)) {
        r->at += 8;
        known = code_take(r, &i.code);
    } else {
        known = number_take(r, &i.code);
    }
    if (!known)
        return wrong(r,
                     "a code: a number or CTL_CODE(type, function, METHOD_..., FILE_..._ACCESS)");
    if (!number_take(r, &i.in_bytes) || !number_take(r, &i.out_bytes))
        return wrong(r, "two lengths in bytes behind the code: in, out");
    return ioctl_add(r, &i);
}

static bool table_line(struct reader *r)
{
    size_t n;

    skip_blank(r);
    n = strcspn(r->at, " \t\r\n");
    if (!more(r) || *r->at == ';' || *r->at == '#')
        return true;
    if (n == 9 && !strncmp(r->at, "bytes-max", n)) {
        r->at += n;
        if (!number_take(r, &r->out->bytes_max) || !r->out->bytes_max ||
            r->out->bytes_max > 1u << 24)
            return wrong(r, "bytes-max N, from 1 to 16777216");
    } else if (n == 5 && !strncmp(r->at, "ioctl", n)) {
        r->at += n;
        if (!table_ioctl(r))
            return false;
    } else {
        return wrong(r, "ioctl NAME CODE IN_BYTES OUT_BYTES, or bytes-max N");
    }
    skip_blank(r);
    return !more(r) || *r->at == ';' || *r->at == '#' || wrong(r, "the end of the line");
}

/* --- a header --- */

static bool header_define(struct reader *r)
{
    struct surface_ioctl i = { .code = 0 };
    char name[SURFACE_NAME_MAX];
    uint32_t value;

    skip_blank(r);
    if (!name_take(r, name) || *r->at == '(') /* nothing of ours */
        return true;
    skip_blank(r);
    while (*r->at == '(')
        r->at++, skip_blank(r);
    if (at_ctl_code(r)) {
        r->at += 8;
        strcpy(i.name, name);
        if (!code_take(r, &i.code))
            return wrong(r, "CTL_CODE of numbers and names that are defined in this file");
        return ioctl_add(r, &i);
    }
    if (value_take(r, &value) && r->word_count < WORDS_MAX) {
        struct word *w = &r->words[r->word_count++];

        strcpy(w->name, name);
        w->value = value;
    }
    return true;
}

static bool header_line(struct reader *r)
{
    skip_blank(r);
    if (*r->at++ != '#')
        return r->at--, true;
    skip_blank(r);
    if (strncmp(r->at, "define", 6) || is_name((unsigned char)r->at[6]))
        return true;
    r->at += 6;
    return header_define(r);
}

/* --- both --- */

static bool has_define(const char *text)
{
    for (const char *at = text; (at = strchr(at, '#')); at++) {
        const char *word = at + 1 + strspn(at + 1, " \t");

        if ((at == text || at[-1] == '\n') && !strncmp(word, "define", 6) &&
            !is_name((unsigned char)word[6]))
            return true;
    }
    return false;
}

static bool lines_take(struct reader *r)
{
    bool header = has_define(r->at);

    for (r->line = 1; *r->at; r->line++) {
        if (!(header ? header_line(r) : table_line(r)))
            return false;
        r->at += strcspn(r->at, "\n");
        r->at += *r->at == '\n';
    }
    if (header && !r->out->ioctl_count) {
        snprintf(r->message, r->message_size, "%s: expected a macro that is a CTL_CODE(...)",
                 r->file);
        return false;
    }
    return true;
}

struct surface *surface_parse(const char *name, const char *text, char *message,
                              size_t message_size)
{
    struct reader *r = calloc(1, sizeof(*r));
    struct surface *s = calloc(1, sizeof(*s));
    bool good;

    must(r && s);
    s->bytes_max = SURFACE_BYTES_MAX;
    s->ioctls = calloc(SURFACE_IOCTLS_MAX, sizeof(*s->ioctls));
    must(s->ioctls);
    r->file = name;
    r->at = text;
    r->out = s;
    r->message = message;
    r->message_size = message_size;
    good = lines_take(r);
    free(r);
    if (good)
        return s;
    surface_free(s);
    return NULL;
}

struct surface *surface_read(const char *path, char *message, size_t message_size)
{
    FILE *f = fopen(path, "r");
    struct surface *s = NULL;
    size_t bytes;
    char *text;

    if (!f) {
        snprintf(message, message_size, "%s: %s", path, strerror(errno));
        return NULL;
    }
    text = calloc(1, FILE_BYTES_MAX + 1);
    must(text);
    bytes = fread(text, 1, FILE_BYTES_MAX, f);
    if (ferror(f))
        snprintf(message, message_size, "%s: %s", path, strerror(errno));
    else if (bytes == FILE_BYTES_MAX)
        snprintf(message, message_size, "%s: expected a file of less than 1 MiB", path);
    else
        s = surface_parse(path, text, message, message_size);
    free(text);
    fclose(f);
    return s;
}

void surface_free(struct surface *s)
{
    if (!s)
        return;
    free(s->ioctls);
    free(s);
}
