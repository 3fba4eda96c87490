/* A program sends the same steps again and again; a second thread of it changes one of them meanwhile. */
#include "case_scenario.h"

#define IOCTL_GATHER DM_CTL_CODE(0x8000, 0x801, DM_METHOD_NEITHER, 0)
#define STEPS 8u
#define INVALID_PARAMETER ((int32_t)0xC000000D)

struct step {
    uint32_t offset, length;
    uint64_t card;
};

struct shared {
    struct step *steps;
    bool ended;
};

static void change(struct dm_run *r, void *ctx)
{
    struct shared *s = ctx;

    while (!s->ended) {
        *(volatile uint32_t *)&s->steps[STEPS - 1].offset = 0x10000;
        dm_sleep(r, 300);
        *(volatile uint32_t *)&s->steps[STEPS - 1].offset = 64 * (STEPS - 1);
        dm_sleep(r, 700);
    }
}

static void run_changed(struct dm_run *r)
{
    struct dm_file *f = case_open(r);
    struct shared s = { .steps = dm_alloc(r, STEPS * sizeof(struct step), 0) };
    uint8_t *data = dm_alloc(r, 2048, 0);
    struct dm_thread *t;

    if (!f)
        return;
    dm_fill(r, data, 2048, 5);
    for (unsigned i = 0; i < STEPS; i++)
        s.steps[i] = (struct step) { 64 * i, 64, 4096 * i };
    t = dm_thread(r, change, &s);
    for (unsigned i = 0; i < 12; i++) {
        struct dm_request *q = dm_ioctl_start(r, f, IOCTL_GATHER, s.steps, STEPS * sizeof(struct step),
                                              data, 2048);

        dm_wait(r, q, UINT64_MAX);
        dm_expect(r, dm_status(q) == SUCCESS || dm_status(q) == INVALID_PARAMETER);
        dm_request_free(r, q);
    }
    s.ended = true;
    dm_join(r, t);
    dm_free(r, data);
    dm_free(r, s.steps);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "changed", "a program that changes under the driver's eyes", run_changed, 0 },
    { 0 },
};
/* And the machine takes the part of that thread where it hurts most: between two readings. */
const struct dm_setup dmacheck_setup = { .devices = "sgdma", .faults = "user-memory:1" };
