/*
 * Strings into strings of another kind, and numbers and GUIDs into strings and back. Those that may
 * allocate or touch paged tables are PASSIVE_LEVEL on Windows, and are said.
 */
#include "sim/core/call.h"
#include "sim/nt/rtl.h"
#include "sim/nt/rtl_priv.h"

#define STRING_TAG 0x53675452 /* 'RTgS': strings that the run-time library allocates */

static PVOID string_alloc(struct sim *s, size_t bytes)
{
    return fault_take(s, FAULT_POOL) ? NULL : pool_alloc(s, POOL_PAGED, bytes, STRING_TAG, false);
}

/* Room for bytes and a terminator: the caller's buffer, or a new one. */
static NTSTATUS room(struct sim *s, PUNICODE_STRING to, size_t bytes, size_t terminator,
                     BOOLEAN allocate, bool must_terminate)
{
    if (bytes + terminator > 0xFFFF)
        return STATUS_INVALID_PARAMETER_2;
    if (!allocate)
        return to->MaximumLength >= bytes + (must_terminate ? terminator : 0)
                   ? STATUS_SUCCESS
                   : STATUS_BUFFER_OVERFLOW;
    to->Buffer = string_alloc(s, bytes + terminator);
    to->MaximumLength = (USHORT)(bytes + terminator);
    return to->Buffer ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS change_case(struct sim *s, PUNICODE_STRING to, PCUNICODE_STRING from,
                            BOOLEAN allocate, uint16_t (*change)(uint16_t))
{
    NTSTATUS status;

    if (allocate) {
        to->Buffer = string_alloc(s, from->Length ? from->Length : 2);
        to->MaximumLength = from->Length;
        status = to->Buffer ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    } else {
        status = room(s, to, from->Length, 0, FALSE, false);
    }
    if (!NT_SUCCESS(status))
        return status;
    for (USHORT i = 0; i < from->Length / 2; i++)
        to->Buffer[i] = change(from->Buffer[i]);
    to->Length = from->Length;
    return STATUS_SUCCESS;
}

/*
 * RtlUpcaseUnicodeString: a copy in upper case.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY
 * Gap      Latin, Greek and Cyrillic letters only
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlupcaseunicodestring
 */
NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                BOOLEAN AllocateDestinationString)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlUpcaseUnicodeString, 0, SourceString->Length,
                               AllocateDestinationString, 0, 0);
    NTSTATUS status =
        change_case(s, DestinationString, SourceString, AllocateDestinationString, rtl_upcase);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlDowncaseUnicodeString: a copy in lower case.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as RtlUpcaseUnicodeString
 * Gap      as RtlUpcaseUnicodeString
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtldowncaseunicodestring
 */
NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                  BOOLEAN AllocateDestinationString)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlDowncaseUnicodeString, 0, SourceString->Length,
                               AllocateDestinationString, 0, 0);
    NTSTATUS status =
        change_case(s, DestinationString, SourceString, AllocateDestinationString, rtl_downcase);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlAnsiStringToUnicodeString: bytes become 16-bit characters, with a terminator.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY, STATUS_INVALID_PARAMETER_2
 * Gap      the ANSI code page is Latin-1
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlansistringtounicodestring
 */
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlAnsiStringToUnicodeString, 0, SourceString->Length,
                               AllocateDestinationString, 0, 0);
    NTSTATUS status = room(s, DestinationString, SourceString->Length * sizeof(WCHAR),
                           sizeof(WCHAR), AllocateDestinationString, true);

    if (NT_SUCCESS(status)) {
        for (USHORT i = 0; i < SourceString->Length; i++)
            DestinationString->Buffer[i] = (UCHAR)SourceString->Buffer[i];
        DestinationString->Buffer[SourceString->Length] = 0;
        DestinationString->Length = (USHORT)(SourceString->Length * sizeof(WCHAR));
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* A buffer of the caller's that is too small takes what fits: then STATUS_BUFFER_OVERFLOW. */
static NTSTATUS to_ansi(struct sim *s, PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate)
{
    size_t n = from->Length / sizeof(WCHAR);
    NTSTATUS status = room(s, (PUNICODE_STRING)to, n, 1, allocate, true);

    if (status == STATUS_BUFFER_OVERFLOW) {
        if (!to->MaximumLength)
            return status;
        n = to->MaximumLength - 1;
    } else if (!NT_SUCCESS(status)) {
        return status;
    }
    for (size_t i = 0; i < n; i++)
        to->Buffer[i] = from->Buffer[i] > 0xFF ? '?' : (CHAR)from->Buffer[i];
    to->Buffer[n] = 0;
    to->Length = (USHORT)n;
    return status;
}

/*
 * RtlUnicodeStringToAnsiString: 16-bit characters become bytes, with a terminator.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as RtlAnsiStringToUnicodeString
 * Gap      the ANSI code page is Latin-1; what it lacks becomes '?'
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlunicodestringtoansistring
 */
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlUnicodeStringToAnsiString, 0, SourceString->Length,
                               AllocateDestinationString, 0, 0);
    NTSTATUS status = to_ansi(s, DestinationString, SourceString, AllocateDestinationString);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* Sizes with the terminator. Source wdm/nf-wdm-rtlansistringtounicodesize */
ULONG RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
    return (AnsiString->Length + 1u) * (ULONG)sizeof(WCHAR);
}

ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    return UnicodeString->Length / (ULONG)sizeof(WCHAR) + 1;
}

/* Conversions of plain buffers; what does not fit is cut. Source wdm/nf-wdm-rtlmultibytetounicoden */
NTSTATUS RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytes,
                                PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                ULONG BytesInUnicodeString)
{
    ULONG n = BytesInUnicodeString / (ULONG)sizeof(WCHAR);

    if (n > MaxBytes)
        n = MaxBytes;
    for (ULONG i = 0; i < n; i++)
        MultiByteString[i] = UnicodeString[i] > 0xFF ? '?' : (CHAR)UnicodeString[i];
    if (BytesInMultiByteString)
        *BytesInMultiByteString = n;
    return STATUS_SUCCESS;
}

NTSTATUS RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytes, PULONG BytesInUnicodeString,
                                const CHAR *MultiByteString, ULONG BytesInMultiByteString)
{
    ULONG n = BytesInMultiByteString;

    if (n > MaxBytes / sizeof(WCHAR))
        n = MaxBytes / (ULONG)sizeof(WCHAR);
    for (ULONG i = 0; i < n; i++)
        UnicodeString[i] = (UCHAR)MultiByteString[i];
    if (BytesInUnicodeString)
        *BytesInUnicodeString = n * (ULONG)sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/*
 * RtlFreeUnicodeString: frees what a conversion allocated.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      a buffer that is no pool block changes nothing but the string
 * Says     CALL (a0 = 1: freed), RETURN
 * Source   wdm/nf-wdm-rtlfreeunicodestring
 */
VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    struct sim *s = sim_now();
    bool live = UnicodeString->Buffer && pool_block_of(s, UnicodeString->Buffer);
    struct call c = call_begin(s, API_RtlFreeUnicodeString, 0, live, 0, 0, 0);

    if (live)
        pool_free(s, UnicodeString->Buffer, 0);
    memset(UnicodeString, 0, sizeof(*UnicodeString));
    call_end(&c, 0, 0, 0, 0);
}

/*
 * RtlFreeAnsiString: as RtlFreeUnicodeString.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      as RtlFreeUnicodeString
 * Says     CALL (a0 = 1: freed), RETURN
 * Source   wdm/nf-wdm-rtlfreeansistring
 */
VOID RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    struct sim *s = sim_now();
    bool live = AnsiString->Buffer && pool_block_of(s, AnsiString->Buffer);
    struct call c = call_begin(s, API_RtlFreeAnsiString, 0, live, 0, 0, 0);

    if (live)
        pool_free(s, AnsiString->Buffer, 0);
    memset(AnsiString, 0, sizeof(*AnsiString));
    call_end(&c, 0, 0, 0, 0);
}

VOID RtlFreeUTF8String(PUTF8_STRING Utf8String) { RtlFreeAnsiString(Utf8String); }

/* --- numbers --- */

static int digit_of(WCHAR c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* [space][+-][0x|0o|0b]digits; base 0 takes it from the prefix. */
static NTSTATUS integer_of(const WCHAR *p, size_t n, ULONG base, ULONG *value)
{
    size_t i = 0;
    bool negative;
    ULONG v = 0;

    while (i < n && p[i] <= ' ')
        i++;
    negative = i < n && p[i] == '-';
    if (i < n && (p[i] == '-' || p[i] == '+'))
        i++;
    if (!base) {
        WCHAR prefix = i + 1 < n && p[i] == '0' ? p[i + 1] | 32 : 0;

        base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
        i += base == 10 ? 0 : 2;
    } else if (base != 2 && base != 8 && base != 10 && base != 16) {
        return STATUS_INVALID_PARAMETER;
    }
    for (; i < n && digit_of(p[i]) < (int)base; i++)
        v = v * base + (ULONG)digit_of(p[i]);
    *value = negative ? 0 - v : v;
    return STATUS_SUCCESS;
}

/*
 * RtlUnicodeStringToInteger: a number from text.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Base: 2, 8, 10, 16, or 0 for what a prefix says
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER
 * Gap      none known; overflow wraps, as on Windows
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlunicodestringtointeger
 */
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlUnicodeStringToInteger, 0, Base, String->Length, 0, 0);
    NTSTATUS status = integer_of(String->Buffer, String->Length / sizeof(WCHAR), Base, Value);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* RtlCharToInteger: the same from bytes. Source ntifs/nf-ntifs-rtlchartointeger */
NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
    WCHAR wide[80];
    size_t n = 0;

    while (n < RTL_NUMBER_OF(wide) && String[n]) {
        wide[n] = (UCHAR)String[n];
        n++;
    }
    return integer_of(wide, n, Base, Value);
}

/* Digits, last first; 0: a base that there is not. */
static size_t digits(char *out, ULONGLONG v, ULONG base)
{
    size_t n = 0;

    if (!base)
        base = 10;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return 0;
    do
        out[n++] = "0123456789ABCDEF"[v % base];
    while ((v /= base) != 0);
    return n;
}

static NTSTATUS integer_text(ULONGLONG value, ULONG base, PUNICODE_STRING to)
{
    char text[65];
    size_t n = digits(text, value, base);

    if (!n)
        return STATUS_INVALID_PARAMETER;
    if (n * sizeof(WCHAR) > to->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    for (size_t i = 0; i < n; i++)
        to->Buffer[i] = (UCHAR)text[n - 1 - i];
    to->Length = (USHORT)(n * sizeof(WCHAR));
    if (to->Length + sizeof(WCHAR) <= to->MaximumLength)
        to->Buffer[n] = 0;
    return STATUS_SUCCESS;
}

/*
 * RtlIntegerToUnicodeString: a number as text.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Base: 2, 8, 10, 16, or 0 for 10
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW, STATUS_INVALID_PARAMETER
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlintegertounicodestring
 */
NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlIntegerToUnicodeString, 0, Value, Base, 0, 0);
    NTSTATUS status = integer_text(Value, Base, String);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlInt64ToUnicodeString: as RtlIntegerToUnicodeString, 64 bits.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Base: 2, 8, 10, 16, or 0 for 10
 * Returns  as RtlIntegerToUnicodeString
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlint64tounicodestring
 */
NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlInt64ToUnicodeString, 0, Value, Base, 0, 0);
    NTSTATUS status = integer_text(Value, Base, String);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* --- GUIDs: {8-4-4-4-12} --- */

#define GUID_CHARS 38

/* Which nibble of the sixteen bytes stands at each place of the text, or -1 for punctuation. */
static int guid_nibble(unsigned at)
{
    static const unsigned char order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
    unsigned digit = at - 1;

    if (at == 0 || at == 9 || at == 14 || at == 19 || at == 24 || at == 37)
        return -1;
    digit -= (at > 9) + (at > 14) + (at > 19) + (at > 24);
    return order[digit / 2] * 2 + (int)(digit & 1);
}

static WCHAR guid_mark(unsigned at) { return at == 0 ? '{' : at == 37 ? '}' : '-'; }

/*
 * RtlStringFromGUID: a GUID as text, in memory that RtlFreeUnicodeString gives back.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_NO_MEMORY
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlstringfromguid
 */
NTSTATUS RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlStringFromGUID, 0, 0, 0, 0, 0);
    const UCHAR *bytes = (const UCHAR *)Guid;
    NTSTATUS status = room(s, GuidString, GUID_CHARS * sizeof(WCHAR), sizeof(WCHAR), TRUE, true);

    for (unsigned i = 0; NT_SUCCESS(status) && i < GUID_CHARS; i++) {
        int at = guid_nibble(i);
        UCHAR b = at < 0 ? 0 : bytes[at / 2];

        GuidString->Buffer[i] =
            at < 0 ? guid_mark(i) : (UCHAR) "0123456789ABCDEF"[at & 1 ? b & 15 : b >> 4];
    }
    if (NT_SUCCESS(status)) {
        GuidString->Buffer[GUID_CHARS] = 0;
        GuidString->Length = GUID_CHARS * sizeof(WCHAR);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * RtlGUIDFromString: a GUID from text.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-rtlguidfromstring
 */
NTSTATUS RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_RtlGUIDFromString, 0, GuidString->Length, 0, 0, 0);
    NTSTATUS status = GuidString->Length == GUID_CHARS * sizeof(WCHAR) ? STATUS_SUCCESS
                                                                       : STATUS_INVALID_PARAMETER;
    UCHAR bytes[sizeof(GUID)] = { 0 };

    for (unsigned i = 0; NT_SUCCESS(status) && i < GUID_CHARS; i++) {
        WCHAR ch = GuidString->Buffer[i];
        int at = guid_nibble(i);

        if (at < 0 ? ch != guid_mark(i) : digit_of(ch) > 15)
            status = STATUS_INVALID_PARAMETER;
        else if (at >= 0)
            bytes[at / 2] |= (UCHAR)(digit_of(ch) << (at & 1 ? 0 : 4));
    }
    if (NT_SUCCESS(status))
        rtl_copy(Guid, bytes, sizeof(bytes));
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
