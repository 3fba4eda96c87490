/*
 * The machine's own costs, one operation a run: bench_core OP COUNT. bench/run.sh runs each under
 * callgrind with two counts; the difference is the operation's. With BENCH_TIME it prints seconds.
 *
 *     switch    a bare fiber switch (two a round)
 *     point     a scheduling point with its decision, two processors taking turns
 *     point_seed  the same, each decision drawn from a seed
 *     emit      an event into the ring
 *     keep      an event into memory
 *     reset     a machine reset after a transfer's worth of work
 *     memset    a memset of the bytes that this dirtied
 *     create    a machine made and destroyed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/must.h"
#include "sim/core/fiber.h"
#include "sim/core/mem.h"
#include "sim/core/sched.h"
#include "trace/memory.h"

static struct profile profile;
static bool given_back; /* what small_work takes */

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct sim *machine(void)
{
    char message[200];
    struct sim *s = sim_create(&profile, message, sizeof(message));

    must(s);
    return s;
}

static struct fiber main_fiber, other_fiber;

static void other_main(void *ctx)
{
    (void)ctx;
    for (;;)
        fiber_switch(&other_fiber, &main_fiber);
}

static void bench_switch(unsigned long count)
{
    char *stack = fiber_stack_alloc();

    fiber_make(&other_fiber, stack, stack + FIBER_STACK_BYTES, other_main, NULL);
    for (unsigned long i = 0; i < count; i++)
        fiber_switch(&main_fiber, &other_fiber);
}

static unsigned long points;

static void takes_turns(void *ctx)
{
    (void)ctx;
    for (unsigned long i = 0; i < points; i++) {
        sched_spend(sim_now(), 100);
        sched_point(sim_now());
    }
}

static void point(unsigned long count, bool seeded)
{
    struct sim *s;
    struct agent *a;

    profile.cpus = 2;
    s = machine();
    if (seeded)
        choice_from_seed(s, 1);
    s->limits.steps_max = UINT64_MAX;
    points = count / 2;
    sched_thread(s, "b", takes_turns, NULL, 0, 8);
    a = sched_thread(s, "a", takes_turns, NULL, 0, 8);
    must(sched_run(s, a, true) == SCHED_DONE);
    sim_destroy(s);
}

static void bench_point(unsigned long count) { point(count, false); }

static void bench_point_seed(unsigned long count) { point(count, true); }

static void bench_emit(unsigned long count)
{
    struct sim *s = machine();
    struct ring ring;

    must(ring_create(&ring, 12) == 0);
    trace_attach(&s->trace, ring_event, &ring);
    for (unsigned long i = 0; i < count; i++)
        trace_emit(&s->trace, EV_MAP, API_NONE, 1, i, 2, 3, 4);
    must(ring.count >= count);
    sim_destroy(s);
}

static void bench_keep(unsigned long count)
{
    struct sim *s = machine();
    struct trace_memory memory;

    trace_memory_init(&memory, 0);
    trace_attach(&s->trace, trace_memory_event, &memory);
    for (unsigned long i = 0; i < count; i++)
        trace_emit(&s->trace, EV_MAP, API_NONE, 1, i, 2, 3, 4);
    must(trace_memory_count(&memory) >= count && !memory.lost);
    trace_memory_free(&memory);
    sim_destroy(s);
}

/* What a 4 KiB request touches: a user page, a pool block, a thread. */
static void small_work(void *ctx)
{
    struct sim *s = ctx;
    void *user = mem_user_alloc(s, 1, 4096, 0);
    void *pool = pool_alloc(s, POOL_NONPAGED, 256, 0x74736554, false);

    memset(user, 7, 4096);
    memset(pool, 7, 256);
    sched_point(s);
    if (given_back) {
        must(pool_free(s, pool, 0x74736554));
        mem_user_free(s, user);
    }
}

static void work(struct sim *s)
{
    struct agent *a = sched_thread(s, "work", small_work, s, 1, 8);

    must(sched_run(s, a, true) == SCHED_DONE);
}

static void bench_reset(unsigned long count)
{
    struct sim *s = machine();
    struct rusage before, after;

    for (unsigned long i = 0; i < count + 3; i++) {
        work(s);
        sim_reset(s);
        if (i == 2)
            getrusage(RUSAGE_SELF, &before);
    }
    getrusage(RUSAGE_SELF, &after);
    if (getenv("BENCH_FAULTS"))
        printf("%ld page faults\n", after.ru_minflt - before.ru_minflt);
    sim_destroy(s);
}

/* The same work, which gives back what it took, and no reset: to be taken away from it. */
static void bench_work(unsigned long count)
{
    struct sim *s = machine();

    given_back = true;
    for (unsigned long i = 0; i < count + 3; i++)
        work(s);
    sim_destroy(s);
}

static void bench_memset(unsigned long count)
{
    static char bytes[4096 + 4096];

    for (unsigned long i = 0; i < count; i++) {
        memset(bytes, (int)i, sizeof(bytes));
        __asm__ volatile("" : : "r"(bytes) : "memory");
    }
}

static void bench_create(unsigned long count)
{
    for (unsigned long i = 0; i < count; i++)
        sim_destroy(machine());
}

static const struct {
    const char *name;
    void (*run)(unsigned long count);
} benches[] = {
    { "switch", bench_switch }, { "point", bench_point },   { "point_seed", bench_point_seed },
    { "emit", bench_emit },     { "keep", bench_keep },     { "reset", bench_reset },
    { "work", bench_work },     { "memset", bench_memset }, { "create", bench_create },
};

int main(int argc, char **argv)
{
    profile_default(&profile);
    for (unsigned i = 0; argc == 3 && i < sizeof(benches) / sizeof(benches[0]); i++)
        if (strcmp(argv[1], benches[i].name) == 0) {
            double start = seconds();

            benches[i].run(strtoul(argv[2], NULL, 10));
            if (getenv("BENCH_TIME"))
                printf("%.9f\n", seconds() - start);
            return 0;
        }
    fprintf(stderr, "usage: bench_core switch|point|emit|keep|reset|work|memset|create COUNT\n");
    return 2;
}
