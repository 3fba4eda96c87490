/*
 * The scanner follows RFC 8259, but for two things that it leaves to others: whether a string is UTF-8,
 * and whether a name comes twice.
 */
#include "trace/scan.h"

#include <string.h>

#define DEPTH_MAX 512

struct scan {
    const char *at, *end;
    enum scan_end result; /* why the last step failed */
};

static bool stop(struct scan *s)
{
    s->result = s->at < s->end ? SCAN_BAD : SCAN_CUT;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
        s->at++;
}

static bool take(struct scan *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return stop(s);
    s->at++;
    return true;
}

/* Whether c is next. False at the end, too; whoever takes something then says that it is cut off. */
static bool next_is(struct scan *s, char c)
{
    skip_space(s);
    return s->at < s->end && *s->at == c;
}

static bool take_escape(struct scan *s)
{
    s->at++; /* the backslash */
    if (s->at == s->end)
        return stop(s);
    if (*s->at != 'u') {
        if (!memchr("\"\\/bfnrt", *s->at, 8))
            return stop(s);
        s->at++;
        return true;
    }
    s->at++;
    for (unsigned i = 0; i < 4; i++, s->at++) {
        char c = s->at < s->end ? *s->at : 0;

        if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f')))
            return stop(s);
    }
    return true;
}

static bool take_string(struct scan *s, const char **text, size_t *bytes, bool *escaped)
{
    if (!take(s, '"'))
        return false;
    *text = s->at;
    for (;;) {
        while (s->at < s->end && *s->at != '"' && *s->at != '\\' && (unsigned char)*s->at >= 0x20)
            s->at++;
        if (s->at == s->end || (unsigned char)*s->at < 0x20)
            return stop(s);
        if (*s->at == '"')
            break;
        *escaped = true;
        if (!take_escape(s))
            return false;
    }
    *bytes = (size_t)(s->at++ - *text);
    return true;
}

static bool take_digits(struct scan *s)
{
    const char *first = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > first || stop(s);
}

/* A number's further parts: a sign in front, a fraction, an exponent. */
static bool take_odd_number(struct scan *s)
{
    if (s->at < s->end && *s->at == '-') {
        s->at++;
        if (s->at < s->end && *s->at == '0')
            s->at++;
        else if (!take_digits(s))
            return false;
    }
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!take_digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at | 32) == 'e') {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        return take_digits(s);
    }
    return true;
}

static bool take_number(struct scan *s, enum scan_type *type, uint64_t *number)
{
    const char *first = s->at;
    uint64_t n = 0;

    *type = SCAN_INTEGER;
    for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
        unsigned digit = (unsigned)(*s->at - '0');

        if (n > UINT64_MAX / 10 || n * 10 > UINT64_MAX - digit)
            *type = SCAN_OTHER;
        n = n * 10 + digit;
    }
    if (s->at > first + 1 && *first == '0')
        return s->result = SCAN_BAD, false;
    *number = n;
    if (s->at < s->end && *s->at != '-' && *s->at != '.' && (*s->at | 32) != 'e')
        return true;
    if (s->at == s->end)
        return true; /* what lacks then is said by whoever goes on */
    *type = SCAN_OTHER;
    return (s->at == first || *s->at != '-') ? take_odd_number(s) : stop(s);
}

static bool take_literal(struct scan *s)
{
    static const char *const words[] = { "true", "false", "null" };

    for (unsigned i = 0; i < 3; i++)
        if (*words[i] == *s->at) {
            const char *w = words[i];

            while (*w && s->at < s->end && *w == *s->at)
                w++, s->at++;
            return !*w || stop(s);
        }
    return stop(s);
}

static bool take_simple(struct scan *s, struct scan_field *f)
{
    skip_space(s);
    f->type = SCAN_OTHER;
    f->value = s->at;
    if (s->at == s->end)
        return stop(s);
    if (*s->at == '"') {
        f->type = SCAN_STRING;
        return take_string(s, &f->value, &f->value_bytes, &f->escaped);
    }
    if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')) {
        if (!take_number(s, &f->type, &f->number))
            return false;
    } else if (!take_literal(s)) {
        return false;
    }
    f->value_bytes = (size_t)(s->at - f->value);
    return true;
}

static bool take_name(struct scan *s, struct scan_field *f)
{
    return take_string(s, &f->name, &f->name_bytes, &f->escaped) && take(s, ':');
}

/* An object or an array with all that is in it; by hand, since it is as deep as a hostile trace wants. */
static bool take_nested(struct scan *s)
{
    char closing[DEPTH_MAX];
    unsigned depth = 0;
    struct scan_field f;

    do {
        if (next_is(s, '{') || next_is(s, '[')) {
            if (depth == DEPTH_MAX)
                return s->result = SCAN_BAD, false;
            closing[depth++] = *s->at++ == '{' ? '}' : ']';
            if (next_is(s, closing[depth - 1]))
                goto close;
            if (closing[depth - 1] == '}' && !take_name(s, &f))
                return false;
            continue;
        }
        if (!take_simple(s, &f))
            return false;
        while (depth && !next_is(s, ',')) {
        close:
            if (!take(s, closing[--depth]))
                return false;
        }
        if (depth) {
            s->at++; /* the comma */
            if (closing[depth - 1] == '}' && !take_name(s, &f))
                return false;
        }
    } while (depth);
    return true;
}

static bool take_field(struct scan *s, struct scan_field *f)
{
    f->escaped = false;
    f->number = 0;
    if (!take_name(s, f))
        return false;
    if (!next_is(s, '{') && !next_is(s, '['))
        return take_simple(s, f);
    f->type = SCAN_OTHER;
    f->value = s->at;
    if (!take_nested(s))
        return false;
    f->value_bytes = (size_t)(s->at - f->value);
    return true;
}

enum scan_end scan_object(const char *text, size_t bytes, struct scan_field *fields,
                          unsigned *count)
{
    struct scan s = { text, text + bytes, SCAN_BAD };
    struct scan_field beyond;
    unsigned n = 0;

    if (!take(&s, '{'))
        return bytes ? s.result : SCAN_BAD;
    if (!next_is(&s, '}'))
        for (;;) {
            if (!take_field(&s, fields && n < SCAN_FIELDS_MAX ? &fields[n] : &beyond))
                return s.result;
            n++;
            if (!next_is(&s, ','))
                break;
            s.at++;
        }
    if (!take(&s, '}'))
        return s.result;
    skip_space(&s);
    if (count)
        *count = n;
    return s.at == s.end ? SCAN_WHOLE : SCAN_BAD;
}
