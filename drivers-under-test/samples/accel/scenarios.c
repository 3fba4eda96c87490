/*
 * What is done with the accel driver: programs of every opcode and size, on all kinds of the card,
 * sixteen of them at once, and every way in which they can be disturbed. What a program leaves
 * behind is compared byte by byte with the reference interpreter's.
 */
#include "programs.h"
#include "refused.h"
#include "sixteen.h"

/* --- what programs do --- */

static void run_opcodes(struct dm_run *r)
{
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    for (unsigned type = 0; type < ACCEL_TYPES; type++) {
        struct program p;
        uint32_t base = 4096 - 64;
        ACCEL_STEP *s;

        program_alloc(r, &p, 32, 40000, 100 + type);
        program_step(&p, ACCEL_COPY, type, 300, base, 9000, 0);
        program_step(&p, ACCEL_FILL, type, 77, 12288 - 40, 0, 0)->Immediate = 0x3fc00001;
        program_step(&p, ACCEL_ADD, type, 500, 16000, base, 9000);
        program_step(&p, ACCEL_MUL, type, 500, 16000, 16000, 20000);
        program_step(&p, ACCEL_FMA, type, 100, 24000, base, 16000)->C = 24000;
        for (unsigned i = 0; i < ACCEL_REDUCTIONS; i++)
            program_step(&p, ACCEL_REDUCE, type, 700, 28000 + 4 * i, 4, 0)->Variant = (UCHAR)i;
        for (unsigned i = 0; i < ACCEL_COMPARISONS; i++) {
            s = program_step(&p, ACCEL_SELECT, type, 60, 29000 + 240 * i, base, 9000);
            s->Variant = (UCHAR)i;
            s->C = 16000;
            s->D = 28000;
        }
        for (unsigned i = 0; i < ACCEL_PRODUCTS; i++) {
            s = program_step(&p, ACCEL_MATMUL, type, 7, 32000 + 600 * i, 16000, 20480 - 8);
            s->Count2 = 5;
            s->Count3 = 11;
            s->C = s->Out;
            s->Variant = (UCHAR)i;
        }
        program_check(r, f, &p, 11 + type);
        program_free(r, &p);
    }
    dm_close(r, f);
}

/* The index is the program's own work: the bytes of a table's places, made by fills. */
static void run_gather(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct program p;

    if (!f)
        return;
    program_alloc(r, &p, 200, 300000, 3);
    for (uint32_t i = 0; i < 90; i++)
        program_step(&p, ACCEL_FILL, ACCEL_I32, 1, 200000 + 4 * i, 0, 0)->Immediate = i * 181 % 16384;
    program_step(&p, ACCEL_GATHER, ACCEL_F32, 90, 240000, 4096, 200000)->Count2 = 16384;
    program_step(&p, ACCEL_GATHER, ACCEL_U8, 90, 250001, 4097, 200000)->Count2 = 16384;
    program_check(r, f, &p, 21);
    program_free(r, &p);
    dm_close(r, f);
}

static void run_lengths(struct dm_run *r)
{
    static const struct { uint32_t bytes; unsigned in_page; } rows[] = {
        { 1, 0 }, { 1, 4095 }, { 2, 4095 }, { 3, 17 }, { 63, 4000 }, { 4095, 1 }, { 4096, 0 },
        { 4097, 4095 }, { 12289, 2047 }, { 65537, 1 },
    };
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct program p;
        uint32_t half = rows[i].bytes / 2;

        program_alloc(r, &p, 2, rows[i].bytes, rows[i].in_page);
        program_step(&p, ACCEL_ADD, ACCEL_U8, rows[i].bytes, 0, 0, 0);
        if (half)
            program_step(&p, ACCEL_COPY, ACCEL_U8, half, 0, rows[i].bytes - half, 0);
        program_check(r, f, &p, 31 + i);
        program_free(r, &p);
    }
    dm_close(r, f);
}

/* Steps and programs that are larger than any window in memory; a few pages at the ends of a buffer
 * that is larger still. Sums of bytes, so that the reference takes no time. */
static void large(struct dm_run *r, struct dm_file *f)
{
    struct program p;

    program_alloc(r, &p, 8, 5 * MIB / 2 + 77, 300);
    program_step(&p, ACCEL_ADD, ACCEL_U8, 800000, 1800000, 1, 900001);
    program_step(&p, ACCEL_COPY, ACCEL_I32, 150000, 8, 1900000, 0);
    program_step(&p, ACCEL_MUL, ACCEL_U8, MIB, 3 * MIB / 2, 3 * MIB / 2, 1);
    program_step(&p, ACCEL_REDUCE, ACCEL_I32, 200000, 1300000, 3 * MIB / 2, 0);
    program_check(r, f, &p, 41);
    program_free(r, &p);
}

static void run_large(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct program p;

    if (!f)
        return;
    large(r, f);
    program_alloc(r, &p, 4, 40 * MIB, 0);
    program_step(&p, ACCEL_FILL, ACCEL_U8, 100, 33, 0, 0)->Immediate = 0xa7;
    program_step(&p, ACCEL_COPY, ACCEL_U8, 3000, 40 * MIB - 3000, 10, 0);
    if (program_create_sound(r, f, &p)) {
        memset(p.memory, 0x11, 4096);
        finish(r, program_start(r, f, &p), p.bytes);
        dm_expect(r, p.memory[33] == 0xa7 && p.memory[32] == 0x11 && p.memory[133] == 0x11);
        dm_expect(r, !memcmp(p.memory + 40 * MIB - 3000, p.memory + 10, 3000));
    }
    program_free(r, &p);
    dm_close(r, f);
}

/* Programs that nobody has written. */
static void run_drawn(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    uint32_t first = dm_choose(r, 1u << 20);

    if (!f)
        return;
    for (unsigned i = 0; i < 4; i++) {
        struct program p;

        program_alloc(r, &p, 200, 8192 + (first + i) % 7 * 9001, (first * 77 + i) % 4096);
        program_draw(&p, first * 4ull + i, 20 + (first + i) % 5 * 45);
        p.drawn = true;
        program_check(r, f, &p, first + i);
        program_free(r, &p);
    }
    dm_close(r, f);
}

/* Ten thousand steps: more than one command holds. */
static void run_long(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    struct program p;

    if (!f)
        return;
    program_alloc(r, &p, 10000, 8192, 4000);
    program_draw(&p, 3, 10000);
    for (uint32_t i = 0; i < p.head->Steps; i++) /* short ones: the reference is slow */
        p.steps[i].Count = p.steps[i].Count2 = p.steps[i].Count3 = 1 + i % 3;
    program_check(r, f, &p, 51);
    program_free(r, &p);
    dm_close(r, f);
}

/* --- a program from a file: --program FILE --- */

static void program_expect(struct dm_run *r, const struct dm_program *from, const struct program *p)
{
    const struct dm_program_expected *e = dm_program_at(from, from->expected_at);

    for (uint32_t i = 0; i < from->expected; i++)
        dm_expect(r, dm_program_differs(from, &e[i], p->memory) == e[i].bytes);
    dm_expect(r, !memcmp(p->memory, p->expected, p->bytes));
}

static void program_run(struct dm_run *r, struct dm_file *f, const struct dm_program *from,
                        struct program *p)
{
    struct dm_request *q;
    ACCEL_STATISTICS st;

    memcpy(p->memory, dm_program_at(from, from->contents_at), p->bytes);
    memcpy(p->expected, p->memory, p->bytes);
    program_expect_run(p);
    q = program_start(r, f, p);
    dm_expect(r, dm_wait(r, q, FOREVER));
    dm_expect(r, dm_status(q) == (from->outcome == DM_PROGRAM_RUNS ? SUCCESS : IO_DEVICE_ERROR));
    dm_settled(r, q);
    dm_request_free(r, q);
    statistics(r, f, &st);
    if (from->outcome == DM_PROGRAM_RUNS)
        program_expect(r, from, p);
    else
        dm_expect(r, st.LastFaultStep == from->step && (!from->reason || st.LastFault == from->reason));
}

static void run_program(struct dm_run *r)
{
    size_t bytes;
    const struct dm_program *from = dm_input(r, "program", &bytes);
    struct dm_file *f = open_first(r);
    ACCEL_STATISTICS st;
    struct program p;

    if (!f)
        return;
    program_alloc(r, &p, from->steps, (uint32_t)from->buffer_bytes, 4000);
    memcpy(p.steps, dm_program_at(from, from->steps_at), from->steps * sizeof(ACCEL_STEP));
    p.head->Steps = from->steps;
    if (from->outcome == DM_PROGRAM_REFUSED) {
        if (program_create(r, f, &p))
            dm_expect(r, p.verdict->ProgramId == 0 && p.verdict->Step == from->step &&
                             (!from->reason || p.verdict->Reason == from->reason));
        statistics(r, f, &st);
        dm_expect(r, st.Steps == 0 && st.BytesIn == 0); /* the card has heard of nothing */
    } else if (program_create_sound(r, f, &p)) {
        program_run(r, f, from, &p);
    }
    program_free(r, &p);
    dm_close(r, f);
}

/* --- several users, several cards --- */

static void one_user(struct dm_run *r, void *ctx)
{
    unsigned me = (unsigned)(uintptr_t)ctx;
    struct dm_file *f = open_first(r);

    if (!f)
        return;
    for (unsigned i = 0; i < 3; i++) {
        struct program p;

        program_alloc(r, &p, 24, 8192 + me * 20011, me * 1111 + i);
        program_draw(&p, me * 10 + i, 8 * (i + 1));
        program_check(r, f, &p, me);
        program_free(r, &p);
    }
    dm_close(r, f);
}

static void run_users(struct dm_run *r)
{
    struct dm_thread *t[4];

    for (unsigned i = 0; i < COUNT(t); i++)
        t[i] = dm_thread(r, one_user, (void *)(uintptr_t)i);
    for (unsigned i = 0; i < COUNT(t); i++)
        dm_join(r, t[i]);
}

static void write_beside(struct program *p, unsigned i)
{
    *(volatile uint8_t *)&p->memory[3000 + 20 * i] = (uint8_t)(200 + i);
    p->expected[3000 + 20 * i] = (uint8_t)(200 + i);
}

/* The bytes beside those that a program writes are not the driver's to touch: they are written
 * meanwhile. On a machine without coherent caches not those two that share a line with what the card writes:
 * one of both would be lost. */
static void run_beside(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    unsigned shared = strcmp(dm_profile(r), "noncoherent") ? 0 : 2;
    struct dm_request *q;
    struct program p;

    if (!f)
        return;
    program_alloc(r, &p, 4, 5000, 100);
    program_step(&p, ACCEL_ADD, ACCEL_U8, 1000, 2000, 0, 500);
    program_step(&p, ACCEL_COPY, ACCEL_U8, 1000, 4000, 1500, 0);
    if (program_create_sound(r, f, &p)) {
        program_fill(r, &p, 8);
        program_expect_run(&p);
        for (unsigned i = 0; i < shared; i++)
            write_beside(&p, i);
        q = program_start(r, f, &p);
        for (unsigned i = shared; i < 50; i++) {
            write_beside(&p, i);
            dm_sleep(r, 200);
        }
        finish(r, q, p.bytes);
        dm_expect(r, program_matches(&p));
    }
    program_free(r, &p);
    dm_close(r, f);
}

static void on_model(struct dm_run *r, const char *model, uint64_t number)
{
    struct dm_device *d = dm_plug(r, model);
    struct dm_file *f = open_at(r, d);
    struct program p;

    if (!f)
        return;
    program_alloc(r, &p, 60, 70001, 4001);
    program_draw(&p, number, 60);
    program_check(r, f, &p, number);
    program_free(r, &p);
    dm_close(r, f);
    dm_expect(r, dm_power(r, d, 3) == SUCCESS);
    dm_expect(r, dm_power(r, d, 0) == SUCCESS);
    f = open_at(r, d);
    if (!f)
        return;
    if (!strcmp(model, "accel_local"))
        large(r, f);
    dm_close(r, f);
    dm_expect(r, dm_remove(r, d) == SUCCESS);
}

static void run_narrow(struct dm_run *r) { on_model(r, "accel32", 140); }
static void run_local(struct dm_run *r) { on_model(r, "accel_local", 141); }

const struct dm_scenario dmacheck_scenarios[] = {
    { "opcodes", "every opcode, type and variant", run_opcodes, 0 },
    { "gather", "tables and indices", run_gather, 0 },
    { "lengths", "buffers from a byte on", run_lengths, 0 },
    { "large", "steps and buffers larger than any window", run_large, 0 },
    { "drawn", "programs that nobody has written", run_drawn, 0 },
    { "long", "ten thousand steps", run_long, 0 },
    { "refused", "programs that are not sound", run_refused, 0 },
    { "working-set", "a step that does not fit the window", run_working_set, 0 },
    { "interface", "requests that are wrong", run_interface, 0 },
    { "quota", "more programs than a handle may have", run_quota, 0 },
    { "faults", "a fault that only the card can see", run_faults, 0 },
    { "sixteen", "sixteen programs at once", run_sixteen, 0 },
    { "cancel", "half of sixteen are cancelled", run_cancel, 0 },
    { "power", "D3 and D0 while sixteen run", run_power, 0 },
    { "cancel-waiting", "half of sixteen are cancelled while the device sleeps", run_cancel_waiting, 0 },
    { "close", "a handle is closed over its sixteen", run_close, 0 },
    { "rebalance", "stop and start while sixteen run", run_rebalance, 0 },
    { "remove", "asked to go while sixteen run, then removed", run_remove, DM_MANUAL },
    { "surprise", "pulled out while sixteen run", run_surprise, DM_MANUAL },
    { "users", "four users, each with its own handle", run_users, 0 },
    { "beside", "bytes beside a program's change while it runs", run_beside, 0 },
    { "program", "a program from a file", run_program, DM_TAKES_PROGRAM },
    { "narrow", "a card with 32 address lines", run_narrow, DM_MANUAL },
    { "local", "a card with memory of its own", run_local, DM_MANUAL },
    { 0 },
};

const struct dm_setup dmacheck_setup = { .devices = "accel" };
