/* `long` is 32 bits wide in every spelling; constants have Microsoft's width and sign. */
#include "t.h"
#include <stddef.h>

typedef unsigned long ULONG;
typedef long int LONG;
typedef unsigned long long int ULONGLONG;
struct layout { unsigned char a; unsigned long b; long const volatile c; long long int d; };
long int unsigned func(long unsigned const a, int long b) { return a + b; }
static long array[3];
static unsigned long
    split;
extern long long wide(long long);
long long wide(long long x) { return x; }
#define LONG_MIN (-2147483647L - 1)
#define IS_UNSIGNED(x) (((x) * 0 - 1) > 0)
__int64 b64 = 5i64;
unsigned __int64 u64 = 0xFFFFFFFFFFFFFFFFui64;

int test_main(void)
{
    const char *text = "long 10L";
    CHECK(sizeof(long) == 4 && sizeof(unsigned long) == 4 && sizeof(long int) == 4);
    CHECK(sizeof(long long) == 8 && sizeof(long int long) == 8 && sizeof(ULONGLONG) == 8);
    CHECK(sizeof(ULONG) == 4 && sizeof(LONG) == 4 && sizeof array == 12 && sizeof split == 4);
    CHECK(sizeof(struct layout) == 24);
    CHECK(sizeof(func(1, 2)) == 4 && sizeof(size_t) == 8 && sizeof(void *) == 8);
    CHECK(sizeof(10L) == 4 && sizeof(10UL) == 4 && sizeof(10LU) == 4 && sizeof(10ul) == 4);
    CHECK(sizeof(10LL) == 8 && sizeof(10i64) == 8 && sizeof(10ULL) == 8 && sizeof(0x1Lu) == 4);
    CHECK(sizeof(0xFFFFFFFFL) == 4 && IS_UNSIGNED(0xFFFFFFFFL) && IS_UNSIGNED(4294967295));
    CHECK(sizeof(4294967295) == 4 && sizeof(4294967296) == 8 && sizeof(0x100000000) == 8);
    CHECK(sizeof(0x1FFFFFFFFUL) == 8 && IS_UNSIGNED(0x1FFFFFFFFUL));
    CHECK(sizeof(0xFFFFFFFFui64) == 8 && 0xFFFFFFFFi64 > 0 && u64 == ~0ULL && b64 == 5);
    CHECK((0xFFFFFFFFUL + 1) == 0 && LONG_MIN < 0 && sizeof(LONG_MIN) == 4);
    CHECK(text[0] == 'l' && sizeof "10L" == 4 && sizeof('l') == 4);
    CHECK(1.5e3L > 1.0 && 0x1Fe+1 == 0x1FF && wide(1LL << 40) == 1LL << 40);
    CHECK(__LONG_MAX__ == 2147483647 && sizeof(__SIZE_TYPE__) == 8 && sizeof(__INT64_TYPE__) == 8);
    return 0;
}
