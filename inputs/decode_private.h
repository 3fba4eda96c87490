/*
 * What the decoder's files share: the plan as far as it has grown, and what there is that a later record may
 * name.
 */
#ifndef DMACHECK_INPUTS_DECODE_PRIVATE_H
#define DMACHECK_INPUTS_DECODE_PRIVATE_H

#include <stdbool.h>

#include "inputs/decode.h"
#include "inputs/record.h"
#include "inputs/steps.h"

#define DECODE_FILES_MAX 32
#define DECODE_FAULTS_MAX 32
#define DECODE_DEVICES_MAX 8
#define DECODE_PIECES_MAX 4
#define DECODE_OPS_MAX (DECODE_RECORDS_MAX * 9 + 128)
#define DECODE_MEMORY_BYTES (8u << 20) /* that one input's buffers take */

struct decode_alloc { /* its number is its index + 1 */
    uint32_t bytes;
    uint8_t holders; /* requests, and the thread whose last one it was */
    bool freed;
};

struct decode_request { /* its number is its index + 1 */
    uint32_t allocs[2]; /* 0: none */
    uint8_t thread;
    bool released;
};

struct decode_thread {
    bool begun;
    uint8_t how, how_in; /* buffers of its next request */
    uint32_t offset;
    uint32_t last; /* the allocation of its last request; 0: none */
    struct steps steps;
};

struct decoder {
    const struct surface *surface;
    unsigned devices, allowed;
    struct decoded out;
    struct dm_plan_op ops[DECODE_OPS_MAX];
    struct dm_plan_buffer buffers[DECODE_RECORDS_MAX * DECODE_PIECES_MAX];
    struct dm_plan_fault faults[DECODE_FAULTS_MAX];
    size_t op_count, buffer_count, fault_count;
    struct decode_request requests[DECODE_RECORDS_MAX];
    struct decode_alloc allocs[DECODE_RECORDS_MAX * 2];
    struct {
        bool open;
        uint8_t thread;        /* that opened it, and closes it */
    } files[DECODE_FILES_MAX]; /* number - 1 */
    uint32_t request_count, file_count, alloc_count;
    uint64_t alloc_bytes;
    struct decode_thread threads[RECORD_THREADS];
    struct {
        bool low, stopped, gone;
    } device[DECODE_DEVICES_MAX];
    bool asleep;  /* the machine */
    bool hostile; /* a device may never answer */
    uint8_t choices[4096];
    uint8_t
        programs[DECODE_RECORDS_MAX * (STEPS_HEAD_BYTES + STEP_BYTES)]; /* that requests carry */
    size_t program_bytes;
};

struct dm_plan_op *decode_op(struct decoder *d, enum dm_plan_kind kind, unsigned thread);
/* The which-th open file, counted round; 0: there is none. */
uint32_t decode_file(const struct decoder *d, unsigned which);
/* A request that its thread has not released; 0: there is none. */
uint32_t decode_live(const struct decoder *d, unsigned which, unsigned thread);
/* Whether requests may be waited for: nobody else wakes the device. */
bool decode_awake(const struct decoder *d);

/* --- decode_request.c --- */
void decode_transfer(struct decoder *d, const struct record *r, unsigned thread);
void decode_ioctl(struct decoder *d, const struct record *r, unsigned thread);
void decode_wait(struct decoder *d, const struct record *r, unsigned thread);
/* Waits for it without an end, where a device may lie after cancelling it, and lets go of it. */
void decode_finish(struct decoder *d, uint32_t request, unsigned thread);
/* The thread's last memory. */
void decode_forget(struct decoder *d, unsigned thread);

#endif
