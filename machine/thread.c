/*
 * A scenario's threads, its time, its choices and its judgement.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/must.h"
#include "machine/input.h"
#include "machine/system.h"

struct dm_thread *run_thread_now(struct dm_run *r)
{
    const struct agent *a = sched_current_thread(r->s);

    for (unsigned i = 0; i < r->thread_count; i++)
        if (r->threads[i].agent == a)
            return &r->threads[i];
    return NULL;
}

static void wake(struct dm_run *r, struct agent *a)
{
    if (a && agent_blocked(a))
        sched_wake(r->s, a);
}

/* Whoever waits for it; the runner waits for what a scenario leaves to itself. */
static void wake_joiners(struct dm_run *r, const struct dm_thread *t)
{
    for (unsigned i = 0; i < r->thread_count; i++)
        if (r->threads[i].joins == t)
            wake(r, r->threads[i].agent);
    if (r->joins == t)
        wake(r, r->boot);
}

static void thread_main(void *ctx)
{
    struct dm_thread *t = ctx;

    t->agent = sched_current_thread(t->run->s);
    t->fn(t->run, t->ctx);
    t->done = true;
    wake_joiners(t->run, t);
}

SYSTEM_ENTRY struct dm_thread *dm_thread(struct dm_run *r, void (*fn)(struct dm_run *r, void *ctx),
                                         void *ctx)
{
    SYSTEM_CALL(r);
    struct dm_thread *t = &r->threads[r->thread_count];

    if (r->thread_count == RUN_THREADS_MAX)
        return NULL;
    *t = (struct dm_thread) { .run = r, .fn = fn, .ctx = ctx, .index = r->thread_count };
    if (t->index) /* the first one is the runner's doing */
        input_note(r, INPUT_THREAD, { "which", .value = t->index });
    r->thread_count++;
    t->agent = sched_thread(r->s, t->index ? "user" : "scenario", thread_main, t, r->process, 8);
    if (!t->agent) {
        r->thread_count--;
        return NULL;
    }
    return t;
}

SYSTEM_ENTRY void dm_join(struct dm_run *r, struct dm_thread *t)
{
    SYSTEM_CALL(r);
    struct dm_thread *me = run_thread_now(r), **joins = me ? &me->joins : &r->joins;

    if (me)
        input_note(r, INPUT_JOIN, { "which", .value = t->index });
    else
        r->boot = sched_current_thread(r->s);
    *joins = t;
    while (!t->done)
        sched_block(r->s, UINT64_MAX);
    *joins = NULL;
}

SYSTEM_ENTRY void dm_sleep(struct dm_run *r, uint64_t ns)
{
    SYSTEM_CALL(r);
    uint64_t until = sched_now_ns(r->s) + ns;

    input_note(r, INPUT_SLEEP, { "ns", .value = ns });
    while (sched_now_ns(r->s) < until)
        sched_block(r->s, until);
}

uint64_t dm_time_ns(struct dm_run *r) { return sched_now_ns(r->s); }

SYSTEM_ENTRY uint32_t dm_choose(struct dm_run *r, uint32_t bound)
{
    SYSTEM_CALL(r);
    input_note(r, INPUT_CHOOSE, { "bound", .value = bound });
    return choice_draw(r->s, CHOICE_SCENARIO, bound);
}

const char *dm_profile(struct dm_run *r) { return r->s->profile.name; }

void run_fail(struct dm_run *r, const char *format, ...)
{
    va_list args;

    if (r->expectations_failed++)
        return;
    va_start(args, format);
    vsnprintf(r->first_failure, sizeof(r->first_failure), format, args);
    va_end(args);
    last_failed(r->m);
}

/* When a resource was made to fail, what the scenario wanted may rightly fail too.
 * The file's name alone would do for a person; the path below the tree's root is what a tool
 * opens. */
void dm_expect_at(struct dm_run *r, bool holds, const char *what, const char *file, int line)
{
    if (!holds && !r->s->fault.taken)
        run_fail(r, "%s:%d: expected: %s", file, line, what);
}
