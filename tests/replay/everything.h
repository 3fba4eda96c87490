/*
 * A plan with every op that there is, every sort of buffer, and things that are used when they are gone: what
 * a written test must be able to say. For the sample xfer.
 */
#ifndef DMACHECK_TESTS_REPLAY_EVERYTHING_H
#define DMACHECK_TESTS_REPLAY_EVERYTHING_H

#include "include/dmacheck/plan.h"

#define EVER UINT64_MAX
#define IN_ALLOC(number, offset, length)                                                           \
    .place = DM_PLACE_ALLOC, .alloc = (number), .at = (offset), .bytes = (length)

static const uint8_t everything_bytes[] = { 1,   2,  3,  4,  5,  6,  7,  8,  0,
                                            255, 10, 11, 12, 13, 14, 15, 16, 17 };

static const struct dm_plan_buffer everything_buffers[] = {
    [0] = { .content = DM_CONTENT_BYTES,
            .data = everything_bytes,
            .bytes = sizeof(everything_bytes) },
    [1] = { IN_ALLOC(1, 0, 5000), .content = DM_CONTENT_PATTERN, .value = 0x123456789abcdef },
    [2] = { IN_ALLOC(1, 100, 5000) },
    [3] = { IN_ALLOC(2, 0, 18), .content = DM_CONTENT_BYTES, .data = everything_bytes },
    [4] = { IN_ALLOC(2, 64, 24), .content = DM_CONTENT_FILL, .value = 0xa5 },
    [5] = { .place = DM_PLACE_WILD, .at = 0x10, .bytes = 8 },
    [6] = { .place = DM_PLACE_WILD, .at = 0x0f00000000000007, .bytes = 64 },
    [7] = { IN_ALLOC(1, 0, 700), .content = DM_CONTENT_PATTERN, .value = 5 },
    [8] = { IN_ALLOC(2, 1, 3000), .content = DM_CONTENT_FILL },
    [9] = { IN_ALLOC(2, 0, 4000) },
    [10] = { IN_ALLOC(2, 0, 8000), .content = DM_CONTENT_NONE },
    [11] = { .place = DM_PLACE_NULL },
    [12] = { IN_ALLOC(3, 0, 300) },
    [13] = { IN_ALLOC(1, 0, 64) },
    [14] = { .place = DM_PLACE_NULL, .bytes = 4096 },
    [15] = { .place = DM_PLACE_WILD, .at = 0x0f00000000000008, .bytes = 0x7ffffff0 },
    [16] = { .place = DM_PLACE_WILD, .at = 0x0f00000000000009, .bytes = 0x7ffffff0 },
};
#define BUFFERS(first, count) .buffer_first = (first), .buffer_count = (count)

static const struct dm_plan_op everything_ops[] = {
    { DM_OP_FILE, .name = "\\??\\C:\\a \"file\" ?\?/ of\ttext", BUFFERS(0, 1) },
    { DM_OP_REGISTRY, .on = 0, .name = "A \"Value\"", .a = 0x80000005 },
    { DM_OP_PLUG, .id = 1, .name = "sgdma" },
    { DM_OP_ALLOC, .id = 1, .a = 70000, .b = 100 },
    { DM_OP_ALLOC, .id = 2, .a = 20000 },
    { DM_OP_ALLOC, .id = 9, .a = 10 }, /* nobody uses it */
    { DM_OP_OPEN, .id = 1, .on = 0, .a = 3 },
    { DM_OP_OPEN, .id = 2, .a = 1, .name = "\\\\.\\no \"such\" device?\?/" },
    { DM_OP_OPEN, .id = 3, .a = 3, .b = 1 }, /* the driver's own first */
    { DM_OP_OPEN, .id = 4, .on = 1, .a = 2 },
    { DM_OP_THREAD, .id = 1 },
    { DM_OP_WRITE, .id = 1, .on = 1, .a = 0x12345678, BUFFERS(1, 1) },
    { DM_OP_WAIT, .on = 1, .a = EVER },
    { DM_OP_SETTLED, .on = 1 },
    { DM_OP_RELEASE, .on = 1 },
    { DM_OP_READ, .id = 2, .on = 1, BUFFERS(2, 1) },
    { DM_OP_WAIT, .on = 2, .a = 20 },
    { DM_OP_CANCEL, .on = 2 },
    { DM_OP_WAIT, .on = 2, .a = EVER },
    { DM_OP_SETTLED, .on = 2 },
    { DM_OP_RELEASE, .on = 2 },
    { DM_OP_WAIT, .on = 2, .a = EVER }, /* it is gone */
    { DM_OP_IOCTL, .id = 3, .on = 1, .a = 0x80002004, BUFFERS(3, 2) },
    { DM_OP_WAIT, .on = 3, .a = EVER },
    { DM_OP_RELEASE, .on = 3 },
    { DM_OP_IOCTL, .id = 4, .on = 1, .a = 0x80006017, BUFFERS(5, 2) },
    { DM_OP_WAIT, .on = 4, .a = EVER },
    { DM_OP_RELEASE, .on = 4 },
    { DM_OP_IOCTL, .id = 13, .on = 1, .a = 0x80006017, BUFFERS(15, 2) }, /* a long line */
    { DM_OP_CANCEL, .on = 13 },
    { DM_OP_WAIT, .on = 13, .a = EVER },
    { DM_OP_RELEASE, .on = 13 },
    { DM_OP_WRITE, .id = 5, .on = 1, .a = 64, BUFFERS(7, 2) },
    { DM_OP_READ, .id = 6, .on = 1, .a = 128, .b = 1, BUFFERS(9, 1) },
    { DM_OP_WAIT, .on = 5, .a = EVER },
    { DM_OP_WAIT, .on = 6, .a = EVER },
    { DM_OP_RELEASE, .on = 5 },
    { DM_OP_RELEASE, .on = 6 },
    { DM_OP_READ, .thread = 1, .id = 7, .on = 1, .a = 7, BUFFERS(10, 1) },
    { DM_OP_WAIT, .thread = 1, .on = 7, .a = EVER },
    { DM_OP_RELEASE, .thread = 1, .on = 7 },
    { DM_OP_THREAD, .thread = 1, .id = 2 },
    { DM_OP_WRITE, .thread = 1, .id = 8, .on = 4, BUFFERS(2, 1) },
    { DM_OP_SLEEP, .thread = 2, .a = 3000 },
    { DM_OP_WAIT, .thread = 2, .on = 8, .a = 5000000 },
    { DM_OP_CHOOSE, .thread = 2, .a = 4 },
    { DM_OP_JOIN, .thread = 1, .on = 2 },
    { DM_OP_RELEASE, .thread = 1, .on = 8 },
    { DM_OP_JOIN, .on = 1 },
    { DM_OP_CLOSE, .on = 4 },
    { DM_OP_READ, .id = 9, .on = 4, BUFFERS(12, 1) }, /* closed; and nobody has made the memory */
    { DM_OP_POWER, .on = 0, .a = 3 },
    { DM_OP_POWER, .on = 0, .a = 0 },
    { DM_OP_STOP, .on = 1 },
    { DM_OP_START, .on = 1 },
    { DM_OP_SYSTEM_POWER, .a = 3 },
    { DM_OP_SYSTEM_POWER, .a = 0 },
    { DM_OP_REMOVE, .on = 1 },
    { DM_OP_SURPRISE, .on = 0 },
    { DM_OP_IOCTL, .id = 10, .on = 3, .a = 0x80002000, BUFFERS(11, 1) },
    { DM_OP_WAIT, .on = 10, .a = EVER },
    { DM_OP_RELEASE, .on = 10 },
    { DM_OP_FREE, .on = 1 },
    { DM_OP_WRITE, .id = 11, .on = 1, BUFFERS(13, 1) }, /* its memory is gone */
    { DM_OP_READ, .id = 12, .on = 1, BUFFERS(14, 1) },
    { DM_OP_CANCEL, .on = 12 },
    { DM_OP_WAIT, .on = 12, .a = EVER },
    { DM_OP_RELEASE, .on = 12 },
    { DM_OP_FREE, .on = 2 },
    { DM_OP_CLOSE, .on = 77 }, /* these were never made */
    { DM_OP_WAIT, .on = 55, .a = EVER },
    { DM_OP_JOIN, .on = 9 },
    { DM_OP_CLOSE, .on = 3 },
    { DM_OP_CLOSE, .on = 2 },
    { DM_OP_CLOSE, .on = 1 },
};

static const struct dm_plan_fault everything_faults[] = { { "pool", 1000000, 0 }, { "mdl", 2, 0 } };

static const struct dm_plan everything = {
    .scenario = "everything",
    .flags = 0,
    .devices = "sgdma",
    .ops = everything_ops,
    .op_count = sizeof(everything_ops) / sizeof(*everything_ops),
    .buffers = everything_buffers,
    .buffer_count = sizeof(everything_buffers) / sizeof(*everything_buffers),
    .faults = everything_faults,
    .fault_count = 2,
};

#endif
