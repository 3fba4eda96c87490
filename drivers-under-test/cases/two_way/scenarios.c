/* A program adds two halves of a row of numbers, and multiplies the sums with the first half. */
#include "accel_model.h"
#include "case_scenario.h"

#define IOCTL_COMPUTE DM_CTL_CODE(0x8000, 0x800, DM_METHOD_OUT_DIRECT, 0)
#define WORDS 500u
#define ROW (WORDS * 4u)

static void run_compute(struct dm_run *r)
{
    struct dm_file *f = case_open(r);
    uint32_t *numbers = dm_alloc(r, 2 * PAGE, 0);
    struct accel_step *steps = dm_alloc(r, 2 * sizeof *steps, 0);
    uint64_t moved = 0;
    bool right = true;

    if (!f)
        return;
    for (unsigned i = 0; i < 2 * PAGE / 4; i++)
        numbers[i] = 7 * i + 1;
    steps[0] = (struct accel_step) { .words = WORDS, .a = 0, .b = ROW, .out = 2 * ROW };
    steps[1] = (struct accel_step) { .multiply = 1, .words = WORDS, .a = 0, .b = 2 * ROW, .out = 3 * ROW };
    dm_expect(r, dm_ioctl(r, f, IOCTL_COMPUTE, steps, 2 * sizeof *steps, numbers, 2 * PAGE, &moved) ==
                     SUCCESS);
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t a = 7 * i + 1, b = 7 * (i + WORDS) + 1;

        right &= numbers[i] == a && numbers[2 * WORDS + i] == a + b &&
                 numbers[3 * WORDS + i] == a * (a + b);
    }
    dm_expect(r, right);
    dm_free(r, steps);
    dm_free(r, numbers);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "compute", "two steps, the second works on what the first has put", run_compute, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "accel" };
