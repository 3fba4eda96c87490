/*
 * A report's findings as a person reads them: one fault, whatever profiles it showed on and whatever
 * Driver Verifier says to it there, is one group. What counts comes first, equal rules and places
 * stand together.
 */
#ifndef DMACHECK_REPORTS_GROUP_H
#define DMACHECK_REPORTS_GROUP_H

#include "reports/report.h"

struct report_group {
    const struct report_finding **members; /* one for each verdict of Driver Verifier's */
    unsigned count;
    unsigned *runs; /* of all members, in the report's order */
    unsigned run_count;
};

struct report_groups {
    struct report_group *all;
    unsigned count;
};

struct report_groups report_groups_make(const struct report *r);
void report_groups_free(struct report_groups *g);

/* The member that saw most places: it tells the whole story. */
const struct report_finding *report_group_story(const struct report_group *g);

/* Calls say() for each stretch of runs of one scenario on one profile, with the seeds as "0..3 7". */
typedef void report_say_runs(void *ctx, const struct report_run *first, const char *seeds);
void report_runs_each(const struct report *r, const unsigned *runs, unsigned count,
                      report_say_runs *say, void *ctx);

/* What is there of each kind, as groups: for the line that sums up. */
struct report_totals {
    unsigned runs, clean, findings, known, suppressed; /* findings: those that count */
    uint64_t bytes;
};
struct report_totals report_totals(const struct report *r, const struct report_groups *g);

#endif
