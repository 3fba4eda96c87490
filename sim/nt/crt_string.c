/*
 * Byte strings of the Windows C library that the host does not have: the _s forms, comparisons
 * without case, reversals. Errors are Windows' errno values; the invalid parameter handler is a Gap.
 * Source: cpp/c-runtime-library/string-manipulation-crt
 */
#include "include/ddk/crt_names.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

#define EINVAL_VALUE 22
#define ERANGE_VALUE 34
#define STRUNCATE_VALUE 80
#define TRUNCATE ((size_t)-1)

/* As strnlen, also for a bound that only says "no bound". */
static size_t length_up_to(const char *s, size_t most)
{
    size_t n = 0;

    while (n < most && s[n])
        n++;
    return n;
}

static int fold(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

size_t ddk_strnlen_s(const char *String, size_t Maximum)
{
    return String ? length_up_to(String, Maximum) : 0;
}

/* Appends up to count characters at Destination[at]; everything or, but for TRUNCATE, nothing. */
static int place(char *to, size_t size, size_t at, const char *from, size_t count)
{
    size_t n = length_up_to(from, count);

    if (at >= size)
        return EINVAL_VALUE;
    if (n < size - at) {
        rtl_copy(to + at, from, n);
        to[at + n] = 0;
        return 0;
    }
    if (count == TRUNCATE) {
        rtl_copy(to + at, from, size - at - 1);
        to[size - 1] = 0;
        return STRUNCATE_VALUE;
    }
    to[0] = 0;
    return ERANGE_VALUE;
}

static int checked(char *to, size_t size, size_t at, const char *from, size_t count)
{
    if (!to || !size)
        return EINVAL_VALUE;
    if (from)
        return place(to, size, at, from, count);
    to[0] = 0;
    return EINVAL_VALUE;
}

int ddk_strcpy_s(char *Destination, size_t SizeInBytes, const char *Source)
{
    return checked(Destination, SizeInBytes, 0, Source, SIZE_MAX - 1);
}

int ddk_strncpy_s(char *Destination, size_t SizeInBytes, const char *Source, size_t Count)
{
    return checked(Destination, SizeInBytes, 0, Source, Count);
}

int ddk_strcat_s(char *Destination, size_t SizeInBytes, const char *Source)
{
    return checked(Destination, SizeInBytes,
                   Destination ? length_up_to(Destination, SizeInBytes) : 0, Source, SIZE_MAX - 1);
}

int ddk_strncat_s(char *Destination, size_t SizeInBytes, const char *Source, size_t Count)
{
    return checked(Destination, SizeInBytes,
                   Destination ? length_up_to(Destination, SizeInBytes) : 0, Source, Count);
}

char *ddk_strtok_s(char *String, const char *Delimiters, char **Context)
{
    char *start = String ? String : *Context;
    char *end;

    if (!start)
        return NULL;
    start += strspn(start, Delimiters);
    if (!*start) {
        *Context = start;
        return NULL;
    }
    end = start + strcspn(start, Delimiters);
    *Context = *end ? end + 1 : end;
    *end = 0;
    return start;
}

/* Too small a destination is zeroed. Source cpp/c-runtime-library/reference/memcpy-s-wmemcpy-s */
int ddk_memcpy_s(void *Destination, size_t DestinationSize, const void *Source, size_t Count)
{
    if (!Count)
        return 0;
    if (!Destination)
        return EINVAL_VALUE;
    if (Source && DestinationSize >= Count) {
        rtl_copy(Destination, Source, Count);
        return 0;
    }
    memset(Destination, 0, DestinationSize);
    return Source ? ERANGE_VALUE : EINVAL_VALUE;
}

int ddk_memmove_s(void *Destination, size_t DestinationSize, const void *Source, size_t Count)
{
    if (!Count)
        return 0;
    if (!Destination || !Source)
        return EINVAL_VALUE;
    if (DestinationSize < Count)
        return ERANGE_VALUE;
    door_range(Source, Count, false, __builtin_return_address(0));
    door_range(Destination, Count, true, __builtin_return_address(0));
    memmove(Destination, Source, Count);
    return 0;
}

int ddk__strnicmp(const char *String1, const char *String2, size_t Count)
{
    for (size_t i = 0; i < Count; i++) {
        int a = fold((unsigned char)String1[i]), b = fold((unsigned char)String2[i]);

        if (a != b || !a)
            return a - b;
    }
    return 0;
}

int ddk__stricmp(const char *String1, const char *String2)
{
    return ddk__strnicmp(String1, String2, SIZE_MAX);
}

char *ddk__strlwr(char *String)
{
    for (char *p = String; *p; p++)
        *p = (char)fold((unsigned char)*p);
    return String;
}

char *ddk__strupr(char *String)
{
    for (char *p = String; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 32);
    return String;
}

char *ddk__strrev(char *String)
{
    size_t n = strlen(String);

    for (size_t i = 0; i < n / 2; i++) {
        char c = String[i];

        String[i] = String[n - 1 - i];
        String[n - 1 - i] = c;
    }
    return String;
}

char *ddk__strnset(char *String, int Character, size_t Count)
{
    for (size_t i = 0; i < Count && String[i]; i++)
        String[i] = (char)Character;
    return String;
}

char *ddk__strset(char *String, int Character) { return ddk__strnset(String, Character, SIZE_MAX); }
