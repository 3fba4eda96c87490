/*
 * Playing a plan (include/dmacheck/plan.h) in the place of a scenario.
 */
#ifndef DMACHECK_MACHINE_PLAN_PLAY_H
#define DMACHECK_MACHINE_PLAN_PLAY_H

#include "machine/private.h"

/* Whether it can be played at all: kinds, buffers and texts that are there. false: one line in message. */
bool plan_check(const struct dm_plan *p, char *message, size_t message_size);

/* What a scenario's first thread does: the ops of thread 0 of the run's plan. */
void plan_play(struct dm_run *r);
/* When the run is over, however it ended. */
void plan_play_end(struct dm_run *r);

#endif
