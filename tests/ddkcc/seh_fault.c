/* A fault of the processor, also in an optimised callee, is an exception like another. */
#include "t.h"

static __declspec(noinline) int touch(int *p, int n)
{
    return n ? touch(p, n - 1) + n : (*p = 1);
}

static int direct(void)
{
    int seen = 0;
    __try {
        seen = 1;
        *(volatile int *)8 = 1;
        seen = 2;
    } __except (GetExceptionCode() == 0xC0000005 && seen == 1) {
        return seen + 10;
    }
    return seen;
}

static int deep(int n)
{
    int order = 0;
    __try {
        __try {
            n = touch((int *)16, n);
        } __finally {
            order = order * 10 + 1;
        }
    } __except (1) {
        order = order * 10 + n;
    }
    return order;
}

int test_main(void)
{
    int i;
    CHECK(direct() == 11);
    for (i = 0; i < 9; i++)
        CHECK(deep(i) == 10 + i);
    return 0;
}
