/*
 * How the accelerator carries out the steps of a program: up to ACCEL_LANES at once, out of order where they
 * do not depend on one another. The device (sim/dev/accel.c) fetches steps and says what time it is.
 */
#ifndef DMACHECK_SIM_DEV_ACCEL_ENGINE_H
#define DMACHECK_SIM_DEV_ACCEL_ENGINE_H

#include "include/dmacheck/device.h"
#include "sim/dev/accel/step.h"

#define ACCEL_ENGINE 0u /* one for the reports: whatever acts, the same doorbell set it going */
#define ACCEL_LANES 4u
#define ACCEL_WINDOW 8u /* steps that are decoded: those under way and those that wait for them */
#define ACCEL_BURST_BYTES 4096u

struct accel_lane { /* one step in the window */
    bool used, running;
    uint32_t number, done; /* elements */
    uint32_t acc;          /* of a reduction */
    unsigned scratch;
    struct accel_step step;
};

struct accel_told { /* a fault as it is told */
    enum accel_fault fault;
    uint32_t step;
    uint64_t address;
};

struct accel_engine {
    struct accel_lane lanes[ACCEL_WINDOW];
    uint32_t steps_done;
    struct accel_told told;
    bool overreads;    /* hostile */
    uint64_t wrote_to; /* the last write to the bus */
    uint32_t wrote_bytes;
    uint8_t wrote[ACCEL_BURST_BYTES];
    uint8_t burst[ACCEL_OPERANDS][ACCEL_BURST_BYTES];
    uint8_t scratch[ACCEL_LANES]
                   [ACCEL_GATHER_BYTES_MAX]; /* a gather's table, the parts of a product */
    struct accel_space space;
};

void accel_engine_begin(struct accel_engine *e); /* no step, no fault; the space stays */
bool accel_engine_full(const struct accel_engine *e);
bool accel_engine_empty(const struct accel_engine *e);
void accel_engine_add(struct accel_engine *e, const struct accel_step *s, uint32_t number);
/* One burst of one step; false: told says why not. *bytes: what it moved. */
bool accel_engine_burst(struct dm_device *d, struct accel_engine *e, uint32_t *bytes);

#endif
