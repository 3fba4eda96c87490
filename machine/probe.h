/*
 * Failing each resource request once. A first run without a fault lists every chance of
 * trace/faults.def that the scenario comes by; chances of one point with one stack of the driver's
 * are one. Then each is made to fail in a run of its own, and what comes of it is judged: a status
 * for the requester and no success with other data, no hang, no leak, no late access, a device that
 * is quiet once its driver has gone, and a scenario that works when it is run again on the machine,
 * the fault over.
 */
#ifndef DMACHECK_MACHINE_PROBE_H
#define DMACHECK_MACHINE_PROBE_H

#include "include/dmacheck/machine.h"

struct prober;

struct probe_chance {
    const char *point; /* word of trace/faults.def */
    uint32_t nth;      /* which chance of it, from 1: the first with this stack */
    uint32_t id;       /* of the point and the stack's text: the same in other runs and scenarios */
    char where[200];   /* the driver's line; "-": nobody of the driver's asked */
};

struct probe_outcome {
    bool right;
    char text[400]; /* what came of it */
    struct dm_result result;
};

/* The machine is the caller's, and verifies. NULL: one line in message. */
struct prober *prober_create(struct dm_machine *m, struct dm_driver *d, const char *scenario,
                             char *message, size_t message_size);
void prober_destroy(struct prober *p);
unsigned prober_count(const struct prober *p);
const struct probe_chance *prober_chance(const struct prober *p, unsigned i);
/* Whether the scenario can be run twice on one machine: else no next transfer is judged. */
bool prober_is_twice(const struct prober *p);
/* Fails the i-th; findings are the machine's. */
void prober_fail(struct prober *p, unsigned i, struct probe_outcome *out);

#endif
