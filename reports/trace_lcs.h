/*
 * Aligning two sequences: the longest common subsequence, as long as that costs no more than it
 * may.
 */
#ifndef DMACHECK_REPORTS_TRACE_LCS_H
#define DMACHECK_REPORTS_TRACE_LCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LCS_WORK 200000000ull /* comparisons: about a second */
#define LCS_NONE SIZE_MAX

struct lcs {
    const uint64_t *a, *b;
    size_t *partner; /* of each of a: its partner in b, or LCS_NONE */
    uint64_t work;   /* comparisons left; 0: the rest is aligned by looking a few ahead */
    bool bounded;    /* that was necessary */
};

/* Aligns a[a_from..a_to) with b[b_from..b_to). partner is filled for this range. */
void lcs_align(struct lcs *l, size_t a_from, size_t a_to, size_t b_from, size_t b_to);

#endif
