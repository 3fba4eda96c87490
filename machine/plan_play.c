/*
 * Playing a plan: each thread does its own ops in their order, through the calls that a scenario has. What
 * a smaller plan no longer makes is met everywhere: an op whose object is not there does nothing.
 */
#include "machine/plan_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/plan_things.h"

struct player {
    struct dm_run *run;
    const struct dm_plan *plan;
    struct plan_things things;
    struct played_thread {
        struct player *player;
        uint32_t number;
    } threads[RUN_THREADS_MAX];
    unsigned thread_count;
    struct dm_device *devices[RUN_DEVICES_MAX]; /* by the plan's numbers */
};

#define ALLOC_BYTES_MAX (1ull << 40)

/* --- buffers --- */

static void fill(struct player *p, const struct dm_plan_buffer *b, void *at)
{
    struct dm_run *r = p->run;

    if (!at || !b->bytes || !mem_user_valid(r->s, r->process, at, b->bytes))
        return;
    switch (b->content) {
    case DM_CONTENT_BYTES:
        memcpy(at, b->data, b->bytes);
        break;
    case DM_CONTENT_PATTERN:
        dm_fill(r, at, b->bytes, b->value);
        break;
    case DM_CONTENT_FILL:
        memset(at, (int)b->value, b->bytes);
        break;
    case DM_CONTENT_NONE:
        break;
    }
}

/* Where it lies. false: in an allocation that is not there. */
static bool place(struct player *p, const struct dm_plan_buffer *b, void **at)
{
    uintptr_t alloc;

    *at = NULL;
    if (b->place == DM_PLACE_NULL)
        return true;
    if (b->place == DM_PLACE_WILD) {
        *at = plan_wild(b->at);
        return true;
    }
    alloc = (uintptr_t)plan_thing(&p->things, PLAN_ALLOC, b->alloc);
    if (!alloc)
        return false;
    if (mem_in_window((void *)(alloc + b->at)))
        *at = (void *)(alloc + b->at);
    return true;
}

/* The i-th buffer of an op, as it was when it was recorded; one that an op does not have is none. */
static bool buffer(struct player *p, const struct dm_plan_op *op, unsigned i,
                   struct dm_piece *piece)
{
    const struct dm_plan_buffer *b;

    *piece = (struct dm_piece) { NULL, 0 };
    if (i >= op->buffer_count)
        return true;
    b = &p->plan->buffers[op->buffer_first + i];
    if (!place(p, b, &piece->p))
        return false;
    piece->bytes = (uint32_t)b->bytes;
    fill(p, b, piece->p);
    return true;
}

/* --- requests --- */

static bool is_chain(const struct dm_plan_op *op) { return op->b || op->buffer_count > 1; }

/* Pieces of a chain come from the kernel: what is not the program's memory no driver would send. */
static struct dm_request *chain(struct player *p, const struct dm_plan_op *op, struct dm_file *f)
{
    struct dm_piece *pieces = calloc(op->buffer_count + 1, sizeof(*pieces));
    struct dm_run *r = p->run;
    struct dm_request *q = NULL;
    uint64_t bytes = 0;
    bool ok = true;

    must(pieces);
    for (unsigned i = 0; i < op->buffer_count && ok; i++) {
        ok = buffer(p, op, i, &pieces[i]) &&
             mem_user_valid(r->s, r->process, pieces[i].p, pieces[i].bytes);
        bytes += pieces[i].bytes;
    }
    if (ok && bytes <= UINT32_MAX)
        q = dm_chain_start(r, f, op->kind == DM_OP_WRITE, pieces, op->buffer_count, op->a);
    free(pieces);
    return q;
}

static void play_request(struct player *p, const struct dm_plan_op *op)
{
    struct dm_file *f = plan_thing(&p->things, PLAN_FILE, op->on);
    struct dm_request *q = NULL;
    struct dm_piece in, out;

    if (!f)
        return;
    if (op->kind == DM_OP_IOCTL) {
        if (buffer(p, op, 0, &in) && buffer(p, op, 1, &out))
            q = dm_ioctl_start(p->run, f, (uint32_t)op->a, in.p, in.bytes, out.p, out.bytes);
    } else if (is_chain(op)) {
        q = chain(p, op, f);
    } else if (buffer(p, op, 0, &out)) {
        q = op->kind == DM_OP_READ ? dm_read_start(p->run, f, out.p, out.bytes, op->a)
                                   : dm_write_start(p->run, f, out.p, out.bytes, op->a);
    }
    if (q)
        plan_thing_put(&p->things, PLAN_REQUEST, op->id, q);
}

static void play_about_request(struct player *p, const struct dm_plan_op *op)
{
    struct dm_request *q = plan_thing(&p->things, PLAN_REQUEST, op->on);

    if (!q)
        return;
    switch (op->kind) {
    case DM_OP_CANCEL:
        dm_cancel(p->run, q);
        break;
    case DM_OP_WAIT:
        plan_thing_use(&p->things, PLAN_REQUEST, op->on, 1);
        dm_wait(p->run, q, op->a);
        plan_thing_use(&p->things, PLAN_REQUEST, op->on, -1);
        break;
    case DM_OP_SETTLED:
        dm_settled(p->run, q);
        break;
    case DM_OP_RELEASE: /* not under the hands of one who waits for it */
        if (plan_thing_take(&p->things, PLAN_REQUEST, op->on))
            dm_request_free(p->run, q);
        break;
    }
}

/* --- files, devices, memory --- */

static void play_open(struct player *p, const struct dm_plan_op *op)
{
    unsigned access = (unsigned)op->a;
    struct dm_run *r = p->run;
    struct dm_file *f = NULL;

    if (op->name)
        f = dm_open_name(r, op->name, access, NULL);
    else if (op->b)
        f = run_open_own(r, (unsigned)op->b - 1, access, NULL);
    else if (op->on < RUN_DEVICES_MAX && p->devices[op->on])
        f = dm_open(r, p->devices[op->on], access, NULL);
    if (f)
        plan_thing_put(&p->things, PLAN_FILE, op->id, f);
}

static void play_device(struct player *p, const struct dm_plan_op *op)
{
    struct dm_device *d = op->on < RUN_DEVICES_MAX ? p->devices[op->on] : NULL;

    if (!d)
        return;
    switch (op->kind) {
    case DM_OP_START:
        dm_start(p->run, d);
        break;
    case DM_OP_STOP:
        dm_stop(p->run, d);
        break;
    case DM_OP_REMOVE:
        dm_remove(p->run, d);
        break;
    case DM_OP_SURPRISE:
        dm_surprise_remove(p->run, d);
        break;
    case DM_OP_POWER:
        dm_power(p->run, d, (unsigned)op->a);
        break;
    }
}

static void play_memory(struct player *p, const struct dm_plan_op *op)
{
    const struct dm_plan_buffer *b;
    void *at;

    switch (op->kind) {
    case DM_OP_ALLOC:
        if (op->a <= ALLOC_BYTES_MAX && (at = dm_alloc(p->run, op->a, (unsigned)op->b)))
            plan_thing_put(&p->things, PLAN_ALLOC, op->id, at);
        break;
    case DM_OP_FREE:
        dm_free(p->run, plan_thing_take(&p->things, PLAN_ALLOC, op->on));
        break;
    case DM_OP_FILE:
        b = &p->plan->buffers[op->buffer_first];
        dm_file_put(p->run, op->name, b->data, (uint32_t)b->bytes);
        break;
    }
}

/* --- threads --- */

static void play_thread(struct player *p, uint32_t number);

static void thread_main(struct dm_run *r, void *ctx)
{
    const struct played_thread *t = ctx;

    (void)r;
    play_thread(t->player, t->number);
}

static void play_other_thread(struct player *p, const struct dm_plan_op *op)
{
    struct played_thread *t = &p->threads[p->thread_count];
    struct dm_thread *made;

    if (op->kind == DM_OP_JOIN) {
        made = plan_thing(&p->things, PLAN_THREAD, op->on);
        if (made && made != run_thread_now(p->run))
            dm_join(p->run, made);
        return;
    }
    if (p->thread_count == RUN_THREADS_MAX || !op->id ||
        plan_thing(&p->things, PLAN_THREAD, op->id))
        return; /* each thread's ops are done once */
    p->thread_count++;
    *t = (struct played_thread) { p, op->id };
    made = dm_thread(p->run, thread_main, t);
    if (made)
        plan_thing_put(&p->things, PLAN_THREAD, op->id, made);
}

/* --- one op --- */

static void play(struct player *p, const struct dm_plan_op *op)
{
    struct dm_run *r = p->run;
    struct dm_device *plugged;

    switch ((enum dm_plan_kind)op->kind) {
    case DM_OP_OPEN:
        play_open(p, op);
        break;
    case DM_OP_CLOSE:
        dm_close(r, plan_thing_take(&p->things, PLAN_FILE, op->on));
        break;
    case DM_OP_READ:
    case DM_OP_WRITE:
    case DM_OP_IOCTL:
        play_request(p, op);
        break;
    case DM_OP_CANCEL:
    case DM_OP_WAIT:
    case DM_OP_SETTLED:
    case DM_OP_RELEASE:
        play_about_request(p, op);
        break;
    case DM_OP_PLUG:
        run_plug(r, op->name, op->id < RUN_DEVICES_MAX ? &p->devices[op->id] : &plugged);
        break;
    case DM_OP_START:
    case DM_OP_STOP:
    case DM_OP_REMOVE:
    case DM_OP_SURPRISE:
    case DM_OP_POWER:
        play_device(p, op);
        break;
    case DM_OP_REGISTRY:
        dm_registry_dword(r, op->on, op->name, (uint32_t)op->a);
        break;
    case DM_OP_SYSTEM_POWER:
        dm_system_power(r, (unsigned)op->a);
        break;
    case DM_OP_ALLOC:
    case DM_OP_FREE:
    case DM_OP_FILE:
        play_memory(p, op);
        break;
    case DM_OP_THREAD:
    case DM_OP_JOIN:
        play_other_thread(p, op);
        break;
    case DM_OP_SLEEP:
        dm_sleep(r, op->a);
        break;
    case DM_OP_CHOOSE:
        dm_choose(r, (uint32_t)op->a);
        break;
    case DM_OP_COUNT:
        break;
    }
}

static void play_thread(struct player *p, uint32_t number)
{
    for (size_t i = 0; i < p->plan->op_count; i++)
        if (p->plan->ops[i].thread == number)
            play(p, &p->plan->ops[i]);
}

/* Threads that nobody joins play on when this returns: the player goes with the run. */
void plan_play(struct dm_run *r)
{
    struct player *p = calloc(1, sizeof(*p));

    must(p);
    r->player = p;
    p->run = r;
    p->plan = r->plan;
    plan_things_begin(&p->things, r->plan->op_count);
    for (unsigned i = 0; i < r->device_count; i++)
        p->devices[i] = r->devices[i];
    play_thread(p, 0);
}

void plan_play_end(struct dm_run *r)
{
    if (!r->player)
        return;
    plan_things_end(&r->player->things);
    free(r->player);
    r->player = NULL;
}
