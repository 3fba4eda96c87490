/*
 * A run held against its recording while it happens (include/dmacheck/replay.h): strictly, event by event
 * (compare.c), or by operations, aligned again where they are equal (resync.c).
 */
#ifndef DMACHECK_MACHINE_COMPARE_H
#define DMACHECK_MACHINE_COMPARE_H

#include "include/dmacheck/replay.h"
#include "trace/load.h"

#define COMPARE_BEFORE 5      /* events shown in front of the first difference */
#define COMPARE_BEHIND 4      /* events shown of each side from there on */
#define COMPARE_TEXT_MAX 3840 /* of all these together */

struct resync;

/* Feeds on live events; recorded ones are an array. */
struct compare {
    const struct event *recorded;
    size_t count, at; /* at: the next one that should come */
    enum dm_check check;
    bool differs;
    bool open;    /* the recording has no end: what comes behind its last event is not compared */
    size_t first; /* where they first differ */
    struct event now[COMPARE_BEHIND]; /* what came there */
    unsigned now_count;
    struct resync *resync; /* DM_CHECK_RESYNC */
};

/* Takes one event. true: the run may end, all that is shown is known. */
bool compare_take(struct compare *c, const struct event *e);
/* Keeps what came in the place of recorded[at], for the first difference alone. */
void compare_differs(struct compare *c, const struct event *now);
/* Equal but for arguments that the kind does not use, which are not in a trace. */
bool compare_same(const struct event *a, const struct event *b);

/* --- resync.c --- */
struct resync *resync_create(void);
void resync_free(struct resync *r);
void resync_take(struct compare *c, const struct event *e);
/* The last event has come; whole: the run was not ended early, so that what is left should have come. */
void resync_end(struct compare *c, bool whole);
void resync_count(const struct resync *r, struct dm_comparison *to);

#endif
