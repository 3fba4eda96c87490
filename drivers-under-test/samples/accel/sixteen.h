/*
 * Sixteen programs at once, and what disturbs them: they are cancelled, power goes and comes, resources are
 * taken and given anew, their handle is closed, the device goes.
 */
#ifndef ACCEL_SIXTEEN_H
#define ACCEL_SIXTEEN_H

#include "programs.h"

/* Of a batch: programs, here, whose buffers are of different lengths. */
static uint32_t batch_bytes(unsigned i) { return 9000 + i * 3001; }
static uint64_t batch_card(unsigned i) { return i; }

struct sixteen {
    struct program program[BATCH];
    struct dm_request *request[BATCH];
};

/* Each is made, and its buffer filled; how many steps say how long it takes. */
static void sixteen_create(struct dm_run *r, struct sixteen *x, struct dm_file *f, uint64_t number)
{
    for (unsigned i = 0; i < BATCH; i++) {
        struct program *p = &x->program[i];

        program_alloc(r, p, 40, batch_bytes(i), i * 911 % 4096);
        program_draw(p, number * 100 + i, 4 + i * 2);
        program_create_sound(r, f, p);
        program_fill(r, p, number + batch_card(i));
        program_expect_run(p);
    }
}

static void sixteen_start(struct dm_run *r, struct sixteen *x, struct dm_file *f)
{
    for (unsigned i = 0; i < BATCH; i++)
        x->request[i] = program_start(r, f, &x->program[i]);
}

static void sixteen_finish(struct dm_run *r, struct sixteen *x, unsigned first, unsigned every)
{
    for (unsigned i = first; i < BATCH; i += every) {
        finish(r, x->request[i], batch_bytes(i));
        dm_expect(r, program_matches(&x->program[i]));
    }
}

/* Whole, or not at all: what a run that has not ended well leaves is nobody's affair. */
static void sixteen_finish_disturbed(struct dm_run *r, struct sixteen *x, unsigned first, unsigned every)
{
    for (unsigned i = first; i < BATCH; i += every)
        if (finish_disturbed(r, x->request[i], batch_bytes(i)))
            dm_expect(r, program_matches(&x->program[i]));
}

static void sixteen_free(struct dm_run *r, struct sixteen *x)
{
    for (unsigned i = 0; i < BATCH; i++)
        program_free(r, &x->program[i]);
}

static void run_sixteen(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct sixteen x;

    if (!f)
        return;
    sixteen_create(r, &x, f, 60);
    sixteen_start(r, &x, f);
    sixteen_finish(r, &x, 0, 1);
    sixteen_free(r, &x);
    dm_close(r, f);
}

static void run_cancel(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct sixteen x;

    if (!f)
        return;
    sixteen_create(r, &x, f, 70);
    sixteen_start(r, &x, f);
    for (unsigned i = 0; i < BATCH; i += 2) {
        dm_sleep(r, dm_choose(r, 4) * 20000u);
        dm_cancel(r, x.request[i]);
    }
    sixteen_finish(r, &x, 1, 2);
    sixteen_finish_disturbed(r, &x, 0, 2);
    sixteen_free(r, &x);
    dm_close(r, f);
}

/* Power goes while one runs and fifteen wait, and comes back: all of them do all. */
static void run_power(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct sixteen x;

    if (!f)
        return;
    sixteen_create(r, &x, f, 80);
    for (unsigned i = 0; i < 3; i++) {
        if (i == 0)
            sixteen_start(r, &x, f);
        dm_sleep(r, dm_choose(r, 8) * 30000u);
        dm_expect(r, dm_power(r, d, 3) == SUCCESS);
        dm_sleep(r, 100000);
        dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    }
    sixteen_finish(r, &x, 0, 1);
    sixteen_free(r, &x);
    dm_close(r, f);
}

/* While the device sleeps nothing races: those that are cancelled have been, the others run
 * afterwards. Programs are made in the meantime. */
static void run_cancel_waiting(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct sixteen x;

    if (!f)
        return;
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    sixteen_create(r, &x, f, 90);
    sixteen_start(r, &x, f);
    for (unsigned i = 0; i < BATCH; i += 2)
        dm_cancel(r, x.request[i]);
    dm_sleep(r, 100000);
    dm_expect(r, !dm_done(x.request[1]));
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    sixteen_finish(r, &x, 1, 2);
    for (unsigned i = 0; i < BATCH; i += 2)
        finish_cancelled(r, x.request[i]);
    sixteen_free(r, &x);
    dm_close(r, f);
}

/* A handle is closed over its runs, one of which the card has; those of another handle go on. */
static void run_close(struct dm_run *r)
{
    struct dm_file *f = open_first(r), *other = open_first(r);
    struct sixteen x, y;

    if (!f || !other) {
        close_if_open(r, f);
        close_if_open(r, other);
        return;
    }
    sixteen_create(r, &x, f, 100);
    sixteen_create(r, &y, other, 101);
    sixteen_start(r, &x, f);
    sixteen_start(r, &y, other);
    dm_sleep(r, dm_choose(r, 4) * 40000u);
    dm_close(r, f);
    sixteen_finish_disturbed(r, &x, 0, 1);
    sixteen_finish(r, &y, 0, 1);
    sixteen_free(r, &x);
    sixteen_free(r, &y);
    dm_close(r, other);
}

/* Asked to go while handles are open: Windows takes the question back. Then it goes. */
static void run_remove(struct dm_run *r)
{
    struct dm_device *d = dm_plug(r, "accel");
    struct dm_file *f = open_at(r, d);
    struct sixteen x;

    if (!f)
        return;
    sixteen_create(r, &x, f, 110);
    sixteen_start(r, &x, f);
    dm_sleep(r, dm_choose(r, 4) * 30000u);
    dm_expect(r, dm_remove(r, d) < 0);
    sixteen_finish(r, &x, 0, 1);
    sixteen_free(r, &x);
    dm_close(r, f);
    dm_expect(r, dm_remove(r, d) == SUCCESS);
}

static void run_surprise(struct dm_run *r)
{
    struct dm_device *d = dm_plug(r, "accel");
    struct dm_file *f = open_at(r, d);
    struct sixteen x;

    if (!f)
        return;
    sixteen_create(r, &x, f, 120);
    sixteen_start(r, &x, f);
    dm_sleep(r, dm_choose(r, 8) * 30000u);
    dm_surprise_remove(r, d);
    sixteen_finish_disturbed(r, &x, 0, 1);
    dm_close(r, f);
    sixteen_free(r, &x);
}

/* Resources are taken and given anew under load; programs that were made before are good after. */
static void run_rebalance(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_first(r);
    struct sixteen x;

    if (!f)
        return;
    sixteen_create(r, &x, f, 130);
    sixteen_start(r, &x, f);
    dm_sleep(r, dm_choose(r, 4) * 30000u);
    dm_expect(r, dm_stop(r, d) == SUCCESS);
    dm_sleep(r, 50000);
    dm_expect(r, dm_start(r, d) == SUCCESS);
    sixteen_finish(r, &x, 0, 1);
    sixteen_free(r, &x);
    dm_close(r, f);
}

#endif
