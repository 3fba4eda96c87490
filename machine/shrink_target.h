/*
 * The finding that a reduction keeps: its rule, and the places in the driver, role by role. The words of
 * its message may change (lengths and addresses do), these may not.
 */
#ifndef DMACHECK_MACHINE_SHRINK_TARGET_H
#define DMACHECK_MACHINE_SHRINK_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "include/dmacheck/machine.h"
#include "trace/load.h"
#include "trace/site.h"
#include "verifier/finding.h"

struct shrink_site {
    char role[32];
    unsigned frame_count;
    struct site_frame_text frames[SITE_FRAMES_MAX];
};

struct shrink_target {
    char rule[64]; /* printed word; "expectation-failed": what `failure` says */
    char message[FINDING_MESSAGE_MAX];
    unsigned site_count;
    struct shrink_site sites[FINDING_SITES_MAX];
    char failure[160]; /* as dm_result has it */
};
#define SHRINK_EXPECTATION "expectation-failed"

/* The first error that a trace's recording found, or else the first finding; wanted: RULE or RULE@FILE:LINE,
 * any of its places, else NULL. 0; ERR_NOTFOUND: nothing was found at all, and nothing is said;
 * ERR_INVALID: with one line in message. */
int shrink_target_choose(struct shrink_target *t, const struct trace_loaded *trace,
                         const char *wanted, char *message, size_t message_size);
/* The same of a run's own findings, the last of m. false: there is none. */
bool shrink_target_of_run(struct shrink_target *t, const struct dm_machine *m, const char *wanted);
bool shrink_target_is(const struct shrink_target *t, const struct dm_finding *f);

#endif
