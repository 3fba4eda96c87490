/*
 * What a replay is held against: the recorded run beside each run of now. Sides are gathered from events, the
 * recorded one from its trace, the others live, by the same sink.
 */
#ifndef DMACHECK_REPORTS_REPLAY_H
#define DMACHECK_REPORTS_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "reports/report.h"
#include "reports/writer.h"
#include "trace/event.h"

#define REPLAY_AGENTS 1024

struct replay_request { /* of the requester's own: what it got */
    uint16_t sender,
        nth;      /* who sent it, counted as they first send, and the how manieth of that one */
    uint8_t kind; /* trace/inputs.def: read, write, ioctl */
    bool ended;
    uint64_t index; /* among inputs */
    uint32_t status;
    uint64_t information;
};

struct replay_side {
    const char *profile;
    uint64_t events, virtual_ns;
    uint64_t maps, bounced, mapped_bytes, copied_bytes;
    struct replay_request *requests;
    unsigned request_count;
    /* While it is gathered. */
    uint32_t *of_irp; /* by an IRP's number: its request + 1 */
    uint32_t irp_room;
    uint32_t waiting[REPLAY_AGENTS]; /* by agent: a request + 1 whose IRP has not been seen yet */
    uint16_t sender[REPLAY_AGENTS], senders, sent[REPLAY_AGENTS];
};

void replay_side_event(void *side, const struct event *e); /* a trace sink */
void replay_side_free(struct replay_side *s);

/* One run beside the recorded one. */
struct replay_row {
    unsigned run; /* of the report */
    struct replay_side *side;
    const char **gone, **added, **same; /* "RULE at WHERE" */
    unsigned gone_count, added_count, same_count;
};

struct report_replay {
    const char *trace, *driver;
    bool other_build;  /* the driver is not the file that was recorded */
    bool other_driver; /* as was asked for */
    bool side_by_side; /* another machine or driver was asked for */
    bool compared, differs, resynced, ends_early;
    uint64_t events, missing, added, changed, realigned;
    const char *difference; /* the first, like a diff; "" */
    int recorded_exit;
    unsigned recorded_findings;
    struct replay_side *recorded;
    struct replay_row *rows;
    unsigned row_count;
};

void report_replay_free(struct report_replay *p);
/* Whether a finding of another build or machine is this one: rule, file and function of its places. */
bool replay_same_finding(const struct report_finding *a, const struct report_finding *b);
/* Fills a row's lists: both reports hold what one run gave. */
void replay_row_findings(struct replay_row *row, struct report *keeper,
                         const struct report *recorded, const struct report *now);

void replay_write_text(const struct report *r, struct writer *w, bool color);
void replay_write_json(const struct report *r, struct writer *w); /* the value of "replay" */

#endif
