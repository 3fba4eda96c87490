/*
 * One line of recorder/ as it is written on a Windows machine: number, time, processor, what it says,
 * and keys with values (docs/recorder-format.md).
 */
#ifndef DMACHECK_IMPORT_LINE_H
#define DMACHECK_IMPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT_MARKER "@dmr1 "
#define IMPORT_LINE_MAX 400 /* bytes from the marker to the end of the sum */

struct import_line {
    uint64_t time; /* ticks */
    uint64_t thread;
    uint64_t place; /* line of the capture, from 1 */
    uint32_t number, cpu;
    uint32_t gaps;    /* so many gaps lie before it (order.c) */
    uint32_t session; /* of the capture: how many "start" lines came before it */
    uint8_t irql;
    char kind;
    const char *name; /* zero-terminated, as is what follows */
    const char *keys; /* "key=value key=value" */
};

/* text: from the marker to the end of the sum, which is left out of it; it is kept and written to.
 * false: it is no whole line of this format. */
bool import_line_read(char *text, struct import_line *line);
/* The sum that stands behind "~": four digits behind a one. */
uint32_t import_line_sum(const char *text, size_t bytes);

uint64_t import_value(const struct import_line *line, const char *key); /* 0: it has no such key */
bool import_has(const struct import_line *line, const char *key);
/* A value that is a word (name=xfer); false: none. */
bool import_word(const struct import_line *line, const char *key, char *word, size_t size);
/* What is no printable ASCII becomes a question mark: a trace is UTF-8. */
void import_ascii(char *text);
/* The elements of a 'g' line, from *at (0 at first) on; false: no more. */
bool import_element(const struct import_line *line, size_t *at, uint64_t *ba, uint64_t *bytes);

#endif
