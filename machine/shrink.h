/*
 * Delta debugging of a failing run: a smaller plan, fewer faults, fewer choices, shorter payloads, with which
 * the same finding is still made. Who decides that is an oracle: one that runs a machine
 * (machine/shrink_oracle.h), or a test's.
 *
 * The same case, oracle and options give the same result: fresh schedules are drawn from seeds that count
 * from 1, and only a bound by the clock, which is the caller's (go_on), can end it elsewhere.
 */
#ifndef DMACHECK_MACHINE_SHRINK_H
#define DMACHECK_MACHINE_SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/dmacheck/plan.h"
#include "sim/core/choice.h"

/* All that a run is given. */
struct shrink_case {
    struct dm_plan plan; /* its faults are here, too; no ops: the oracle's own scenario runs */
    const struct choice_record *choices; /* those that are not 0 */
    size_t choice_count;
    uint64_t seed;       /* not 0: the choices are drawn by this seed instead */
    const void *program; /* struct dm_program of a scenario that takes one; NULL: none */
    size_t program_bytes;
};

struct shrink_taken { /* what a run really drew, until the next question */
    const struct choice_record *choices;
    size_t choice_count;
};

struct shrink_oracle {
    void *ctx;
    /* Whether the same finding is made. */
    bool (*same)(void *ctx, const struct shrink_case *c, struct shrink_taken *taken);
};

struct shrink_size {
    size_t
        operations; /* calls of a scenario that does the same: a read that is waited for is one */
    size_t requests, threads, faults, choices, steps;
    uint64_t bytes; /* of all requests */
};
void shrink_size_of(const struct shrink_case *c, struct shrink_size *size);

struct shrink_options {
    uint64_t runs_max; /* 0: until nothing gets smaller */
    /* Called after each run; false ends it. NULL: nobody looks. */
    bool (*go_on)(void *ctx, const struct shrink_size *now, uint64_t runs);
    void *ctx;
};

enum shrink_end {
    SHRINK_DONE,      /* nothing that is tried makes it smaller */
    SHRINK_BUDGET,    /* the best so far */
    SHRINK_NOT_THERE, /* the case itself does not show the finding: there is no result */
};

struct shrunk {
    enum shrink_end end;
    uint64_t runs;
    struct shrink_case best; /* valid until shrink_free */
    struct shrinker *made_by;
};

void shrink(struct shrunk *out, const struct shrink_case *from, const struct shrink_oracle *oracle,
            const struct shrink_options *options);
void shrink_free(struct shrunk *s);

#endif
