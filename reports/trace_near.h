/*
 * Names that look like one that was not found, to be said with it.
 */
#ifndef DMACHECK_REPORTS_TRACE_NEAR_H
#define DMACHECK_REPORTS_TRACE_NEAR_H

#include <stddef.h>

#define NEAR_NAMES 3

struct near { /* the nearest so far, best first; equally near ones in the order offered */
    const char *wanted;
    unsigned count;
    unsigned distance[NEAR_NAMES];
    char names[NEAR_NAMES][64];
};

void near_begin(struct near *n, const char *wanted);
void near_offer(struct near *n, const char *name);
/* "; near: map, mapreg", or "" where nothing is. */
const char *near_text(const struct near *n, char *out, size_t size);

#endif
