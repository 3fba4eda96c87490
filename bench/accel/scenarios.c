/*
 * The accel sample under a clock: one program of sixteen steps on 64 KiB, run again and again; and, with
 * BENCH_REFERENCE, the same program as often by the reference interpreter alone. bench/accel.sh takes
 * two counts and the difference.
 */
#include <stdlib.h>

#include "../../drivers-under-test/samples/accel/programs.h"

#define BYTES (64u << 10)
#define STEPS 16

/* No batches here. */
static uint32_t batch_bytes(unsigned i) { return BYTES + i; }
static uint64_t batch_card(unsigned i) { return i; }

static unsigned number(const char *name)
{
    const char *text = getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

/* Each reads and writes a good part of the buffer; the opcodes are those that programs have most. */
static void steps(struct program *p)
{
    for (uint32_t i = 0; i < STEPS / 4; i++) {
        uint32_t at = i * 16384;

        program_step(p, ACCEL_ADD, ACCEL_F32, 1024, at + 8192, at, at + 4096);
        program_step(p, ACCEL_MUL, ACCEL_F32, 1024, at + 12288, at + 8192, at);
        program_step(p, ACCEL_FMA, ACCEL_F32, 1024, at, at + 4096, at + 8192)->C = at + 12288;
        program_step(p, ACCEL_COPY, ACCEL_U8, 4096, at + 4096, at + 12288, 0);
    }
}

static void by_reference(struct program *p, unsigned count)
{
    while (count--)
        (void)reference_run((const uint8_t *)p->steps, STEPS, p->expected, BYTES);
}

static void by_driver(struct dm_run *r, struct dm_file *f, struct program *p, unsigned count)
{
    if (!program_create_sound(r, f, p))
        return;
    while (count--) {
        struct dm_request *q = program_start(r, f, p);

        dm_expect(r, dm_wait(r, q, FOREVER) && dm_status(q) == SUCCESS);
        dm_request_free(r, q);
    }
}

static void loop(struct dm_run *r)
{
    int32_t status;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, &status);
    struct program p;

    dm_expect(r, f != NULL);
    if (!f)
        return;
    program_alloc(r, &p, STEPS, BYTES, 0);
    program_fill(r, &p, 1);
    steps(&p);
    if (number("BENCH_REFERENCE"))
        by_reference(&p, number("BENCH_COUNT"));
    else
        by_driver(r, f, &p, number("BENCH_COUNT"));
    program_free(r, &p);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "loop", "one program, many runs", loop, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "accel" };
