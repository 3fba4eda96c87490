/*
 * Windows' format language, typed from its page, and what each member of the printf family does
 * with a text that does not fit; scanning; numbers; wide strings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "include/ddk/crt_names.h"
#include "sim/nt/nt.h"

static const char *f(const char *format, ...)
{
    static char text[256];
    va_list args;

    va_start(args, format);
    ddk_vsprintf(text, format, args);
    va_end(args);
    return text;
}

static void integers(void **state)
{
    (void)state;
    assert_string_equal(f("%d %i %u", -5, 6, 4000000000u), "-5 6 4000000000");
    assert_string_equal(f("%x %X %#x %o", 255, 255, 255, 8), "ff FF 0xff 10");
    assert_string_equal(f("[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42, 42),
                        "[   42][42   ][00042][+42][ 42]");
    assert_string_equal(f("%.3d %8.3d|%.0d|", 7, 7, 0), "007      007||");
    assert_string_equal(f("%*d %-*d|", 4, 1, 4, 1), "   1 1   |");
    assert_string_equal(f("%hd %hhd", 0x12345, 0x1ff), "9029 -1");
    assert_string_equal(f("%ld", -1), "-1"); /* long has 32 bits */
    assert_string_equal(f("%lld %I64d", 1ll << 40, -(1ll << 40)), "1099511627776 -1099511627776");
    assert_string_equal(f("%I64x %llx %Ix %Iu", 0x123456789abcull, 0x1ull, 0x2ull, 3ull),
                        "123456789abc 1 2 3");
    assert_string_equal(f("%I32u", 7u), "7");
    assert_string_equal(f("%p", (void *)(uintptr_t)0xabc), "0000000000000ABC");
    assert_string_equal(f("100%%"), "100%");
}

static void strings(void **state)
{
    UNICODE_STRING u = { 6, 8, L"abcd" };
    ANSI_STRING a = { 2, 8, "xyz" };
    UNICODE_STRING none = { 0, 0, NULL };

    (void)state;
    assert_string_equal(f("[%s][%5s][%-5s][%.2s]", "abc", "abc", "abc", "abc"),
                        "[abc][  abc][abc  ][ab]");
    assert_string_equal(f("%ws %S %ls %hs", L"wide", L"Wide", L"l", "h"), "wide Wide l h");
    assert_string_equal(f("%wZ %Z", &u, &a), "abc xy"); /* counted, not terminated */
    assert_string_equal(f("%wZ %wZ %s", &none, NULL, NULL), "(null) (null) (null)");
    assert_string_equal(f("%c%C%wc", 'a', L'b', L'c'), "abc");
    assert_string_equal(f("%ws", L"\x263a"), "?");
}

static void wide_formats(void **state)
{
    wchar_t out[64];

    (void)state;
    assert_int_equal(ddk_swprintf_s(out, 64, L"%s %S %d %I64x", L"w", "n", 5, 0xFFull), 8);
    assert_int_equal(ddk_wcscmp(out, L"w n 5 ff"), 0);
    assert_int_equal(ddk__snwprintf(out, 4, L"%d", 12345), -1);
    assert_int_equal(out[3], L'4');
    assert_int_equal(ddk__scwprintf(L"%hs", "abc"), 3);
}

static void what_does_not_fit(void **state)
{
    char b[8];

    (void)state;
    memset(b, 'z', sizeof(b));
    assert_int_equal(ddk__snprintf(b, 4, "%s", "abcd"), 4); /* fits, unterminated */
    assert_int_equal(b[4], 'z');
    assert_int_equal(ddk__snprintf(b, 4, "%s", "abcde"), -1);
    assert_int_equal(b[4], 'z');
    assert_int_equal(ddk_snprintf(b, 4, "%s", "abcde"), 5);
    assert_string_equal(b, "abc");
    assert_int_equal(ddk_sprintf_s(b, 4, "%s", "abcd"), -1);
    assert_string_equal(b, "");
    assert_int_equal(ddk__snprintf_s(b, 4, (size_t)-1, "%s", "abcd"), -1); /* _TRUNCATE */
    assert_string_equal(b, "abc");
    assert_int_equal(ddk__snprintf_s(b, 8, 2, "%s", "abcd"), -1);
    assert_string_equal(b, "ab");
    assert_int_equal(ddk_sprintf_s(b, 8, "%q", 1), -1); /* no such type */
}

static void scanning(void **state)
{
    int a = 0, b = 0;
    unsigned c = 0;
    long long d = 0;
    char s[8], t[8];
    wchar_t w[8];

    (void)state;
    assert_int_equal(ddk_sscanf("12 -3 0x1F", "%d %d %x", &a, &b, &c), 3);
    assert_int_equal(a, 12);
    assert_int_equal(b, -3);
    assert_int_equal(c, 0x1F);
    assert_int_equal(ddk_sscanf("key=value;9", "%7[a-z]=%[^;];%I64d", s, t, &d), 3);
    assert_string_equal(s, "key");
    assert_string_equal(t, "value");
    assert_true(d == 9);
    assert_int_equal(ddk_swscanf_s(L"7 ab", L"%d %s", &a, w, 8u), 2);
    assert_int_equal(ddk_wcscmp(w, L"ab"), 0);
    assert_int_equal(ddk_sscanf_s("abcdefgh", "%s", s, 4u), 0); /* too long for its buffer */
    assert_string_equal(s, "");
    assert_int_equal(ddk_sscanf("", "%d", &a), -1);
    assert_int_equal(ddk_sscanf("x", "%d", &a), 0);
    assert_int_equal(ddk_sscanf("5 6", "%*d %d", &a), 1);
    assert_int_equal(a, 6);
}

static void numbers(void **state)
{
    char *end, b[72];
    wchar_t *wide_end, w[8];

    (void)state;
    assert_int_equal(ddk_strtol(" -12x", &end, 10), -12);
    assert_string_equal(end, "x");
    assert_int_equal(ddk_strtol("0x7fffffffff", NULL, 0), 0x7fffffff); /* stops at 32 bits */
    assert_int_equal(ddk_strtol("-99999999999", NULL, 10), (int)0x80000000);
    assert_int_equal(ddk_strtoul("017", NULL, 0), 15);
    assert_true(ddk__strtoui64("ffffffffffffffff", NULL, 16) == UINT64_MAX);
    assert_int_equal(ddk_wcstoul(L"42z", &wide_end, 10), 42);
    assert_int_equal(*wide_end, L'z');
    assert_string_equal(ddk__itoa(-255, b, 16), "ffffff01");
    assert_string_equal(ddk__itoa(-255, b, 10), "-255");
    assert_string_equal(ddk__ui64toa(UINT64_MAX, b, 2),
                        "1111111111111111111111111111111111111111111111111111111111111111");
    assert_int_equal(ddk__itoa_s(1000, b, 4, 10), 34);
    assert_string_equal(b, "");
    assert_int_equal(ddk_wcscmp(ddk__itow(7, w, 10), L"7"), 0);
}

static void byte_and_wide_strings(void **state)
{
    char b[8], *context = NULL;
    char list[] = "a,b;c";
    wchar_t w[8];

    (void)state;
    assert_int_equal(ddk_strcpy_s(b, 8, "1234567"), 0);
    assert_int_equal(ddk_strcat_s(b, 8, "8"), 34);
    assert_string_equal(b, "");
    assert_int_equal(ddk_strncpy_s(b, 4, "12345", (size_t)-1), 80);
    assert_string_equal(b, "123");
    assert_int_equal(ddk__stricmp("ABC", "abd") < 0, 1);
    assert_string_equal(ddk_strtok_s(list, ",;", &context), "a");
    assert_string_equal(ddk_strtok_s(NULL, ",;", &context), "b");
    assert_string_equal(ddk_strtok_s(NULL, ",;", &context), "c");
    assert_null(ddk_strtok_s(NULL, ",;", &context));
    assert_int_equal(ddk_memcpy_s(b, 4, "12345", 5), 34);
    assert_int_equal(b[0], 0);
    assert_int_equal(sizeof(wchar_t), 2);
    assert_int_equal(ddk_wcslen(L"four"), 4);
    assert_int_equal(ddk_wcscpy_s(w, 4, L"four"), 34);
    assert_non_null(ddk_wcsstr(L"a needle", L"need"));
    assert_null(ddk_wcsstr(L"hay", L"needle"));
    assert_int_equal(ddk__wcsicmp(L"\xC4x", L"\xE4X"), 0);
    assert_int_equal(ddk_wcsrchr(L"a.b.c", L'.')[1], L'c');
    assert_int_equal(ddk_wcstombs(b, L"ok", 8), 2);
    assert_int_equal(ddk_towupper(L'\xFF'), 0x178);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(strings),
        cmocka_unit_test(wide_formats),
        cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(scanning),
        cmocka_unit_test(numbers),
        cmocka_unit_test(byte_and_wide_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
