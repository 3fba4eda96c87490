/*
 * The scanf family of the Windows C library, for 8-bit and 16-bit text with one reader: d i u o x X
 * p s S c C n and sets, widths, h hh l ll I64, and in the _s forms the size that follows each text
 * buffer.
 * Source: cpp/c-runtime-library/format-specification-fields-scanf-and-wscanf-functions
 */
#include "include/ddk/crt_names.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

enum scan_size { S_NONE, S_HH, S_H, S_L, S_64 };

struct scan {
    const void *text, *format;
    bool wide, secure;
    size_t at, f; /* positions in text and format */
    int assigned;
};

struct item {
    bool skip, given;
    int width;
    enum scan_size size;
    unsigned type;
    size_t set_from, set_to; /* of a [set], in the format */
    bool set_not;
};

static unsigned text_at(const struct scan *s, size_t i)
{
    return s->wide ? ((const wchar_t *)s->text)[i] : ((const unsigned char *)s->text)[i];
}

static unsigned format_at(const struct scan *s, size_t i)
{
    return s->wide ? ((const wchar_t *)s->format)[i] : ((const unsigned char *)s->format)[i];
}

static bool is_space(unsigned c) { return c == ' ' || (c >= 9 && c <= 13); }

static void skip_space(struct scan *s)
{
    while (is_space(text_at(s, s->at)))
        s->at++;
}

static void parse_set(struct scan *s, struct item *it)
{
    it->set_not = format_at(s, s->f) == '^';
    if (it->set_not)
        s->f++;
    it->set_from = s->f;
    if (format_at(s, s->f) == ']')
        s->f++;
    while (format_at(s, s->f) && format_at(s, s->f) != ']')
        s->f++;
    it->set_to = s->f;
    if (format_at(s, s->f))
        s->f++;
}

static void parse_item(struct scan *s, struct item *it)
{
    *it = (struct item) { 0 };
    if (format_at(s, s->f) == '*') {
        it->skip = true;
        s->f++;
    }
    for (; format_at(s, s->f) >= '0' && format_at(s, s->f) <= '9'; s->f++) {
        it->given = true;
        if (it->width < 100000)
            it->width = it->width * 10 + (int)(format_at(s, s->f) - '0');
    }
    if (format_at(s, s->f) == 'I' && format_at(s, s->f + 1) == '6') {
        it->size = S_64;
        s->f += 3;
    }
    for (;; s->f++) {
        unsigned c = format_at(s, s->f);

        if (c == 'h')
            it->size = it->size == S_H ? S_HH : S_H;
        else if (c == 'l' || c == 'w')
            it->size = it->size == S_L ? S_64 : S_L;
        else if (c == 'z' || c == 'j' || c == 't')
            it->size = S_64;
        else
            break;
    }
    it->type = format_at(s, s->f);
    if (it->type)
        s->f++;
    if (it->type == '[')
        parse_set(s, it);
}

static bool in_set(const struct scan *s, const struct item *it, unsigned c)
{
    bool found = false;

    for (size_t i = it->set_from; i < it->set_to; i++) {
        unsigned low = format_at(s, i);

        if (i + 2 < it->set_to && format_at(s, i + 1) == '-') {
            found |= c >= low && c <= format_at(s, i + 2);
            i += 2;
        } else {
            found |= c == low;
        }
    }
    return found != it->set_not;
}

static int digit_of(unsigned c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    c |= 32;
    return c >= 'a' && c <= 'f' ? (int)(c - 'a') + 10 : 99;
}

static void store(const struct item *it, void *to, uint64_t v)
{
    size_t bytes = it->size == S_64 || it->type == 'p' ? 8
                   : it->size == S_H                   ? 2
                   : it->size == S_HH                  ? 1
                                                       : 4;

    rtl_copy(to, &v, bytes);
}

static int base_of(unsigned type)
{
    return type == 'd' || type == 'u' ? 10 : type == 'o' ? 8 : type == 'i' ? 0 : 16;
}

/* false: no number here. */
static bool scan_number(struct scan *s, const struct item *it, va_list *args)
{
    size_t end = it->given ? s->at + (size_t)it->width : SIZE_MAX, start;
    int base = base_of(it->type);
    bool negative;
    uint64_t v = 0;

    skip_space(s);
    end = it->given ? s->at + (size_t)it->width : end;
    negative = text_at(s, s->at) == '-';
    if ((negative || text_at(s, s->at) == '+') && s->at < end)
        s->at++;
    if ((base == 0 || base == 16) && text_at(s, s->at) == '0' && s->at + 2 < end &&
        (text_at(s, s->at + 1) | 32) == 'x' && digit_of(text_at(s, s->at + 2)) < 16) {
        base = 16;
        s->at += 2;
    }
    if (!base)
        base = text_at(s, s->at) == '0' ? 8 : 10;
    for (start = s->at; s->at < end && digit_of(text_at(s, s->at)) < base; s->at++)
        v = v * (unsigned)base + (unsigned)digit_of(text_at(s, s->at));
    if (s->at == start)
        return false;
    if (!it->skip) {
        store(it, va_arg(*args, void *), negative ? 0 - v : v);
        s->assigned++;
    }
    return true;
}

static bool item_wide(const struct scan *s, const struct item *it)
{
    bool capital = it->type == 'S' || it->type == 'C';

    if (it->size == S_L)
        return true;
    if (it->size == S_H)
        return false;
    return s->wide != capital;
}

static bool takes(const struct scan *s, const struct item *it, unsigned c)
{
    if (it->type == 'c' || it->type == 'C')
        return c != 0;
    if (it->type == '[')
        return c && in_set(s, it, c);
    return c && !is_space(c);
}

static void put_char(void *to, bool wide, size_t i, unsigned c)
{
    if (wide)
        ((wchar_t *)to)[i] = (wchar_t)c;
    else
        ((char *)to)[i] = (char)c;
}

/* In the _s forms a text that does not fit is a failure, and its buffer is emptied. */
static bool scan_text(struct scan *s, const struct item *it, va_list *args)
{
    bool one = it->type == 'c' || it->type == 'C';
    size_t most = it->given ? (size_t)it->width : one ? 1 : SIZE_MAX, n = 0, size = SIZE_MAX;
    bool wide = item_wide(s, it);
    void *to = NULL;

    if (it->type == 's' || it->type == 'S')
        skip_space(s);
    if (!it->skip) {
        to = va_arg(*args, void *);
        if (s->secure)
            size = va_arg(*args, unsigned);
    }
    for (; n < most && takes(s, it, text_at(s, s->at)); s->at++, n++) {
        if (to && n + !one >= size) {
            if (size)
                put_char(to, wide, 0, 0);
            return false;
        }
        if (to)
            put_char(to, wide, n, text_at(s, s->at));
    }
    if (!n || (one && it->given && n < most))
        return false;
    if (to && !one)
        put_char(to, wide, n, 0);
    s->assigned += to != NULL;
    return true;
}

static bool scan_item(struct scan *s, const struct item *it, va_list *args)
{
    switch (it->type) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'p':
        return scan_number(s, it, args);
    case 's':
    case 'S':
    case 'c':
    case 'C':
    case '[':
        return scan_text(s, it, args);
    case 'n':
        if (!it->skip)
            store(it, va_arg(*args, void *), s->at);
        return true;
    case '%':
        skip_space(s);
        return text_at(s, s->at++) == '%';
    default:
        return false;
    }
}

/* How many were assigned; -1 (EOF) when the text ended before the first. */
static int scan_all(struct scan s, va_list args)
{
    va_list copy;
    bool going = true, ended = false;

    va_copy(copy, args);
    while (going && format_at(&s, s.f)) {
        unsigned c = format_at(&s, s.f++);
        struct item it;

        if (is_space(c)) {
            skip_space(&s);
        } else if (c != '%') {
            going = text_at(&s, s.at) == c;
            s.at += going;
        } else {
            size_t at = s.at;

            parse_item(&s, &it);
            going = scan_item(&s, &it, &copy);
            while (!going && is_space(text_at(&s, at)))
                at++;
            ended = !going && !text_at(&s, at);
        }
    }
    va_end(copy);
    return ended && !s.assigned ? -1 : s.assigned;
}

#define SCAN(last, wide_, secure_)                                                                 \
    va_list args;                                                                                  \
    int n;                                                                                         \
                                                                                                   \
    va_start(args, last);                                                                          \
    n = scan_all(                                                                                  \
        (struct scan) { .text = Buffer, .format = Format, .wide = (wide_), .secure = (secure_) },  \
        args);                                                                                     \
    va_end(args);                                                                                  \
    return n

int ddk_sscanf(const char *Buffer, const char *Format, ...) { SCAN(Format, false, false); }

int ddk_sscanf_s(const char *Buffer, const char *Format, ...) { SCAN(Format, false, true); }

int ddk_swscanf(const wchar_t *Buffer, const wchar_t *Format, ...) { SCAN(Format, true, false); }

int ddk_swscanf_s(const wchar_t *Buffer, const wchar_t *Format, ...) { SCAN(Format, true, true); }
