/*
 * Plans out of traces.
 */
#ifndef DMACHECK_MACHINE_PLAN_READ_H
#define DMACHECK_MACHINE_PLAN_READ_H

#include "include/dmacheck/machine.h"
#include "include/dmacheck/plan.h"
#include "trace/load.h"

/* As dm_plan_read, of a trace that is loaded already; path is for the message. dm_plan_free frees it. */
struct dm_plan *plan_of_trace(const struct trace_loaded *t, const char *path, char *message,
                              size_t message_size);

/* What the run was handed by name (--program), as dm_options takes it. 0; negative: one line in message. */
int plan_given(const struct trace_loaded *t, const char *path, struct dm_input **inputs,
               unsigned *count, char *message, size_t message_size);
void plan_given_free(struct dm_input *inputs, unsigned count);

#endif
