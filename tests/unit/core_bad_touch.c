/*
 * What a plain build says of a driver's touch of freed pool, or around it, while it hears every access. The
 * accesses are told to the door as a driver's are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/core/mem.h"
#include "sim/core/mem_priv.h"
#include "sim/core/race.h"
#include "sim/core/sched.h"

static struct sim *sim;
static char *block; /* of 40 bytes */
static char *pages; /* of two and a half pages */
static unsigned told;
static struct event last;

static void hear(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind != EV_BAD_ACCESS)
        return;
    told++;
    last = *e;
}

static unsigned touches(void (*fn)(void *))
{
    struct profile p;
    char message[200];

    profile_default(&p);
    sim = sim_create(&p, message, sizeof(message));
    assert_non_null(sim);
    told = 0;
    assert_int_equal(trace_attach(&sim->trace, hear, NULL), 0);
    sim->trace.on = true;
    race_start(sim, NULL);
    block = pool_alloc(sim, POOL_NONPAGED, 40, 0x74736554, true);
    pages = pool_alloc(sim, POOL_PAGED, 10240, 0x74736554, true);
    assert_int_equal(sched_run(sim, sched_thread(sim, "test", fn, NULL, 0, 8), true), SCHED_DONE);
    trace_detach(&sim->trace, NULL);
    sim_destroy(sim);
    return told;
}

static void load(const char *p) { __door_load4_noabort((uintptr_t)p); }
static void store(char *p) { __door_store8_noabort((uintptr_t)p); }

static void all_of_them(void *ctx)
{
    (void)ctx;
    for (unsigned i = 0; i < 40; i += 4)
        load(block + i);
    store(block + 32);
    load(pages);
    store(pages + 10232);
}

static void freed_read(void *ctx)
{
    (void)ctx;
    assert_true(pool_free(sim, block, 0x74736554));
    load(block + 12);
}

static void freed_written(void *ctx)
{
    (void)ctx;
    assert_true(pool_free(sim, block, 0x74736554));
    store(block + 8);
}

static void read_behind(void *ctx)
{
    (void)ctx;
    load(block + 40);
}

static void read_over_the_end(void *ctx)
{
    (void)ctx;
    load(block + 38);
}

static void given_again(void *ctx)
{
    (void)ctx;
    assert_true(pool_free(sim, pages, 0x74736554));
    pages = pool_alloc(sim, POOL_NONPAGED, 10240, 0x74736554, true);
    store(pages + 5000);
}

/* With ASan its own checks see these, and here no driver is compiled with them. */
static unsigned plain(unsigned times) { return MEM_ASAN ? 0 : times; }

static void live_blocks_may_be_touched(void **state)
{
    (void)state;
    assert_int_equal(touches(all_of_them), 0);
    assert_int_equal(touches(given_again), 0);
}

static void a_freed_block_may_not(void **state)
{
    (void)state;
    assert_int_equal(touches(freed_read), plain(1));
    if (MEM_ASAN)
        return;
    assert_int_equal((uint32_t)last.a[0], BAD_ACCESS_FREED);
    assert_int_equal(last.a[0] >> 32, 12);
    assert_true(last.a[2] == 4);
    assert_int_equal(touches(freed_written), 1);
    assert_true(last.a[2] == (EVENT_TO_DEVICE | 8));
}

static void what_lies_behind_a_block_may_not(void **state)
{
    (void)state;
    assert_int_equal(touches(read_behind), plain(1));
    if (MEM_ASAN)
        return;
    assert_int_equal((uint32_t)last.a[0], BAD_ACCESS_BEYOND);
    assert_int_equal(last.a[0] >> 32, 0);
    assert_int_equal(touches(read_over_the_end), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_blocks_may_be_touched),
        cmocka_unit_test(a_freed_block_may_not),
        cmocka_unit_test(what_lies_behind_a_block_may_not),
    };

    return cmocka_run_group_tests_name("core_bad_touch", tests, NULL, NULL);
}
