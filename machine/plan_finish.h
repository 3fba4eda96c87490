/*
 * The plan of a run that did not come to its end: a program that waits for ever never says what it would have
 * done then.
 */
#ifndef DMACHECK_MACHINE_PLAN_FINISH_H
#define DMACHECK_MACHINE_PLAN_FINISH_H

#include "include/dmacheck/plan.h"
#include "trace/load.h"

/* Whether the scenario was still at it when the recording ended. */
bool plan_unfinished(const struct trace_loaded *t);
/* p with what a program does at its end: threads are joined, requests waited for and released, files
 * closed. The array is the caller's to free. */
struct dm_plan_op *plan_finish(struct dm_plan *p);

#endif
