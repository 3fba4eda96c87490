/*
 * The accel model's ring: commands in order, transfers, aborts, power, one interrupt for each command, the
 * order of steps, local memory, and what a hostile one does.
 */
#include "tests/accel/bench.h"

#define BUFFER_BYTES (64u * PAGE_BYTES)
#define SEEDS 24u

static struct memory user; /* of the machine under test; buffer 0 */

static void user_up(struct bench *b)
{
    user = pages(b, BUFFER_BYTES, false);
    buffer_add(b, &user, BUFFER_BYTES, 0, PAGE_RW);
    for (unsigned i = 0; i < BUFFER_BYTES; i++)
        user.p[i] = (uint8_t)(i * 31 + i / 256);
}

static struct step *step_at(struct bench *b, unsigned i) { return (struct step *)b->program.p + i; }

/* --- transfers --- */

static void transfers_body(struct bench *b)
{
    struct memory staging = pages(b, 4 * PAGE_BYTES, true);
    struct element *list = (struct element *)b->program.p;
    struct command c = { .opcode = OP_IN,
                         .flags = FLAG_INTERRUPT,
                         .address = b->program.ba,
                         .count = 3,
                         .target = staging.ba + 3 };
    uint32_t index;

    user_up(b);
    list[0] = (struct element) { page_address(b, &user, 2) + 4001, 95, 0 };
    list[1] = (struct element) { page_address(b, &user, 3), 4096, 0 };
    list[2] = (struct element) { page_address(b, &user, 4), 1, 0 };
    index = submit(b, &c);
    assert_true(ended(b, index));
    assert_int_equal(entry_at(b, index)->status, ENDED);
    assert_int_equal(entry_at(b, index)->steps_done, 3);
    assert_memory_equal(staging.p + 3, user.p + 2 * 4096 + 4001, 4192);
    assert_int_equal(staging.p[3 + 4192], 0);
    memset(staging.p, 0xa5, 4 * PAGE_BYTES);
    c.opcode = OP_OUT;
    index = submit(b, &c);
    assert_true(ended(b, index));
    for (unsigned i = 0; i < 4192; i++)
        assert_int_equal(user.p[2 * 4096 + 4001 + i], 0xa5);
    assert_int_equal(user.p[2 * 4096 + 4000],
                     (uint8_t)((2 * 4096 + 4000) * 31 + (2 * 4096 + 4000) / 256));
    list[1].bytes = 0;
    index = submit(b, &c);
    assert_true(ended(b, index));
    assert_int_equal(entry_at(b, index)->fault, 1);
    assert_int_equal(entry_at(b, index)->fault_step, 1);
    pause_us(b, 1000);
    assert_int_equal(b->interrupts, 3);
}

static void transfers_move_pieces(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++)
        on_machine("accel", seed, 1, transfers_body, NULL);
}

/* In by transfer, a step in local memory, a copy from there to memory, out by transfer. */
static void local_body(struct bench *b)
{
    struct element *list = (struct element *)(b->tables.p + (1u << 19));
    struct command c = { .opcode = OP_IN,
                         .flags = FLAG_INTERRUPT | FLAG_LOCAL,
                         .address = b->tables.ba + (1u << 19),
                         .count = 1,
                         .target = 4096 };
    uint32_t index;

    user_up(b);
    buffer_add(b, NULL, 4 * PAGE_BYTES, 0, PAGE_RW | PAGE_LOCAL);
    list[0] = (struct element) { page_address(b, &user, 0), 4096, 0 };
    assert_true(ended(b, submit(b, &c)));
    *step_at(b, 0) = (struct step) { ADD,
                                     U8,
                                     .count = 4096,
                                     .a = 1ull << 56 | 4096,
                                     .b = 1ull << 56 | 4096,
                                     .out = 1ull << 56 | 8192 };
    *step_at(b, 1) = (struct step) { COPY, U8, .count = 4096, .a = 1ull << 56 | 8192, .out = 8192 };
    assert_int_equal(run_steps(b, 2)->status, ENDED);
    for (unsigned i = 0; i < 4096; i++)
        assert_int_equal(user.p[8192 + i], (uint8_t)(2 * user.p[i]));
    c.opcode = OP_OUT;
    c.target = 8192;
    list[0].address = page_address(b, &user, 5);
    assert_true(ended(b, submit(b, &c)));
    assert_memory_equal(user.p + 5 * 4096, user.p + 8192, 4096);
    c.target = (32u << 20) - 4095;
    index = submit(b, &c);
    assert_true(ended(b, index));
    assert_int_equal(entry_at(b, index)->fault, 1);
}

static void local_memory_is_named_like_any_other(void **state)
{
    (void)state;
    on_machine("accel_local", 0, 2, local_body, NULL);
}

/* --- the interrupt --- */

static void interrupts_body(struct bench *b)
{
    struct command c;
    uint32_t index;

    user_up(b);
    for (unsigned i = 0; i < 20; i++)
        *step_at(b, i) = (struct step) { FILL, U8, .count = 100, .out = 100 * i, .immediate = i };
    for (unsigned i = 1; i <= 3 * BENCH_RING; i++) {
        run_steps(b, 20);
        pause_us(b, 1000);
        assert_int_equal(b->interrupts, i); /* one, though there are twenty steps */
    }
    assert_int_equal(rd(b, INT_STATUS), 1);
    wr(b, INT_STATUS, 1);
    assert_int_equal(rd(b, INT_STATUS), 0);
    c = run_command(b, 20);
    c.flags = 0;
    index = submit(b, &c);
    assert_true(ended(b, index));
    pause_us(b, 1000);
    assert_int_equal(b->interrupts, 3 * BENCH_RING);
    assert_int_equal(rd(b, INT_STATUS), 0);
    assert_int_equal(rd(b, STATUS), 0);
}

static void one_interrupt_for_each_command(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++)
        on_machine("accel", seed, 20, interrupts_body, NULL);
}

/* --- the order of steps --- */

/* A long copy, and a fill that depends on nothing: whether the fill was seen first. */
static void overtaking_body(struct bench *b)
{
    bool *seen = b->ctx;
    struct command c;
    uint32_t index;

    user_up(b);
    user.p[BUFFER_BYTES - 2] = 0;
    *step_at(b, 0) = (struct step) { COPY, U8, .count = 100000, .a = 0, .out = 100000 };
    *step_at(b, 1) =
        (struct step) { FILL, U8, .count = 1, .out = BUFFER_BYTES - 2, .immediate = 9 };
    c = run_command(b, 2);
    index = submit(b, &c);
    while (!entry_at(b, index)->status && user.p[BUFFER_BYTES - 2] != 9)
        pause_us(b, 1);
    *seen = memcmp(user.p, user.p + 100000, 100000) != 0;
    assert_true(ended(b, index));
    assert_memory_equal(user.p, user.p + 100000, 100000);
}

static void independent_steps_overtake(void **state)
{
    unsigned overtaken = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        bool seen = false;

        on_machine("accel", seed, 2, overtaking_body, &seen);
        if (seed == 0)
            assert_false(seen); /* the plain case is one after the other */
        overtaken += seen;
    }
    assert_true(overtaken > 0);
}

/* Read after write, write after read, write after write: as if one came after the other. */
static void dependent_body(struct bench *b)
{
    user_up(b);
    *step_at(b, 0) = (struct step) { COPY, U8, .count = 30000, .a = 0, .out = 100000 };
    *step_at(b, 1) = (struct step) { COPY, U8, .count = 30000, .a = 100000, .out = 150000 };
    *step_at(b, 2) = (struct step) { FILL, U8, .count = 10000, .out = 100000, .immediate = 1 };
    *step_at(b, 3) = (struct step) { FILL, U8, .count = 5000, .out = 100000, .immediate = 2 };
    *step_at(b, 4) = (struct step) { REDUCE, U8, 0, .count = 10000, .a = 100000, .out = 200000 };
    *step_at(b, 5) =
        (struct step) { ADD, U8, .count = 10000, .a = 100000, .b = 100000, .out = 100000 };
    assert_int_equal(run_steps(b, 6)->steps_done, 6);
    assert_memory_equal(user.p + 150000, user.p, 30000);
    assert_int_equal(user.p[200000], (uint8_t)15000);
    assert_int_equal(user.p[100000], 4);
    assert_int_equal(user.p[109999], 2);
    assert_int_equal(user.p[110000], user.p[10000]);
}

static void dependent_steps_do_not(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        on_machine("accel", seed, 6, dependent_body, NULL);
}

/* --- abort, reset, power --- */

static struct command long_run(struct bench *b)
{
    for (unsigned i = 0; i < 64; i++)
        *step_at(b, i) = (struct step) { COPY, U8, .count = 100000, .a = 0, .out = 100000 };
    return run_command(b, 64);
}

static void abort_body(struct bench *b)
{
    uint32_t first, second, third;
    struct command c;

    user_up(b);
    c = long_run(b);
    first = submit(b, &c);
    second = submit(b, &c);
    c.count = 1;
    third = submit(b, &c);
    pause_us(b, 100);
    wr(b, ABORT, second);
    wr(b, ABORT, 7);   /* not in use */
    wr(b, ABORT, 100); /* not in the ring */
    assert_int_equal(entry_at(b, first)->status, 0);
    wr(b, ABORT, first);
    pause_us(b, 12); /* the bound, with all that choices add to it */
    assert_int_equal(entry_at(b, first)->status, ENDED | ENDED_ABORTED);
    assert_true(entry_at(b, first)->steps_done < 64);
    assert_int_equal(entry_at(b, first)->fault, 0);
    assert_true(ended(b, third));
    assert_int_equal(entry_at(b, second)->status, ENDED | ENDED_ABORTED);
    assert_int_equal(entry_at(b, second)->steps_done, 0);
    assert_int_equal(entry_at(b, third)->status, ENDED);
    wr(b, ABORT, third); /* it has ended */
    assert_int_equal(run_steps(b, 1)->status, ENDED);
}

static void abort_ends_one_command(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++)
        on_machine("accel", seed, 64, abort_body, NULL);
}

/* After what (a reset, D3, being pulled out) nothing is written any more. */
enum stop { BY_RESET, BY_D3, BY_REMOVAL };

static void stop_body(struct bench *b)
{
    const enum stop *how = b->ctx;
    struct command c;
    uint8_t before;

    user_up(b);
    c = long_run(b);
    submit(b, &c);
    pause_us(b, 100);
    assert_true(rd(b, STATUS) & BUSY);
    if (*how == BY_RESET)
        wr(b, CONTROL, RESET);
    else if (*how == BY_D3)
        bus_device_power(b->d, 3);
    else
        bus_unplug(b->s, b->d);
    before = user.p[100000] = 77;
    memset(user.p + 100000, before, 100000);
    pause_us(b, 5000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(user.p[100000 + i], before);
    assert_int_equal(entry_at(b, 0)->status, 0);
    assert_int_equal(b->interrupts, 0);
    if (*how == BY_REMOVAL)
        return;
    bus_device_power(b->d, 0);
    assert_int_equal(rd(b, STATUS), 0);
    assert_int_equal(rd(b, ENTRIES), 0);
    bring_up(b);
    assert_int_equal(run_steps(b, 1)->status, ENDED);
}

static void what_stops_it_stops_it_at_once(void **state)
{
    (void)state;
    for (enum stop how = BY_RESET; how <= BY_REMOVAL; how++)
        on_machine("accel", how, 64, stop_body, &how);
}

/* RUN to 0 takes effect between two commands. */
static void run_bit_body(struct bench *b)
{
    struct command c;
    uint32_t first, second;

    user_up(b);
    c = long_run(b);
    first = submit(b, &c);
    second = submit(b, &c);
    pause_us(b, 100);
    wr(b, CONTROL, IRQ);
    assert_true(rd(b, STATUS) & BUSY);
    assert_true(ended(b, first));
    pause_us(b, 100);
    assert_int_equal(rd(b, STATUS), 0);
    assert_int_equal(entry_at(b, second)->status, 0);
    wr(b, CONTROL, RUN | IRQ);
    assert_true(ended(b, second));
}

static void a_stop_drains_the_command_under_way(void **state)
{
    (void)state;
    on_machine("accel", 0, 64, run_bit_body, NULL);
}

static void ring_error_body(struct bench *b)
{
    user_up(b);
    wr(b, PRODUCER, BENCH_RING);
    assert_int_equal(rd(b, STATUS), STATUS_RING);
    pause_us(b, 20);
    assert_int_equal(b->interrupts, 1);
    bring_up(b);
    assert_int_equal(rd(b, STATUS), 0);
    wr(b, CONTROL, 0);
    wr(b, ENTRIES, 1);
    wr(b, CONTROL, RUN | IRQ);
    assert_int_equal(rd(b, STATUS), STATUS_RING);
    assert_int_equal(rd(b, CONTROL), IRQ);
}

static void errors_of_the_ring_stop_it(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, ring_error_body, NULL);
}

/* --- hostile --- */

#define ALWAYS 0x80000000u
enum { EARLY = 1, TWICE = 2, OVERREAD = 4, LATE_WRITE = 8, WRONG_STEP = 16, NEVER = 32 };

static void hostile_body(struct bench *b)
{
    const struct command *c;
    struct command run;

    user_up(b);
    *step_at(b, 0) = (struct step) { COPY, U8, .count = 100000, .a = 0, .out = 100000 };
    wr(b, HOSTILE, ALWAYS | EARLY);
    c = run_steps(b, 1);
    assert_int_equal(c->status, ENDED);
    assert_int_not_equal(memcmp(user.p, user.p + 100000, 100000), 0);
    pause_us(b, 1000);
    assert_memory_equal(user.p, user.p + 100000, 100000);
    assert_int_equal(b->interrupts, 1);
    wr(b, HOSTILE, ALWAYS | TWICE);
    run_steps(b, 1);
    pause_us(b, 1000);
    assert_int_equal(b->interrupts, 3);
    wr(b, HOSTILE, ALWAYS | LATE_WRITE);
    run_steps(b, 1);
    user.p[199999] ^= 0xff;
    pause_us(b, 20);
    assert_int_equal(user.p[199999], user.p[99999]);
    wr(b, HOSTILE, ALWAYS | WRONG_STEP);
    assert_int_equal(run_steps(b, 1)->steps_done, 2);
    wr(b, HOSTILE, ALWAYS | OVERREAD); /* right, but for what it reads */
    assert_int_equal(run_steps(b, 1)->status, ENDED);
    wr(b, HOSTILE, ALWAYS | NEVER);
    run = run_command(b, 1);
    c = entry_at(b, submit(b, &run));
    pause_us(b, 100000);
    assert_int_equal(c->status, 0);
    wr(b, ABORT, rd(b, CONSUMER));
    pause_us(b, 20);
    assert_int_equal(c->status, ENDED | ENDED_ABORTED);
}

static void a_hostile_one_misbehaves_as_asked(void **state)
{
    (void)state;
    on_machine("accel", 0, 1, hostile_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfers_move_pieces),
        cmocka_unit_test(local_memory_is_named_like_any_other),
        cmocka_unit_test(one_interrupt_for_each_command),
        cmocka_unit_test(independent_steps_overtake),
        cmocka_unit_test(dependent_steps_do_not),
        cmocka_unit_test(abort_ends_one_command),
        cmocka_unit_test(what_stops_it_stops_it_at_once),
        cmocka_unit_test(a_stop_drains_the_command_under_way),
        cmocka_unit_test(errors_of_the_ring_stop_it),
        cmocka_unit_test(a_hostile_one_misbehaves_as_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
