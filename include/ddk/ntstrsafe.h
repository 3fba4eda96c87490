/*
 * ntstrsafe.h: string functions that are told how large the buffer is.
 *
 * Cb counts bytes, Cch characters; a buffer that is too small is filled, terminated, reported as
 * STATUS_BUFFER_OVERFLOW. They are library code linked into the driver on Windows, so inline here.
 * Source: kernel/using-safe-string-functions, ntstrsafe/nf-ntstrsafe-rtlstringcbprintfa
 */
#ifndef DDK_NTSTRSAFE_H
#define DDK_NTSTRSAFE_H
#include <wdm.h>
#ifndef DDK_HOST
#include <stdio.h>
#include <wchar.h>
#endif
#include <crt_names.h>

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef wchar_t *NTSTRSAFE_PWSTR;
typedef const wchar_t *NTSTRSAFE_PCWSTR;
#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_MAX_LENGTH (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(wchar_t))
#define STRSAFE_IGNORE_NULLS 0x00000100
#define STRSAFE_FILL_BEHIND_NULL 0x00000200
#define STRSAFE_FILL_ON_FAILURE 0x00000400
#define STRSAFE_NULL_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION 0x00001000
#define STRSAFE_FILL_BEHIND 0x00000200
#define STRSAFE_ZERO_LENGTH_ON_FAILURE 0x00000800
#define DDK_LIB static __inline__ __attribute((unused))

/* One block for each character width; T is the type, X the suffix,
 * FORMAT the printer. */
#define DDK_STRSAFE(X, T, FORMAT)                                                                  \
    DDK_LIB NTSTATUS RtlStringCchLength##X(const T *String, size_t Max, size_t *Length)            \
    {                                                                                              \
        size_t n = 0;                                                                              \
                                                                                                   \
        if (Length)                                                                                \
            *Length = 0;                                                                           \
        if (!String || Max > NTSTRSAFE_MAX_CCH)                                                    \
            return STATUS_INVALID_PARAMETER;                                                       \
        while (n < Max && String[n])                                                               \
            n++;                                                                                   \
        if (n == Max)                                                                              \
            return STATUS_INVALID_PARAMETER;                                                       \
        if (Length)                                                                                \
            *Length = n;                                                                           \
        return STATUS_SUCCESS;                                                                     \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbLength##X(const T *String, size_t Max, size_t *Length)             \
    {                                                                                              \
        NTSTATUS Status = RtlStringCchLength##X(String, Max / sizeof(T), Length);                  \
                                                                                                   \
        if (Length)                                                                                \
            *Length *= sizeof(T);                                                                  \
        return Status;                                                                             \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchCopyN##X(T *To, size_t Max, const T *From, size_t Count)          \
    {                                                                                              \
        size_t n = 0;                                                                              \
                                                                                                   \
        if (!Max || Max > NTSTRSAFE_MAX_CCH)                                                       \
            return STATUS_INVALID_PARAMETER;                                                       \
        if (Count > NTSTRSAFE_MAX_LENGTH) {                                                        \
            To[0] = 0;                                                                             \
            return STATUS_INVALID_PARAMETER;                                                       \
        }                                                                                          \
        while (n < Max - 1 && n < Count && From[n]) {                                              \
            To[n] = From[n];                                                                       \
            n++;                                                                                   \
        }                                                                                          \
        To[n] = 0;                                                                                 \
        return n < Count && From[n] ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;                     \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchCopy##X(T *To, size_t Max, const T *From)                         \
    {                                                                                              \
        return RtlStringCchCopyN##X(To, Max, From, NTSTRSAFE_MAX_LENGTH);                          \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbCopy##X(T *To, size_t Max, const T *From)                          \
    {                                                                                              \
        return RtlStringCchCopy##X(To, Max / sizeof(T), From);                                     \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbCopyN##X(T *To, size_t Max, const T *From, size_t Count)           \
    {                                                                                              \
        return RtlStringCchCopyN##X(To, Max / sizeof(T), From, Count / sizeof(T));                 \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchCatN##X(T *To, size_t Max, const T *From, size_t Count)           \
    {                                                                                              \
        size_t n;                                                                                  \
        NTSTATUS Status = RtlStringCchLength##X(To, Max, &n);                                      \
                                                                                                   \
        return NT_SUCCESS(Status) ? RtlStringCchCopyN##X(To + n, Max - n, From, Count) : Status;   \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchCat##X(T *To, size_t Max, const T *From)                          \
    {                                                                                              \
        return RtlStringCchCatN##X(To, Max, From, NTSTRSAFE_MAX_LENGTH);                           \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbCat##X(T *To, size_t Max, const T *From)                           \
    {                                                                                              \
        return RtlStringCchCat##X(To, Max / sizeof(T), From);                                      \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbCatN##X(T *To, size_t Max, const T *From, size_t Count)            \
    {                                                                                              \
        return RtlStringCchCatN##X(To, Max / sizeof(T), From, Count / sizeof(T));                  \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchVPrintf##X(T *To, size_t Max, const T *Format, va_list Arguments) \
    {                                                                                              \
        int n;                                                                                     \
                                                                                                   \
        if (!Max || Max > NTSTRSAFE_MAX_CCH)                                                       \
            return STATUS_INVALID_PARAMETER;                                                       \
        n = FORMAT(To, Max - 1, Format, Arguments);                                                \
        if (n >= 0 && (size_t)n < Max - 1)                                                         \
            return STATUS_SUCCESS;                                                                 \
        To[Max - 1] = 0;                                                                           \
        return n >= 0 && (size_t)n == Max - 1 ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;           \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbVPrintf##X(T *To, size_t Max, const T *Format, va_list Arguments)  \
    {                                                                                              \
        return RtlStringCchVPrintf##X(To, Max / sizeof(T), Format, Arguments);                     \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchPrintf##X(T *To, size_t Max, const T *Format, ...)                \
    {                                                                                              \
        va_list Arguments;                                                                         \
        NTSTATUS Status;                                                                           \
                                                                                                   \
        va_start(Arguments, Format);                                                               \
        Status = RtlStringCchVPrintf##X(To, Max, Format, Arguments);                               \
        va_end(Arguments);                                                                         \
        return Status;                                                                             \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbPrintf##X(T *To, size_t Max, const T *Format, ...)                 \
    {                                                                                              \
        va_list Arguments;                                                                         \
        NTSTATUS Status;                                                                           \
                                                                                                   \
        va_start(Arguments, Format);                                                               \
        Status = RtlStringCbVPrintf##X(To, Max, Format, Arguments);                                \
        va_end(Arguments);                                                                         \
        return Status;                                                                             \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCchPrintfEx##X(T *To, size_t Max, T **End, size_t *Remaining,        \
                                             ULONG Flags, const T *Format, ...)                    \
    {                                                                                              \
        va_list Arguments;                                                                         \
        NTSTATUS Status;                                                                           \
        size_t n = 0;                                                                              \
                                                                                                   \
        (void)Flags;                                                                               \
        va_start(Arguments, Format);                                                               \
        Status = RtlStringCchVPrintf##X(To, Max, Format, Arguments);                               \
        va_end(Arguments);                                                                         \
        if (Status != STATUS_INVALID_PARAMETER)                                                    \
            RtlStringCchLength##X(To, Max, &n);                                                    \
        if (End)                                                                                   \
            *End = To + n;                                                                         \
        if (Remaining)                                                                             \
            *Remaining = Max - n;                                                                  \
        return Status;                                                                             \
    }                                                                                              \
    DDK_LIB NTSTATUS RtlStringCbPrintfEx##X(T *To, size_t Max, T **End, size_t *Remaining,         \
                                            ULONG Flags, const T *Format, ...)                     \
    {                                                                                              \
        va_list Arguments;                                                                         \
        NTSTATUS Status;                                                                           \
        size_t n = 0;                                                                              \
                                                                                                   \
        (void)Flags;                                                                               \
        va_start(Arguments, Format);                                                               \
        Status = RtlStringCbVPrintf##X(To, Max, Format, Arguments);                                \
        va_end(Arguments);                                                                         \
        if (Status != STATUS_INVALID_PARAMETER)                                                    \
            RtlStringCbLength##X(To, Max, &n);                                                     \
        if (End)                                                                                   \
            *End = To + n / sizeof(T);                                                             \
        if (Remaining)                                                                             \
            *Remaining = Max - n;                                                                  \
        return Status;                                                                             \
    }

DDK_STRSAFE(A, char, ddk__vsnprintf)
DDK_STRSAFE(W, wchar_t, ddk__vsnwprintf)
#undef DDK_STRSAFE

/* Counted strings: ntstrsafe/nf-ntstrsafe-rtlunicodestringprintf. No terminator is written. */
DDK_LIB NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING String)
{
    if (!String)
        return STATUS_INVALID_PARAMETER;
    if (String->Length % sizeof(WCHAR) || String->MaximumLength % sizeof(WCHAR) ||
        String->Length > String->MaximumLength || (!String->Buffer && String->MaximumLength))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}
DDK_LIB NTSTATUS ddk_unicode_put(PUNICODE_STRING To, USHORT At, const WCHAR *From, size_t Count)
{
    size_t Room = (To->MaximumLength - At) / sizeof(WCHAR), n = Count < Room ? Count : Room;

    memmove((PCHAR)To->Buffer + At, From, n * sizeof(WCHAR));
    To->Length = (USHORT)(At + n * sizeof(WCHAR));
    return n < Count ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
DDK_LIB NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING To, const WCHAR *From)
{
    size_t n = From ? ddk_wcslen(From) : 0;

    if (n > NTSTRSAFE_UNICODE_STRING_MAX_CCH - 1)
        return STATUS_INVALID_PARAMETER;
    To->Length = (USHORT)(n * sizeof(WCHAR));
    To->MaximumLength = From ? (USHORT)(To->Length + sizeof(WCHAR)) : 0;
    To->Buffer = (PWSTR)From;
    return STATUS_SUCCESS;
}
DDK_LIB NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING To, const WCHAR *From)
{
    return !NT_SUCCESS(RtlUnicodeStringValidate(To)) ? STATUS_INVALID_PARAMETER
                                                     : ddk_unicode_put(To, 0, From,
                                                         ddk_wcslen(From));
}
DDK_LIB NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING To, PCUNICODE_STRING From)
{
    return !NT_SUCCESS(RtlUnicodeStringValidate(To))
               ? STATUS_INVALID_PARAMETER
               : ddk_unicode_put(To, 0, From->Buffer, From->Length / sizeof(WCHAR));
}
DDK_LIB NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING To, const WCHAR *From)
{
    return !NT_SUCCESS(RtlUnicodeStringValidate(To))
               ? STATUS_INVALID_PARAMETER
               : ddk_unicode_put(To, To->Length, From, ddk_wcslen(From));
}
DDK_LIB NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING To, PCUNICODE_STRING From)
{
    return !NT_SUCCESS(RtlUnicodeStringValidate(To))
               ? STATUS_INVALID_PARAMETER
               : ddk_unicode_put(To, To->Length, From->Buffer, From->Length / sizeof(WCHAR));
}
DDK_LIB NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING To, const WCHAR *Format, va_list Arguments)
{
    size_t Room;
    int n;

    if (!NT_SUCCESS(RtlUnicodeStringValidate(To)))
        return STATUS_INVALID_PARAMETER;
    Room = To->MaximumLength / sizeof(WCHAR);
    n = ddk__vsnwprintf(To->Buffer, Room, Format, Arguments);
    if (n >= 0 && (size_t)n <= Room) {
        To->Length = (USHORT)((size_t)n * sizeof(WCHAR));
        return STATUS_SUCCESS;
    }
    To->Length = (USHORT)(Room * sizeof(WCHAR));
    return STATUS_BUFFER_OVERFLOW;
}
DDK_LIB NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING To, const WCHAR *Format, ...)
{
    va_list Arguments;
    NTSTATUS Status;

    va_start(Arguments, Format);
    Status = RtlUnicodeStringVPrintf(To, Format, Arguments);
    va_end(Arguments);
    return Status;
}
DDK_LIB NTSTATUS RtlUnicodeStringPrintfEx(PUNICODE_STRING To, PUNICODE_STRING Remaining,
                                          ULONG Flags,
                                          const WCHAR *Format, ...)
{
    va_list Arguments;
    NTSTATUS Status;

    (void)Flags;
    va_start(Arguments, Format);
    Status = RtlUnicodeStringVPrintf(To, Format, Arguments);
    va_end(Arguments);
    if (Remaining && Status != STATUS_INVALID_PARAMETER) {
        Remaining->Length = 0;
        Remaining->MaximumLength = (USHORT)(To->MaximumLength - To->Length);
        Remaining->Buffer = (PWSTR)((PCHAR)To->Buffer + To->Length);
    }
    return Status;
}
#endif
