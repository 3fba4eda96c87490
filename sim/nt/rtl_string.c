/*
 * Counted strings: set up, copied, joined and compared. Conversions between kinds of strings are
 * rtl_convert.c's. Functions that only compute are not said: they change nothing but the caller's
 * memory, and the door sees that.
 */
#include "sim/core/door.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

#define LATIN1_UPPER_GAP 0xF7 /* the division sign has no other case */

/* Latin-1, Latin Extended-A, Greek and Cyrillic: the letters that have exactly one other case. */
uint16_t rtl_upcase(uint16_t c)
{
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? (uint16_t)(c - 32) : c;
    if (c >= 0xE0 && c <= 0xFE && c != LATIN1_UPPER_GAP)
        return (uint16_t)(c - 32);
    if (c == 0xFF)
        return 0x178;
    if (c >= 0x100 && c <= 0x17F) {
        bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);

        if (c == 0x131 || c == 0x138 || c == 0x149 || c == 0x17F || c == 0x130 || c == 0x178)
            return c;
        return (c & 1) != odd_upper ? (uint16_t)(c - 1) : c;
    }
    if (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2)
        return (uint16_t)(c - 32);
    if (c >= 0x430 && c <= 0x44F)
        return (uint16_t)(c - 32);
    if (c >= 0x450 && c <= 0x45F)
        return (uint16_t)(c - 80);
    return c;
}

uint16_t rtl_downcase(uint16_t c)
{
    uint16_t lower = c < 0x80     ? (c >= 'A' && c <= 'Z' ? c + 32 : c)
                     : c == 0x178 ? 0xFF
                     : c < 0x100 || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)
                         ? (uint16_t)(c + 32)
                     : c < 0x180                ? (uint16_t)(c + 1)
                     : c >= 0x400 && c <= 0x40F ? (uint16_t)(c + 80)
                                                : c;

    return rtl_upcase(lower) == c ? lower : c;
}

static size_t length8(PCSZ s)
{
    size_t n = s ? strlen(s) : 0;

    if (s)
        door_range(s, n + 1, false, __builtin_return_address(0));
    return n;
}

static size_t length16(PCWSTR s)
{
    size_t n = 0;

    while (s && s[n])
        n++;
    if (s)
        door_range(s, (n + 1) * 2, false, __builtin_return_address(0));
    return n;
}

/* A length that does not fit is cut; the Ex forms refuse it. Source wdm/nf-wdm-rtlinitstring */
static NTSTATUS init8(PSTRING to, PCSZ from, bool refuse)
{
    size_t n = length8(from);

    *to = (STRING) { 0, 0, (PCHAR)from };
    if (!from)
        return STATUS_SUCCESS;
    if (n > 0xFFFE) {
        if (refuse) {
            to->Buffer = NULL;
            return STATUS_NAME_TOO_LONG;
        }
        n = 0xFFFE;
    }
    to->Length = (USHORT)n;
    to->MaximumLength = (USHORT)(n + 1);
    return STATUS_SUCCESS;
}

static NTSTATUS init16(PUNICODE_STRING to, PCWSTR from, bool refuse)
{
    size_t bytes = length16(from) * sizeof(WCHAR);

    *to = (UNICODE_STRING) { 0, 0, (PWSTR)from };
    if (!from)
        return STATUS_SUCCESS;
    if (bytes > 0xFFFC) {
        if (refuse) {
            to->Buffer = NULL;
            return STATUS_NAME_TOO_LONG;
        }
        bytes = 0xFFFC;
    }
    to->Length = (USHORT)bytes;
    to->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* RtlInitString, RtlInitAnsiString, RtlInitUTF8String: Irql any. Source wdm/nf-wdm-rtlinitstring */
VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
    init8(DestinationString, SourceString, false);
}

VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    init8(DestinationString, SourceString, false);
}

VOID RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    init8(DestinationString, SourceString, false);
}

/* The Ex forms give STATUS_NAME_TOO_LONG. Source wdm/nf-wdm-rtlinitstringex */
NTSTATUS RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString)
{
    return init8(DestinationString, SourceString, true);
}

NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
    return init8(DestinationString, SourceString, true);
}

/* RtlInitUnicodeString(Ex): Irql any. Source wdm/nf-wdm-rtlinitunicodestring */
VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    init16(DestinationString, SourceString, false);
}

NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    return init16(DestinationString, SourceString, true);
}

/* RtlCopyString: as much as fits. Source wdm/nf-wdm-rtlcopystring */
VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
    USHORT n = SourceString ? SourceString->Length : 0;

    if (n > DestinationString->MaximumLength)
        n = DestinationString->MaximumLength;
    if (n)
        rtl_copy(DestinationString->Buffer, SourceString->Buffer, n);
    DestinationString->Length = n;
}

/* RtlCopyUnicodeString: as much as fits, and a terminator where one does. Irql PASSIVE_LEVEL unless
 * resident. Source wdm/nf-wdm-rtlcopyunicodestring */
VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    USHORT n = SourceString ? SourceString->Length : 0;

    if (n > DestinationString->MaximumLength)
        n = DestinationString->MaximumLength & ~1u;
    if (n)
        rtl_copy(DestinationString->Buffer, SourceString->Buffer, n);
    DestinationString->Length = n;
    if (n + sizeof(WCHAR) <= DestinationString->MaximumLength)
        DestinationString->Buffer[n / sizeof(WCHAR)] = 0;
}

static NTSTATUS append(PUNICODE_STRING to, const WCHAR *from, size_t bytes)
{
    if (to->Length + bytes > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    if (bytes)
        rtl_copy((PCHAR)to->Buffer + to->Length, from, bytes);
    to->Length = (USHORT)(to->Length + bytes);
    if (to->Length + sizeof(WCHAR) <= to->MaximumLength)
        to->Buffer[to->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

/* RtlAppendUnicodeStringToString: STATUS_BUFFER_TOO_SMALL changes nothing.
 * Source wdm/nf-wdm-rtlappendunicodestringtostring */
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    return append(Destination, Source->Buffer, Source->Length);
}

/* RtlAppendUnicodeToString: the same, from a terminated string.
 * Source wdm/nf-wdm-rtlappendunicodetostring */
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    return append(Destination, Source, length16(Source) * sizeof(WCHAR));
}

static LONG compare16(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold, USHORT bytes)
{
    door_range(a->Buffer, bytes, false, __builtin_return_address(0));
    door_range(b->Buffer, bytes, false, __builtin_return_address(0));
    for (ULONG i = 0; i < bytes / sizeof(WCHAR); i++) {
        WCHAR x = a->Buffer[i], y = b->Buffer[i];

        if (fold) {
            x = rtl_upcase(x);
            y = rtl_upcase(y);
        }
        if (x != y)
            return (LONG)x - (LONG)y;
    }
    return 0;
}

static LONG compare8(const STRING *a, const STRING *b, BOOLEAN fold, USHORT bytes)
{
    for (USHORT i = 0; i < bytes; i++) {
        UCHAR x = (UCHAR)a->Buffer[i], y = (UCHAR)b->Buffer[i];

        if (fold) {
            x = (UCHAR)RtlUpperChar((CHAR)x);
            y = (UCHAR)RtlUpperChar((CHAR)y);
        }
        if (x != y)
            return (LONG)x - (LONG)y;
    }
    return 0;
}

static USHORT shorter(USHORT a, USHORT b) { return a < b ? a : b; }

/* Comparisons: by character, then by length. Source wdm/nf-wdm-rtlcompareunicodestring */
LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                             BOOLEAN CaseInSensitive)
{
    LONG d =
        compare16(String1, String2, CaseInSensitive, shorter(String1->Length, String2->Length));

    return d ? d : (LONG)String1->Length - (LONG)String2->Length;
}

LONG RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    LONG d = compare8(String1, String2, CaseInSensitive, shorter(String1->Length, String2->Length));

    return d ? d : (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                              BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           !compare16(String1, String2, CaseInSensitive, String1->Length);
}

BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           !compare8(String1, String2, CaseInSensitive, String1->Length);
}

/* RtlPrefixUnicodeString, RtlPrefixString: whether String2 begins with String1.
 * Source ntddk/nf-ntddk-rtlprefixunicodestring */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                               BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length &&
           !compare16(String1, String2, CaseInSensitive, String1->Length);
}

BOOLEAN RtlPrefixString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length &&
           !compare8(String1, String2, CaseInSensitive, String1->Length);
}

/* RtlHashUnicodeString: x65599, the only algorithm there is.
 * Source wdm/nf-wdm-rtlhashunicodestring */
NTSTATUS RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm,
                              PULONG HashValue)
{
    ULONG hash = 0;

    if (!String || !HashValue || HashAlgorithm > HASH_STRING_ALGORITHM_X65599)
        return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < String->Length / sizeof(WCHAR); i++)
        hash = hash * 65599 + (CaseInSensitive ? rtl_upcase(String->Buffer[i]) : String->Buffer[i]);
    *HashValue = hash;
    return STATUS_SUCCESS;
}

/* One character's other case. Source ntifs/nf-ntifs-rtlupcaseunicodechar, wdm/nf-wdm-rtlupperchar */
WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter) { return rtl_upcase(SourceCharacter); }

WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter) { return rtl_downcase(SourceCharacter); }

CHAR RtlUpperChar(CHAR Character)
{
    return Character >= 'a' && Character <= 'z' ? (CHAR)(Character - 32) : Character;
}

VOID RtlUpperString(PSTRING DestinationString, const STRING *SourceString)
{
    USHORT n = shorter(SourceString->Length, DestinationString->MaximumLength);

    for (USHORT i = 0; i < n; i++)
        DestinationString->Buffer[i] = RtlUpperChar(SourceString->Buffer[i]);
    DestinationString->Length = n;
}

/* RtlValidateUnicodeString: an odd length or one beyond the maximum is no string.
 * Source ntifs/nf-ntifs-rtlvalidateunicodestring */
NTSTATUS RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String)
{
    if (Flags || (String && ((String->Length | String->MaximumLength) & 1)))
        return STATUS_INVALID_PARAMETER;
    if (String && (String->Length > String->MaximumLength ||
                   (!String->Buffer && (String->Length || String->MaximumLength))))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}
