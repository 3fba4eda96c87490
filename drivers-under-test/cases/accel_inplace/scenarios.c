/*
 * Two steps, the second of which works on what the first has put: with a small buffer and with a
 * large one, as the driver was shipped and as its author tried it, and once more after the device
 * has slept.
 */
#include <string.h>

#include "case_scenario.h"

typedef uint8_t UCHAR;
typedef uint32_t ULONG;
typedef uint64_t ULONGLONG;
#define C_ASSERT(x) _Static_assert(x, #x)
#include "../../samples/accel/hardware.h"

#define IOCTL_COMPUTE DM_CTL_CODE(0x8001, 0x810, DM_METHOD_OUT_DIRECT, 0)
#define RUN_KEEP 1u

struct program {
    uint32_t flags, steps;
    ACCEL_STEP step[2];
};

/* A quarter of the buffer each: numbers, numbers, sums, products of sums. */
static void compute(struct dm_run *r, struct dm_file *f, uint32_t bytes, uint32_t flags)
{
    uint32_t words = bytes / 16, quarter = words * 4;
    uint32_t *numbers = dm_alloc(r, bytes, 0);
    struct program *p = dm_alloc(r, sizeof *p, 8);
    struct dm_request *q;
    bool sums_are_right = true;

    for (uint32_t i = 0; i < bytes / 4; i++)
        numbers[i] = i < 2 * words ? 7 * i + bytes : 0;
    memset(p, 0, sizeof *p);
    *p = (struct program) { .flags = flags, .steps = 2 };
    p->step[0] = (ACCEL_STEP) { .Opcode = ACCEL_ADD, .Type = ACCEL_I32, .Count = words,
                                .Out = 2 * quarter, .A = 0, .B = quarter };
    p->step[1] = (ACCEL_STEP) { .Opcode = ACCEL_MUL, .Type = ACCEL_I32, .Count = words,
                                .Out = 3 * quarter, .A = 0, .B = 2 * quarter };
    q = dm_ioctl_start(r, f, IOCTL_COMPUTE, p, sizeof *p, numbers, bytes);
    dm_wait(r, q, UINT64_MAX);
    dm_expect(r, dm_status(q) == SUCCESS);
    for (uint32_t i = 0; i < words; i++) {
        uint32_t a = 7 * i + bytes, b = 7 * (i + words) + bytes;

        sums_are_right &= numbers[i] == a && numbers[2 * words + i] == a + b &&
                          numbers[3 * words + i] == a * (a + b);
    }
    dm_expect(r, sums_are_right);
    dm_request_free(r, q);
    dm_free(r, p);
    dm_free(r, numbers);
}

static void run_once(struct dm_run *r, uint32_t bytes, uint32_t flags)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    compute(r, f, bytes, flags);
    dm_close(r, f);
}

static void run_small(struct dm_run *r) { run_once(r, 128, 0); }
static void run_large(struct dm_run *r) { run_once(r, 3 * PAGE, 0); }
static void run_small_kept(struct dm_run *r) { run_once(r, 128, RUN_KEEP); }
static void run_large_kept(struct dm_run *r) { run_once(r, 3 * PAGE, RUN_KEEP); }

static void run_slept(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    dm_expect(r, dm_power(r, dm_device_at(r, 0), 3) == SUCCESS);
    dm_expect(r, dm_power(r, dm_device_at(r, 0), 0) == SUCCESS);
    compute(r, f, 128, RUN_KEEP);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "small", "128 bytes", run_small, 0 },
    { "large", "three pages", run_large, 0 },
    { "small-kept", "128 bytes, and the list is put at the end", run_small_kept, 0 },
    { "large-kept", "three pages, and the list is put at the end", run_large_kept, 0 },
    { "slept", "the device has been in D3", run_slept, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "accel" };
