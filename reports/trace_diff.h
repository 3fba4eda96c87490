/*
 * Two recorded runs held against each other by what was done, not by numbers of events: who
 * (trace_ops.h) did what in which order, and how each ended.
 */
#ifndef DMACHECK_REPORTS_TRACE_DIFF_H
#define DMACHECK_REPORTS_TRACE_DIFF_H

#include "reports/trace_lcs.h"
#include "reports/trace_ops.h"
#include "reports/writer.h"

enum diff_kind {
    DIFF_SAME,
    DIFF_CHANGED, /* the same operation, with other arguments or another end: what says which */
    DIFF_REMOVED, /* only the first run has it */
    DIFF_ADDED,   /* only the second */
    DIFF_MOVED,   /* both have it, but done by somebody else or in another order */
    DIFF_KINDS
};

#define DIFF_DIRECTION 1u
#define DIFF_LENGTH 2u
#define DIFF_BOUNCED 4u
#define DIFF_STATUS 8u
#define DIFF_OTHER 16u /* further arguments and results */

struct diff_row {
    uint8_t kind, what;
    uint32_t stream; /* index in trace_diff's */
    size_t a, b;     /* operations; LCS_NONE: none */
};

struct diff_finding {
    const struct trace_ops *of;
    char rule[64], severity[16], message[240], function[64];
    uint32_t site;
    bool paired; /* the other run has it, too */
};

struct diff_findings {
    struct diff_finding *rows;
    size_t count;
};

struct trace_diff {
    struct trace_ops a, b;
    char streams[2 * OP_STREAMS_MAX][40];
    uint32_t stream_count;
    struct diff_row *rows; /* stream by stream, each in the order of both runs */
    size_t count, room;
    size_t counts[DIFF_KINDS];
    size_t first; /* the row of the first difference; LCS_NONE: none */
    struct diff_findings findings_a, findings_b;
    size_t findings_gone, findings_new;
    bool bounded; /* the runs are too unlike for the best alignment: a good one was taken */
};

/* work: comparisons that aligning may take (LCS_WORK). */
void trace_diff_make(struct trace_diff *d, const struct trace_loaded *a,
                     const struct trace_loaded *b, uint64_t work);
void trace_diff_free(struct trace_diff *d);
bool trace_diff_same(const struct trace_diff *d);

/* top: rows of each list; context: operations around the first difference. */
void trace_diff_text(struct writer *w, const struct trace_diff *d, unsigned top, unsigned context,
                     bool color);
/* Members of an object that is open. */
void trace_diff_json(struct writer *w, const struct trace_diff *d);

/* --- between the parts --- */
void diff_findings_make(struct trace_diff *d);
const struct trace_op *diff_op_a(const struct trace_diff *d,
                                 const struct diff_row *row); /* or NULL */
const struct trace_op *diff_op_b(const struct trace_diff *d, const struct diff_row *row);

#endif
