/*
 * The printf family of the Windows C library over crt_format.c. The members differ in what a text
 * that does not fit does: the _s forms give nothing and -1, the _n forms cut, and the old ones among
 * them leave the terminator out.
 * Source: cpp/c-runtime-library/reference/snprintf-snprintf-snprintf-l-snwprintf-snwprintf-l
 */
#include "include/ddk/crt_names.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

#define TRUNCATE ((size_t)-1) /* _TRUNCATE */
#define WITH_ARGS(last, result, call)                                                              \
    va_list Arguments;                                                                             \
    int result;                                                                                    \
                                                                                                   \
    va_start(Arguments, last);                                                                     \
    result = (call);                                                                               \
    va_end(Arguments);                                                                             \
    return result

int ddk_vsprintf(char *Buffer, const char *Format, va_list Arguments)
{
    return crt_format8(Buffer, SIZE_MAX, Format, Arguments);
}

int ddk_sprintf(char *Buffer, const char *Format, ...)
{
    WITH_ARGS(Format, n, ddk_vsprintf(Buffer, Format, Arguments));
}

/* C99's: always terminated, gives the length that the text would have. */
int ddk_vsnprintf(char *Buffer, size_t Count, const char *Format, va_list Arguments)
{
    return crt_format8(Buffer, Count, Format, Arguments);
}

int ddk_snprintf(char *Buffer, size_t Count, const char *Format, ...)
{
    WITH_ARGS(Format, n, ddk_vsnprintf(Buffer, Count, Format, Arguments));
}

/* The old one: no terminator when the text fills the buffer, -1 when it does not fit. */
int ddk__vsnprintf(char *Buffer, size_t Count, const char *Format, va_list Arguments)
{
    int n = crt_raw8(Buffer, Count, Format, Arguments);

    if (n >= 0 && (size_t)n < Count)
        Buffer[n] = 0;
    return n >= 0 && (size_t)n > Count ? -1 : n;
}

int ddk__snprintf(char *Buffer, size_t Count, const char *Format, ...)
{
    WITH_ARGS(Format, n, ddk__vsnprintf(Buffer, Count, Format, Arguments));
}

int ddk__vscprintf(const char *Format, va_list Arguments)
{
    return crt_raw8(NULL, 0, Format, Arguments);
}

int ddk__scprintf(const char *Format, ...)
{
    WITH_ARGS(Format, n, ddk__vscprintf(Format, Arguments));
}

/* Gap of the _s forms: Windows' invalid parameter handler (a bug check in kernel code) is not
 * called. */
int ddk_vsprintf_s(char *Buffer, size_t SizeInBytes, const char *Format, va_list Arguments)
{
    int n = SizeInBytes ? crt_format8(Buffer, SizeInBytes, Format, Arguments) : -1;

    if (n >= 0 && (size_t)n < SizeInBytes)
        return n;
    if (SizeInBytes)
        Buffer[0] = 0;
    return -1;
}

int ddk_sprintf_s(char *Buffer, size_t SizeInBytes, const char *Format, ...)
{
    WITH_ARGS(Format, n, ddk_vsprintf_s(Buffer, SizeInBytes, Format, Arguments));
}

int ddk__vsnprintf_s(char *Buffer, size_t SizeInBytes, size_t Count, const char *Format,
                     va_list Arguments)
{
    size_t room = Count < SizeInBytes ? Count + 1 : SizeInBytes;
    int n = SizeInBytes ? crt_format8(Buffer, room, Format, Arguments) : -1;

    if (n < 0 || (size_t)n < room)
        return n;
    if (Count != TRUNCATE && Count >= SizeInBytes)
        Buffer[0] = 0; /* it was meant to fit */
    return -1;
}

int ddk__snprintf_s(char *Buffer, size_t SizeInBytes, size_t Count, const char *Format, ...)
{
    WITH_ARGS(Format, n, ddk__vsnprintf_s(Buffer, SizeInBytes, Count, Format, Arguments));
}

/* --- the same with 16-bit characters --- */

int ddk_vswprintf(wchar_t *Buffer, size_t Count, const wchar_t *Format, va_list Arguments)
{
    int n = crt_format16(Buffer, Count, Format, Arguments);

    return n >= 0 && (size_t)n >= Count ? -1 : n;
}

int ddk_swprintf(wchar_t *Buffer, const wchar_t *Format, ...)
{
    WITH_ARGS(Format, n, crt_format16(Buffer, SIZE_MAX, Format, Arguments));
}

int ddk__swprintf(wchar_t *Buffer, const wchar_t *Format, ...)
{
    WITH_ARGS(Format, n, crt_format16(Buffer, SIZE_MAX, Format, Arguments));
}

int ddk__vsnwprintf(wchar_t *Buffer, size_t Count, const wchar_t *Format, va_list Arguments)
{
    int n = crt_raw16(Buffer, Count, Format, Arguments);

    if (n >= 0 && (size_t)n < Count)
        Buffer[n] = 0;
    return n >= 0 && (size_t)n > Count ? -1 : n;
}

int ddk__snwprintf(wchar_t *Buffer, size_t Count, const wchar_t *Format, ...)
{
    WITH_ARGS(Format, n, ddk__vsnwprintf(Buffer, Count, Format, Arguments));
}

int ddk__vscwprintf(const wchar_t *Format, va_list Arguments)
{
    return crt_raw16(NULL, 0, Format, Arguments);
}

int ddk__scwprintf(const wchar_t *Format, ...)
{
    WITH_ARGS(Format, n, ddk__vscwprintf(Format, Arguments));
}

int ddk_vswprintf_s(wchar_t *Buffer, size_t SizeInWords, const wchar_t *Format, va_list Arguments)
{
    int n = SizeInWords ? crt_format16(Buffer, SizeInWords, Format, Arguments) : -1;

    if (n >= 0 && (size_t)n < SizeInWords)
        return n;
    if (SizeInWords)
        Buffer[0] = 0;
    return -1;
}

int ddk_swprintf_s(wchar_t *Buffer, size_t SizeInWords, const wchar_t *Format, ...)
{
    WITH_ARGS(Format, n, ddk_vswprintf_s(Buffer, SizeInWords, Format, Arguments));
}

int ddk__vsnwprintf_s(wchar_t *Buffer, size_t SizeInWords, size_t Count, const wchar_t *Format,
                      va_list Arguments)
{
    size_t room = Count < SizeInWords ? Count + 1 : SizeInWords;
    int n = SizeInWords ? crt_format16(Buffer, room, Format, Arguments) : -1;

    if (n < 0 || (size_t)n < room)
        return n;
    if (Count != TRUNCATE && Count >= SizeInWords)
        Buffer[0] = 0;
    return -1;
}

int ddk__snwprintf_s(wchar_t *Buffer, size_t SizeInWords, size_t Count, const wchar_t *Format, ...)
{
    WITH_ARGS(Format, n, ddk__vsnwprintf_s(Buffer, SizeInWords, Count, Format, Arguments));
}
