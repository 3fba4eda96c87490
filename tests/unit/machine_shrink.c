/*
 * Reduction by itself: plans made by hand, and an oracle that says yes to what it was told to look for. It
 * also looks at each plan that it is asked about: nothing may hang in the air.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "include/dmacheck/program.h"
#include "machine/calls.h"
#include "machine/shrink.h"
#include "machine/shrink_private.h"

/* --- plans by hand --- */

#define OPS 4096
struct made {
    struct dm_plan_op ops[OPS];
    struct dm_plan_buffer buffers[OPS];
    struct dm_plan plan;
    uint32_t requests, files, allocs;
};
static struct made made;

static struct dm_plan_op *op(enum dm_plan_kind kind, uint16_t thread, uint32_t id, uint32_t on,
                             uint64_t a)
{
    struct dm_plan_op *o = &made.ops[made.plan.op_count++];

    *o = (struct dm_plan_op) {
        .kind = (uint16_t)kind, .thread = thread, .id = id, .on = on, .a = a
    };
    return o;
}

static void begin(void)
{
    memset(&made, 0, sizeof(made));
    made.plan.ops = made.ops;
    made.plan.buffers = made.buffers;
}

static uint32_t file(uint16_t thread)
{
    op(DM_OP_OPEN, thread, ++made.files, 0, 3);
    return made.files;
}

static uint32_t alloc(uint16_t thread, uint64_t bytes)
{
    op(DM_OP_ALLOC, thread, ++made.allocs, 0, bytes)->b = 100;
    return made.allocs;
}

static struct dm_plan_buffer *start(enum dm_plan_kind kind, uint16_t thread, uint32_t on,
                                    uint64_t a, uint32_t in, uint64_t bytes)
{
    struct dm_plan_op *o = op(kind, thread, ++made.requests, on, a);
    struct dm_plan_buffer *b = &made.buffers[made.plan.buffer_count];

    o->buffer_first = (uint32_t)made.plan.buffer_count++;
    o->buffer_count = 1;
    *b = (struct dm_plan_buffer) { .alloc = in, .at = 8, .bytes = bytes };
    return b;
}

static void finish(uint16_t thread)
{
    op(DM_OP_WAIT, thread, 0, made.requests, UINT64_MAX);
    op(DM_OP_SETTLED, thread, 0, made.requests, 0);
    op(DM_OP_RELEASE, thread, 0, made.requests, 0);
}

/* 120 requests of three threads on six files. */
static void crowd(void)
{
    begin();
    for (uint16_t t = 1; t < 3; t++)
        op(DM_OP_THREAD, 0, t, 0, 0);
    for (uint16_t t = 0; t < 3; t++) {
        for (unsigned f = 0; f < 2; f++) {
            uint32_t on = file(t), in = alloc(t, 8192);

            for (unsigned i = 0; i < 20; i++) {
                start(i & 1 ? DM_OP_READ : DM_OP_WRITE, t, on, made.requests + 1, in, 5000);
                if (i % 5 == 0)
                    op(DM_OP_CANCEL, t, 0, made.requests, 0);
                if (i % 7 == 0)
                    op(DM_OP_WAIT, t, 0, made.requests, 1000);
                finish(t);
                op(DM_OP_CHOOSE, t, 0, 0, 4);
            }
            op(DM_OP_FREE, t, 0, in, 0);
            op(DM_OP_CLOSE, t, 0, on, 0);
        }
    }
    for (uint16_t t = 1; t < 3; t++)
        op(DM_OP_JOIN, 0, 0, t, 0);
}

/* --- the oracle --- */

struct wanted {
    uint64_t offsets[4]; /* of requests that must be there, in this order; 0: no more */
    uint64_t bytes_min;
    struct choice_record choice; /* that must be drawn, with at least this value; bound 0: none */
    uint64_t seed_every;         /* seeds that draw it; 0: none */
    const char *fault;
    bool on_thread; /* the requests are another thread's than the first */
    size_t asked;
    struct choice_record drawn[512];
    /* Of the first request that is wanted: a byte, and a record that begins with it. */
    uint8_t byte;
    uint32_t record_count; /* said in front, checked; 0: nobody looks */
};

static bool made_before(const struct dm_plan *p, size_t at, enum draft_sort sort, uint32_t id)
{
    for (size_t i = 0; i < at; i++)
        if (draft_makes(&p->ops[i]) == sort && p->ops[i].id == id)
            return true;
    return false;
}

static size_t count_about(const struct dm_plan *p, enum dm_plan_kind kind, uint32_t on)
{
    size_t count = 0;

    for (size_t i = 0; i < p->op_count; i++)
        count += p->ops[i].kind == kind && p->ops[i].on == on;
    return count;
}

/* Whatever is asked about has everything that it needs, and ends what it begins. */
static void assert_whole(const struct dm_plan *p)
{
    for (size_t i = 0; i < p->op_count; i++) {
        const struct dm_plan_op *o = &p->ops[i];
        enum draft_sort about = draft_about(o);

        if (about && about != SORT_DEVICE)
            assert_true(made_before(p, i, about, o->on));
        if (o->thread)
            assert_true(made_before(p, i, SORT_THREAD, o->thread));
        for (uint32_t b = 0; b < o->buffer_count; b++)
            if (p->buffers[o->buffer_first + b].place == DM_PLACE_ALLOC)
                assert_true(made_before(p, i, SORT_ALLOC, p->buffers[o->buffer_first + b].alloc));
        if (draft_is_request(o)) {
            assert_true(count_about(p, DM_OP_WAIT, o->id) >= 1);
            assert_int_equal(count_about(p, DM_OP_RELEASE, o->id), 1);
        }
        if (o->kind == DM_OP_OPEN)
            assert_int_equal(count_about(p, DM_OP_CLOSE, o->id), 1);
        if (o->kind == DM_OP_THREAD)
            assert_int_equal(count_about(p, DM_OP_JOIN, o->id), 1);
    }
}

static bool contents_do(const struct wanted *w, const struct dm_plan_buffer *b)
{
    uint32_t said;
    bool seen = false;

    if (b->bytes < w->bytes_min)
        return false;
    if (!w->byte)
        return true;
    if (b->content != DM_CONTENT_BYTES)
        return false;
    for (uint64_t i = 16; i < b->bytes; i++)
        seen |= b->data[i] == w->byte;
    if (w->record_count) {
        memcpy(&said, b->data + 4, sizeof(said));
        if (said != (b->bytes - 16) / 64)
            return false;
    }
    return seen;
}

static bool plan_does(const struct wanted *w, const struct dm_plan *p)
{
    size_t found = 0;

    for (size_t i = 0; i < p->op_count && found < 4 && w->offsets[found]; i++)
        if (draft_is_request(&p->ops[i]) && p->ops[i].a == w->offsets[found] &&
            (!w->on_thread || p->ops[i].thread) &&
            contents_do(w, &p->buffers[p->ops[i].buffer_first]))
            found++;
    return found == 4 || !w->offsets[found];
}

static bool drawn_does(const struct wanted *w, const struct shrink_case *c)
{
    if (!w->choice.bound)
        return true;
    if (c->seed)
        return w->seed_every && c->seed % w->seed_every == 0;
    for (size_t i = 0; i < c->choice_count; i++)
        if (c->choices[i].site == w->choice.site && c->choices[i].agent == w->choice.agent &&
            c->choices[i].nth == w->choice.nth && c->choices[i].value >= w->choice.value)
            return true;
    return false;
}

static bool has_fault(const struct wanted *w, const struct dm_plan *p)
{
    for (size_t i = 0; i < p->fault_count; i++)
        if (w->fault && !strcmp(p->faults[i].point, w->fault))
            return true;
    return !w->fault;
}

static bool same(void *ctx, const struct shrink_case *c, struct shrink_taken *taken)
{
    struct wanted *w = ctx;

    w->asked++;
    assert_whole(&c->plan);
    *taken = (struct shrink_taken) { c->choices, c->choice_count };
    if (c->seed) { /* draws what is wanted among others */
        for (unsigned i = 0; i < 40; i++)
            w->drawn[i] = (struct choice_record) { 1, 2, i, 4, 3 };
        w->drawn[20] = w->choice;
        *taken = (struct shrink_taken) { w->drawn, 40 };
    }
    return plan_does(w, &c->plan) && drawn_does(w, c) && has_fault(w, &c->plan);
}

static void reduce(struct shrunk *s, struct wanted *w, const struct choice_record *choices,
                   size_t count, uint64_t runs_max)
{
    struct shrink_case from = { .plan = made.plan, .choices = choices, .choice_count = count };
    struct shrink_options options = { .runs_max = runs_max };
    struct shrink_oracle oracle = { w, same };

    shrink(s, &from, &oracle, &options);
}

/* --- ddmin --- */

struct needs {
    const size_t *items;
    size_t count, tries;
};

static bool without_needed(void *ctx, const bool *gone)
{
    struct needs *n = ctx;

    n->tries++;
    for (size_t i = 0; i < n->count; i++)
        if (gone[n->items[i]])
            return false;
    return true;
}

static void ddmin_keeps_what_is_needed_and_no_more(void **state)
{
    static const size_t needed[] = { 3, 17, 62 };
    bool gone[64];

    (void)state;
    for (size_t count = 0; count <= 3; count++) {
        struct needs n = { needed, count, 0 };

        ddmin(64, gone, without_needed, &n);
        for (size_t i = 0; i < 64; i++) {
            bool keeps = false;

            for (size_t k = 0; k < count; k++)
                keeps |= needed[k] == i;
            assert_int_equal(gone[i], !keeps);
        }
        assert_true(n.tries < 120);
    }
}

/* --- operations --- */

static void one_request_of_a_crowd_remains(void **state)
{
    struct wanted w = { .offsets = { 90 }, .bytes_min = 100 };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    assert_int_equal(s.runs, w.asked);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.requests, 1);
    assert_int_equal(size.threads, 1);
    assert_int_equal(size.bytes, 128);    /* the least usual length that does */
    assert_int_equal(size.operations, 4); /* open, alloc, the read, close */
    assert_int_equal(s.best.plan.op_count, 6);
    for (size_t i = 0; i < s.best.plan.op_count; i++) {
        const struct dm_plan_op *o = &s.best.plan.ops[i];

        if (o->kind == DM_OP_ALLOC) {
            assert_int_equal(o->a, 128);
            assert_int_equal(o->b, 0);
        }
        if (draft_makes(o))
            assert_int_equal(o->id, 1); /* numbered again */
    }
    shrink_free(&s);
}

static void three_requests_of_two_threads_remain(void **state)
{
    struct wanted w = { .offsets = { 7, 8, 119 } };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.requests, 3);
    assert_int_equal(size.threads, 1);
    assert_int_equal(size.operations, 6); /* and one file, one allocation */
    assert_int_equal(size.bytes, 0);
    shrink_free(&s);
}

static void a_thread_that_is_needed_keeps_its_join(void **state)
{
    struct wanted w = { .offsets = { 50 }, .on_thread = true };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.threads, 2);
    assert_int_equal(size.operations, 6); /* thread, open, alloc, the request, close, join */
    shrink_free(&s);
}

static void draws_are_no_operations(void **state)
{
    struct shrink_size size;

    (void)state;
    begin();
    op(DM_OP_CHOOSE, 0, 0, 0, 3);
    op(DM_OP_SLEEP, 0, 0, 0, 3);
    shrink_size_of(&(struct shrink_case) { .plan = made.plan }, &size);
    assert_int_equal(size.operations, 1);
}

static void allocations_are_merged(void **state)
{
    struct wanted w = { .offsets = { 1, 2 }, .bytes_min = 4000 };
    uint32_t f, first, second;
    struct shrunk s;

    (void)state;
    begin();
    f = file(0);
    first = alloc(0, 5000);
    second = alloc(0, 6000);
    start(DM_OP_WRITE, 0, f, 1, first, 5000);
    finish(0);
    start(DM_OP_READ, 0, f, 2, second, 5500);
    finish(0);
    op(DM_OP_CLOSE, 0, 0, f, 0);
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.best.plan.op_count, 9); /* open, alloc, 2 * (start, wait, release), close */
    shrink_free(&s);
}

static void cards_that_are_plugged_are_counted_again(void **state)
{
    struct wanted w = { .offsets = { 5 } };
    struct shrunk s;
    uint32_t in;

    (void)state;
    begin();
    in = alloc(0, 10);
    for (uint32_t card = 1; card < 4; card++) { /* card 0 is the setup's */
        op(DM_OP_REGISTRY, 0, 0, card, 1)->name = "Value";
        op(DM_OP_PLUG, 0, card, 0, 0)->name = "sgdma";
    }
    for (uint32_t card = 0; card < 4; card++) {
        op(DM_OP_OPEN, 0, ++made.files, card, 3);
        start(DM_OP_READ, 0, made.files, card + 2, in, 10);
        finish(0);
        op(DM_OP_CLOSE, 0, 0, made.files, 0);
    }
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.best.plan.op_count, 7); /* alloc, plug, open, three of the read, close */
    for (size_t i = 0; i < s.best.plan.op_count; i++) {
        if (s.best.plan.ops[i].kind == DM_OP_PLUG)
            assert_int_equal(s.best.plan.ops[i].id, 1);
        if (s.best.plan.ops[i].kind == DM_OP_OPEN)
            assert_int_equal(s.best.plan.ops[i].on, 1);
    }
    shrink_free(&s);
}

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
        { "pool", 3 }, { "mdl", 1 }, { "sgl", 2 }, { "pool", 9 }
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

/* --- ends --- */

static void a_budget_leaves_the_best_so_far(void **state)
{
    struct wanted w = { .offsets = { 7, 8, 119 } }, again = w;
    struct shrink_taken taken;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 12);
    assert_int_equal(s.end, SHRINK_BUDGET);
    assert_int_equal(s.runs, 12);
    assert_int_equal(w.asked, 12);
    assert_true(s.best.plan.op_count < made.plan.op_count);
    assert_true(same(&again, &s.best, &taken));
    shrink_free(&s);
}

static bool stop_at_5(void *ctx, const struct shrink_size *now, uint64_t runs)
{
    (void)ctx;
    assert_true(now->operations > 0);
    return runs < 5;
}

static void whoever_looks_can_end_it(void **state)
{
    struct wanted w = { .offsets = { 7 } };
    struct shrink_options options = { .go_on = stop_at_5 };
    struct shrink_oracle oracle = { &w, same };
    struct shrink_case from;
    struct shrunk s;

    (void)state;
    crowd();
    from = (struct shrink_case) { .plan = made.plan };
    shrink(&s, &from, &oracle, &options);
    assert_int_equal(s.end, SHRINK_BUDGET);
    assert_int_equal(s.runs, 5);
    shrink_free(&s);
}

static void what_is_not_there_is_not_shrunk(void **state)
{
    struct wanted w = { .offsets = { 5000 } };
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_NOT_THERE);
    assert_int_equal(s.runs, 1);
    shrink_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ddmin_keeps_what_is_needed_and_no_more),
        cmocka_unit_test(one_request_of_a_crowd_remains),
        cmocka_unit_test(three_requests_of_two_threads_remain),
        cmocka_unit_test(a_thread_that_is_needed_keeps_its_join),
        cmocka_unit_test(draws_are_no_operations),
        cmocka_unit_test(allocations_are_merged),
        cmocka_unit_test(cards_that_are_plugged_are_counted_again),
        cmocka_unit_test(one_choice_remains_with_a_lower_value),
        cmocka_unit_test(needless_choices_go_at_once),
        cmocka_unit_test(a_smaller_plan_gets_another_schedule),
        cmocka_unit_test(one_fault_remains),
        cmocka_unit_test(one_record_remains_and_is_counted),
        cmocka_unit_test(generated_contents_become_zeroes),
        cmocka_unit_test(sleeps_are_shorter),
        cmocka_unit_test(one_step_of_a_program_remains),
        cmocka_unit_test(a_budget_leaves_the_best_so_far),
        cmocka_unit_test(whoever_looks_can_end_it),
        cmocka_unit_test(what_is_not_there_is_not_shrunk),
    };

    return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}
