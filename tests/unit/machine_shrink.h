/*
 * Plans made by hand, and an oracle that says yes to what it was told to look for. It also looks at each plan
 * that it is asked about: nothing may hang in the air.
 */
#ifndef DMACHECK_TESTS_UNIT_MACHINE_SHRINK_H
#define DMACHECK_TESTS_UNIT_MACHINE_SHRINK_H

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
static struct made made; /* the plan at hand */

static inline struct dm_plan_op *op(enum dm_plan_kind kind, uint16_t thread, uint32_t id,
                                    uint32_t on, uint64_t a)
{
    struct dm_plan_op *o = &made.ops[made.plan.op_count++];

    *o = (struct dm_plan_op) {
        .kind = (uint16_t)kind, .thread = thread, .id = id, .on = on, .a = a
    };
    return o;
}

static inline void begin(void)
{
    memset(&made, 0, sizeof(made));
    made.plan.ops = made.ops;
    made.plan.buffers = made.buffers;
}

static inline uint32_t file(uint16_t thread)
{
    op(DM_OP_OPEN, thread, ++made.files, 0, 3);
    return made.files;
}

static inline uint32_t alloc(uint16_t thread, uint64_t bytes)
{
    op(DM_OP_ALLOC, thread, ++made.allocs, 0, bytes)->b = 100;
    return made.allocs;
}

static inline struct dm_plan_buffer *start(enum dm_plan_kind kind, uint16_t thread, uint32_t on,
                                           uint64_t a, uint32_t in, uint64_t bytes)
{
    struct dm_plan_op *o = op(kind, thread, ++made.requests, on, a);
    struct dm_plan_buffer *b = &made.buffers[made.plan.buffer_count];

    o->buffer_first = (uint32_t)made.plan.buffer_count++;
    o->buffer_count = 1;
    *b = (struct dm_plan_buffer) { .alloc = in, .at = 8, .bytes = bytes };
    return b;
}

static inline void finish(uint16_t thread)
{
    op(DM_OP_WAIT, thread, 0, made.requests, UINT64_MAX);
    op(DM_OP_SETTLED, thread, 0, made.requests, 0);
    op(DM_OP_RELEASE, thread, 0, made.requests, 0);
}

/* 120 requests of three threads on six files. */
static inline void crowd(void)
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

static inline bool made_before(const struct dm_plan *p, size_t at, enum draft_sort sort,
                               uint32_t id)
{
    for (size_t i = 0; i < at; i++)
        if (draft_makes(&p->ops[i]) == sort && p->ops[i].id == id)
            return true;
    return false;
}

static inline size_t count_about(const struct dm_plan *p, enum dm_plan_kind kind, uint32_t on)
{
    size_t count = 0;

    for (size_t i = 0; i < p->op_count; i++)
        count += p->ops[i].kind == kind && p->ops[i].on == on;
    return count;
}

/* Whatever is asked about has everything that it needs, and ends what it begins. */
static inline void assert_whole(const struct dm_plan *p)
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

static inline bool contents_do(const struct wanted *w, const struct dm_plan_buffer *b)
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

static inline bool plan_does(const struct wanted *w, const struct dm_plan *p)
{
    size_t found = 0;

    for (size_t i = 0; i < p->op_count && found < 4 && w->offsets[found]; i++)
        if (draft_is_request(&p->ops[i]) && p->ops[i].a == w->offsets[found] &&
            (!w->on_thread || p->ops[i].thread) &&
            contents_do(w, &p->buffers[p->ops[i].buffer_first]))
            found++;
    return found == 4 || !w->offsets[found];
}

static inline bool drawn_does(const struct wanted *w, const struct shrink_case *c)
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

static inline bool has_fault(const struct wanted *w, const struct dm_plan *p)
{
    for (size_t i = 0; i < p->fault_count; i++)
        if (w->fault && !strcmp(p->faults[i].point, w->fault))
            return true;
    return !w->fault;
}

static inline bool same(void *ctx, const struct shrink_case *c, struct shrink_taken *taken)
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

static inline void reduce(struct shrunk *s, struct wanted *w, const struct choice_record *choices,
                          size_t count, uint64_t runs_max)
{
    struct shrink_case from = { .plan = made.plan, .choices = choices, .choice_count = count };
    struct shrink_options options = { .runs_max = runs_max };
    struct shrink_oracle oracle = { w, same };

    shrink(s, &from, &oracle, &options);
}

#endif
