/*
 * One machine. Everything that a run can change hangs from here; what is shared by all machines of
 * the process (the memory window, fiber stacks, driver images) is lent to one machine at a time.
 */
#ifndef DMACHECK_SIM_CORE_SIM_H
#define DMACHECK_SIM_CORE_SIM_H

#include <setjmp.h>

#include "base/bits.h"
#include "sim/core/choice.h"
#include "sim/core/fault.h"
#include "sim/core/profile.h"
#include "trace/trace.h"

struct sched; /* sim/core/sched.h: processors, agents, IRQL, DPCs, interrupts, virtual time */
struct mem;   /* sim/core/mem.h: RAM, frames, pool, mappings */
struct dma;   /* sim/core/adapter.h: adapters, map registers, lists, common buffers, quarantine */
struct iommu; /* sim/core/iommu.h */
struct bus;   /* sim/core/bus.h: devices, BARs, the door for device memory access */
struct race;  /* sim/core/race.h: who touched the driver's memory, in what order */
struct nt;    /* sim/nt/nt.h: Windows' own state (drivers, devices, objects, registry, processes) */

/* Limits: one place, each with unit, default and what reaching it does. */
struct sim_limits {
    uint64_t steps_max; /* scheduling points of one run, default 50,000,000; reached: exit 4 */
    uint64_t
        virtual_ns_max; /* virtual time of one run, default 1 hour; reached: a liveness finding */
};

/* What every Windows call touches of the scheduler, in one cache line (sim/core/sched.h). */
struct sched_hot {
    uint64_t now_ns;         /* clock of the running processor */
    uint64_t quiet_until_ns; /* nobody else can go before this; 0: ask */
    uint64_t accesses_seen;  /* of the door, already paid for */
    uint64_t access_cost;    /* of one access, 1/1024 ns */
    uint64_t steps, steps_max;
    const void *stack_low, *stack_high; /* of the running stack */
};

/* What an agent does in a driver: which call of the machine it came by, and calls within that one. */
#define SIM_ENTRY_AGENTS 64 /* agents beyond share by number */
struct sim_entry {
    uint32_t id, depth;
};

struct sim {
    struct sched_hot hot;
    bool between; /* somebody wants to be asked at points between calls (sim/core/choice.h) */
    bool waits;   /* the running agent turns in a loop until somebody else has done something */
    struct trace trace;
    struct choice choice;
    struct fault fault;
    struct profile profile;
    struct sim_limits limits;
    uint64_t seed;
    uint32_t entries; /* how often the machine has called into a driver */
    struct sim_entry entry_of[SIM_ENTRY_AGENTS];
    bool bugcheck_stops;    /* --bugcheck: the first bug check ends the run */
    bool ended;             /* the run is over: nothing but tearing down may happen */
    uint32_t bugcheck_code; /* 0: none so far */
    uint32_t site_told; /* who calls, where that is not on the stack: a recorded call; 0: it is */
    struct sched *sched;
    struct mem *mem;
    struct dma *dma;
    struct iommu *iommu;
    struct bus *bus;
    struct race *race, *race_store; /* NULL: this run is not asked about races */
    struct nt *nt;
    struct site_depot *depot;
};

/* The running machine: for sim/nt's facades, whose Windows signatures carry no context. */
extern struct sim *sim_running;
static inline struct sim *sim_now(void) { return sim_running; }

/* Creates a machine with this profile. The memory of a destroyed machine is kept by the process and
 * handed to the next one. Returns NULL with one line in message. */
struct sim *sim_create(const struct profile *p, char *message, size_t message_size);
/* As new: same profile, same sinks, same choice source; no system call in steady state. */
void sim_reset(struct sim *s);
void sim_destroy(struct sim *s);

/*
 * The driver's fault as Windows would answer it: a bug check. It is an event; with bugcheck_stops it
 * also ends the run. Returns when the run goes on.
 */
void sim_bugcheck(struct sim *s, uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4);
/* Ends the run from within an agent: longjmp to the runner; never returns. */
_Noreturn void sim_end(struct sim *s);

#endif
