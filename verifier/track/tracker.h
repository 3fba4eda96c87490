/*
 * A tracker that stands by itself: a file of verifier/track with one TRACKER() line, state of its own,
 * and the events that it follows. Rules look into the state with track_state(). (The older trackers
 * of track.h are wired by hand, since they lie on the way of every mapping.)
 */
#ifndef DMACHECK_VERIFIER_TRACK_TRACKER_H
#define DMACHECK_VERIFIER_TRACK_TRACKER_H

#include <stddef.h>

#include "verifier/listen.h"
#include "verifier/track/track.h"

struct tracker {
    const char *name;
    size_t state_bytes;         /* made zeroed */
    int (*create)(void *state); /* 0, or the host has no memory; may be NULL */
    void (*destroy)(void *state);
    void (*reset)(void *state); /* forgets a run; NULL: the state is cleared */
    /* Takes in an event, after the rules have looked. */
    void (*run)(struct track *t, void *state, const struct event *e);
    unsigned *index; /* its place in trackers_all, the same in every verifier */
    LISTENS;
};

#define TRACKER(name_, ...)                                                                        \
    static unsigned tracker_index_##name_;                                                         \
    const struct tracker tracker_##name_ = { .name = #name_,                                       \
                                             .index = &tracker_index_##name_,                      \
                                             __VA_ARGS__ }

/* Every tracker, from the TRACKER() lines of verifier/track (index.c); NULL at the end. */
extern const struct tracker *const trackers_all[];
#define TRACKERS_MAX 32

static inline void *track_state(const struct track *t, const struct tracker *k)
{
    return t->states[*k->index];
}

#endif
