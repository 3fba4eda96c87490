/*
 * Injectable failures, one table (trace/faults.def). A plan says which chance of which point fails;
 * every taken fault is an event.
 */
#ifndef DMACHECK_SIM_CORE_FAULT_H
#define DMACHECK_SIM_CORE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim;

enum fault_point {
#define FAULT(point, word, text) FAULT_##point,
#include "trace/faults.def"
#undef FAULT
    FAULT_COUNT
};
_Static_assert(FAULT_COUNT <= 64, "a bit for each point");

struct fault_at { /* the nth chance of a point; from 1 */
    uint32_t point, nth;
    uint64_t value; /* for points that need one */
};

struct fault {
    uint32_t chances[FAULT_COUNT];  /* how often each point was reached */
    uint32_t fail_nth[FAULT_COUNT]; /* 1-based; 0: never */
    uint64_t fail_value;            /* of what is planned by fail_nth */
    uint32_t one_in;                /* random faults by the seed; 0: none */
    uint32_t taken;
    bool device_lied; /* one of FAULT_DEVICE among them */
    uint32_t held;    /* what is reached meanwhile is no chance */
    bool exact;       /* those of the list fail, and no others */
    uint64_t points;  /* in it: a bit each */
    const struct fault_at *list;
    size_t count;
    void (*hear)(void *ctx, unsigned point, uint32_t nth, uint32_t site); /* of each chance */
    void *hear_ctx;
};

const char *fault_word(unsigned point);
int fault_point_of(const char *word);
void fault_reset(struct sim *s); /* counters; the plan stays */
void fault_plan_nth(struct sim *s, enum fault_point point, uint32_t nth);
void fault_plan_value(struct sim *s, uint64_t value); /* of faults that fault_plan_nth plans */
void fault_plan_random(struct sim *s, uint32_t one_in);
/* Exactly these fail, whatever else is planned; what a plan makes a machine watch for is watched for
 * still. The caller keeps the list; NULL: as planned. */
void fault_plan_exact(struct sim *s, const struct fault_at *list, size_t count);
/* Tells each chance from now on, and by which call it comes; NULL: nobody asks. */
void fault_hear(struct sim *s, void (*hear)(void *ctx, unsigned point, uint32_t nth, uint32_t site),
                void *ctx);
bool fault_take(struct sim *s, enum fault_point point);
/* As fault_take, but never by fault_plan_random. */
bool fault_take_named(struct sim *s, enum fault_point point);
/* As fault_take_named, for a point of FAULT_DEVICE. */
bool fault_take_value(struct sim *s, enum fault_point point, uint64_t *value);
/* Whether some chance of it is named. */
static inline bool fault_named(const struct fault *f, enum fault_point point)
{
    return f->fail_nth[point] || (f->points >> point & 1);
}
/* Around what a caller of ours relies on, as Windows' own parts do. */
void fault_hold(struct sim *s);
void fault_release(struct sim *s);

#endif
