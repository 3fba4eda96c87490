/*
 * What probe.c (the runs) and probe_judge.c (what is right) share.
 */
#ifndef DMACHECK_MACHINE_PROBE_PRIVATE_H
#define DMACHECK_MACHINE_PROBE_PRIVATE_H

#include "machine/private.h"
#include "machine/probe.h"

struct probe_request { /* an IRP that the machine has sent */
    uint32_t irp;
    uint8_t major, minor;
    bool of_user, ended;
    int32_t status;
    uint64_t length_bytes, information;
};

struct prober {
    struct dm_machine *m;
    struct dm_driver *d;
    const struct dm_scenario *scenario;
    bool twice;
    struct probe_chance *chances;
    unsigned chance_count;
    /* Of the run at hand: */
    struct probe_request *requests;
    unsigned request_count, request_room, first_count; /* first: before it is run again */
    uint64_t settled_hash;                             /* of the same part */
    int32_t load_status;
    bool unloaded;
    unsigned late; /* what a device did once the driver had been asked to unload */
    /* Of the run without a fault: */
    struct probe_request *reference;
    unsigned reference_count;
    uint64_t reference_hash;
};

/* --- probe.c --- */
void probe_run(struct prober *p, const struct dm_plan_fault *faults, unsigned count,
               struct dm_result *result);

/* --- probe_judge.c --- */
void probe_keep_reference(struct prober *p);

#endif
