/*
 * What the accel model refuses: each fault with its step, fields out of bounds, and accesses that the bus
 * does not let through.
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
        cmocka_unit_test(faults_are_latched_with_their_step),
        cmocka_unit_test(the_first_fault_stays),
        cmocka_unit_test(fields_out_of_bounds_are_faults),
        cmocka_unit_test(refused_accesses_are_told_with_their_address),
        cmocka_unit_test(accel32_reaches_32_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
