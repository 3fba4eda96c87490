/*
 * A JSON object on one line that grows: what input lines are made with.
 */
#ifndef DMACHECK_MACHINE_LINE_H
#define DMACHECK_MACHINE_LINE_H

#include <stddef.h>
#include <stdint.h>

struct line {
    char *text; /* zero-terminated; whoever made the line frees it */
    size_t used, room;
};

void line_put(struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Up to 2^53 a number, beyond that a string of hex, as in events. */
void line_number(struct line *l, uint64_t value);
void line_string(struct line *l, const char *text); /* with its quotes */
void line_hex(struct line *l, const void *p, size_t bytes);

#endif
