/*
 * What is done with the accel driver: programs of every opcode and size, on all kinds of the card,
 * sixteen of them at once, and every way in which they can be disturbed. What a program leaves
 * behind is compared byte by byte with the reference interpreter's.
 */
#include "programs.h"

/* Of a batch: programs, here, whose buffers are of different lengths. */
static uint32_t batch_bytes(unsigned i) { return 9000 + i * 5003; }
static uint64_t batch_card(unsigned i) { return i; }

static void statistics(struct dm_run *r, struct dm_file *f, ACCEL_STATISTICS *out)
{
    ACCEL_STATISTICS *st = dm_alloc(r, sizeof *st, 0);
    struct dm_request *q = dm_ioctl_start(r, f, IOCTL_ACCEL_GET_STATISTICS, NULL, 0, st, sizeof *st);

    dm_expect(r, dm_wait(r, q, FOREVER) && dm_status(q) == SUCCESS);
    *out = *st;
    dm_request_free(r, q);
    dm_free(r, st);
}

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

    program_alloc(r, &p, 8, 6 * MIB + 77, 300);
    program_step(&p, ACCEL_ADD, ACCEL_U8, 3 * MIB - 5, 3 * MIB, 1, 7);
    program_step(&p, ACCEL_COPY, ACCEL_I32, 300000, 8, 4 * MIB + 4, 0);
    program_step(&p, ACCEL_MUL, ACCEL_U8, 2 * MIB, 4 * MIB, 4 * MIB, 1);
    program_step(&p, ACCEL_REDUCE, ACCEL_I32, 250000, 1300000, 4 * MIB, 0);
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
    program_alloc(r, &p, 4, 64 * MIB, 0);
    program_step(&p, ACCEL_FILL, ACCEL_U8, 100, 33, 0, 0)->Immediate = 0xa7;
    program_step(&p, ACCEL_COPY, ACCEL_U8, 3000, 64 * MIB - 3000, 10, 0);
    if (program_create_sound(r, f, &p)) {
        memset(p.memory, 0x11, 4096);
        finish(r, program_start(r, f, &p), p.bytes);
        dm_expect(r, p.memory[33] == 0xa7 && p.memory[32] == 0x11 && p.memory[133] == 0x11);
        dm_expect(r, !memcmp(p.memory + 64 * MIB - 3000, p.memory + 10, 3000));
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
    for (uint32_t i = 0; i < p.head->Steps; i++)
        if (p.steps[i].Opcode != ACCEL_MATMUL)
            p.steps[i].Count = 1 + i % 3;
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

/* --- what is refused --- */

struct refused {
    ACCEL_STEP step;
    uint32_t reason;
};

#define STEP(opcode, type, variant, flags, count, count2, count3, out, a, b) \
    { opcode, type, variant, flags, count, count2, count3, out, a, b, 12288, 0, 0, 0 }
static const struct refused refusals[] = {
    { STEP(0, ACCEL_I32, 0, 0, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_OPCODE },
    { STEP(10, ACCEL_I32, 0, 0, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_OPCODE },
    { STEP(ACCEL_ADD, 3, 0, 0, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_TYPE },
    { STEP(ACCEL_ADD, ACCEL_I32, 1, 0, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_VARIANT },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 1, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_VARIANT },
    { STEP(ACCEL_REDUCE, ACCEL_I32, 3, 0, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_VARIANT },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 0, 0, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_COPY, ACCEL_I32, 0, 0, 0xffffffff, 0, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_COPY, ACCEL_I32, 0, 0, 0x40000001, 0, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_COPY, ACCEL_I32, 0, 0, 4 * MIB + 1, 0, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_MATMUL, ACCEL_I32, 0, 0, 65, 1, 1, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_MATMUL, ACCEL_I32, 0, 0, 1, 0x80000000, 2, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_MATMUL, ACCEL_I32, 0, 0, 1, 1, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_GATHER, ACCEL_I32, 0, 0, 8, 16385, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_GATHER, ACCEL_I32, 0, 0, 8, 0, 0, 0, 4096, 8192), ACCEL_FAULT_SIZE },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 8, 0, 0, 2, 4096, 8192), ACCEL_FAULT_ALIGNMENT },
    { STEP(ACCEL_GATHER, ACCEL_U8, 0, 0, 8, 5, 0, 0, 4096, 8193), ACCEL_FAULT_ALIGNMENT },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 8, 0, 0, ACCEL_REFERENCE(1, 0), 4096, 8192), ACCEL_FAULT_REFERENCE },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 8, 0, 0, 0, 16384 - 28, 8192), ACCEL_FAULT_REFERENCE },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 8, 0, 0, 0, 4096, 0x00fffffffffffff0), ACCEL_FAULT_REFERENCE },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 8, 0, 0, ~3ull, 4096, 8192), ACCEL_FAULT_REFERENCE },
    { STEP(ACCEL_ADD, ACCEL_I32, 0, 0, 8, 0, 0, 4100, 4096, 8192), ACCEL_FAULT_OVERLAP },
    { STEP(ACCEL_REDUCE, ACCEL_I32, 0, 0, 8, 0, 0, 4096, 4096, 8192), ACCEL_FAULT_OVERLAP },
    { STEP(ACCEL_MATMUL, ACCEL_I32, 0, 0, 8, 1, 1, 4096, 4096, 8192), ACCEL_FAULT_OVERLAP },
    { STEP(ACCEL_GATHER, ACCEL_I32, 0, 0, 8, 100, 0, 4492, 4096, 8192), ACCEL_FAULT_OVERLAP },
};

static void refuse(struct dm_run *r, struct dm_file *f, struct program *p, uint32_t reason,
                   uint32_t step)
{
    if (!program_create(r, f, p))
        return;
    dm_expect(r, p->verdict->ProgramId == 0 && p->verdict->Reason == reason);
    dm_expect(r, p->verdict->Step == step);
}

/* Refused at the step that is at fault, for what the card would have said of it; the card hears of
 * none. */
static void run_refused(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    ACCEL_STATISTICS before, after;
    struct program p;

    if (!f)
        return;
    statistics(r, f, &before);
    program_alloc(r, &p, 4, 16384, 0);
    for (unsigned i = 0; i < COUNT(refusals); i++) {
        p.head->Steps = 0;
        for (unsigned k = 0; k < i % 4; k++)
            program_step(&p, ACCEL_ADD, ACCEL_I32, 4, 0, 4096, 8192);
        p.steps[p.head->Steps++] = refusals[i].step;
        refuse(r, f, &p, refusals[i].reason, i % 4);
    }
    p.head->Steps = 0;
    refuse(r, f, &p, ACCEL_REFUSED_STEPS, ACCEL_NO_STEP);
    program_step(&p, ACCEL_ADD, ACCEL_I32, 4, 0, 4096, 8192);
    for (unsigned i = 0; i < 3; i++) {
        p.head->BufferBytes = i == 0 ? 0 : i == 1 ? 256 * MIB + 1 : ~0ull;
        refuse(r, f, &p, ACCEL_REFUSED_BUFFER, ACCEL_NO_STEP);
    }
    statistics(r, f, &after);
    dm_expect(r, !memcmp(&before, &after, sizeof before) && before.Steps == 0 && before.BytesIn == 0);
    program_free(r, &p);
    dm_close(r, f);
}

/* A reduction cannot be cut: more than the window holds is more than the driver can do, and it says
 * so. */
static void run_working_set(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    ACCEL_CAPABILITIES *c = dm_alloc(r, sizeof *c, 0);
    struct dm_request *q;
    struct program p;

    if (!f)
        return;
    q = dm_ioctl_start(r, f, IOCTL_ACCEL_QUERY_CAPABILITIES, NULL, 0, c, sizeof *c);
    dm_expect(r, dm_wait(r, q, FOREVER) && dm_status(q) == SUCCESS);
    dm_expect(r, c->Version == 1 && c->AddressBits == 64 && c->BufferBytesMax == 256 * MIB);
    dm_request_free(r, q);
    program_alloc(r, &p, 4, 64, 0);
    p.head->BufferBytes = 200 * MIB;
    program_step(&p, ACCEL_ADD, ACCEL_U8, 16 * MIB, 0, 50 * MIB, 100 * MIB);
    program_step(&p, ACCEL_REDUCE, ACCEL_U8, (uint32_t)c->WorkingSetBytesMax - 4096, 0, 4096, 0);
    if (program_create_sound(r, f, &p))
        program_step(&p, ACCEL_REDUCE, ACCEL_U8, (uint32_t)c->WorkingSetBytesMax, 0, 4096, 0);
    refuse(r, f, &p, ACCEL_REFUSED_WORKING_SET, 2);
    program_free(r, &p);
    dm_free(r, c);
    dm_close(r, f);
}

static void expect_ioctl(struct dm_run *r, struct dm_file *f, uint32_t code, const void *in,
                         uint32_t in_bytes, void *out, uint32_t out_bytes, int32_t status)
{
    uint64_t information;

    dm_expect(r, dm_ioctl(r, f, code, in, in_bytes, out, out_bytes, &information) == status);
    dm_expect(r, information == 0);
}

/* Requests that are wrong, whatever the program. */
static void run_interface(struct dm_run *r)
{
    struct dm_file *f = open_first(r), *other = open_first(r);
    uint32_t in_bytes = sizeof(ACCEL_PROGRAM) + sizeof(ACCEL_STEP);
    struct program p;

    if (!f || !other) {
        close_if_open(r, f);
        close_if_open(r, other);
        return;
    }
    program_alloc(r, &p, 1, 5000, 9);
    program_step(&p, ACCEL_ADD, ACCEL_U8, 100, 0, 4096, 300);
    expect_ioctl(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p.head, 15, p.verdict, 24, BUFFER_TOO_SMALL);
    expect_ioctl(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p.head, in_bytes, p.verdict, 23, BUFFER_TOO_SMALL);
    expect_ioctl(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p.head, in_bytes - 1, p.verdict, 24, INVALID_PARAMETER);
    p.head->Steps = 0x04000001; /* times 64 is 64 more than 2^32 */
    expect_ioctl(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p.head, in_bytes, p.verdict, 24, INVALID_PARAMETER);
    p.head->Steps = 1;
    p.head->Version = 2;
    expect_ioctl(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p.head, in_bytes, p.verdict, 24, INVALID_PARAMETER);
    p.head->Version = 1;
    program_check(r, f, &p, 3);
    expect_ioctl(r, f, IOCTL_ACCEL_RUN, p.run, 8, p.memory, 5000, NOT_FOUND); /* destroyed */
    if (program_create_sound(r, f, &p)) {
        expect_ioctl(r, other, IOCTL_ACCEL_RUN, p.run, 8, p.memory, 5000, NOT_FOUND);
        expect_ioctl(r, other, IOCTL_ACCEL_DESTROY_PROGRAM, p.run, 8, NULL, 0, NOT_FOUND);
        expect_ioctl(r, f, IOCTL_ACCEL_RUN, p.run, 8, p.memory, 4999, BUFFER_TOO_SMALL);
        expect_ioctl(r, f, IOCTL_ACCEL_RUN, p.run, 7, p.memory, 5000, BUFFER_TOO_SMALL);
        p.run->Flags = 1;
        expect_ioctl(r, f, IOCTL_ACCEL_RUN, p.run, 8, p.memory, 5000, INVALID_PARAMETER);
    }
    expect_ioctl(r, f, IOCTL_ACCEL_GET_STATISTICS, NULL, 0, p.memory, 8, BUFFER_TOO_SMALL);
    expect_ioctl(r, f, CTL_CODE(ACCEL_DEVICE_TYPE, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS), NULL, 0,
                 NULL, 0, INVALID_DEVICE_REQUEST);
    dm_close(r, f);
    program_free(r, &p);
    dm_close(r, other);
}

/* More programs than one handle may have; they go with it. */
static void run_quota(struct dm_run *r)
{
    struct dm_file *f = open_first(r), *other = open_first(r);
    ACCEL_STATISTICS st;
    struct program p;

    if (!f || !other) {
        close_if_open(r, f);
        close_if_open(r, other);
        return;
    }
    program_alloc(r, &p, 1, 100, 0);
    program_step(&p, ACCEL_FILL, ACCEL_U8, 1, 0, 0, 0);
    for (unsigned i = 0; i < 64; i++)
        program_create_sound(r, f, &p);
    expect_ioctl(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p.head, sizeof *p.head + 64, p.verdict,
                 sizeof *p.verdict, QUOTA_EXCEEDED);
    dm_close(r, f);
    statistics(r, other, &st);
    dm_expect(r, st.Programs == 0);
    program_free(r, &p);
    dm_close(r, other);
}

/* A fault that no check can see before: an index in the data. The run fails, the statistics have
 * the step, and nothing else suffers: not the bytes beside what the program may write, not the next
 * run. */
static void run_faults(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
    ACCEL_STATISTICS st;
    struct program p;
    struct dm_request *q;

    if (!f)
        return;
    program_alloc(r, &p, 8, 20000, 60);
    program_step(&p, ACCEL_FILL, ACCEL_I32, 3, 8192, 0, 0)->Immediate = 4;
    program_step(&p, ACCEL_FILL, ACCEL_I32, 1, 8204, 0, 0)->Immediate = 5;
    program_step(&p, ACCEL_GATHER, ACCEL_I32, 4, 12288, 4096, 8192)->Count2 = 5;
    if (program_create_sound(r, f, &p)) {
        program_fill(r, &p, 5);
        dm_expect(r, program_expect_run(&p).fault == ACCEL_FAULT_INDEX);
        q = program_start(r, f, &p);
        dm_expect(r, dm_wait(r, q, FOREVER) && dm_status(q) == IO_DEVICE_ERROR);
        dm_expect(r, dm_information(q) == 0);
        dm_settled(r, q);
        dm_request_free(r, q);
        dm_expect(r, !memcmp(p.memory, p.expected, 8192));
        dm_expect(r, !memcmp(p.memory + 12304, p.expected + 12304, 20000 - 12304));
        statistics(r, f, &st);
        dm_expect(r, st.Faults == 1 && st.LastFault == ACCEL_FAULT_INDEX && st.LastFaultStep == 2);
    }
    p.head->Steps = 1;
    program_check(r, f, &p, 6);
    program_free(r, &p);
    dm_close(r, f);
}

/* --- sixteen programs --- */

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

/* The bytes beside those that a program writes are not the driver's to touch: they are written
 * meanwhile. */
static void run_beside(struct dm_run *r)
{
    struct dm_file *f = open_first(r);
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
        q = program_start(r, f, &p);
        for (unsigned i = 0; i < 50; i++) {
            *(volatile uint8_t *)&p.memory[3000 + 20 * i] = (uint8_t)(200 + i);
            p.expected[3000 + 20 * i] = (uint8_t)(200 + i);
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
