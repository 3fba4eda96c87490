/* With --asan, faults on the stack and in statics are reported and the driver goes on. */
#include "t.h"

static volatile char statics[10];
char after[10];

static int stack(volatile int n)
{
    volatile char local[10] = {0};
    return local[n];
}

static int caught(void)
{
    char local[40];
    __try {
        memset(local, 1, sizeof local);
        host_raise(1);
    } __except (1) {
        return local[3];
    }
    return 0;
}

static __declspec(noinline) int deep(int n)
{
    volatile char a[24], b[24];
    a[n] = b[n] = (char)n;
    if (n == 0)
        host_raise(2);
    return deep(n - 1) + a[n] + b[n];
}

/* What the skipped frames left on the stack must not be taken for a fault of this one. */
static __declspec(noinline) int reuses(void)
{
    char big[1500];
    __try { deep(5); } __except (1) { }
    memset(big, 1, sizeof big);
    return big[3];
}

static __declspec(noinline) int after_unwinding(void)
{
    volatile char big[6000];
    int i;
    for (i = 0; i < 6000; i++)
        big[i] = 1;
    return big[7];
}

int test_main(void)
{
    volatile int n = 10;

    CHECK(caught() == 1);
    CHECK(reuses() == 1 && after_unwinding() == 1);
    statics[n] = 1;
    memset(after, 0, n + 1);
    stack(n + 14);
    CHECK(caught() == 1);
    return 0;
}
