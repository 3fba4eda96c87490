/*
 * What the accel driver's scenarios share: programs, made step by step or out of a number, and what
 * comes of them, computed by the reference interpreter (tests/accel), which shares nothing with
 * driver or card.
 */
#ifndef ACCEL_PROGRAMS_H
#define ACCEL_PROGRAMS_H

#include <stdlib.h>
#include <string.h>

#define BATCH 16
#include "../requests.h"
#include "include/dmacheck/program.h"
#include "tests/accel/reference.c"
#include "tests/accel/reference_float.c"

/* The driver's interface, as a user program has it. */
typedef uint8_t UCHAR;
typedef uint32_t ULONG;
typedef uint64_t ULONGLONG;
#define C_ASSERT(x) _Static_assert(x, #x)
#define CTL_CODE DM_CTL_CODE
#define METHOD_BUFFERED DM_METHOD_BUFFERED
#define METHOD_OUT_DIRECT DM_METHOD_OUT_DIRECT
#define FILE_ANY_ACCESS 0u
#define FILE_READ_ACCESS DM_READ_ACCESS
#define FILE_WRITE_ACCESS DM_WRITE_ACCESS
#include "hardware.h"
#include "ioctl.h"

/* NTSTATUS values that the scenarios look for. */
#define NOT_FOUND ((int32_t)0xC0000225)
#define BUFFER_TOO_SMALL ((int32_t)0xC0000023)
#define INVALID_DEVICE_REQUEST ((int32_t)0xC0000010)
#define IO_DEVICE_ERROR ((int32_t)0xC0000185)
#define QUOTA_EXCEEDED ((int32_t)0xC0000044)

/* --- a program and its buffer --- */

struct program {
    ACCEL_PROGRAM *head; /* steps behind it, in memory of the user */
    ACCEL_STEP *steps;
    ACCEL_VERDICT *verdict;
    ACCEL_RUN *run;
    uint32_t room;
    uint32_t bytes;    /* of the buffer */
    bool drawn;        /* what comes of it is this run's own: other machines draw other programs */
    uint8_t *memory;   /* the buffer */
    uint8_t *expected; /* host memory: what the buffer will hold */
};

static inline void program_alloc(struct dm_run *r, struct program *p, uint32_t room, uint32_t bytes,
                                 unsigned in_page)
{
    p->head = dm_alloc(r, sizeof *p->head + room * sizeof(ACCEL_STEP), 8);
    p->steps = (ACCEL_STEP *)(p->head + 1);
    p->verdict = dm_alloc(r, sizeof *p->verdict, 0);
    p->run = dm_alloc(r, sizeof *p->run, 16);
    p->memory = dm_alloc(r, bytes, in_page);
    p->expected = malloc(bytes);
    p->room = room;
    p->drawn = false;
    p->bytes = bytes;
    memset(p->head, 0, sizeof *p->head + room * sizeof(ACCEL_STEP));
    *p->head = (ACCEL_PROGRAM) { .Version = ACCEL_INTERFACE_VERSION, .BufferBytes = bytes };
    *p->run = (ACCEL_RUN) { 0 };
}

static inline void program_free(struct dm_run *r, struct program *p)
{
    free(p->expected);
    dm_free(r, p->memory);
    dm_free(r, p->run);
    dm_free(r, p->verdict);
    dm_free(r, p->head);
}

static inline ACCEL_STEP *program_step(struct program *p, unsigned opcode, unsigned type,
                                       uint32_t count, uint64_t out, uint64_t a, uint64_t b)
{
    ACCEL_STEP *s = &p->steps[p->head->Steps++];

    *s = (ACCEL_STEP) { .Opcode = (UCHAR)opcode, .Type = (UCHAR)type, .Count = count,
                        .Out = out, .A = a, .B = b, .Tag = 7 };
    return s;
}

static inline bool program_finish(struct dm_run *r, struct program *p, struct dm_request *q,
                                  uint64_t bytes)
{
    bool well;

    dm_expect(r, dm_wait(r, q, FOREVER));
    well = dm_status(q) == SUCCESS;
    dm_expect(r, well && dm_information(q) == bytes);
    if (!p->drawn)
        dm_settled(r, q);
    dm_request_free(r, q);
    return well;
}

/* The driver's verdict; false: the request itself failed. */
static inline bool program_create(struct dm_run *r, struct dm_file *f, struct program *p)
{
    uint32_t bytes = (uint32_t)sizeof *p->head + p->head->Steps * (uint32_t)sizeof(ACCEL_STEP);
    bool well = program_finish(r, p,
                               dm_ioctl_start(r, f, IOCTL_ACCEL_CREATE_PROGRAM, p->head, bytes,
                                              p->verdict, sizeof *p->verdict),
                               sizeof *p->verdict);

    p->run->ProgramId = well ? p->verdict->ProgramId : 0;
    return well;
}

static inline bool program_create_sound(struct dm_run *r, struct dm_file *f, struct program *p)
{
    bool sound = program_create(r, f, p) && p->verdict->ProgramId != 0;

    dm_expect(r, sound);
    return sound;
}

static inline struct dm_request *program_start(struct dm_run *r, struct dm_file *f,
                                               struct program *p)
{
    return dm_ioctl_start(r, f, IOCTL_ACCEL_RUN, p->run, sizeof *p->run, p->memory, p->bytes);
}

static inline void program_fill(struct dm_run *r, struct program *p, uint64_t pattern)
{
    dm_fill(r, p->memory, p->bytes, pattern);
    memcpy(p->expected, p->memory, p->bytes);
}

/* What one more run makes of the expected contents. */
static inline struct reference_end program_expect_run(struct program *p)
{
    return reference_run((const uint8_t *)p->steps, p->head->Steps, p->expected, p->bytes);
}

static inline bool program_matches(struct program *p)
{
    return !memcmp(p->memory, p->expected, p->bytes);
}

/* Created, run once on this pattern, compared, destroyed. */
static inline void program_check(struct dm_run *r, struct dm_file *f, struct program *p,
                                 uint64_t pattern)
{
    if (!program_create_sound(r, f, p))
        return;
    program_fill(r, p, pattern);
    dm_expect(r, program_expect_run(p).step == REFERENCE_DONE);
    program_finish(r, p, program_start(r, f, p), p->bytes);
    dm_expect(r, program_matches(p));
    program_finish(r, p,
                   dm_ioctl_start(r, f, IOCTL_ACCEL_DESTROY_PROGRAM, p->run, sizeof *p->run, NULL, 0),
                   0);
}

static inline void statistics(struct dm_run *r, struct dm_file *f, ACCEL_STATISTICS *out)
{
    ACCEL_STATISTICS *st = dm_alloc(r, sizeof *st, 0);
    struct dm_request *q = dm_ioctl_start(r, f, IOCTL_ACCEL_GET_STATISTICS, NULL, 0, st, sizeof *st);

    dm_expect(r, dm_wait(r, q, FOREVER) && dm_status(q) == SUCCESS);
    *out = *st;
    dm_request_free(r, q);
    dm_free(r, st);
}

/* --- programs out of a number --- */

#define SLOTS 6u /* a step's operands lie in parts of the buffer of their own, but for those in place */

static inline uint32_t draw(uint64_t *state, uint32_t bound)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((*state >> 33) % bound);
}

/* Element counts that find room in half a part, whatever the opcode makes of them. */
static inline void step_sizes(ACCEL_STEP *s, uint64_t *state, uint32_t slot)
{
    uint32_t most = slot / 8;

    s->Count = draw(state, 32) ? 1 + draw(state, most < 80 ? most : 80) : most;
    if (s->Opcode == ACCEL_MATMUL) {
        s->Count = 1 + draw(state, 12);
        s->Count2 = 1 + draw(state, 6);
        s->Count3 = 1 + draw(state, 6);
        s->Variant = (UCHAR)draw(state, ACCEL_PRODUCTS);
    } else if (s->Opcode == ACCEL_REDUCE) {
        s->Variant = (UCHAR)draw(state, ACCEL_REDUCTIONS);
    } else if (s->Opcode == ACCEL_SELECT) {
        s->Variant = (UCHAR)draw(state, ACCEL_COMPARISONS);
    }
}

/* A step: some are in place, most take from where others have put. An operand begins in the first
 * half of its part and is no longer than half a part; the buffer has 8 KiB at least, so that
 * products find room. GATHER is left to the scenarios that choose its indices. */
static inline void step_draw(struct program *p, uint64_t *state)
{
    ACCEL_STEP *s = &p->steps[p->head->Steps++];
    uint32_t slot = p->bytes / SLOTS & ~15u, out = draw(state, SLOTS), i;

    *s = (ACCEL_STEP) { .Opcode = (UCHAR)(ACCEL_COPY + draw(state, ACCEL_MATMUL)),
                        .Type = (UCHAR)draw(state, ACCEL_TYPES), .Immediate = draw(state, 1u << 31) };
    step_sizes(s, state, slot);
    s->Out = out * slot + 4 * draw(state, slot / 8);
    for (i = 1; i <= 4; i++) {
        uint64_t *reference = &s->Out + i;
        uint32_t place = (out + 1 + draw(state, SLOTS - 1)) % SLOTS;
        bool may = s->Opcode != ACCEL_REDUCE && (s->Opcode != ACCEL_MATMUL || i == 3);

        *reference = may && !draw(state, 5) ? s->Out : place * slot + 4 * draw(state, slot / 8);
    }
}

static inline void program_draw(struct program *p, uint64_t number, uint32_t steps)
{
    uint64_t state = number * 0x9e3779b97f4a7c15ull + 1;

    while (p->head->Steps < steps)
        step_draw(p, &state);
}

#endif
