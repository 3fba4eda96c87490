/*
 * The parts of `dmacheck shrink`: what is shrunk, and how that is told.
 */
#ifndef DMACHECK_CLI_SHRINK_H
#define DMACHECK_CLI_SHRINK_H

#include "cli/cli.h"
#include "machine/plan_read.h"
#include "machine/recording.h"
#include "machine/shrink_oracle.h"

#define SHRINK_CPU_SECONDS 120 /* of one run, whatever it does */

struct shrink_subject {
    const char *trace, *driver, *finding; /* as the user gave them; the latter two NULL: not */
    struct dm_recording *recording;
    const struct trace_header *header;
    struct cli_driver found;
    struct dm_driver *d;
    struct dm_options machine;
    struct dm_plan *plan;
    struct dm_plan_op *ends; /* the plan's, where its run did not end; NULL: it did */
    struct dm_input *given;
    unsigned given_count;
    struct shrink_target target;
    const char
        *scenario; /* stays as it is: an expectation of its own fails; NULL: the plan shrinks */
};

/* --- shrink_subject.c --- */
/* Reads the trace, opens the driver, chooses the finding. 0, or DM_USAGE with its line said. */
int shrink_subject_open(struct shrink_subject *s);
void shrink_subject_case(const struct shrink_subject *s, struct shrink_case *c);
void shrink_subject_close(struct shrink_subject *s);

/* --- shrink_progress.c --- */
struct shrink_progress {
    struct shrink_size before;
    uint64_t seconds; /* 0: as long as it takes */
    bool quiet;
    /* --- its own --- */
    bool bar;
    int64_t end;
};
void shrink_progress_begin(struct shrink_progress *p);
/* For struct shrink_options; ctx: a struct shrink_progress. */
bool shrink_progress_go_on(void *progress, const struct shrink_size *now, uint64_t runs);
void shrink_progress_end(const struct shrink_progress *p);

#endif
