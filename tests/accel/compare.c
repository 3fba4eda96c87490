/*
 * The accelerator's model against the reference interpreter: 200 generated programs, the hand-written
 * ones of the sample, and the text form's errors. A program's text is parsed, its steps run by both, and
 * every byte of the buffer compared.
 */
#include "tests/accel/bench.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "machine/program.h"
#include "tests/accel/random.h"
#include "tests/accel/reference.h"

struct subject {
    const char *what;
    struct dm_program *program;
    uint8_t *expected;
    struct reference_end end;
};

/* The device, on pages of its own. */
static void device_body(struct bench *b)
{
    struct subject *x = b->ctx;
    const struct dm_program *p = x->program;
    uint32_t first_byte = (uint32_t)(p->steps * 37u % PAGE_BYTES);
    struct memory m = pages(b, first_byte + p->buffer_bytes, false);
    const struct command *c;

    memcpy(m.p + first_byte, dm_program_at(p, p->contents_at), p->buffer_bytes);
    memcpy(b->program.p, dm_program_at(p, p->steps_at), 64ull * p->steps);
    buffer_add(b, &m, p->buffer_bytes, first_byte, PAGE_RW);
    c = run_steps(b, p->steps);
    if (c->fault != x->end.fault || (c->fault && c->fault_step != x->end.step))
        fail_msg("%s: the device says fault %u at step %u, the reference %u at %u", x->what,
                 c->fault, c->fault_step, x->end.fault, x->end.step);
    for (uint64_t i = 0; i < p->buffer_bytes && !c->fault; i++)
        if (m.p[first_byte + i] != x->expected[i])
            fail_msg("%s: byte %llu is %02x, not %02x", x->what, (unsigned long long)i,
                     m.p[first_byte + i], x->expected[i]);
}

/* What its text says must come of it. */
static void expected(const struct subject *x)
{
    const struct dm_program *p = x->program;
    const struct dm_program_expected *e = dm_program_at(p, p->expected_at);

    if (p->outcome != DM_PROGRAM_RUNS) {
        assert_int_equal(x->end.step, p->step);
        assert_int_equal(x->end.fault, p->reason);
        return;
    }
    assert_int_equal(x->end.fault, 0);
    for (uint32_t i = 0; i < p->expected; i++)
        if (dm_program_differs(p, &e[i], x->expected) != e[i].bytes)
            fail_msg("%s: expectation %u: byte %llu differs", x->what, i,
                     (unsigned long long)(e[i].offset + dm_program_differs(p, &e[i], x->expected)));
}

static void compare(const char *what, struct dm_program *p, uint64_t schedule)
{
    struct subject x = { what, p, malloc(p->buffer_bytes), { 0, 0 } };

    assert_non_null(x.expected);
    memcpy(x.expected, dm_program_at(p, p->contents_at), p->buffer_bytes);
    x.end = reference_run(dm_program_at(p, p->steps_at), p->steps, x.expected, p->buffer_bytes);
    expected(&x);
    on_machine("accel", schedule, p->steps, device_body, &x);
    free(x.expected);
}

/* --- generated --- */

static void generated_programs_give_the_same(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GENERATED; i++) {
        char what[40], message[256] = "";
        char *text = generate_program(i, generated_steps(i));
        struct dm_program *p;
        size_t bytes;

        snprintf(what, sizeof what, "generated %u", i);
        p = program_parse(what, text, &bytes, message, sizeof message);
        assert_non_null(p);
        assert_int_equal(p->steps, generated_steps(i));
        compare(what, p, i);
        program_free(p);
        free(text);
    }
}

static void the_samples_programs_do_as_they_say(void **state)
{
    glob_t found;

    (void)state;
    assert_int_equal(glob("drivers-under-test/samples/accel/programs/*.acc", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        for (uint64_t schedule = 0; schedule < 4; schedule++) {
            char message[256] = "";
            size_t bytes;
            struct dm_program *p = program_read(found.gl_pathv[i], &bytes, message, sizeof message);

            assert_string_equal(message, "");
            compare(found.gl_pathv[i], p, schedule);
            program_free(p);
        }
    globfree(&found);
}

static void a_seed_says_the_whole_text(void **state)
{
    char *one = generate_program(5, 40), *same = generate_program(5, 40),
         *other = generate_program(6, 40);

    (void)state;
    assert_string_equal(one, same);
    assert_string_not_equal(one, other);
    free(one);
    free(same);
    free(other);
}

/* --- floats: the reference's own, against values by hand and, for the many, the host's --- */

static void floats_by_hand(void **state)
{
    static const struct {
        uint32_t a, b, c, out;
    } rows[] = {
        { 0x3f800000, 0x3f800000, 0x3f800000, 0x40000000 }, /* 1 * 1 + 1 */
        { 0x3f800001, 0x3f800001, 0xbf800002, 0x28800000 }, /* fused */
        { 0x00000001, 0x3f000000, 0x00000000, 0x00000000 }, /* half of the smallest: to even */
        { 0x00000003, 0x3f000000, 0x00000000, 0x00000002 }, /* 1.5 of it: to even */
        { 0x00800000, 0x3f000000, 0x00000000, 0x00400000 }, /* normal to subnormal */
        { 0x007fffff, 0x3f800000, 0x00000001, 0x00800000 }, /* and back */
        { 0x7f7fffff, 0x3f800000, 0x73000000, 0x7f800000 }, /* half a last place: overflows */
        { 0x7f7fffff, 0x3f800000, 0x72ffffff, 0x7f7fffff }, /* less: does not */
        { 0x7f7fffff, 0x7f7fffff, 0xff800000, 0xff800000 },
        { 0x80000000, 0x3f800000, 0x80000000, 0x80000000 }, /* -0 + -0 */
        { 0x80000000, 0x3f800000, 0x00000000, 0x00000000 },
        { 0x3f800000, 0x3f800000, 0xbf800000, 0x00000000 }, /* 1 - 1 is +0 */
        { 0x7f800000, 0x00000000, 0x3f800000, 0x7fc00000 },
        { 0x7f800000, 0x3f800000, 0xff800000, 0x7fc00000 },
        { 0xffc00001, 0x3f800000, 0x3f800000, 0x7fc00000 },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(reference_fma(rows[i].a, rows[i].b, rows[i].c), rows[i].out);
}

/* --- text --- */

struct wrong {
    const char *text, *message;
};

#define HEAD "buffer 64\nrange x u8 at 0 count 16\nrange y i32 at 16 count 4\n"
static const struct wrong wrongs[] = {
    { "", "f:1:1: expected 'buffer BYTES', not the end of the file" },
    { "buffer\n", "f:1:7: expected a length in bytes, 1 to 268435456, not the end of the line" },
    { "buffer 300M", "f:1:8: expected a length in bytes, 1 to 268435456, not '300M'" },
    { "buffer 10x", "f:1:8: expected a length in bytes, 1 to 268435456, not '10x'" },
    { "buffer 10 11", "f:1:11: expected the end of the line, not '11'" },
    { "range x u8 at 0 count 1", "f:1:1: expected 'buffer BYTES' before 'range'" },
    { "buffer 8\nbuffer 9", "f:2:1: expected one 'buffer' only" },
    { "buffer 8\n  range x u9 at", "f:2:11: expected a type (u8, i32, f32), not 'u9'" },
    { "buffer 8\nrange x i32 at 5 count 1",
      "f:2:24: expected a count that the buffer holds, 1 to 0, not '1'" },
    { HEAD "range x u8 at 0 count 1", "f:4:7: expected a new name: 'x' is taken" },
    { HEAD "init z fill 1", "f:4:6: expected a range's name: there is no range 'z'" },
    { HEAD "init x fill 256", "f:4:13: expected a number from 0 to 255, not '256'" },
    { HEAD "init y values 1,2,3,4,5", "f:4:23: expected at most 4 values, not '5'" },
    { HEAD "init x index 4 1", "f:4:14: expected an i32 range for index, not '4'" },
    { HEAD "frobnicate x", "f:4:1: expected a statement, a step or a label, not 'frobnicate'" },
    { HEAD "add.u9 x = x, x", "f:4:1: expected a statement, a step or a label, not 'add.u9'" },
    { HEAD "= x", "f:4:1: expected a statement, a step or a label, not '='" },
    { HEAD "add x = x", "f:4:10: expected ',', not the end of the file" },
    { HEAD "add x = x, z", "f:4:12: expected a range's name: there is no range 'z'" },
    { HEAD "add x[16] = x, x", "f:4:7: expected an element, 0 to 15, not '16'" },
    { HEAD "add @0 = x, x", "f:4:1: expected a type, as in 'add.u8': no range says it" },
    { HEAD "add.u8 @0 = x, x",
      "f:4:17: expected 'count N', since no range says how many, not the end of the file" },
    { HEAD "copy x = @256:0", "f:4:11: expected a buffer from 0 to 255" },
    { HEAD "reduce mean x = x", "f:4:8: expected a reduction (sum, min, max), not 'mean'" },
    { HEAD "matmul 2x2 x = x, x", "f:4:8: expected rows, columns and depth as MxNxK, not '2x2'" },
    { HEAD "raw opcode=1 typo=2",
      "f:4:14: expected a field (out, a, b, c, d, opcode, type, variant, flags, "
      "count, count2, count3, immediate), not 'typo'" },
    { HEAD "copy x = x\n",
      "f:5:1: expected 'expect', 'refused' or 'faults', not the end of the file" },
    { HEAD "expect x = 1", "f:4:13: expected a step, not the end of the file" },
    { HEAD "a: copy x = x\na: copy x = x", "f:5:1: expected a new label: 'a' is taken" },
    { HEAD "copy x = x\nrefused b",
      "f:5:9: expected a step's number or label: there is no label 'b'" },
    { HEAD "copy x = x\nrefused 1", "f:5:9: expected a step below 1" },
    { HEAD "copy x = x\nrefused 0 laziness",
      "f:5:11: expected a reason (opcode, type, variant, size, alignment, "
      "reference, overlap, index, working-set), not 'laziness'" },
    { HEAD "expect buffer = 1", "f:4:15: expected 'digest', not '='" },
    { HEAD "expect y = 1, 2, 3, 4, 5", "f:4:24: expected at most 4 values, not '5'" },
};

static void errors_say_where_and_what(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        char message[256] = "";
        size_t bytes;

        assert_null(program_parse("f", wrongs[i].text, &bytes, message, sizeof message));
        assert_string_equal(message, wrongs[i].message);
    }
}

static void text_becomes_steps(void **state)
{
    static const char text[] =
        "program p # a comment\nbuffer 1K\nrange x f32 at 0x10 count 8\nrange n i32 at 512 count "
        "4\n"
        "init x ramp -1.5 0.25\ninit n values -1, 0xffff\n"
        "first: second: fma x[2] = x, x[1], @1:8 count 3 ; behind\n"
        "third:\n\tmatmul 2x3x4 x = n, n, x[1]\n reduce max n = x[4]\n"
        "raw opcode=255 count=7 d=2:9 immediate=0x10\n gather.u8 x = n[1], n count 2\n"
        "expect x[1] = 0x7f800000, -inf\nexpect n digest 0x12\nrefused third overlap";
    char message[256] = "";
    size_t bytes;
    struct dm_program *p = program_parse("f", text, &bytes, message, sizeof message);
    const struct step *s;
    const struct dm_program_expected *e;
    float f[8];

    (void)state;
    assert_string_equal(message, "");
    assert_string_equal(p->name, "p");
    assert_int_equal(p->steps, 5);
    assert_int_equal(p->buffer_bytes, 1024);
    assert_int_equal(p->outcome, DM_PROGRAM_REFUSED);
    assert_int_equal(p->step, 1);
    assert_int_equal(p->reason, 8);
    s = dm_program_at(p, p->steps_at);
    assert_memory_equal(&s[0],
                        (&(struct step) { FMA, F32, 0, 0, 3, 0, 0, 24, 16, 20, 1ull << 56 | 8, 0, 0,
                                          0 }),
                        64);
    assert_memory_equal(&s[1],
                        (&(struct step) { MATMUL, F32, 1, 0, 2, 3, 4, 16, 512, 512, 20, 0, 0, 0 }),
                        64);
    assert_memory_equal(&s[2],
                        (&(struct step) { REDUCE, F32, 2, 0, 4, 0, 0, 512, 32, 0, 0, 0, 0, 0 }),
                        64);
    assert_memory_equal(
        &s[3], (&(struct step) { 255, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 2ull << 56 | 9, 16, 0 }), 64);
    assert_memory_equal(&s[4],
                        (&(struct step) { GATHER, U8, 0, 0, 2, 12, 0, 16, 516, 512, 0, 0, 0, 0 }),
                        64);
    memcpy(f, (const char *)dm_program_at(p, p->contents_at) + 16, sizeof f);
    assert_true(f[0] == -1.5f && f[7] == 0.25f);
    e = dm_program_at(p, p->expected_at);
    assert_int_equal(p->expected, 2);
    assert_int_equal(e[0].offset, 20);
    assert_int_equal(e[0].bytes, 8);
    assert_memory_equal(dm_program_at(p, e[0].literal_at),
                        ((uint32_t[]) { 0x7f800000, 0xff800000 }), 8);
    assert_int_equal(e[1].digest, 0x12);
    assert_int_equal(e[1].literal_at, 0);
    program_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_by_hand),
        cmocka_unit_test(errors_say_where_and_what),
        cmocka_unit_test(text_becomes_steps),
        cmocka_unit_test(the_samples_programs_do_as_they_say),
        cmocka_unit_test(a_seed_says_the_whole_text),
        cmocka_unit_test(generated_programs_give_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
