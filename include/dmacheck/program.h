/*
 * dmacheck/program.h: a program for a computing device as a scenario is handed it (dm_input(r, "program",
 * &bytes)): `dmacheck run DRIVER --program FILE` makes it of FILE, whose text form docs/devices/accel.md
 * describes. One block of bytes: places in it are counted from its beginning.
 */
#ifndef DMACHECK_PROGRAM_H
#define DMACHECK_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define DM_PROGRAM_MAGIC 0x50434341u /* "ACCP" */
#define DM_PROGRAM_STEP_BYTES 64u
#define DM_PROGRAM_NO_STEP 0xffffffffu

/* What is expected of it. */
enum dm_program_outcome {
    DM_PROGRAM_RUNS,    /* with the expected contents behind it */
    DM_PROGRAM_REFUSED, /* by the driver, when it is made: nothing is moved */
    DM_PROGRAM_FAULTS   /* by the device, while it runs */
};

struct dm_program {
    uint32_t magic;
    uint32_t steps;
    uint32_t outcome;
    uint32_t step;   /* refused, faults: at which; DM_PROGRAM_NO_STEP: of the whole program */
    uint32_t reason; /* why, as the device's fault codes have it; 0: for whatever reason */
    uint32_t expected;
    uint64_t buffer_bytes;
    uint64_t steps_at;    /* steps of DM_PROGRAM_STEP_BYTES each */
    uint64_t contents_at; /* what the buffer holds at first: buffer_bytes */
    uint64_t expected_at; /* expected of struct dm_program_expected */
    char name[64];
};

struct dm_program_expected { /* a range of the buffer after the run */
    uint64_t offset, bytes;
    uint64_t literal_at; /* its bytes; 0: only their digest is known */
    uint64_t digest;
};

/* FNV-1a of 64 bits. */
static inline uint64_t dm_program_digest(const void *p, uint64_t bytes)
{
    const uint8_t *at = (const uint8_t *)p;
    uint64_t digest = 0xcbf29ce484222325ull;

    for (uint64_t i = 0; i < bytes; i++)
        digest = (digest ^ at[i]) * 0x100000001b3ull;
    return digest;
}

static inline const void *dm_program_at(const struct dm_program *p, uint64_t place)
{
    return (const uint8_t *)p + place;
}

/* The first byte of an expected range that is not as expected; its length: all are. Where only a digest
 * is known, the first byte stands for all. */
static inline uint64_t dm_program_differs(const struct dm_program *p,
                                          const struct dm_program_expected *e, const void *buffer)
{
    const uint8_t *got = (const uint8_t *)buffer + e->offset;
    const uint8_t *want = (const uint8_t *)dm_program_at(p, e->literal_at);

    if (!e->literal_at)
        return dm_program_digest(got, e->bytes) == e->digest ? e->bytes : 0;
    for (uint64_t i = 0; i < e->bytes; i++)
        if (got[i] != want[i])
            return i;
    return e->bytes;
}

#endif
