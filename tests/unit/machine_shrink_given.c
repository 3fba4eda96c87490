/*
 * Reduction of what a run is given beside its operations: choices, faults, payloads, times, programs.
 */
#include "tests/unit/machine_shrink.h"

/* --- choices and faults --- */

static void draw_many(struct choice_record *choices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        choices[i] =
            (struct choice_record) { (uint16_t)(i % 5), (uint16_t)(i % 7), (uint32_t)i, 9, 5 };
}

static void one_choice_remains_with_a_lower_value(void **state)
{
    struct wanted w = { .offsets = { 3 }, .choice = { 2, 3, 87, 9, 2 } };
    struct choice_record choices[300];
    struct shrunk s;

    (void)state;
    crowd();
    draw_many(choices, 300);
    reduce(&s, &w, choices, 300, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    assert_int_equal(s.best.choice_count, 1);
    assert_int_equal(s.best.choices[0].nth, 87);
    assert_int_equal(s.best.choices[0].value, 2);
    shrink_free(&s);
}

static void needless_choices_go_at_once(void **state)
{
    struct wanted w = { .offsets = { 3 } };
    struct choice_record choices[300];
    struct shrunk s;

    (void)state;
    crowd();
    draw_many(choices, 300);
    reduce(&s, &w, choices, 300, 2);
    assert_int_equal(s.best.choice_count, 0);
    shrink_free(&s);
}

/* A smaller plan has other agents: only another schedule shows the finding then. */
static bool same_if_scheduled(void *ctx, const struct shrink_case *c, struct shrink_taken *taken)
{
    struct wanted *w = ctx;
    bool whole = c->plan.op_count == made.plan.op_count;
    struct wanted by_plan = *w;

    by_plan.choice.nth = whole ? 87 : (uint32_t)c->plan.op_count;
    w->choice = by_plan.choice;
    return same(w, c, taken);
}

static void a_smaller_plan_gets_another_schedule(void **state)
{
    struct choice_record choices[300];
    struct shrink_case from;
    struct shrink_options options = { 0 };
    struct shrunk s[2];

    (void)state;
    crowd();
    draw_many(choices, 300);
    from = (struct shrink_case) { .plan = made.plan, .choices = choices, .choice_count = 300 };
    for (unsigned i = 0; i < 2; i++) {
        struct wanted w = { .offsets = { 3 }, .choice = { 2, 3, 87, 9, 1 }, .seed_every = 3 };
        struct shrink_oracle oracle = { &w, same_if_scheduled };

        shrink(&s[i], &from, &oracle, &options);
        assert_int_equal(s[i].end, SHRINK_DONE);
        assert_int_equal(s[i].best.choice_count, 1);
        assert_int_equal(s[i].best.choices[0].nth, s[i].best.plan.op_count);
        assert_true(s[i].best.plan.op_count <= 8);
    }
    assert_int_equal(s[0].runs, s[1].runs); /* the same again */
    assert_int_equal(s[0].best.plan.op_count, s[1].best.plan.op_count);
    shrink_free(&s[0]);
    shrink_free(&s[1]);
}

static void one_fault_remains(void **state)
{
    static const struct dm_plan_fault faults[] = {
        { "pool", 3, 0 }, { "mdl", 1, 0 }, { "sgl", 2, 0 }, { "pool", 9, 0 }
    };
    struct wanted w = { .offsets = { 3 }, .fault = "sgl" };
    struct shrunk s;

    (void)state;
    crowd();
    made.plan.faults = faults;
    made.plan.fault_count = 4;
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.best.plan.fault_count, 1);
    assert_string_equal(s.best.plan.faults[0].point, "sgl");
    shrink_free(&s);
}

/* --- payloads, times, programs --- */

static void one_record_remains_and_is_counted(void **state)
{
    struct wanted w = { .offsets = { 0x8000 }, .byte = 0x77, .record_count = 1 };
    uint8_t payload[16 + 40 * 64];
    uint32_t count = 40;
    struct dm_plan_buffer *b;
    struct shrunk s;
    uint32_t f, in;

    (void)state;
    begin();
    f = file(0);
    in = alloc(0, sizeof(payload) + 8);
    memset(payload, 0x11, sizeof(payload));
    memcpy(payload + 4, &count, sizeof(count));
    payload[16 + 33 * 64 + 5] = 0x77;
    b = start(DM_OP_IOCTL, 0, f, 0x8000, in, sizeof(payload));
    b->content = DM_CONTENT_BYTES;
    b->data = payload;
    finish(0);
    op(DM_OP_CLOSE, 0, 0, f, 0);
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    assert_int_equal(s.best.plan.buffer_count, 1);
    b = (struct dm_plan_buffer *)s.best.plan.buffers;
    assert_int_equal(b->bytes, 16 + 64);
    assert_int_equal(b->data[4], 1);
    assert_int_equal(b->data[16 + 5], 0x77);
    for (size_t i = 0; i < b->bytes; i++) /* what does not count is zero, but for its neighbour */
        assert_true(i == 4 || i == 16 + 5 || i == 16 + 4 || !b->data[i]);
    shrink_free(&s);
}

static void generated_contents_become_zeroes(void **state)
{
    struct wanted w = { .offsets = { 1 }, .bytes_min = 20 };
    struct dm_plan_buffer *b;
    struct shrunk s;
    uint32_t f, in;

    (void)state;
    begin();
    f = file(0);
    in = alloc(0, 100);
    b = start(DM_OP_WRITE, 0, f, 1, in, 100);
    b->content = DM_CONTENT_PATTERN;
    b->value = 9;
    finish(0);
    op(DM_OP_CLOSE, 0, 0, f, 0);
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.best.plan.buffers[0].content, DM_CONTENT_FILL);
    assert_int_equal(s.best.plan.buffers[0].value, 0);
    assert_int_equal(s.best.plan.buffers[0].bytes, 64);
    shrink_free(&s);
}

static bool needs_sleep(void *ctx, const struct shrink_case *c, struct shrink_taken *taken)
{
    (void)ctx;
    *taken = (struct shrink_taken) { c->choices, c->choice_count };
    for (size_t i = 0; i < c->plan.op_count; i++)
        if (c->plan.ops[i].kind == DM_OP_SLEEP && c->plan.ops[i].a >= 900)
            return true;
    return false;
}

static bool needs_piece(void *ctx, const struct shrink_case *c, struct shrink_taken *taken)
{
    (void)ctx;
    *taken = (struct shrink_taken) { c->choices, c->choice_count };
    for (size_t i = 0; i < c->plan.op_count; i++)
        for (uint32_t b = 0; c->plan.ops[i].b && b < c->plan.ops[i].buffer_count; b++)
            if (c->plan.buffers[c->plan.ops[i].buffer_first + b].bytes == 64)
                return true;
    return false;
}

static void chains_lose_pieces(void **state)
{
    struct shrink_oracle oracle = { NULL, needs_piece };
    struct shrink_options options = { 0 };
    struct shrink_case from;
    struct shrunk s;
    uint32_t f, in;

    (void)state;
    begin();
    f = file(0);
    in = alloc(0, 1000);
    start(DM_OP_READ, 0, f, 1, in, 700);
    for (unsigned i = 0; i < 5; i++) {
        made.buffers[made.plan.buffer_count] = made.buffers[0];
        made.buffers[made.plan.buffer_count++].bytes = i == 3 ? 64 : 7;
    }
    made.ops[2].buffer_count = 6;
    made.ops[2].b = 1;
    finish(0);
    op(DM_OP_CLOSE, 0, 0, f, 0);
    from = (struct shrink_case) { .plan = made.plan };
    shrink(&s, &from, &oracle, &options);
    assert_int_equal(s.end, SHRINK_DONE);
    assert_int_equal(s.best.plan.ops[2].buffer_count, 1);
    assert_int_equal(s.best.plan.ops[2].b, 1); /* still a chain */
    assert_int_equal(s.best.plan.buffers[s.best.plan.ops[2].buffer_first].bytes, 64);
    shrink_free(&s);
}

static void numbers_may_be_any(void **state)
{
    struct wanted w = { .offsets = { 77 } };
    struct shrunk s;

    (void)state;
    begin();
    made.files = 4000000000u;
    made.allocs = 3999999999u;
    made.requests = 4100000000u;
    file(0);
    alloc(0, 10);
    start(DM_OP_READ, 0, made.files, 77, made.allocs, 5);
    finish(0);
    op(DM_OP_CLOSE, 0, 0, made.files, 0);
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    for (size_t i = 0; i < s.best.plan.op_count; i++)
        if (draft_makes(&s.best.plan.ops[i]))
            assert_int_equal(s.best.plan.ops[i].id, 1);
    shrink_free(&s);
}

static void sleeps_are_shorter(void **state)
{
    struct shrink_oracle oracle = { NULL, needs_sleep };
    struct shrink_options options = { 0 };
    struct shrink_case from;
    struct shrunk s;

    (void)state;
    begin();
    op(DM_OP_SLEEP, 0, 0, 0, 50);
    op(DM_OP_SLEEP, 0, 0, 0, 16000);
    from = (struct shrink_case) { .plan = made.plan };
    shrink(&s, &from, &oracle, &options);
    assert_int_equal(s.best.plan.op_count, 1);
    assert_int_equal(s.best.plan.ops[0].a, 1000);
    shrink_free(&s);
}

#define STEPS 30
static bool needs_step_12(void *ctx, const struct shrink_case *c, struct shrink_taken *taken)
{
    const struct dm_program *p = c->program;
    const uint8_t *steps = dm_program_at(p, p->steps_at);

    (void)ctx;
    *taken = (struct shrink_taken) { c->choices, c->choice_count };
    assert_true(p->steps == STEPS || !p->expected);
    for (uint32_t i = 0; i < p->steps; i++)
        if (steps[64 * i] == 12)
            return true;
    return false;
}

static void one_step_of_a_program_remains(void **state)
{
    static _Alignas(8) uint8_t bytes[sizeof(struct dm_program) + 64 * STEPS];
    struct dm_program *p = (struct dm_program *)bytes;
    struct shrink_case from = { .program = bytes, .program_bytes = sizeof(bytes) };
    struct shrink_oracle oracle = { NULL, needs_step_12 };
    struct shrink_options options = { 0 };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    *p = (struct dm_program) { .steps = STEPS, .steps_at = sizeof(*p), .expected = 2 };
    for (unsigned i = 0; i < STEPS; i++)
        bytes[sizeof(*p) + 64 * i] = (uint8_t)i;
    shrink(&s, &from, &oracle, &options);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.steps, 1);
    shrink_free(&s);
    /* What is said of a step of one that must fault cannot be said of another step. */
    p->outcome = DM_PROGRAM_FAULTS;
    shrink(&s, &from, &oracle, &options);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.steps, STEPS);
    shrink_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_choice_remains_with_a_lower_value),
        cmocka_unit_test(needless_choices_go_at_once),
        cmocka_unit_test(a_smaller_plan_gets_another_schedule),
        cmocka_unit_test(one_fault_remains),
        cmocka_unit_test(one_record_remains_and_is_counted),
        cmocka_unit_test(generated_contents_become_zeroes),
        cmocka_unit_test(chains_lose_pieces),
        cmocka_unit_test(numbers_may_be_any),
        cmocka_unit_test(sleeps_are_shorter),
        cmocka_unit_test(one_step_of_a_program_remains),
    };

    return cmocka_run_group_tests_name("shrink: what is given", tests, NULL, NULL);
}
