/*
 * Who hears of what: the rules and trackers that asked for a kind of event, sorted into lists by kind
 * and, for calls and the like, by function as well. Made once for each verifier.
 */
#ifndef DMACHECK_VERIFIER_HEARERS_H
#define DMACHECK_VERIFIER_HEARERS_H

#include "verifier/rule.h"
#include "verifier/track/track.h"

/* One that hears of a kind of event. */
struct dispatch {
    union {
        void (*look)(struct rule_run *r, const struct event *e);
        void (*track)(struct track *t, void *state, const struct event *e);
    };
    void *whom;   /* the rule's run or the tracker's state; NULL ends the list */
    unsigned odd; /* it hears only of events that are odd in one of these ways; 0: of all */
};

/* Who hears of a kind, or of calls of one function: rules first, the built-in tracker, trackers. */
struct hearers {
    const struct dispatch *rules, *trackers;
    track_handler *builtin;
    bool always; /* a rule that hears of ordinary ones, or a tracker */
    /* A CALL: what makes it odd. */
    bool dma; /* of DMA_OPERATIONS: about an adapter */
    uint8_t irql_min, irql_max;
};

/* The kinds that are sorted by function as well. */
enum hearers_by { BY_CALL, BY_ARG, BY_RETURN, BY_CALLBACK, BY_CALLBACK_END, BY_COUNT };
extern const uint16_t hearers_kind[BY_COUNT];

#define HEARERS_KINDS (UINT8_MAX + 1) /* more than there are: a look-up needs no check */
_Static_assert(EV_COUNT < HEARERS_KINDS, "a place for each");

struct hearers_index {
    struct hearers of[HEARERS_KINDS];
    struct hearers by_api[BY_COUNT][API_COUNT];
    struct hearers_chunk *chunks; /* the lists' memory */
};

/* states: of the trackers, in the order of trackers_all. 0, or the host has no memory. */
int hearers_build(struct hearers_index *x, struct rule_run *rules, unsigned count, void **states);
void hearers_free(struct hearers_index *x);

#endif
