/*
 * What a recorded run did, as operations that can be held against those of another run:
 * requests, DMA calls, mapped buffers, and what went wrong. Objects' numbers, addresses, times
 * and lines are not part of an operation.
 */
#ifndef DMACHECK_REPORTS_TRACE_OPS_H
#define DMACHECK_REPORTS_TRACE_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/trace_line.h"
#include "reports/trace_map.h"
#include "trace/load.h"

enum trace_op_kind { OP_REQUEST, OP_CALL, OP_MAP, OP_TROUBLE };

#define OP_NO_EVENT SIZE_MAX
#define OP_TEXT_MAX 256
#define OP_STREAMS_MAX 512

struct trace_op {
    uint8_t kind;
    bool has_direction, to_device, bounced, has_length, has_status;
    uint32_t stream, status;
    uint64_t length_bytes;
    uint64_t code;     /* of an I/O control, of a trouble: which */
    uint64_t others;   /* a hash of its further arguments and results */
    size_t event, end; /* in the trace's events; end: its return or completion, or OP_NO_EVENT */
    uint64_t weak, strong; /* what it is; that with all that it was given and gave */
};

struct trace_ops {
    const struct trace_loaded *trace;
    struct trace_names names;
    struct trace_op *ops; /* in the order of their first events */
    size_t count, room;
    /* Who: processors' DPCs count as one, as do their interrupts. Several threads of one name are
     * counted: "thread", "thread(2)". */
    char streams[OP_STREAMS_MAX][40];
    uint32_t stream_count;
};

void trace_ops_make(struct trace_ops *o, const struct trace_loaded *t);
void trace_ops_free(struct trace_ops *o);
/* "GetScatterGatherList 4096 bytes to the device -> STATUS_SUCCESS". */
void trace_op_text(const struct trace_ops *o, const struct trace_op *op, char *out, size_t size);

#endif
