/*
 * 16-bit strings and characters of the Windows C library. The host's wide functions work on 32 bits
 * and cannot be used.
 * Source: cpp/c-runtime-library/string-manipulation-crt
 */
#include "include/ddk/crt_names.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

#define EINVAL_VALUE 22
#define ERANGE_VALUE 34
#define STRUNCATE_VALUE 80
#define TRUNCATE ((size_t)-1)

size_t ddk_wcsnlen(const wchar_t *String, size_t Maximum)
{
    size_t n = 0;

    while (n < Maximum && String[n])
        n++;
    return n;
}

size_t ddk_wcslen(const wchar_t *String) { return ddk_wcsnlen(String, SIZE_MAX); }

wchar_t *ddk_wmemcpy(wchar_t *Destination, const wchar_t *Source, size_t Count)
{
    rtl_copy(Destination, Source, Count * sizeof(wchar_t));
    return Destination;
}

wchar_t *ddk_wmemset(wchar_t *Destination, wchar_t Character, size_t Count)
{
    door_range(Destination, Count * sizeof(wchar_t), true, __builtin_return_address(0));
    for (size_t i = 0; i < Count; i++)
        Destination[i] = Character;
    return Destination;
}

wchar_t *ddk_wcscpy(wchar_t *Destination, const wchar_t *Source)
{
    return ddk_wmemcpy(Destination, Source, ddk_wcslen(Source) + 1);
}

wchar_t *ddk_wcsncpy(wchar_t *Destination, const wchar_t *Source, size_t Count)
{
    size_t n = ddk_wcsnlen(Source, Count);

    ddk_wmemcpy(Destination, Source, n);
    ddk_wmemset(Destination + n, 0, Count - n);
    return Destination;
}

wchar_t *ddk_wcscat(wchar_t *Destination, const wchar_t *Source)
{
    ddk_wcscpy(Destination + ddk_wcslen(Destination), Source);
    return Destination;
}

wchar_t *ddk_wcsncat(wchar_t *Destination, const wchar_t *Source, size_t Count)
{
    size_t at = ddk_wcslen(Destination), n = ddk_wcsnlen(Source, Count);

    ddk_wmemcpy(Destination + at, Source, n);
    Destination[at + n] = 0;
    return Destination;
}

static int compare(const wchar_t *a, const wchar_t *b, size_t count, bool fold)
{
    for (size_t i = 0; i < count; i++) {
        wchar_t x = fold ? rtl_downcase(a[i]) : a[i], y = fold ? rtl_downcase(b[i]) : b[i];

        if (x != y)
            return x < y ? -1 : 1;
        if (!x)
            break;
    }
    return 0;
}

int ddk_wcscmp(const wchar_t *String1, const wchar_t *String2)
{
    return compare(String1, String2, SIZE_MAX, false);
}

int ddk_wcsncmp(const wchar_t *String1, const wchar_t *String2, size_t Count)
{
    return compare(String1, String2, Count, false);
}

int ddk__wcsicmp(const wchar_t *String1, const wchar_t *String2)
{
    return compare(String1, String2, SIZE_MAX, true);
}

int ddk__wcsnicmp(const wchar_t *String1, const wchar_t *String2, size_t Count)
{
    return compare(String1, String2, Count, true);
}

wchar_t *ddk_wcschr(const wchar_t *String, wchar_t Character)
{
    while (*String && *String != Character)
        String++;
    return *String == Character ? (wchar_t *)String : NULL;
}

wchar_t *ddk_wcsrchr(const wchar_t *String, wchar_t Character)
{
    const wchar_t *last = NULL;

    for (;; String++) {
        if (*String == Character)
            last = String;
        if (!*String)
            return (wchar_t *)last;
    }
}

wchar_t *ddk_wcsstr(const wchar_t *String, const wchar_t *Pattern)
{
    size_t n = ddk_wcslen(Pattern);

    for (; n; String++) {
        if (!compare(String, Pattern, n, false))
            break;
        if (!*String)
            return NULL;
    }
    return (wchar_t *)String;
}

static size_t span(const wchar_t *string, const wchar_t *set, bool in)
{
    size_t n = 0;

    while (string[n] && (ddk_wcschr(set, string[n]) != NULL) == in)
        n++;
    return n;
}

size_t ddk_wcsspn(const wchar_t *String, const wchar_t *Set) { return span(String, Set, true); }

size_t ddk_wcscspn(const wchar_t *String, const wchar_t *Set) { return span(String, Set, false); }

wchar_t *ddk_wcspbrk(const wchar_t *String, const wchar_t *Set)
{
    String += span(String, Set, false);
    return *String ? (wchar_t *)String : NULL;
}

wchar_t *ddk__wcslwr(wchar_t *String)
{
    for (wchar_t *p = String; *p; p++)
        *p = rtl_downcase(*p);
    return String;
}

wchar_t *ddk__wcsupr(wchar_t *String)
{
    for (wchar_t *p = String; *p; p++)
        *p = rtl_upcase(*p);
    return String;
}

wchar_t *ddk__wcsrev(wchar_t *String)
{
    size_t n = ddk_wcslen(String);

    for (size_t i = 0; i < n / 2; i++) {
        wchar_t c = String[i];

        String[i] = String[n - 1 - i];
        String[n - 1 - i] = c;
    }
    return String;
}

static int place(wchar_t *to, size_t size, size_t at, const wchar_t *from, size_t count)
{
    size_t n = ddk_wcsnlen(from, count);

    if (at >= size)
        return EINVAL_VALUE;
    if (n < size - at) {
        ddk_wmemcpy(to + at, from, n);
        to[at + n] = 0;
        return 0;
    }
    if (count == TRUNCATE) {
        ddk_wmemcpy(to + at, from, size - at - 1);
        to[size - 1] = 0;
        return STRUNCATE_VALUE;
    }
    to[0] = 0;
    return ERANGE_VALUE;
}

static int checked(wchar_t *to, size_t size, size_t at, const wchar_t *from, size_t count)
{
    if (!to || !size)
        return EINVAL_VALUE;
    if (from)
        return place(to, size, at, from, count);
    to[0] = 0;
    return EINVAL_VALUE;
}

int ddk_wcscpy_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source)
{
    return checked(Destination, SizeInWords, 0, Source, SIZE_MAX - 1);
}

int ddk_wcsncpy_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source, size_t Count)
{
    return checked(Destination, SizeInWords, 0, Source, Count);
}

int ddk_wcscat_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source)
{
    return checked(Destination, SizeInWords,
                   Destination ? ddk_wcsnlen(Destination, SizeInWords) : 0, Source, SIZE_MAX - 1);
}

int ddk_wcsncat_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source, size_t Count)
{
    return checked(Destination, SizeInWords,
                   Destination ? ddk_wcsnlen(Destination, SizeInWords) : 0, Source, Count);
}

wchar_t *ddk_wcstok_s(wchar_t *String, const wchar_t *Delimiters, wchar_t **Context)
{
    wchar_t *start = String ? String : *Context, *end;

    if (!start)
        return NULL;
    start += span(start, Delimiters, true);
    if (!*start) {
        *Context = start;
        return NULL;
    }
    end = start + span(start, Delimiters, false);
    *Context = *end ? end + 1 : end;
    *end = 0;
    return start;
}

int ddk_towupper(unsigned short Character) { return rtl_upcase(Character); }

int ddk_towlower(unsigned short Character) { return rtl_downcase(Character); }

int ddk_iswupper(unsigned short Character) { return rtl_downcase(Character) != Character; }

int ddk_iswlower(unsigned short Character) { return rtl_upcase(Character) != Character; }

int ddk_iswalpha(unsigned short Character)
{
    return ddk_iswupper(Character) || ddk_iswlower(Character);
}

int ddk_iswdigit(unsigned short Character) { return Character >= '0' && Character <= '9'; }

int ddk_iswxdigit(unsigned short Character)
{
    return ddk_iswdigit(Character) || ((Character | 32) >= 'a' && (Character | 32) <= 'f');
}

int ddk_iswalnum(unsigned short Character)
{
    return ddk_iswalpha(Character) || ddk_iswdigit(Character);
}

int ddk_iswspace(unsigned short Character)
{
    return Character == ' ' || (Character >= 9 && Character <= 13) || Character == 0xA0;
}

int ddk_iswprint(unsigned short Character)
{
    return Character >= 0x20 && Character != 0x7F && !(Character >= 0x80 && Character < 0xA0);
}

int ddk_iswpunct(unsigned short Character)
{
    return ddk_iswprint(Character) && !ddk_iswalnum(Character) && !ddk_iswspace(Character);
}

/* The C locale: a byte is a character; what has no byte ends the conversion with -1. */
size_t ddk_mbstowcs(wchar_t *Destination, const char *Source, size_t Count)
{
    size_t n = 0;

    for (; (!Destination || n < Count) && Source[n]; n++)
        if (Destination)
            Destination[n] = (unsigned char)Source[n];
    if (Destination && n < Count)
        Destination[n] = 0;
    return n;
}

size_t ddk_wcstombs(char *Destination, const wchar_t *Source, size_t Count)
{
    size_t n = 0;

    for (; (!Destination || n < Count) && Source[n]; n++) {
        if (Source[n] > 0xFF)
            return (size_t)-1;
        if (Destination)
            Destination[n] = (char)Source[n];
    }
    if (Destination && n < Count)
        Destination[n] = 0;
    return n;
}

int ddk_mbtowc(wchar_t *Destination, const char *Source, size_t Count)
{
    if (!Source || !Count)
        return 0;
    if (Destination)
        *Destination = (unsigned char)*Source;
    return *Source != 0;
}

int ddk_wctomb(char *Destination, wchar_t Character)
{
    if (!Destination)
        return 0;
    if (Character > 0xFF)
        return -1;
    *Destination = (char)Character;
    return 1;
}
