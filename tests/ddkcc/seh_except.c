/* __except: handler, filter with locals, code and information, search, continue, nesting. */
#include "t.h"

struct record {
    unsigned code, flags;
    void *inner, *address;
    unsigned count;
    unsigned long long info[15];
};
struct pointers { struct record *record; void *context; };
struct _EXCEPTION_POINTERS { struct record *ExceptionRecord; void *ContextRecord; };

static int catches(void)
{
    int before = 1, inside = 2;
    __try {
        inside = before + 10;
        host_raise(0xC0000005);
        inside = 99;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return inside;
    }
    return -1;
}

static int code_is_seen(unsigned code)
{
    __try {
        host_raise(code);
    } __except (GetExceptionCode() == 0xC0000005U ? EXCEPTION_EXECUTE_HANDLER
                                                  : EXCEPTION_CONTINUE_SEARCH) {
        return GetExceptionCode() == 0xC0000005U;
    }
    return 7;
}

static int outer_takes(void)
{
    int how = 0;
    __try {
        how = code_is_seen(0xC0000094);
    } __except (1) {
        how = GetExceptionCode() == 0xC0000094 ? 5 : 6;
    }
    return how;
}

static int look(struct pointers *p, int *seen, int deep)
{
    char pad[200];
    memset(pad, deep, sizeof pad);
    if (deep)
        return look(p, seen, deep - 1) + pad[0] - deep;
    *seen = p->record->code == 0xE0000001 && p->record->count == 1 && p->record->info[0] == 77;
    return 1;
}

static int information(void)
{
    int seen = 0, k = 3;
    __try {
        host_raise_with(0xE0000001, 77);
    } __except (look((struct pointers *)GetExceptionInformation(), &seen, k)) {
        return seen;
    }
    return 0;
}

static int raiser(int *steps)
{
    char keep[64];
    int i, sum = 0;
    for (i = 0; i < 64; i++)
        keep[i] = (char)i;
    host_raise(0xE0000002);
    for (i = 0; i < 64; i++)
        sum += keep[i];
    ++*steps;
    return sum;
}

/* The raiser's frame must be whole after a filter that called others. */
static int continues(void)
{
    int steps = 0, seen = 0, sum = 0;
    struct record r = {0xE0000001, 0, 0, 0, 1, {77}};
    struct pointers p = {&r, 0};
    __try {
        sum = raiser(&steps);
        steps += 10;
    } __except (look(&p, &seen, 20), EXCEPTION_CONTINUE_EXECUTION) {
        steps = -1;
    }
    return steps == 11 && sum == 64 * 63 / 2 && seen;
}

static int information_inline(void)
{
    __try {
        host_raise_with(0xE0000001, 78);
    } __except (GetExceptionInformation()->ExceptionRecord->info[0] == 78) {
        return 1;
    }
    return 0;
}

static int in_handler(void)
{
    int n = 0;
    __try {
        __try {
            host_raise(1);
        } __except (1) {
            n = 1;
            host_raise(2);
            n = 100;
        }
    } __except (1) {
        n += GetExceptionCode() * 10;
    }
    return n;
}

static int in_filter_inner(void)
{
    __try { host_raise(4); } __except (1) { return 1; }
    return 0;
}

static int in_filter(void)
{
    __try { host_raise(3); } __except (in_filter_inner()) { return GetExceptionCode(); }
    return 0;
}

static int loops(void)
{
    int i, caught = 0, through = 0;
    for (i = 0; i < 10; i++) {
        __try {
            if (i == 2)
                continue;
            if (i == 8)
                break;
            if (i & 1)
                host_raise(9);
            through++;
        } __except (1) {
            caught++;
            if (i == 5)
                continue;
        }
    }
    return i * 100 + caught * 10 + through;   /* 8; 1 3 5 7; 0 4 6 */
}

typedef struct { long long a, b, c; } big;
static const big big_from(int x)
{
    big r = {1, 2, 3};
    __try {
        if (x)
            return r;
        host_raise(5);
    } __except (1) {
        r.a = 10;
    }
    return r;
}

static _Alignas(64) char spare;
static int aligned(int n)
{
    _Alignas(64) char block[64];
    int i;
    for (i = 0; i < 64; i++) block[i] = (char)n;
    __try {
        block[5] = 9;
        host_raise(6);
    } __except (((unsigned long long)block % 64 == 0 && block[5] == 9 && in_filter_inner())) {
        return block[5] + block[6] + spare;
    }
    return 0;
}

static int user_pointer(void)
{
    int *p = (int *)((char *)host_window() + 4 * 4096);
    __try { *p = 1; } __except (GetExceptionCode() == 0xC0000005) { return 1; }
    return 0;
}

#define try __try
#define except __except
static int lower_case(void)
{
    try { host_raise(7); } except (1) { return 1; }
    return 0;
}

int test_main(void)
{
    CHECK(catches() == 11);
    CHECK(code_is_seen(0xC0000005) == 1);
    CHECK(outer_takes() == 5);
    CHECK(information() == 1);
    CHECK(information_inline() == 1);
    CHECK(continues() == 1);
    CHECK(in_handler() == 21);
    CHECK(in_filter() == 3);
    CHECK(loops() == 843);
    CHECK(big_from(1).a == 1 && big_from(1).c == 3 && big_from(0).a == 10);
    CHECK(aligned(2) == 11);
    CHECK(user_pointer() == 1);
    CHECK(lower_case() == 1);
    return 0;
}
