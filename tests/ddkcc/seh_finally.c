/* __finally: on every way out of the body, and in the right order. */
#include "t.h"
#define AbnormalTermination() ddk_abnormal_termination()

static int trail;
static void mark(int n) { trail = trail * 10 + n; }

static int normal(void)
{
    __try { mark(1); } __finally { mark(AbnormalTermination() ? 9 : 2); }
    mark(3);
    return trail;
}

static int returns(int *p)
{
    __try {
        __try {
            mark(1);
            return *p;
        } __finally {
            mark(AbnormalTermination() ? 2 : 9);
            *p = 500;
        }
    } __finally {
        mark(3);
    }
    return -1;
}

static void returns_nothing(int x)
{
    __try { if (x) return; mark(1); } __finally { mark(2); }
    mark(3);
}

static int leaves(void)
{
    int i;
    __try {
        for (i = 0; i < 10; i++)
            switch (i) {
            case 3: __leave;
            case 1: break;
            default: mark(1);
            }
        mark(9);
    } __finally {
        mark(AbnormalTermination() ? 9 : 2);
    }
    return i;
}

static int jumps(int how)
{
    int i = 0;
again:
    i++;
    for (;;) {
        __try {
            if (how == 0) break;
            if (how == 1) goto out;
            if (how == 2) { if (i < 3) goto again; goto inside; }
            if (how == 3) { if (i++ < 3) continue; else __leave; }
            mark(8);
        inside:
            mark(7);
            while (1) break;
        } __finally {
            mark(1);
        }
        break;
    }
    return i;
out:
    return 100;
}

static int unwinds(void)
{
    __try {
        __try {
            __try { mark(1); host_raise(1); mark(9); }
            __finally { mark(AbnormalTermination() ? 2 : 9); }
        } __except (mark(5), 0) { mark(9); }
    } __except (mark(6), 1) { mark(3); }
    return trail;
}

static void thrower(int *local)
{
    int mine = 4;
    __try { mine = 40; host_raise(2); } __finally { *local += mine; mark(1); }
}

static int across(void)
{
    int local = 2;
    __try { thrower(&local); } __except (1) { mark(2); }
    return local;
}

static int raise_in_finally(void)
{
    __try {
        __try { host_raise(1); } __finally { host_raise(2); }
    } __except (1) { return ddk_exception_code(); }
    return 0;
}

static int filter_raises(int again)
{
    __try {
        __try {
            __try { mark(1); host_raise(1); } __finally { mark(2); }
        } __except (host_raise(2), 1) { mark(9); }
    } __except (mark(3), 1) { mark(4); }
    return again ? filter_raises(0) : trail;
}

/* The inner frame is asked a second time, about the exception of the outer one's filter. */
static int taken_inside(void)
{
    int i;
    for (i = 0; i < 2; i++) {
        __try {
            __try { mark(1); host_raise(1); }
            __except (ddk_exception_code() == 2) { mark(2); }
            host_raise(3);
        } __except (ddk_exception_code() == 1 ? (host_raise(2), 0) : 1) {
            mark(ddk_exception_code());
        }
    }
    return trail;
}

static int return_in_except(void)
{
    __try {
        __try { host_raise(1); }
        __except (1) { mark(1); return 5; }
    } __finally { mark(2); }
    return 6;
}

static int braceless(int x)
{
    __try
    {
        if (x) return 1; else do if (x == 0) break; while (1);
        mark(1);
    }
    __finally
    {
        mark(2);
    }
    return 2;
}

#define RUN(call, value, marks) \
    do { trail = 0; CHECK((call) == (value)); CHECK(trail == (marks)); } while (0)

int test_main(void)
{
    int v = 42;
    RUN(normal(), 123, 123);
    RUN(returns(&v), 42, 123);
    CHECK(v == 500);
    RUN((returns_nothing(1), 0), 0, 2);
    RUN((returns_nothing(0), 0), 0, 123);
    RUN(leaves(), 3, 112);
    RUN(jumps(0), 1, 1);
    RUN(jumps(1), 100, 1);
    RUN(jumps(2), 3, 1171);
    RUN(jumps(3), 4, 111);
    RUN(jumps(4), 1, 871);
    RUN(unwinds(), 15623, 15623);
    RUN(across(), 42, 12);
    RUN(raise_in_finally(), 2, 0);
    RUN(filter_raises(1), 13241324, 13241324);
    RUN(taken_inside(), 123123, 123123);
    RUN(return_in_except(), 5, 12);
    RUN(braceless(1), 1, 2);
    RUN(braceless(0), 2, 12);
    return 0;
}
