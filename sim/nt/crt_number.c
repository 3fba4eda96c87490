/*
 * Numbers from text and text from numbers, as the Windows C library does: long has 32 bits, and
 * what is out of range stops at the type's bounds. And its random numbers.
 * Source: cpp/c-runtime-library/reference/strtol-wcstol-strtol-l-wcstol-l
 */
#include <stdbool.h>

#include "include/ddk/crt_names.h"
#include "sim/nt/io.h"

#define ERANGE_VALUE 34 /* Windows' ERANGE */
#define EINVAL_VALUE 22

struct text { /* of either width */
    const char *c8;
    const wchar_t *c16;
    size_t at;
};

struct parsed {
    uint64_t magnitude;
    bool negative, overflow;
    size_t end; /* 0: no number */
};

static unsigned char_at(const struct text *t, size_t i)
{
    return t->c8 ? (unsigned char)t->c8[i] : t->c16[i];
}

static int digit_of(unsigned c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    c |= 32;
    return c >= 'a' && c <= 'z' ? (int)(c - 'a') + 10 : 99;
}

static size_t skip_prefix(const struct text *t, size_t i, int *base)
{
    bool hex =
        char_at(t, i) == '0' && (char_at(t, i + 1) | 32) == 'x' && digit_of(char_at(t, i + 2)) < 16;

    if ((*base == 0 || *base == 16) && hex) {
        *base = 16;
        return i + 2;
    }
    if (*base == 0)
        *base = char_at(t, i) == '0' ? 8 : 10;
    return i;
}

static struct parsed parse(struct text t, int base)
{
    struct parsed p = { 0 };
    size_t i = 0;

    if (base < 0 || base == 1 || base > 36)
        return p;
    while (char_at(&t, i) == ' ' || (char_at(&t, i) >= 9 && char_at(&t, i) <= 13))
        i++;
    p.negative = char_at(&t, i) == '-';
    if (p.negative || char_at(&t, i) == '+')
        i++;
    i = skip_prefix(&t, i, &base);
    for (int d; (d = digit_of(char_at(&t, i))) < base; p.end = ++i) {
        if (p.magnitude > (UINT64_MAX - (unsigned)d) / (unsigned)base)
            p.overflow = true;
        else
            p.magnitude = p.magnitude * (unsigned)base + (unsigned)d;
    }
    return p;
}

static struct parsed parse8(const char *s, char **end, int base)
{
    struct parsed p = parse((struct text) { .c8 = s }, base);

    if (end)
        *end = (char *)s + p.end;
    return p;
}

static struct parsed parse16(const wchar_t *s, wchar_t **end, int base)
{
    struct parsed p = parse((struct text) { .c16 = s }, base);

    if (end)
        *end = (wchar_t *)s + p.end;
    return p;
}

static int64_t as_signed(struct parsed p, uint64_t most)
{
    if (p.negative)
        return p.overflow || p.magnitude > most + 1 ? -(int64_t)most - 1
                                                    : (int64_t)(0 - p.magnitude);
    return p.overflow || p.magnitude > most ? (int64_t)most : (int64_t)p.magnitude;
}

static uint64_t as_unsigned(struct parsed p, uint64_t most)
{
    uint64_t v = p.overflow || p.magnitude > most ? most : p.magnitude;

    return p.negative && !p.overflow && p.magnitude <= most ? 0 - v : v;
}

int ddk_strtol(const char *String, char **End, int Base)
{
    return (int)as_signed(parse8(String, End, Base), INT32_MAX);
}

unsigned int ddk_strtoul(const char *String, char **End, int Base)
{
    return (unsigned)as_unsigned(parse8(String, End, Base), UINT32_MAX);
}

long long ddk__strtoi64(const char *String, char **End, int Base)
{
    return as_signed(parse8(String, End, Base), INT64_MAX);
}

unsigned long long ddk__strtoui64(const char *String, char **End, int Base)
{
    return as_unsigned(parse8(String, End, Base), UINT64_MAX);
}

int ddk_atol(const char *String) { return ddk_strtol(String, NULL, 10); }

long long ddk__atoi64(const char *String) { return ddk__strtoi64(String, NULL, 10); }

int ddk_labs(int Value) { return Value < 0 ? (int)(0u - (unsigned)Value) : Value; }

int ddk_wcstol(const wchar_t *String, wchar_t **End, int Base)
{
    return (int)as_signed(parse16(String, End, Base), INT32_MAX);
}

unsigned int ddk_wcstoul(const wchar_t *String, wchar_t **End, int Base)
{
    return (unsigned)as_unsigned(parse16(String, End, Base), UINT32_MAX);
}

long long ddk__wcstoi64(const wchar_t *String, wchar_t **End, int Base)
{
    return as_signed(parse16(String, End, Base), INT64_MAX);
}

unsigned long long ddk__wcstoui64(const wchar_t *String, wchar_t **End, int Base)
{
    return as_unsigned(parse16(String, End, Base), UINT64_MAX);
}

int ddk__wtoi(const wchar_t *String) { return ddk_wcstol(String, NULL, 10); }

int ddk__wtol(const wchar_t *String) { return ddk_wcstol(String, NULL, 10); }

/* Digits of v, terminated, into room for 66 characters. Returns how many. */
static size_t number_text(char *out, uint64_t v, bool negative, int radix)
{
    char reversed[65];
    size_t n = 0, count = 0;

    if (negative)
        out[count++] = '-';
    do {
        reversed[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % (unsigned)radix];
        v /= (unsigned)radix;
    } while (v);
    while (n)
        out[count++] = reversed[--n];
    out[count] = 0;
    return count;
}

/* A minus sign is for decimal only: other radixes show the bits. */
static size_t signed_text(char *out, int64_t v, uint64_t bits, int radix)
{
    bool negative = radix == 10 && v < 0;

    return number_text(out, negative ? 0 - (uint64_t)v : bits, negative, radix);
}

static bool radix_good(int radix) { return radix >= 2 && radix <= 36; }

static void widen(wchar_t *out, const char *text)
{
    while ((*out++ = (unsigned char)*text++) != 0)
        ;
}

char *ddk__itoa(int Value, char *Buffer, int Radix)
{
    if (radix_good(Radix))
        signed_text(Buffer, Value, (unsigned)Value, Radix);
    return Buffer;
}

char *ddk__ltoa(int Value, char *Buffer, int Radix) { return ddk__itoa(Value, Buffer, Radix); }

char *ddk__ultoa(unsigned int Value, char *Buffer, int Radix)
{
    if (radix_good(Radix))
        number_text(Buffer, Value, false, Radix);
    return Buffer;
}

char *ddk__i64toa(long long Value, char *Buffer, int Radix)
{
    if (radix_good(Radix))
        signed_text(Buffer, Value, (uint64_t)Value, Radix);
    return Buffer;
}

char *ddk__ui64toa(unsigned long long Value, char *Buffer, int Radix)
{
    if (radix_good(Radix))
        number_text(Buffer, Value, false, Radix);
    return Buffer;
}

int ddk__itoa_s(int Value, char *Buffer, size_t SizeInBytes, int Radix)
{
    char text[72];

    if (!Buffer || !SizeInBytes || !radix_good(Radix))
        return EINVAL_VALUE;
    Buffer[0] = 0;
    if (signed_text(text, Value, (unsigned)Value, Radix) >= SizeInBytes)
        return ERANGE_VALUE;
    memcpy(Buffer, text, strlen(text) + 1);
    return 0;
}

wchar_t *ddk__itow(int Value, wchar_t *Buffer, int Radix)
{
    char text[72];

    if (radix_good(Radix)) {
        signed_text(text, Value, (unsigned)Value, Radix);
        widen(Buffer, text);
    }
    return Buffer;
}

int ddk__itow_s(int Value, wchar_t *Buffer, size_t SizeInWords, int Radix)
{
    char text[72];

    if (!Buffer || !SizeInWords || !radix_good(Radix))
        return EINVAL_VALUE;
    Buffer[0] = 0;
    if (signed_text(text, Value, (unsigned)Value, Radix) >= SizeInWords)
        return ERANGE_VALUE;
    widen(Buffer, text);
    return 0;
}

wchar_t *ddk__ultow(unsigned int Value, wchar_t *Buffer, int Radix)
{
    char text[72];

    if (radix_good(Radix)) {
        number_text(text, Value, false, Radix);
        widen(Buffer, text);
    }
    return Buffer;
}

/* rand: the machine's own state, 15 bits as on Windows; the sequence is not Windows'. */
int ddk_rand(void)
{
    struct nt_io *io = sim_now()->nt->io;

    io->random_state = io->random_state * 6364136223846793005u + 1442695040888963407u;
    return (int)(io->random_state >> 49);
}

void ddk_srand(unsigned int Seed) { sim_now()->nt->io->random_state = Seed; }
