/*
 * Data races: what is told, and each kind of order that makes it silent. The accesses are told to the
 * door as a driver's are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/core/mem.h"
#include "sim/core/race.h"
#include "sim/core/sched.h"

static struct sim *sim;
static uint32_t *word; /* of a pool block */
static unsigned told;
static uint64_t how;

static void count(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind != EV_RACE)
        return;
    told++;
    how = e->a[3];
}

static void store(uint32_t *p) { __door_store4_noabort((uintptr_t)p); }
static void load(uint32_t *p) { __door_load4_noabort((uintptr_t)p); }

typedef void (*body)(void *);

static void start(body fn) { assert_non_null(sched_thread(sim, "t", fn, NULL, 0, 8)); }

/* Runs fn as the first thread of a machine; returns how many races were told. */
static unsigned races(unsigned cpus, body fn)
{
    struct profile p;
    char message[200];
    struct agent *a;

    profile_default(&p);
    p.cpus = cpus;
    sim = sim_create(&p, message, sizeof(message));
    assert_non_null(sim);
    told = 0;
    how = 0;
    assert_int_equal(trace_attach(&sim->trace, count, NULL), 0);
    sim->trace.on = true;
    race_start(sim, NULL);
    word = pool_alloc(sim, POOL_NONPAGED, 64, 0x74736554, true);
    assert_non_null(word);
    a = sched_thread(sim, "test", fn, NULL, 0, 8);
    assert_non_null(a);
    assert_int_equal(sched_run(sim, a, true), SCHED_DONE);
    trace_detach(&sim->trace, NULL);
    sim_destroy(sim);
    return told;
}

static void stores(void *ctx)
{
    (void)ctx;
    store(word);
}
static void loads(void *ctx)
{
    (void)ctx;
    load(word);
}
static void stores_beside(void *ctx)
{
    (void)ctx;
    store(word + 1);
}
static void stores_locked(void *ctx)
{
    (void)ctx;
    race_lock(sim, &told);
    store(word);
    race_unlock(sim, &told);
}
static void stores_interlocked(void *ctx)
{
    (void)ctx;
    race_interlocked(sim, word);
    store(word);
}

static void both_store(void *ctx)
{
    (void)ctx;
    start(stores);
    start(stores);
}
static void both_locked(void *ctx)
{
    (void)ctx;
    start(stores_locked);
    start(stores_locked);
}
static void neighbours(void *ctx)
{
    (void)ctx;
    start(stores);
    start(stores_beside);
}
static void flag(void *ctx)
{
    (void)ctx;
    start(stores);
    start(loads);
}
static void peek(void *ctx)
{
    (void)ctx;
    start(stores_locked);
    start(loads);
}
static void both_interlocked(void *ctx)
{
    (void)ctx;
    start(stores_interlocked);
    start(stores_interlocked);
}
static void creator_first(void *ctx)
{
    (void)ctx;
    store(word);
    start(stores);
}
static void creator_after(void *ctx)
{
    (void)ctx;
    start(stores);
    store(word);
}
static void block_reused(void *ctx)
{
    (void)ctx;
    start(stores);
    sched_block(sim, sched_now_ns(sim) + 1000000);
    assert_true(pool_free(sim, word, 0x74736554));
    while (pool_alloc(sim, POOL_NONPAGED, 64, 0x74736554, false) != word)
        ;
    store(word);
}

static void two_threads(void **state)
{
    (void)state;
    assert_int_equal(races(2, both_store), 1);
    assert_int_equal(how, RACE_STORE | RACE_FIRST_STORE);
    assert_int_equal(races(1, both_store), 1); /* the schedule of this run does not matter */
    assert_int_equal(races(2, neighbours), 0);
    assert_int_equal(races(2, creator_after), 1);
}

static void order_is_silent(void **state)
{
    (void)state;
    assert_int_equal(races(2, both_locked), 0);
    assert_int_equal(races(2, both_interlocked), 0);
    assert_int_equal(races(2, creator_first), 0);
    assert_int_equal(races(2, block_reused), 0);
}

static void a_flag_and_a_peek_before_the_lock_are_not_told(void **state)
{
    (void)state;
    assert_int_equal(races(2, flag), 0);
    assert_int_equal(races(2, peek), 0);
}

static struct sched_dpc dpc;

static void dpc_stores(struct sim *s, void *ctx)
{
    (void)s;
    (void)ctx;
    store(word);
}

static void dpc_begin(void)
{
    dpc = (struct sched_dpc) { .fn = dpc_stores, .cpu = -1 };
    sched_dpc_queue(sim, &dpc);
}

static void dpc_and_passive(void *ctx)
{
    (void)ctx;
    dpc_begin();
    store(word);
}
static void dpc_and_raised(void *ctx)
{
    (void)ctx;
    dpc_begin();
    sched_irql_set(sim, IRQL_DISPATCH);
    store(word);
    sched_irql_set(sim, IRQL_PASSIVE);
}
static void dpc_queued_after(void *ctx)
{
    (void)ctx;
    store(word);
    dpc_begin();
}

static void a_dpc(void **state)
{
    (void)state;
    assert_int_equal(races(1, dpc_and_passive), 1);
    assert_int_equal(how, RACE_STORE | RACE_FIRST_STORE | RACE_BY_DPC << RACE_FIRST_KIND_SHIFT);
    assert_int_equal(races(1, dpc_and_raised), 0);
    assert_int_equal(races(1, dpc_queued_after), 0);
}

static struct agent *sleeper;

static void sleeper_body(void *ctx)
{
    (void)ctx;
    sched_block(sim, UINT64_MAX);
    store(word);
}

static void store_then_wake(void *ctx)
{
    (void)ctx;
    sleeper = sched_thread(sim, "sleeper", sleeper_body, NULL, 0, 8);
    sched_block(sim, sched_now_ns(sim) + 1000000);
    store(word);
    sched_wake(sim, sleeper);
}

static void wake_then_store(void *ctx)
{
    (void)ctx;
    sleeper = sched_thread(sim, "sleeper", sleeper_body, NULL, 0, 8);
    sched_block(sim, sched_now_ns(sim) + 1000000);
    sched_wake(sim, sleeper);
    store(word);
}

static void a_wake_carries_order_one_way(void **state)
{
    (void)state;
    assert_int_equal(races(2, store_then_wake), 0);
    assert_int_equal(races(2, wake_then_store), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_threads),
        cmocka_unit_test(order_is_silent),
        cmocka_unit_test(a_flag_and_a_peek_before_the_lock_are_not_told),
        cmocka_unit_test(a_dpc),
        cmocka_unit_test(a_wake_carries_order_one_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
