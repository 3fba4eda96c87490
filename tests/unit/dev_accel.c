/*
 * The accel model, driven by its registers: each opcode on each type, each fault with its step, transfers,
 * abort, power, the interrupt. What it computes over long programs is compared with another implementation
 * in tests/accel.
 */
#include "tests/accel/bench.h"

#define BUFFER_BYTES (16 * PAGE_BYTES)

static struct memory
    user; /* of the machine under test; buffer 0, from byte 100 of its first page */
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

/* --- faults --- */

struct fault_row {
    const char *what;
    struct step s;
    uint32_t fault;
};

#define BYTES_OF_BUFFER (BUFFER_BYTES - FIRST_BYTE)

static const struct fault_row fault_rows[] = {
    { "opcode 0", { 0, U8, .count = 1 }, 2 },
    { "opcode 10", { 10, U8, .count = 1 }, 2 },
    { "opcode before type", { 10, 3, .count = 1 }, 2 },
    { "type 3", { COPY, 3, .count = 1, .out = 4096 }, 3 },
    { "flags", { COPY, U8, .flags = 1, .count = 1, .out = 4096 }, 4 },
    { "variant of add", { ADD, U8, 1, .count = 1, .out = 4096 }, 4 },
    { "variant of reduce", { REDUCE, U8, 3, .count = 1, .out = 4096 }, 4 },
    { "variant of select", { SELECT, U8, 4, .count = 1, .out = 4096 }, 4 },
    { "variant of matmul",
      { MATMUL, U8, 2, .count = 1, .count2 = 1, .count3 = 1, .out = 4096 },
      4 },
    { "count 0", { COPY, U8, .out = 4096 }, 5 },
    { "operand too long", { COPY, I32, .count = (4 << 20) + 1, .out = 4096 }, 5 },
    { "depth 65", { MATMUL, U8, .count = 1, .count2 = 1, .count3 = 65, .out = 4096 }, 5 },
    { "table too long", { GATHER, I32, .count = 1, .count2 = 16385, .out = 4096 }, 5 },
    { "out at 2", { COPY, I32, .count = 1, .out = 4098 }, 6 },
    { "index at 1", { GATHER, U8, .count = 1, .count2 = 1, .b = 65, .out = 4096 }, 6 },
    { "buffer 3", { COPY, U8, .count = 1, .a = 3ull << 56, .out = 4096 }, 7 },
    { "one byte beyond", { COPY, U8, .count = 2, .a = BYTES_OF_BUFFER - 1, .out = 4096 }, 7 },
    { "offset near 2^56", { COPY, U8, .count = 2, .a = (1ull << 56) - 1, .out = 4096 }, 7 },
    { "write to what may be read", { FILL, U8, .count = 1, .out = 1ull << 56 }, 7 },
    { "read of what may be written", { COPY, U8, .count = 1, .a = 2ull << 56, .out = 4096 }, 7 },
    { "a hole", { COPY, U8, .count = 4097, .a = 2ull << 56, .out = 4096 }, 7 },
    { "copy over itself, shifted", { COPY, U8, .count = 8, .a = 0, .out = 4 }, 8 },
    { "reduce into its input", { REDUCE, U8, .count = 8, .a = 0, .out = 0 }, 8 },
    { "product into its input",
      { MATMUL, U8, .count = 1, .count2 = 1, .count3 = 1, .a = 0, .b = 9, .out = 0 },
      8 },
    { "gather into its index",
      { GATHER, I32, .count = 1, .count2 = 1, .a = 0, .b = 64, .out = 64 },
      8 },
    { "index beyond the table",
      { GATHER, U8, .count = 1, .count2 = 4, .a = 0, .b = 64, .out = 4096 },
      9 },
};

/* Step 0 is carried out, 1 is at fault, 2 is not begun. */
static void faults_body(struct bench *b)
{
    struct memory other = pages(b, 2 * PAGE_BYTES, false);

    user_up(b);
    buffer_add(b, &other, PAGE_BYTES, 0, PAGE_R);
    buffer_add(b, &other, 2 * PAGE_BYTES, 0, PAGE_W);
    ((uint64_t *)(b->tables.p + b->table_bytes))[-1] = 0;
    memset(user_at(64), 0xff, 4);
    for (unsigned i = 0; i < sizeof fault_rows / sizeof *fault_rows; i++) {
        const struct command *c;

        *step_at(b, 0) = (struct step) { FILL, U8, .count = 1, .immediate = i + 1, .out = 8192 };
        *step_at(b, 1) = fault_rows[i].s;
        *step_at(b, 2) = (struct step) { FILL, U8, .count = 1, .immediate = i + 1, .out = 8193 };
        c = run_steps(b, 3);
        if (c->status != (ENDED | ENDED_FAULT) || c->fault != fault_rows[i].fault ||
            c->fault_step != 1 || *user_at(8192) != i + 1)
            fail_msg("%s: status %u fault %u step %u", fault_rows[i].what, c->status, c->fault,
                     c->fault_step);
        if (c->fault != 9) {
            assert_int_equal(*user_at(8193), 0);
            assert_int_equal(c->steps_done, 1);
        } else {
            *user_at(8193) = 0;
        }
        assert_int_equal(rd(b, STATUS), STATUS_FAULT);
        assert_int_equal(rd(b, FAULT), fault_rows[i].fault);
        assert_int_equal(rd(b, FAULT_STEP), 1);
        assert_int_equal(rd(b, FAULT_ENTRY), i % BENCH_RING);
        wr(b, STATUS, STATUS_FAULT);
        assert_int_equal(rd(b, STATUS), 0);
    }
}

static void faults_are_latched_with_their_step(void **state)
{
    (void)state;
    on_machine("accel", 0, 3, faults_body, NULL);
}

static void first_fault_body(struct bench *b)
{
    user_up(b);
    *step_at(b, 0) = (struct step) { 0 };
    run_steps(b, 1);
    *step_at(b, 0) = (struct step) { COPY, 9, .count = 1 };
    assert_int_equal(run_steps(b, 1)->fault, 3);
    assert_int_equal(rd(b, FAULT), 2); /* the first since it was cleared */
    assert_int_equal(rd(b, FAULT_ENTRY), 0);
}

static void the_first_fault_stays(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, first_fault_body, NULL);
}

/* Fields of commands and buffers that are out of bounds; nothing is read beyond them. */
static void commands_body(struct bench *b)
{
    struct command bad[6];
    struct buffer_entry *e;

    user_up(b);
    e = (struct buffer_entry *)b->buffers.p;
    for (unsigned i = 0; i < 6; i++)
        bad[i] = run_command(b, 1);
    bad[0].opcode = 4;
    bad[1].flags = 4;
    bad[2].count = 65537;
    bad[3].buffers = 9;
    bad[4].address += 32;
    bad[5] =
        (struct command) { .opcode = OP_IN, .flags = FLAG_INTERRUPT, .address = b->program.ba };
    for (unsigned i = 0; i < 6; i++) {
        uint32_t index = submit(b, &bad[i]);

        assert_true(ended(b, index));
        assert_int_equal(entry_at(b, index)->fault, 1);
        assert_int_equal(entry_at(b, index)->fault_step, NO_STEP);
    }
    for (unsigned i = 0; i < 3; i++) {
        const struct buffer_entry kept = *e;

        if (i == 0)
            e->first_byte = 4096;
        else if (i == 1)
            e->pages -= 1;
        else
            ((uint64_t *)b->tables.p)[0] |= PAGE_LOCAL; /* there is none */
        assert_int_equal(run_steps(b, 1)->fault, 1);
        *e = kept;
    }
}

static void fields_out_of_bounds_are_faults(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, commands_body, NULL);
}

/* Where no memory is: of the step, of the program, of the ring. */
static void aborts_of_dma_body(struct bench *b)
{
    const uint64_t nowhere = 0xfffffff000000000ull;
    const struct command *c;
    struct command far;

    user_up(b);
    ((uint64_t *)b->tables.p)[2] = nowhere | PAGE_RW;
    *step_at(b, 0) = (struct step) { COPY, U8, .count = 4, .a = 0, .out = 64 };
    *step_at(b, 1) = (struct step) { FILL, U8, .count = 8192, .out = 128 };
    c = run_steps(b, 2);
    assert_int_equal(c->fault, 10);
    assert_int_equal(c->fault_step, 1);
    assert_int_equal(c->fault_address, nowhere);
    assert_int_equal(rd(b, FAULT_ADDRESS + 4), nowhere >> 32);
    far = run_command(b, 2);
    far.address = nowhere;
    c = entry_at(b, submit(b, &far));
    assert_true(ended(b, (uint32_t)(c - entry_at(b, 0))));
    assert_int_equal(c->fault, 10);
    assert_int_equal(c->fault_step, NO_STEP);
    wr(b, CONTROL, RESET);
    wr(b, RING_HIGH, (uint32_t)(nowhere >> 32));
    wr(b, ENTRIES, BENCH_RING);
    wr(b, CONTROL, RUN | IRQ);
    wr(b, PRODUCER, 1);
    pause_us(b, 50);
    assert_int_equal(rd(b, STATUS), STATUS_BUS);
    assert_int_equal(rd(b, INT_STATUS), 2);
    assert_int_equal(rd(b, CONTROL), IRQ);
}

static void refused_accesses_are_told_with_their_address(void **state)
{
    (void)state;
    on_machine("accel", 0, 2, aborts_of_dma_body, NULL);
}

static void width_body(struct bench *b)
{
    bool narrow = b->ctx != NULL;
    const struct command *c;

    user_up(b); /* ordinary memory lies above 4 GiB */
    assert_true(page_address(b, &user, 0) >> 32);
    *step_at(b, 0) = (struct step) { FILL, U8, .count = 4, .out = 0, .immediate = 5 };
    c = run_steps(b, 1);
    assert_int_equal(c->fault, narrow ? 10 : 0);
    assert_int_equal(*user_at(0), narrow ? 0 : 5);
}

static void accel32_reaches_32_bits(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, width_body, NULL);
    on_machine("accel32", 0, 1, width_body, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_say_what_it_is),
        cmocka_unit_test(each_opcode_computes_on_each_type),
        cmocka_unit_test(faults_are_latched_with_their_step),
        cmocka_unit_test(the_first_fault_stays),
        cmocka_unit_test(fields_out_of_bounds_are_faults),
        cmocka_unit_test(refused_accesses_are_told_with_their_address),
        cmocka_unit_test(accel32_reaches_32_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
