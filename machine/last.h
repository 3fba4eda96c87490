/*
 * The events that came last when a finding was made (dm_options.last_events).
 */
#ifndef DMACHECK_MACHINE_LAST_H
#define DMACHECK_MACHINE_LAST_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/event.h"

#define LAST_EVENTS_MAX 256

struct dm_machine;

struct last {
    struct dm_machine *m;
    unsigned each, seen;
    struct event *events; /* `each` of a finding, the oldest first; NULL: nobody wants them */
    uint16_t *counts;
};

bool last_create(struct dm_machine *m); /* false: no memory */
void last_destroy(struct dm_machine *m);
void last_begin(struct dm_machine *m);
void last_end(struct dm_machine *m);
/* The scenario's first expectation has just failed. */
void last_failed(struct dm_machine *m);

#endif
