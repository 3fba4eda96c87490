/*
 * How the accel driver checks and compiles programs, against the reference interpreter: what it
 * refuses, at which step and why; and what comes of a program that it has cut into groups, when
 * each is run by the reference interpreter on a window of its own, with the bytes that it names
 * brought in and taken back, and no others. The driver's own sources are compiled into this test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WDF_CLIENT 1
#include "sim/wdf/host.h"

const WDFFUNC *WdfFunctions;
PWDF_DRIVER_GLOBALS WdfDriverGlobals;

#undef ALLOC_PRAGMA
#undef PAGED_CODE
#define PAGED_CODE()
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define ExAllocatePool2(Flags, Bytes, Tag) calloc(1, (Bytes))
#define ExFreePoolWithTag(Memory, Tag) free(Memory)
#include "drivers-under-test/samples/accel/accel.h"
#include "drivers-under-test/samples/accel/check.c"
#include "drivers-under-test/samples/accel/compile.c"

#include "tests/accel/reference.h"

#define PROGRAMS 600u
#define UNTOUCHED 0xee

struct made {
    ACCEL_STEP *steps;
    uint32_t count, bytes;
    uint8_t *memory, *expected;
};

static uint64_t state;

static uint32_t below(uint32_t bound)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((state >> 33) % bound);
}

/* Any step: most are sound by chance, since operands are short. */
static ACCEL_STEP step_make(const struct made *m)
{
    ACCEL_STEP s = { .Opcode = (UCHAR)(1 + below(9)), .Type = (UCHAR)below(3) };

    s.Count = 1 + below(below(8) ? 200 : m->bytes / 2 + 1);
    s.Count2 = 1 + below(60);
    s.Count3 = 1 + below(20);
    s.Immediate = below(100000);
    if (s.Opcode == ACCEL_MATMUL)
        s.Count = 1 + below(60);
    s.Variant = (UCHAR)(s.Opcode == ACCEL_REDUCE   ? below(ACCEL_REDUCTIONS)
                        : s.Opcode == ACCEL_SELECT ? below(ACCEL_COMPARISONS)
                        : s.Opcode == ACCEL_MATMUL ? below(ACCEL_PRODUCTS)
                                                   : 0);
    for (unsigned i = 0; i < ACCEL_OPERANDS_MAX; i++)
        *AccelReference(&s, i) = i && !below(4) ? s.Out : below(m->bytes) & ~3u;
    s.Out += !below(100);
    return s;
}

/* Indices that the table holds, as long as no step writes them. */
static void index_make(struct made *m, const ACCEL_STEP *s)
{
    for (uint64_t i = s->B; i < s->B + 4ull * s->Count && i < m->bytes; i++)
        m->memory[i] = i % 4 ? 0 : (uint8_t)below(s->Count2);
}

/* The driver's verdict of one step is the reference's of a program that has no other. */
static uint32_t verdict_of(const struct made *m, const ACCEL_STEP *s)
{
    uint8_t *scratch = malloc(m->bytes);
    struct reference_end end;
    uint32_t fault = AccelStepCheck(s, m->bytes);

    memcpy(scratch, m->memory, m->bytes);
    end = reference_run((const uint8_t *)s, 1, scratch, m->bytes);
    free(scratch);
    if (end.step == REFERENCE_DONE || end.fault == ACCEL_FAULT_INDEX)
        assert_int_equal(fault, ACCEL_FAULT_NONE);
    else
        assert_int_equal(fault, end.fault);
    return fault;
}

static void program_make(struct made *m)
{
    uint32_t wanted = 1 + below(40);

    m->bytes = 1 + below(below(4) ? 600000 : 60000);
    m->memory = malloc(m->bytes);
    m->expected = malloc(m->bytes);
    m->steps = calloc(wanted, sizeof *m->steps);
    m->count = 0;
    for (uint32_t i = 0; i < m->bytes; i++)
        m->memory[i] = (uint8_t)below(256);
    for (uint32_t i = 0; i < wanted; i++) {
        ACCEL_STEP s = step_make(m);

        if (s.Opcode == ACCEL_GATHER)
            index_make(m, &s);
        if (verdict_of(m, &s) == ACCEL_FAULT_NONE || !below(30)) /* few that are not sound */
            m->steps[m->count++] = s;
    }
    if (m->count == 0)
        m->steps[m->count++] = (ACCEL_STEP) { .Opcode = ACCEL_FILL, .Count = 1 };
    memcpy(m->expected, m->memory, m->bytes);
}

static void program_free(struct made *m, PPROGRAM_CONTEXT p)
{
    AccelArrayFree(&p->Steps);
    AccelArrayFree(&p->Groups);
    AccelArrayFree(&p->Ranges);
    free(m->steps);
    free(m->memory);
    free(m->expected);
}

/* One group on a window; *step is the user's number of the step at fault. */
static uint32_t group_run(const struct made *m, const PROGRAM_CONTEXT *p, const ACCEL_GROUP *g,
                          uint8_t *window, uint32_t *step)
{
    const ACCEL_RANGE *in = (PACCEL_RANGE)p->Ranges.Items + g->FirstIn;
    const ACCEL_RANGE *out = (PACCEL_RANGE)p->Ranges.Items + g->FirstOut;
    const ACCEL_STEP *steps = (PACCEL_STEP)p->Steps.Items + g->FirstStep;
    struct reference_end end;

    assert_true(g->Pages <= p->Device->Window.Pages);
    memset(window, UNTOUCHED, (size_t)g->Pages * PAGE_SIZE);
    for (uint32_t i = 0; i < g->Ins; i++) {
        assert_true(in[i].Offset + in[i].Length <= m->bytes);
        assert_true(in[i].Place + in[i].Length <= g->Pages * PAGE_SIZE);
        memcpy(window + in[i].Place, m->memory + in[i].Offset, in[i].Length);
    }
    end = reference_run((const uint8_t *)steps, g->Steps, window, (uint64_t)g->Pages * PAGE_SIZE);
    if (end.step != REFERENCE_DONE) {
        *step = steps[end.step].Tag;
        return end.fault;
    }
    for (uint32_t i = 0; i < g->Outs; i++) {
        assert_true(i == 0 || out[i - 1].Offset + out[i - 1].Length < out[i].Offset);
        assert_true(out[i].Offset + out[i].Length <= m->bytes);
        memcpy(m->memory + out[i].Offset, window + out[i].Place, out[i].Length);
    }
    return ACCEL_FAULT_NONE;
}

static void groups_run(struct made *m, const PROGRAM_CONTEXT *p)
{
    struct reference_end end =
        reference_run((const uint8_t *)m->steps, m->count, m->expected, m->bytes);
    uint8_t *window = malloc((size_t)p->Device->Window.Pages * PAGE_SIZE);
    const ACCEL_GROUP *groups = p->Groups.Items;
    uint32_t fault = ACCEL_FAULT_NONE, step = REFERENCE_DONE, steps = 0;

    for (uint32_t i = 0; i < p->Groups.Count && !fault; i++) {
        assert_int_equal(groups[i].FirstStep, steps);
        steps += groups[i].Steps;
        fault = group_run(m, p, &groups[i], window, &step);
    }
    free(window);
    assert_int_equal(fault, end.fault);
    assert_int_equal(step, end.step);
    if (fault)
        return;
    assert_int_equal(steps, p->Steps.Count);
    assert_memory_equal(m->memory, m->expected, m->bytes);
}

static void compiled_programs_do_the_same(void **unused)
{
    unsigned refused = 0, in_groups = 0;

    (void)unused;
    state = 1;
    for (unsigned i = 0; i < PROGRAMS; i++) {
        DEVICE_CONTEXT device = { .Window.Pages = ACCEL_WINDOW_PAGES_MIN + below(12) };
        PROGRAM_CONTEXT p = { .Device = &device };
        ACCEL_VERDICT verdict = { .Step = ACCEL_NO_STEP };
        struct made m;
        uint32_t first = 0;

        program_make(&m);
        p.BufferBytes = m.bytes;
        assert_int_equal(AccelProgramCompile(&p, m.steps, m.count, &verdict), STATUS_SUCCESS);
        if (verdict.Reason == ACCEL_FAULT_NONE) {
            groups_run(&m, &p);
            in_groups += p.Groups.Count > 1;
        } else if (verdict.Reason != ACCEL_REFUSED_WORKING_SET) {
            while (AccelStepCheck(&m.steps[first], m.bytes) == ACCEL_FAULT_NONE)
                first++;
            assert_int_equal(verdict.Step, first);
            refused++;
        }
        program_free(&m, &p);
    }
    assert_true(refused > PROGRAMS / 50 && in_groups > PROGRAMS / 20);
}

/* What does not depend on chance: a step that is cut, and one that cannot be. */
static void only_what_cannot_be_cut_is_too_large(void **unused)
{
    static const struct {
        unsigned opcode;
        uint32_t count, count2, reason, steps;
    } rows[] = {
        { ACCEL_ADD, 16u << 20, 0, ACCEL_FAULT_NONE, 456 },
        { ACCEL_FILL, 16u << 20, 0, ACCEL_FAULT_NONE, 133 },
        { ACCEL_GATHER, 4u << 20, 60000, ACCEL_FAULT_NONE, 586 },
        { ACCEL_REDUCE, 30 * 4096, 0, ACCEL_FAULT_NONE, 1 },
        { ACCEL_REDUCE, 31 * 4096 + 1, 0, ACCEL_REFUSED_WORKING_SET, 0 },
    };

    (void)unused;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        DEVICE_CONTEXT device = { .Window.Pages = ACCEL_WINDOW_PAGES_MIN };
        PROGRAM_CONTEXT p = { .Device = &device, .BufferBytes = 128u << 20 };
        ACCEL_STEP s = { .Opcode = (UCHAR)rows[i].opcode,
                         .Count = rows[i].count,
                         .Count2 = rows[i].count2,
                         .Out = 64u << 20,
                         .A = 0,
                         .B = 32u << 20 };
        ACCEL_VERDICT verdict = { .Step = ACCEL_NO_STEP };

        assert_int_equal(AccelProgramCompile(&p, &s, 1, &verdict), STATUS_SUCCESS);
        assert_int_equal(verdict.Reason, rows[i].reason);
        assert_int_equal(p.Steps.Count, rows[i].steps);
        AccelArrayFree(&p.Steps);
        AccelArrayFree(&p.Groups);
        AccelArrayFree(&p.Ranges);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiled_programs_do_the_same),
        cmocka_unit_test(only_what_cannot_be_cut_is_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
