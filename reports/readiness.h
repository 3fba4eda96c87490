/*
 * Whether a driver would survive DMA remapping (Kernel DMA Protection): what speaks against it, on
 * which machines it was tried, and what its runs never did, so that a yes is worth something.
 */
#ifndef DMACHECK_REPORTS_READINESS_H
#define DMACHECK_REPORTS_READINESS_H

#include "reports/group.h"
#include "reports/report.h"
#include "reports/writer.h"
#include "trace/event.h"

/* What a run did: bits of report_run.seen, in the order of readiness_seen_word. */
enum readiness_seen {
    SEEN_ADAPTER = 1,
    SEEN_LIST = 2,
    SEEN_MAPREGS = 4,
    SEEN_COMMON = 8,
    SEEN_DEVICE_READ = 16, /* of memory that was mapped for it */
    SEEN_DEVICE_WRITE = 32,
    SEEN_CANCEL = 64,
    SEEN_POWER = 128,
    SEEN_BITS = 8
};
const char *readiness_seen_word(unsigned bit);           /* "a scatter/gather list" */
void readiness_event(void *seen, const struct event *e); /* a sink; seen: a uint32_t */

enum readiness_verdict { READY_YES, READY_NO, READY_NOT_SHOWN };
struct readiness {
    enum readiness_verdict verdict;
    const char *why_not_shown; /* NULL: it is shown */
    unsigned *reasons;         /* indexes of groups that say no */
    unsigned reason_count;
    unsigned sound_runs; /* behind remapping, without errors; where the answer is no: all */
    unsigned remapped_runs, plain_runs,
        failed_runs;  /* failed: behind remapping, without a verdict */
    uint32_t missing; /* SEEN_* that no such run did */
};

/* Of a report whose runs were watched (report.watched). Free it with readiness_free. */
struct readiness readiness_of(const struct report *r, const struct report_groups *g);
void readiness_free(struct readiness *y);
const char *readiness_word(enum readiness_verdict verdict); /* "yes", "no", "not shown" */
/* What the rule's page says the fault is: one sentence; and the lines that are right. Into text; false:
 * the page is not at hand or has none. */
bool readiness_meaning(const struct report_rule *rule, char *text, size_t size);
bool readiness_right_lines(const struct report_rule *rule, char *text, size_t size);
/* The profiles of watched runs, behind remapping or not: "remap, remap-lazy". */
void readiness_profiles(const struct report *r, bool remapped, char *text, size_t size);

/* One page for a person; an object of JSON. */
void readiness_write_text(const struct report *r, const struct report_groups *g, struct writer *w);
void readiness_write_json(const struct report *r, struct writer *w);

#endif
