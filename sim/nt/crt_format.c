/*
 * Windows' format language, once, for DbgPrint and the printf family, from 8-bit and from 16-bit
 * format strings. It differs from C's in what matters to drivers: l is 32 bits, I64 and I widths, S
 * and C of the other width, Z for counted strings, wZ for counted 16-bit ones.
 * Source: cpp/c-runtime-library/format-specification-syntax-printf-and-wprintf-functions
 */
#include <string.h>

#include "sim/nt/nt.h"
#include "sim/nt/rtl.h"

#define DIGITS_MAX 32
#define PRECISION_MAX 512 /* of a number; the page leaves it to the implementation */

enum size { SIZE_NONE, SIZE_HH, SIZE_H, SIZE_L, SIZE_W, SIZE_64, SIZE_PTR };

struct out {
    char *c8;
    crt_char16 *c16;
    size_t room, length; /* length: what has been asked for, whether it fits or not */
};

struct spec {
    bool left, plus, space, alternate, zero;
    int width, precision; /* precision -1: not given */
    enum size size;
    uint16_t type;
};

struct in { /* the format string, of either width */
    const char *c8;
    const crt_char16 *c16;
};

static uint16_t peek(const struct in *f) { return f->c8 ? (unsigned char)*f->c8 : *f->c16; }

static void next(struct in *f)
{
    if (f->c8)
        f->c8++;
    else
        f->c16++;
}

/* A character that the other width cannot hold becomes '?', as in the C locale. */
static void put(struct out *o, uint16_t c)
{
    if (o->length < o->room) {
        if (o->c8)
            o->c8[o->length] = c > 0xff ? '?' : (char)c;
        else
            o->c16[o->length] = c;
    }
    o->length++;
}

static void pad(struct out *o, uint16_t c, int count)
{
    while (count-- > 0)
        put(o, c);
}

/* Text of count characters, 8 or 16 bits each, in its field. */
static void put_text(struct out *o, const struct spec *sp, const void *text, bool wide,
                     size_t count)
{
    int fill = sp->width > (int)count ? sp->width - (int)count : 0;

    if (!sp->left)
        pad(o, sp->zero ? '0' : ' ', fill);
    for (size_t i = 0; i < count; i++)
        put(o, wide ? ((const uint16_t *)text)[i] : ((const unsigned char *)text)[i]);
    if (sp->left)
        pad(o, ' ', fill);
}

static size_t text_length(const void *text, bool wide, int precision)
{
    size_t n = 0, most = precision < 0 ? SIZE_MAX : (size_t)precision;

    while (n < most && (wide ? ((const uint16_t *)text)[n] : ((const unsigned char *)text)[n]))
        n++;
    return n;
}

static void put_string(struct out *o, const struct spec *sp, const void *text, bool wide)
{
    if (!text) {
        text = "(null)";
        wide = false;
    }
    put_text(o, sp, text, wide, text_length(text, wide, sp->precision));
}

/* A driver may pass a string without a buffer, or none at all. */
static void put_counted(struct out *o, const struct spec *sp, const void *string, bool wide)
{
    const UNICODE_STRING *u = string; /* ANSI_STRING is laid out alike */
    size_t count;

    if (!u || !u->Buffer) {
        put_string(o, sp, NULL, false);
        return;
    }
    count = wide ? u->Length / 2u : u->Length;
    if (sp->precision >= 0 && (size_t)sp->precision < count)
        count = (size_t)sp->precision;
    put_text(o, sp, u->Buffer, wide, count);
}

/* Digits of v, last first. */
static int digits(char *out, uint64_t v, unsigned base, bool upper)
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    int n = 0;

    do
        out[n++] = set[v % base];
    while ((v /= base) != 0);
    return n;
}

static void put_number(struct out *o, const struct spec *sp, uint64_t v, bool negative,
                       unsigned base, const char *prefix)
{
    char text[DIGITS_MAX];
    int n = v || sp->precision ? digits(text, v, base, sp->type == 'X' || sp->type == 'p') : 0;
    int zeros = sp->precision > n ? sp->precision - n : 0;
    char sign = negative ? '-' : sp->plus ? '+' : sp->space ? ' ' : 0;
    int fill = sp->width - n - zeros - (sign != 0) - (int)strlen(prefix);

    if (!sp->left && !(sp->zero && sp->precision < 0))
        pad(o, ' ', fill);
    if (sign)
        put(o, (uint16_t)sign);
    for (; *prefix; prefix++)
        put(o, (unsigned char)*prefix);
    if (!sp->left && sp->zero && sp->precision < 0)
        pad(o, '0', fill);
    pad(o, '0', zeros);
    while (n--)
        put(o, (unsigned char)text[n]);
    if (sp->left)
        pad(o, ' ', fill);
}

static uint64_t take_unsigned(const struct spec *sp, va_list *args)
{
    switch (sp->size) {
    case SIZE_64:
    case SIZE_PTR:
        return va_arg(*args, uint64_t);
    case SIZE_HH:
        return (uint8_t)va_arg(*args, uint32_t);
    case SIZE_H:
        return (uint16_t)va_arg(*args, uint32_t);
    default:
        return va_arg(*args, uint32_t);
    }
}

static int64_t take_signed(const struct spec *sp, va_list *args)
{
    switch (sp->size) {
    case SIZE_64:
    case SIZE_PTR:
        return va_arg(*args, int64_t);
    case SIZE_HH:
        return (int8_t)va_arg(*args, int32_t);
    case SIZE_H:
        return (int16_t)va_arg(*args, int32_t);
    default:
        return va_arg(*args, int32_t);
    }
}

/* I64, I32, I; ll, l, hh, h, w; t, z, j. */
static void parse_size(struct in *f, struct spec *sp)
{
    struct in at = *f;
    uint16_t c = peek(&at);

    if (c == 'I') {
        uint16_t a, b;

        next(&at);
        a = peek(&at);
        if (a == '6' || a == '3')
            next(&at);
        b = a == '6' || a == '3' ? peek(&at) : 0;
        sp->size = a == '6' && b == '4' ? SIZE_64 : a == '3' && b == '2' ? SIZE_L : SIZE_PTR;
        next(f);
        if ((a == '6' && b == '4') || (a == '3' && b == '2')) {
            next(f);
            next(f);
        }
        return;
    }
    for (; c == 'l' || c == 'h' || c == 'w' || c == 't' || c == 'z' || c == 'j'; c = peek(f)) {
        if (c == 'l')
            sp->size = sp->size == SIZE_L ? SIZE_64 : SIZE_L;
        else if (c == 'h')
            sp->size = sp->size == SIZE_H ? SIZE_HH : SIZE_H;
        else
            sp->size = c == 'w' ? SIZE_W : SIZE_64;
        next(f);
    }
}

static int parse_int(struct in *f, va_list *args)
{
    int v = 0;

    if (peek(f) == '*') {
        next(f);
        return va_arg(*args, int);
    }
    for (; peek(f) >= '0' && peek(f) <= '9'; next(f))
        if (v < 100000)
            v = v * 10 + (peek(f) - '0');
    return v;
}

static void parse_flags(struct in *f, struct spec *sp)
{
    for (;; next(f)) {
        switch (peek(f)) {
        case '-':
            sp->left = true;
            break;
        case '+':
            sp->plus = true;
            break;
        case ' ':
            sp->space = true;
            break;
        case '#':
            sp->alternate = true;
            break;
        case '0':
            sp->zero = true;
            break;
        default:
            return;
        }
    }
}

static struct spec parse(struct in *f, va_list *args)
{
    struct spec sp = { .precision = -1 };

    parse_flags(f, &sp);
    sp.width = parse_int(f, args);
    if (sp.width < 0) {
        sp.left = true;
        sp.width = -sp.width;
    }
    if (peek(f) == '.') {
        next(f);
        sp.precision = parse_int(f, args);
    }
    parse_size(f, &sp);
    sp.type = peek(f);
    if (sp.type)
        next(f);
    return sp;
}

/* s and S, c and C: 16 bits when the size says so, or when the letter does. */
static bool is_wide(const struct spec *sp, bool wide_format)
{
    bool capital = sp->type == 'S' || sp->type == 'C';

    if (sp->size == SIZE_L || sp->size == SIZE_W)
        return true;
    if (sp->size == SIZE_H)
        return false;
    return wide_format != capital;
}

static void put_character(struct out *o, const struct spec *sp, uint32_t c, bool wide)
{
    uint16_t text = wide ? (uint16_t)c : (uint8_t)c;

    put_text(o, sp, &text, true, 1);
}

/* Sixteen digits, whatever the width says less. */
static void put_pointer(struct out *o, struct spec *sp, va_list *args)
{
    sp->precision = 2 * (int)sizeof(void *);
    put_number(o, sp, va_arg(*args, uint64_t), false, 16, "");
}

static void put_integer(struct out *o, struct spec *sp, va_list *args)
{
    uint64_t v;
    int64_t i;

    if (sp->precision > PRECISION_MAX)
        sp->precision = PRECISION_MAX;
    if (sp->type == 'd' || sp->type == 'i') {
        i = take_signed(sp, args);
        put_number(o, sp, i < 0 ? -(uint64_t)i : (uint64_t)i, i < 0, 10, "");
        return;
    }
    sp->plus = sp->space = false;
    v = take_unsigned(sp, args);
    if (sp->type == 'u')
        put_number(o, sp, v, false, 10, "");
    else if (sp->type == 'o')
        put_number(o, sp, v, false, 8, sp->alternate && v ? "0" : "");
    else
        put_number(o, sp, v, false, 16, !sp->alternate || !v ? "" : sp->type == 'X' ? "0X" : "0x");
}

/* false: a type that the language does not have. Floating point is not for kernel code: DbgPrint
 * does not format it, and neither do we. */
static bool convert(struct out *o, struct spec *sp, va_list *args, bool wide_format)
{
    switch (sp->type) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        put_integer(o, sp, args);
        return true;
    case 'p':
        put_pointer(o, sp, args);
        return true;
    case 's':
    case 'S':
        put_string(o, sp, va_arg(*args, const void *), is_wide(sp, wide_format));
        return true;
    case 'c':
    case 'C':
        put_character(o, sp, va_arg(*args, uint32_t), is_wide(sp, wide_format));
        return true;
    case 'Z':
        put_counted(o, sp, va_arg(*args, const void *), sp->size == SIZE_L || sp->size == SIZE_W);
        return true;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        (void)va_arg(*args, double);
        put(o, '?');
        return true;
    default:
        return false;
    }
}

static int format_all(struct out *o, struct in f, va_list args, bool wide_format)
{
    va_list copy;
    bool good = true;

    va_copy(copy, args);
    for (uint16_t c; good && (c = peek(&f)) != 0;) {
        struct spec sp;

        next(&f);
        if (c != '%') {
            put(o, c);
            continue;
        }
        if (peek(&f) == '%') {
            put(o, '%');
            next(&f);
            continue;
        }
        sp = parse(&f, &copy);
        good = convert(o, &sp, &copy, wide_format);
    }
    va_end(copy);
    return good ? (int)o->length : -1;
}

int crt_raw8(char *out, size_t room, const char *format, va_list args)
{
    struct out o = { .c8 = out, .room = room };

    return format_all(&o, (struct in) { .c8 = format }, args, false);
}

int crt_raw16(crt_char16 *out, size_t room, const crt_char16 *format, va_list args)
{
    struct out o = { .c16 = out, .room = room };

    return format_all(&o, (struct in) { .c16 = format }, args, true);
}

int crt_format8(char *out, size_t size, const char *format, va_list args)
{
    int n = crt_raw8(out, size ? size - 1 : 0, format, args);

    if (size)
        out[n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1] = 0;
    return n;
}

int crt_format16(crt_char16 *out, size_t size, const crt_char16 *format, va_list args)
{
    int n = crt_raw16(out, size ? size - 1 : 0, format, args);

    if (size)
        out[n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1] = 0;
    return n;
}
