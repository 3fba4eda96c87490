/*
 * A whole .dmatrace in memory, for whoever looks at it more than once: events as an array, the other lines
 * by kind. Reads what trace/read.h reads.
 */
#ifndef DMACHECK_TRACE_LOAD_H
#define DMACHECK_TRACE_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/read.h"

struct trace_lines { /* in the order of the file */
    const char **at; /* raw JSON objects, zero-terminated */
    size_t *bytes;
    unsigned *line; /* where in the file, from 1 */
    size_t *event;  /* how many events stand before it */
    size_t count;
};

struct trace_loaded {
    const struct trace_header *header;
    const char *header_line; /* as it stands in the file: what a later header has more is in it */
    const struct event *events;
    size_t event_count;
    struct trace_lines inputs;   /* "k":"payload" */
    struct trace_lines findings; /* "k":"finding" */
    struct trace_lines others;   /* of kinds that this dmacheck does not know; and "lost" */
    struct site_depot *depot;
    bool cut;                    /* the end is not there, all before it is: trace_read_cut */
    struct trace_reader *reader; /* agents' names */
};

/* NULL: one line in message. A trace that was cut off is loaded; message says so then, else it is "". */
struct trace_loaded *trace_load(const char *path, char *message, size_t message_size);
void trace_load_free(struct trace_loaded *t);

#endif
