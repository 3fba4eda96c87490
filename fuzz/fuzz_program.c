/*
 * Programs for the accel card through its driver, step by step out of records: what the driver refuses the
 * reference interpreter cannot run, with the same reason at the same step; what it runs leaves the bytes
 * that the reference leaves.
 */
#define FUZZ_DRIVER "accel"
#include "fuzz/target.h"

#include "fuzz/accel.h"
#include "tests/accel/reference.h"

static struct accel_program program;

static void run(struct dm_run *r)
{
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, NULL);
    struct accel_verdict *verdict = f ? accel_create(r, f, &program) : NULL;
    struct reference_end end;

    if (!verdict)
        wrong("program", "it cannot be given to the driver");
    memcpy(program.expected, program.buffer, ACCEL_BYTES);
    end = reference_run(program.head + STEPS_HEAD_BYTES, program.steps.count, program.expected,
                        ACCEL_BYTES);
    if (verdict->id)
        accel_compare(r, f, &program, verdict->id, end.step == REFERENCE_DONE, end.fault);
    else if (!accel_agrees(verdict, end.step, end.fault))
        wrong("program", "refused for another reason than the reference has");
    dm_close(r, f);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    target_open((*argv)[0], "plan", DECODE_REQUESTS);
    wrong_hint = "DMACHECK_FUZZ_RECORD=TRACE fuzz_program INPUT";
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dm_scenario scenario = { .name = "program", .run = run };
    const uint8_t *at = data;
    struct record r;

    accel_begin(&program);
    while (record_next(&at, data + size, &r))
        accel_take(&program, &r);
    target_scenario(&scenario, decode(target.decoder, data, size));
    return 0;
}
