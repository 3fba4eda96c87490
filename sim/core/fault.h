/*
 * Injectable failures, one table (trace/faults.def). A plan says which chance of which point fails;
 * every taken fault is an event.
 */
#ifndef DMACHECK_SIM_CORE_FAULT_H
#define DMACHECK_SIM_CORE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

enum fault_point {
#define FAULT(point, word, text) FAULT_##point,
#include "trace/faults.def"
#undef FAULT
    FAULT_COUNT
};

struct fault {
    uint32_t chances[FAULT_COUNT];  /* how often each point was reached */
    uint32_t fail_nth[FAULT_COUNT]; /* 1-based; 0: never */
    uint32_t one_in;                /* random faults by the seed; 0: none */
    uint32_t taken;
    uint32_t held; /* what is reached meanwhile is no chance */
};

const char *fault_word(unsigned point);
int fault_point_of(const char *word);
void fault_reset(struct sim *s); /* counters; the plan stays */
void fault_plan_nth(struct sim *s, enum fault_point point, uint32_t nth);
void fault_plan_random(struct sim *s, uint32_t one_in);
bool fault_take(struct sim *s, enum fault_point point);
/* As fault_take, but never by fault_plan_random. */
bool fault_take_named(struct sim *s, enum fault_point point);
/* Around what a caller of ours relies on, as Windows' own parts do. */
void fault_hold(struct sim *s);
void fault_release(struct sim *s);

#endif
