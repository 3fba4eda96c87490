/*
 * From a capture of recorder/'s lines to a trace that the rules can judge. What the recording cannot
 * know is not in it: no device, no memory, no choices; and nothing that hangs from a missing line.
 */
#ifndef DMACHECK_IMPORT_IMPORT_H
#define DMACHECK_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct import_options {
    const char *log, *trace;
    const char *tool;          /* "dmacheck 0.1.0" */
    const char *remapped_text; /* what a header's profile_text says of a machine that translates */
    const char *direct_text;   /* and of one that does not */
    const char *symbols;       /* a list of the driver's symbols; NULL: offsets are all there is */
    uint32_t session;          /* from 1; 0: the last one */
};

struct import_summary {
    uint64_t lines, events;
    uint64_t missing, damaged, repeated, joined;
    uint32_t gaps, session, sessions;
    uint64_t calls_left_out, objects_left_out, undescribed;
    bool ended; /* the driver was seen to be unloaded: what it left behind is judged */
    char driver[64];
};

/* 0, or a negative err with one line in message; then there is no trace. */
int import_log(const struct import_options *o, struct import_summary *s, char *message,
               size_t size);

#endif
