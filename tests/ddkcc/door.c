/* The access door hears of loads, stores, structure copies, memory functions and atomics. */
#include "t.h"

typedef struct { long long a[8]; } big;
typedef struct { unsigned x : 3; unsigned y : 20; } bits;
#define AT(page, offset) ((void *)((char *)host_window() + (page) * 4096 + (offset)))
#define SAID(text) CHECK(!strcmp(host_log(), text))

static int registers(void)
{
    volatile unsigned *reg = AT(2, 0);
    volatile unsigned char *byte = AT(2, 8);
    unsigned x;

    x = reg[1];
    CHECK(x == 0x5A5A5A5A);
    SAID("L8196+4 ");
    reg[0] = 7;
    reg[0] = 8;
    x = reg[1];
    SAID("S8192+4=7 S8192+4=8 L8196+4 ");
    *byte = 3;
    SAID("S8200+1=3 ");
    return 0;
}

static int widths(void)
{
    *(volatile char *)AT(3, 0) = 1;
    *(volatile short *)AT(3, 2) = 1;
    *(volatile int *)AT(3, 4) = 1;
    *(volatile long long *)AT(3, 8) = 1;
    SAID("w12288+1 w12290+2 w12292+4 w12296+8 ");
    CHECK(*(volatile char *)AT(3, 0) + *(volatile short *)AT(3, 2) == 2);
    CHECK(*(volatile int *)AT(3, 4) + *(volatile long long *)AT(3, 8) == 2);
    SAID("r12288+1 r12290+2 r12292+4 r12296+8 ");
    return 0;
}

static int copies(void)
{
    big *watched = AT(3, 64), *plain = AT(0, 64);
    char *c = AT(3, 512);

    plain->a[7] = 5;
    *watched = *plain;
    CHECK(watched->a[7] == 5);
    SAID("w12352+64 r12408+8 ");
    *plain = *watched;
    SAID("r12352+64 ");
    memcpy(c, plain, 100);
    SAID("w12800+100 ");
    memmove(c + 4, c, 90);
    SAID("r12800+90 w12804+90 ");
    CHECK(memcmp(c, plain, 4) == 0 && memcmp(c + 4, plain, 40) == 0);
    SAID("r12800+4 r12804+40 ");
    memset(c, 1, 33);
    SAID("w12800+33 ");
    memset(AT(1, 4000), 0, 4196);
    SAID("w12288+4 S8192+4096=0 ");
    return 0;
}

static int atomics(void)
{
    int *i = AT(3, 0), old;
    long long *q = AT(3, 8), expected = 1;

    *i = 1;
    *q = 1;
    host_log();
    old = __sync_fetch_and_add(i, 2);
    SAID("w12288+4 ");
    CHECK(old == 1 && *i == 3);
    host_log();
    CHECK(__atomic_compare_exchange_n(q, &expected, 5, 0, 5, 5));
    SAID("w12296+8 ");
    __atomic_store_n(i, 9, 5);
    CHECK(__atomic_load_n(i, 5) == 9);
    SAID("w12288+4 r12288+4 ");
    CHECK(__sync_lock_test_and_set(q, 8) == 5 && __sync_val_compare_and_swap(i, 9, 10) == 9);
    SAID("w12296+8 w12288+4 ");
    return 0;
}

static int borders(void)
{
    volatile long long *at = AT(5, 4092);
    bits *b = AT(3, 100);

    *at = 1;
    SAID("w24572+4 ");
    at = AT(1, 0);
    *at = 1;
    SAID("");
    b->y = 3;
    SAID("r12388+4 w12388+4 ");
    return 0;
}

int test_main(void)
{
    unsigned long long before = host_accesses();
    int bad = registers();

    bad = bad ? bad : widths();
    bad = bad ? bad : copies();
    bad = bad ? bad : atomics();
    bad = bad ? bad : borders();
    CHECK(host_accesses() - before > 40);
    return bad;
}
