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
_Static_assert(FAULT_COUNT <= 32, "a bit for each point");

struct fault_at { /* the nth chance of a point; from 1 */
    uint32_t point, nth;
};

struct fault {
    uint32_t chances[FAULT_COUNT];  /* how often each point was reached */
    uint32_t fail_nth[FAULT_COUNT]; /* 1-based; 0: never */
    uint32_t one_in;                /* random faults by the seed; 0: none */
    uint32_t taken;
    uint32_t held;   /* what is reached meanwhile is no chance */
    bool exact;      /* those of the list fail, and no others */
    uint32_t points; /* in it: a bit each */
    const struct fault_at *list;
    size_t count;
};

const char *fault_word(unsigned point);
int fault_point_of(const char *word);
void fault_reset(struct sim *s); /* counters; the plan stays */
void fault_plan_nth(struct sim *s, enum fault_point point, uint32_t nth);
void fault_plan_random(struct sim *s, uint32_t one_in);
/* Exactly these fail, whatever else is planned; what a plan makes a machine watch for is watched for
 * still. The caller keeps the list; NULL: as planned. */
void fault_plan_exact(struct sim *s, const struct fault_at *list, size_t count);
bool fault_take(struct sim *s, enum fault_point point);
/* As fault_take, but never by fault_plan_random. */
bool fault_take_named(struct sim *s, enum fault_point point);
/* Around what a caller of ours relies on, as Windows' own parts do. */
void fault_hold(struct sim *s);
void fault_release(struct sim *s);

#endif
