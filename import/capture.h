/*
 * What a debugger, DebugView or a serial line has kept of a recorder's lines: the lines again,
 * whatever stands around them, in the order of their numbers.
 */
#ifndef DMACHECK_IMPORT_CAPTURE_H
#define DMACHECK_IMPORT_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import/line.h"

struct import_capture {
    struct import_line *lines;
    size_t count, capacity;
    uint64_t damaged;  /* a marker with no whole line behind it */
    uint64_t joined;   /* lines that the debugger had wrapped */
    uint64_t repeated; /* captured twice */
    uint32_t sessions; /* recordings in one capture: a driver that was loaded again */
    uint32_t gaps;     /* of the session that was chosen: places where lines are missing */
    uint64_t missing;  /* lines, altogether */
    char *text;        /* the capture, as bytes */
    size_t bytes;
    char **kept; /* texts of lines */
    size_t kept_count, kept_capacity;
};

/* NULL: one line in message, and nothing is kept. */
struct import_capture *import_capture_read(const char *path, char *message, size_t size);
void import_capture_free(struct import_capture *c);

/* --- decode.c --- */
/* UTF-16 with or without a mark, UTF-8 with a mark: to plain bytes, in place. */
void import_decode(char *text, size_t *bytes);
/* --- order.c --- */
/* Keeps one session (from 1; 0: the last one), in the order of numbers, each once, and counts what is
 * missing. false: there is no such session. */
bool import_order(struct import_capture *c, uint32_t session);
/* Whether lines are missing between two lines of the session, by index. */
static inline bool import_gap(const struct import_capture *c, size_t from, size_t to)
{
    return c->lines[from].gaps != c->lines[to].gaps;
}

#endif
