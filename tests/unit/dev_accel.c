/*
 * The accel model, driven by its registers: what it says it is, and each opcode on each type. What it
 * computes over long programs is compared with another implementation in tests/accel.
 */
#include "tests/accel/bench.h"

#define BUFFER_BYTES (16 * PAGE_BYTES)

static struct memory user; /* buffer 0 of the machine under test, from this byte on */
#define FIRST_BYTE 100u

static uint8_t *user_at(uint64_t offset) { return user.p + FIRST_BYTE + offset; }

static void user_up(struct bench *b)
{
    user = pages(b, BUFFER_BYTES, false);
    buffer_add(b, &user, BUFFER_BYTES - FIRST_BYTE, FIRST_BYTE, PAGE_RW);
}

static struct step *step_at(struct bench *b, unsigned i) { return (struct step *)b->program.p + i; }

/* --- registers --- */

static void registers_body(struct bench *b)
{
    assert_int_equal(rd(b, ID), 0x4c454341);
    assert_int_equal(rd(b, 0x010), 65536);
    assert_int_equal(rd(b, 0x014), 16 << 20);
    assert_int_equal(rd(b, 0x018), 64);
    assert_int_equal(rd(b, 0x01c), 65536);
    assert_int_equal(rd(b, 0x020), 64);
    assert_int_equal(rd(b, 0x024), 8);
    assert_int_equal(rd(b, 0x028), 65537);
    assert_int_equal(rd(b, 0x02c), 4);
    assert_int_equal(rd(b, PREFETCH), 16);
    wr(b, PREFETCH, 65);
    wr(b, PREFETCH, 0);
    assert_int_equal(rd(b, PREFETCH), 16);
    wr(b, PREFETCH, 64);
    assert_int_equal(rd(b, PREFETCH), 64);
    wr(b, ENTRIES, 4); /* while RUN is 1 */
    assert_int_equal(rd(b, ENTRIES), BENCH_RING);
    assert_int_equal(rd(b, CONTROL), RUN | IRQ);
    assert_int_equal(bus_bar_read(b->d, 0, RING_LOW, 8), b->ring.ba);
    wr(b, CONTROL, RESET);
    assert_int_equal(rd(b, CONTROL), 0);
    assert_int_equal(rd(b, PREFETCH), 16);
    assert_int_equal(rd(b, ENTRIES), 0);
}

static void models_body(struct bench *b)
{
    const uint32_t *expected = b->ctx;

    assert_int_equal(rd(b, ADDRESS_BITS), expected[0]);
    assert_int_equal(rd(b, LOCAL_BYTES), expected[1]);
    assert_int_equal(rd(b, HOSTILE), expected[2]);
}

static void registers_say_what_it_is(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, registers_body, NULL);
    on_machine("accel", 0, 1, models_body, (uint32_t[]) { 64, 0, 0 });
    on_machine("accel32", 0, 1, models_body, (uint32_t[]) { 32, 0, 0 });
    on_machine("accel_local", 0, 1, models_body, (uint32_t[]) { 64, 32 << 20, 0 });
    on_machine("accel_hostile", 0, 1, models_body, (uint32_t[]) { 64, 0, 0x3f });
}

/* --- opcodes: a at 0, b at 1024, c at 2048, d at 3072, out at 4096; values by hand --- */

#define V 4 /* elements */
struct row {
    const char *what;
    struct step s;
    uint32_t a[V], b[V], c[V], d[V], out[V];
};

#define NAN_IN 0xffc12345u
#define QNAN 0x7fc00000u
#define ONE 0x3f800000u
#define TWO 0x40000000u
#define THREE 0x40400000u
#define MINUS_ONE 0xbf800000u
#define INF 0x7f800000u
#define MINUS_0 0x80000000u
#define TINY 1u              /* the smallest subnormal */
#define NEXT_ONE 0x3f800001u /* 1 + 2^-23 */
#define TWO_24 0x4b800000u   /* 2^24 */
#define MAX_FLOAT 0x7f7fffffu

static const struct row rows[] = {
    { "copy moves bits",
      { COPY, F32, .count = 4 },
      .a = { NAN_IN, TINY, MINUS_0, 7 },
      .out = { NAN_IN, TINY, MINUS_0, 7 } },
    { "fill u8 takes the low byte",
      { FILL, U8, .count = 16, .immediate = 0x1234 },
      .out = { 0x34343434, 0x34343434, 0x34343434, 0x34343434 } },
    { "fill i32",
      { FILL, I32, .count = 4, .immediate = 0x1234 },
      .out = { 0x1234, 0x1234, 0x1234, 0x1234 } },
    { "add u8 wraps by byte",
      { ADD, U8, .count = 16 },
      .a = { 0xff01ff01, 2 },
      .b = { 0x01010101, 3 },
      .out = { 0x00020002, 5 } },
    { "add i32 wraps",
      { ADD, I32, .count = 4 },
      .a = { 0x7fffffff, 5, ~0u, 1 },
      .b = { 1, ~0u, ~0u, 1 },
      .out = { 0x80000000, 4, ~1u, 2 } },
    { "add f32",
      { ADD, F32, .count = 4 },
      .a = { ONE, INF, TINY, NAN_IN },
      .b = { TWO, 0xff800000, TINY, ONE },
      .out = { THREE, QNAN, 2, QNAN } },
    { "add f32 rounds to even",
      { ADD, F32, .count = 4 },
      .a = { TWO_24, 0x4b800001, MINUS_0, ONE },
      .b = { ONE, ONE, MINUS_0, MINUS_ONE },
      .out = { TWO_24, 0x4b800002, MINUS_0, 0 } },
    { "mul u8",
      { MUL, U8, .count = 16 },
      .a = { 0x10ff0203 },
      .b = { 0x10ff0405 },
      .out = { 0x0001080f } },
    { "mul i32",
      { MUL, I32, .count = 4 },
      .a = { 0x10000, ~0u, 7, 3 },
      .b = { 0x10000, 5, ~0u, 4 },
      .out = { 0, (uint32_t)-5, (uint32_t)-7, 12 } },
    { "mul f32",
      { MUL, F32, .count = 4 },
      .a = { TWO, MAX_FLOAT, TINY, INF },
      .b = { 0x3fc00000, TWO, 0x3f000000, 0 },
      .out = { THREE, INF, 0, QNAN } },
    { "fma u8",
      { FMA, U8, .count = 16 },
      .a = { 0x10020304 },
      .b = { 0x10020304 },
      .c = { 0x05fc0000 },
      .out = { 0x05000910 } },
    { "fma i32",
      { FMA, I32, .count = 4 },
      .a = { 3, ~0u, 0x10000, 0 },
      .b = { 4, 4, 0x10000, 9 },
      .c = { 5, 4, 6, 7 },
      .out = { 17, 0, 6, 7 } },
    /* (1+e)(1+e) - (1+2e) is e*e = 2^-46 if fused, 0 if rounded twice */
    { "fma f32 is fused",
      { FMA, F32, .count = 4 },
      .a = { NEXT_ONE, TWO, 0, NAN_IN },
      .b = { NEXT_ONE, TWO, INF, ONE },
      .c = { 0xbf800002, ONE, NAN_IN, ONE },
      .out = { 0x28800000, 0x40a00000, QNAN, QNAN } },
    { "select = u8",
      { SELECT, U8, 0, .count = 16 },
      .a = { 0x01020304 },
      .b = { 0x01ff03ff },
      .c = { 0xaaaaaaaa, 1, 2, 3 },
      .d = { 0xbbbbbbbb, 4, 5, 6 },
      .out = { 0xaabbaabb, 1, 2, 3 } },
    { "select not = f32: NaN, and zeros",
      { SELECT, F32, 1, .count = 4 },
      .a = { QNAN, 0, ONE, ONE },
      .b = { QNAN, MINUS_0, ONE, TWO },
      .c = { 1, 1, 1, NAN_IN },
      .d = { 2, 2, 2, 2 },
      .out = { 1, 2, 2, NAN_IN } },
    { "select < i32 is signed",
      { SELECT, I32, 2, .count = 4 },
      .a = { ~0u, 1, 5, 0x80000000 },
      .b = { 1, ~0u, 5, 0x7fffffff },
      .c = { 1, 1, 1, 1 },
      .d = { 2, 2, 2, 2 },
      .out = { 1, 2, 2, 1 } },
    { "select < u8 is not",
      { SELECT, U8, 2, .count = 16 },
      .a = { 0xff },
      .b = { 0x01 },
      .c = { 1, 1, 1, 1 },
      .d = { 2, 2, 2, 2 },
      .out = { 2, 2, 2, 2 } },
    { "select <= f32",
      { SELECT, F32, 3, .count = 4 },
      .a = { QNAN, MINUS_0, ONE, TWO },
      .b = { ONE, 0, ONE, ONE },
      .c = { 1, 1, 1, 1 },
      .d = { 2, 2, 2, 2 },
      .out = { 2, 1, 1, 2 } },
    { "reduce sum u8",
      { REDUCE, U8, 0, .count = 16 },
      .a = { 0xffffffff, 0xffffffff },
      .out = { 0xf8 } },
    { "reduce sum i32",
      { REDUCE, I32, 0, .count = 4 },
      .a = { 1, 2, 3, 0x80000000 },
      .out = { 0x80000006 } },
    { "reduce sum f32 by index",
      { REDUCE, F32, 0, .count = 4 },
      .a = { TWO_24, ONE, ONE, ONE },
      .out = { TWO_24 } },
    { "reduce sum of one NaN", { REDUCE, F32, 0, .count = 1 }, .a = { NAN_IN }, .out = { QNAN } },
    { "reduce min i32",
      { REDUCE, I32, 1, .count = 4 },
      .a = { 1, 2, (uint32_t)-3, 0 },
      .out = { (uint32_t)-3 } },
    { "reduce min u8", { REDUCE, U8, 1, .count = 4 }, .a = { 0xfe80ff7f }, .out = { 0x7f } },
    { "reduce min f32: -0",
      { REDUCE, F32, 1, .count = 4 },
      .a = { 0, MINUS_0, 0, ONE },
      .out = { MINUS_0 } },
    { "reduce max f32: +0",
      { REDUCE, F32, 2, .count = 4 },
      .a = { MINUS_0, 0, MINUS_0, MINUS_ONE },
      .out = { 0 } },
    { "reduce max f32: NaN",
      { REDUCE, F32, 2, .count = 4 },
      .a = { ONE, NAN_IN, INF, ONE },
      .out = { QNAN } },
    { "reduce max i32",
      { REDUCE, I32, 2, .count = 4 },
      .a = { 1, 2, (uint32_t)-3, 0 },
      .out = { 2 } },
    { "matmul i32 2x2x2",
      { MATMUL, I32, 0, .count = 2, .count2 = 2, .count3 = 2 },
      .a = { 1, 2, 3, 4 },
      .b = { 5, 6, 7, 8 },
      .out = { 19, 22, 43, 50 } },
    { "matmul u8 1x4x1 wraps",
      { MATMUL, U8, 0, .count = 1, .count2 = 4, .count3 = 1 },
      .a = { 16 },
      .b = { 0x10020304 },
      .out = { 0x00203040 } },
    { "matmul f32 with c",
      { MATMUL, F32, 1, .count = 1, .count2 = 2, .count3 = 2 },
      .a = { ONE, TWO },
      .b = { ONE, TWO, THREE, MINUS_ONE },
      .c = { ONE, NAN_IN },
      .out = { 0x41000000, QNAN } },
    { "gather u8",
      { GATHER, U8, .count = 4, .count2 = 8 },
      .a = { 0x33221100, 0x77665544 },
      .b = { 7, 0, 3, 3 },
      .out = { 0x33330077 } },
    { "gather f32 moves bits",
      { GATHER, F32, .count = 3, .count2 = 2 },
      .a = { NAN_IN, MINUS_0 },
      .b = { 1, 0, 1 },
      .out = { MINUS_0, NAN_IN, MINUS_0 } },
};

static void rows_body(struct bench *b)
{
    const unsigned count = sizeof rows / sizeof *rows;

    user_up(b);
    for (unsigned i = 0; i < count; i++) {
        const struct row *r = &rows[i];
        const struct command *c;

        memcpy(user_at(0), r->a, sizeof r->a);
        memcpy(user_at(1024), r->b, sizeof r->b);
        memcpy(user_at(2048), r->c, sizeof r->c);
        memcpy(user_at(3072), r->d, sizeof r->d);
        memset(user_at(4096), 0, sizeof r->out);
        *step_at(b, 0) = r->s;
        step_at(b, 0)->b = 1024;
        step_at(b, 0)->c = 2048;
        step_at(b, 0)->d = 3072;
        step_at(b, 0)->out = 4096;
        c = run_steps(b, 1);
        if (c->status != ENDED || memcmp(user_at(4096), r->out, sizeof r->out))
            fail_msg("%s: status %u, fault %u, out %08x %08x %08x %08x", r->what, c->status,
                     c->fault, ((uint32_t *)user_at(4096))[0], ((uint32_t *)user_at(4096))[1],
                     ((uint32_t *)user_at(4096))[2], ((uint32_t *)user_at(4096))[3]);
        assert_int_equal(c->steps_done, 1);
        assert_int_equal(c->fault_step, NO_STEP);
    }
    assert_int_equal(b->interrupts, count);
    assert_int_equal(rd(b, COMMANDS_DONE), count);
}

static void each_opcode_computes_on_each_type(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, rows_body, NULL);
    on_machine("accel_hostile", 0, 1, rows_body, NULL); /* by plain choices it is right */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_say_what_it_is),
        cmocka_unit_test(each_opcode_computes_on_each_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
