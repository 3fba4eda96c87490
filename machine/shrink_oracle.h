/*
 * The oracle that shrink asks when it is about a real driver: a machine that is made once and reset for each
 * candidate. A candidate shows the finding if its run makes it and makes none of a kind that the run it
 * came from did not make: a smaller run that also fails otherwise is another failure.
 */
#ifndef DMACHECK_MACHINE_SHRINK_ORACLE_H
#define DMACHECK_MACHINE_SHRINK_ORACLE_H

#include "include/dmacheck/machine.h"
#include "machine/shrink.h"
#include "machine/shrink_target.h"

struct shrink_runner;

/* scenario: one of the driver's, which runs in the place of a plan; NULL: the plan. o: the
 * machine's, with the recorded seed, without a schedule, faults or inputs. NULL with one line in message. */
struct shrink_runner *shrink_runner_open(const struct dm_options *o, struct dm_driver *d,
                                         const char *scenario, const struct shrink_target *t,
                                         char *message, size_t message_size);
/* For struct shrink_oracle; ctx: a struct shrink_runner. */
bool shrink_runner_same(void *runner, const struct shrink_case *c, struct shrink_taken *taken);
void shrink_runner_close(struct shrink_runner *r);

/* What the runs have for a seed besides the choices: 0 if the finding does not need the recorded one. */
uint64_t shrink_runner_seed(const struct shrink_runner *r);

/* Runs a case once more and records it as o says. 0; or negative with one line in message: ERR_DIVERGED
 * when it does not show the finding. */
int shrink_record(const struct dm_options *o, uint64_t seed, struct dm_driver *d,
                  const char *scenario, const struct shrink_case *c, const struct shrink_target *t,
                  char *message, size_t message_size);

#endif
