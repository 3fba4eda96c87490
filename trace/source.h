/*
 * The lines of a trace file: plain or compressed, and behind them what a killed writer left in its spool
 * (trace/spool.h). Read in blocks; what is held is the longest line.
 */
#ifndef DMACHECK_TRACE_SOURCE_H
#define DMACHECK_TRACE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct source;

struct source_line {
    char *text; /* zero-terminated, without its newline; until the next line */
    size_t bytes;
    unsigned number; /* from 1 */
    bool whole;      /* a newline stood behind it */
};

/* NULL: one line in message. */
struct source *source_open(const char *path, char *message, size_t message_size);
/* 1: a line that is not blank. 0: the end. Negative err: one line in message. A long line that cannot
 * become an object is given as far as it is known. */
int source_next(struct source *s, struct source_line *line, char *message, size_t message_size);
/* At the end: compressed data stopped before its own end. */
bool source_cut(const struct source *s);
void source_close(struct source *s);

#endif
