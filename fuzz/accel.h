/*
 * A user of the accel driver (drivers-under-test/samples/accel/ioctl.h), for targets that make programs of
 * bytes.
 */
#ifndef DMACHECK_FUZZ_ACCEL_H
#define DMACHECK_FUZZ_ACCEL_H

#include <string.h>

#include "fuzz/bytes.h"
#include "include/dmacheck/scenario.h"
#include "inputs/steps.h"

#define ACCEL_BYTES STEPS_BUFFER_BYTES
#define ACCEL_OWN_REASONS 100u /* of the driver's own: the program as a whole, its working set */
#define ACCEL_INDEX_FAULT 9u   /* of the data: only the card sees it */
#define ACCEL_CREATE DM_CTL_CODE(0x8001u, 0x801u, DM_METHOD_BUFFERED, DM_WRITE_ACCESS)
#define ACCEL_DESTROY DM_CTL_CODE(0x8001u, 0x802u, DM_METHOD_BUFFERED, DM_WRITE_ACCESS)
#define ACCEL_RUN                                                                                  \
    DM_CTL_CODE(0x8001u, 0x803u, DM_METHOD_OUT_DIRECT, DM_READ_ACCESS | DM_WRITE_ACCESS)

struct accel_verdict {
    uint32_t id, reason, step, reserved;
    uint64_t working_set;
};

struct accel_program {
    struct steps steps;
    uint32_t offset; /* of the buffer, in its page */
    uint8_t head[STEPS_HEAD_BYTES + STEPS_MAX * STEP_BYTES];
    uint8_t buffer[ACCEL_BYTES], expected[ACCEL_BYTES];
};

/* Small numbers, so that comparisons, indexes and floats are not all alike. */
static void accel_begin(struct accel_program *p)
{
    p->steps.count = 0;
    p->offset = 0;
    for (uint32_t i = 0; i < ACCEL_BYTES; i++)
        p->buffer[i] =
            i % 4 ? (uint8_t)(i % 4 == 3 ? 0x3f * (i >> 6 & 1) : 0) : (uint8_t)(i / 4 * 7);
}

static void accel_take(struct accel_program *p, const struct record *r)
{
    if (r->kind == RECORD_STEP)
        steps_add(&p->steps, r);
    else if (r->kind == RECORD_BUFFER)
        p->offset = r->b;
    else if (r->kind == RECORD_WRITE) /* what the buffer holds */
        memcpy(p->buffer + r->a % (ACCEL_BYTES / 2), r->payload,
               r->payload_bytes < ACCEL_BYTES / 2 ? r->payload_bytes : ACCEL_BYTES / 2);
}

/* NULL: the request itself fails. */
static struct accel_verdict *accel_create(struct dm_run *r, struct dm_file *f,
                                          struct accel_program *p)
{
    size_t bytes = steps_write(&p->steps, p->head, NULL, 0);
    uint8_t *in = dm_alloc(r, bytes, 8);
    struct accel_verdict *verdict = dm_alloc(r, sizeof *verdict, 0);

    memcpy(in, p->head, bytes);
    if (dm_ioctl(r, f, ACCEL_CREATE, in, (uint32_t)bytes, verdict, sizeof *verdict, NULL))
        return NULL;
    return verdict;
}

/* Whether the driver refuses what the reference cannot run. A bad index only shows when a program runs, so
 * that the driver's reason may be that of a later step. */
static bool accel_agrees(const struct accel_verdict *v, uint32_t step, uint32_t fault)
{
    if (v->reason >= ACCEL_OWN_REASONS)
        return true;
    return fault == ACCEL_INDEX_FAULT ? v->step > step : v->reason == fault && v->step == step;
}

/* Run and compared; runs: whether it should. */
static void accel_compare(struct dm_run *r, struct dm_file *f, const struct accel_program *p,
                          uint32_t id, bool runs, uint32_t fault)
{
    uint32_t *run = dm_alloc(r, 8, 16);
    uint8_t *memory = dm_alloc(r, ACCEL_BYTES, p->offset);
    bool ran;

    run[0] = id;
    run[1] = 0;
    memcpy(memory, p->buffer, ACCEL_BYTES);
    ran = dm_ioctl(r, f, ACCEL_RUN, run, 8, memory, ACCEL_BYTES, NULL) == 0;
    if (!runs && fault != ACCEL_INDEX_FAULT)
        wrong("program", "accepted, and the reference cannot run it");
    if (ran != runs)
        wrong("program",
              runs ? "the card cannot run it, the reference can" : "run beyond a bad index");
    if (ran && memcmp(memory, p->expected, ACCEL_BYTES) != 0)
        wrong("program", "it leaves other bytes than the reference");
    dm_ioctl(r, f, ACCEL_DESTROY, run, 8, NULL, 0, NULL);
}

#endif
