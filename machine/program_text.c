/*
 * The words of a program's text form.
 */
#include "machine/program_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_begin(struct text *t, const char *file, const char *text, char *message, size_t size)
{
    *t = (struct text) { file, text, text + strlen(text), text, 1, message, size };
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool in_name(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; }

static void skip_space(struct text *t)
{
    while (t->at < t->end && is_space(*t->at))
        t->at++;
}

static char peek(struct text *t)
{
    skip_space(t);
    return t->at < t->end ? *t->at : '\n';
}

struct text_place text_here(struct text *t)
{
    skip_space(t);
    return (struct text_place) { t->line, (unsigned)(t->at - t->line_start) + 1 };
}

/* --- what is wrong --- */

static void say(struct text *t, struct text_place place, const char *format, va_list args)
{
    int n = snprintf(t->message, t->message_size, "%s:%u:%u: expected ", t->file, place.line,
                     place.column);

    if (n >= 0 && (size_t)n < t->message_size)
        vsnprintf(t->message + n, t->message_size - (size_t)n, format, args);
}

bool text_wrong_at(struct text *t, struct text_place place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(t, place, format, args);
    va_end(args);
    return false;
}

/* How the word here looks, up to what ends it. */
static void found(struct text *t, char *word, size_t size)
{
    size_t n = 0;

    if (text_line_ends(t)) {
        snprintf(word, size, "%s", t->at < t->end ? "the end of the line" : "the end of the file");
        return;
    }
    word[n++] = '\'';
    for (const char *p = t->at; p < t->end && n + 3 < size && !is_space(*p) && *p != '\n'; p++) {
        bool more = in_name(*p) && p + 1 < t->end && in_name(p[1]);

        word[n++] = *p > ' ' && *p < 0x7f ? *p : '?';
        if (!more)
            break;
    }
    word[n++] = '\'';
    word[n] = 0;
}

bool text_expected(struct text *t, const char *format, ...)
{
    char word[40];
    size_t used;
    va_list args;

    va_start(args, format);
    say(t, text_here(t), format, args);
    va_end(args);
    found(t, word, sizeof word);
    used = strlen(t->message);
    snprintf(t->message + used, t->message_size - used, ", not %s", word);
    return false;
}

/* --- lines and characters --- */

bool text_line_ends(struct text *t)
{
    char c = peek(t);

    return c == '\n' || c == ';' || c == '#';
}

bool text_next_line(struct text *t)
{
    while (t->at < t->end && *t->at != '\n')
        t->at++;
    if (t->at == t->end)
        return false;
    t->line_start = ++t->at;
    t->line++;
    return true;
}

bool text_at_end(struct text *t)
{
    return text_line_ends(t) || text_expected(t, "the end of the line");
}

bool text_is(struct text *t, char c) { return peek(t) == c; }

bool text_take_char(struct text *t, char c)
{
    if (!text_is(t, c))
        return text_expected(t, "'%c'", c);
    t->at++;
    return true;
}

/* --- names --- */

bool text_is_name(struct text *t) { return is_letter(peek(t)); }

static size_t name_length(struct text *t)
{
    size_t n = 0;

    skip_space(t);
    while (t->at + n < t->end && in_name(t->at[n]))
        n++;
    return n;
}

bool text_take_name(struct text *t, const char *what, char name[TEXT_NAME_MAX])
{
    size_t n = name_length(t);

    if (!text_is_name(t))
        return text_expected(t, "%s", what);
    if (n >= TEXT_NAME_MAX)
        return text_expected(t, "a name of at most %d characters", TEXT_NAME_MAX - 1);
    memcpy(name, t->at, n);
    name[n] = 0;
    t->at += n;
    return true;
}

static bool take_if(struct text *t, const char *word)
{
    size_t n = name_length(t);

    if (n != strlen(word) || memcmp(t->at, word, n) != 0)
        return false;
    t->at += n;
    return true;
}

bool text_take_word(struct text *t, const char *word)
{
    return take_if(t, word) || text_expected(t, "'%s'", word);
}

int text_take_one_of(struct text *t, const char *what, const char *const *words)
{
    char list[200] = "";

    for (int i = 0; words[i]; i++) {
        size_t used = strlen(list);

        if (take_if(t, words[i]))
            return i;
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    text_expected(t, "%s (%s)", what, list);
    return -1;
}

/* --- numbers --- */

/* Digits, 0x and all; false: none, or more than 64 bits. */
static bool digits(struct text *t, uint64_t *value)
{
    char *end;

    if (t->at == t->end || !is_digit(*t->at))
        return false;
    errno = 0;
    *value = strtoull(t->at, &end, t->at[0] == '0' && (t->at[1] | 32) == 'x' ? 16 : 10);
    if (errno)
        return false;
    t->at = end;
    return true;
}

bool text_take_number(struct text *t, const char *what, uint64_t least, uint64_t most,
                      uint64_t *value)
{
    const char *begin;
    unsigned shift = 0;

    skip_space(t);
    begin = t->at;
    if (digits(t, value) && t->at < t->end && (*t->at == 'K' || *t->at == 'M'))
        shift = *t->at++ == 'K' ? 10 : 20;
    if (t->at > begin && !(t->at < t->end && in_name(*t->at)) && *value <= most >> shift &&
        *value << shift >= least) {
        *value <<= shift;
        return true;
    }
    t->at = begin;
    if (least == 0 && most == UINT64_MAX)
        return text_expected(t, "%s", what);
    return text_expected(t, "%s, %" PRIu64 " to %" PRIu64, what, least, most);
}

bool text_take_tile(struct text *t, uint32_t tile[3])
{
    const char *begin;

    skip_space(t);
    begin = t->at;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t value;
        char *end;

        if (i && (t->at == t->end || *t->at++ != 'x'))
            break;
        value = t->at < t->end && is_digit(*t->at) ? strtoull(t->at, &end, 10) : UINT64_MAX;
        if (value > UINT32_MAX)
            break;
        t->at = end;
        tile[i] = (uint32_t)value;
        if (i == 2 && !(t->at < t->end && in_name(*t->at)))
            return true;
    }
    t->at = begin;
    return text_expected(t, "rows, columns and depth as MxNxK");
}

/* The word up to a space, a comma or a comment, for strtof and strtoll. */
static size_t value_word(struct text *t, char *word, size_t size)
{
    size_t n = 0;

    skip_space(t);
    while (t->at + n < t->end && n + 1 < size && (in_name(t->at[n]) || (t->at[n] == '+' && n)))
        n++;
    memcpy(word, t->at, n);
    word[n] = 0;
    return n;
}

bool text_take_value(struct text *t, unsigned type, uint32_t *bits)
{
    static const char *const what[] = { "a number from 0 to 255",
                                        "a number from -2147483648 to 2147483647, or 0x...",
                                        "a number, inf, -inf, nan, or its bits as 0x..." };
    char word[64], *end = word;
    size_t n = value_word(t, word, sizeof word);
    bool hex = n > 2 && word[0] == '0' && (word[1] | 32) == 'x';
    bool fits;

    errno = 0;
    if (type == TEXT_F32 && !hex) {
        float f = strtof(word, &end);

        memcpy(bits, &f, sizeof f);
        fits = strncmp(word, "nan", 3) != 0 || n == 3;
        if (f != f)
            *bits = 0x7fc00000u;
    } else {
        long long v = strtoll(word, &end, hex ? 16 : 10);

        *bits = (uint32_t)v;
        fits = !errno && (type == TEXT_U8 ? v >= 0 && v <= 255
                          : hex           ? v >= 0 && v <= UINT32_MAX
                                          : v >= INT32_MIN && v <= INT32_MAX);
    }
    if (!n || end != word + n || !fits)
        return text_expected(t, "%s", what[type]);
    t->at += n;
    return true;
}
