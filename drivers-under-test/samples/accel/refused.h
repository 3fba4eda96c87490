/*
 * What the accel driver must not do: programs that are not sound, requests that are wrong, more than it has
 * room for; and a fault that only the card can see.
 */
#ifndef ACCEL_REFUSED_H
#define ACCEL_REFUSED_H

#include "programs.h"

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

#endif
