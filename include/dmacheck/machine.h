/*
 * dmacheck/machine.h: make a machine, run a driver's scenarios on it, read the findings. What the
 * command line, the unit tests, the fuzz targets and the benches use; scenarios use scenario.h.
 */
#ifndef DMACHECK_MACHINE_H
#define DMACHECK_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dm_machine;
struct dm_driver;
struct dm_scenario;
struct dm_recording; /* replay.h */

struct dm_input { /* bytes for the scenario (dm_input in scenario.h); the caller keeps them */
    const char *name;
    const void *bytes;
    size_t count;
};

/* How a run ended; the numbers are the exit codes of the command. */
enum dm_exit {
    DM_CLEAN = 0,
    DM_FINDINGS = 1,
    DM_USAGE = 2,
    DM_INTERNAL = 3,
    DM_BUDGET = 4,
    DM_DIVERGED = 5,
};

/* One choice of a run: the nth of its kind (trace/choices.def) that an agent meets. */
struct dm_choice {
    const char *site; /* "schedule" */
    uint16_t agent;
    uint32_t nth, value;
};

/* What becomes of a run that does not follow its recording. */
enum dm_check {
    DM_CHECK_SAME, /* as REPORT where driver, machine and scenario are the recorded ones, else as NONE */
    DM_CHECK_NONE,   /* nothing is compared */
    DM_CHECK_REPORT, /* the run goes on, and is DM_DIVERGED at its end */
    DM_CHECK_STOP,   /* a few events later the run ends, DM_DIVERGED */
    DM_CHECK_RESYNC /* it is aligned again at the next equal operations, and differences are counted */
};

struct dm_options {
    const char *profile;      /* name or path of an .ini; NULL: direct64 */
    const char *profile_text; /* the machine key by key, as a trace's header has it; or NULL */
    uint64_t seed;            /* 0: the plain schedule */
    bool verify;              /* attach the verifier */
    bool ring;                /* attach the flight recorder */
    unsigned last_events; /* kept of it with each finding (dm_finding_last), at most 256; 0: none */
    bool bugcheck_stops;
    const char *record;   /* path of a .dmatrace to write; NULL: none */
    const char *choices;  /* path of a trace whose recorded choices alone are taken; or NULL */
    const char *schedule; /* a token or @FILE (machine/schedule.h) in the place of seed; or NULL */
    const struct dm_choice
        *changes; /* that differ from what seed or schedule gives, a list as long as it may be */
    size_t change_count;
    const uint8_t *bytes; /* choices out of a fuzzer's bytes; NULL: by seed */
    size_t bytes_count;
    uint32_t fault_one_in;   /* random faults; 0: none */
    const char *fault_point; /* with fault_nth: this point fails at that chance */
    uint32_t fault_nth;
    uint64_t fault_value; /* for points that need one (sim/core/hostile.h) */
    bool races;           /* look for data races; half as much time again */
    uint64_t steps_max;   /* 0: default */
    unsigned payload_max; /* bytes of each device access that are recorded, at most 4096; 0: none */
    const struct dm_input *inputs;
    unsigned inputs_count;
    /* Exactly these faults (dmacheck/plan.h), as a trace has recorded them, whatever the three above and the
     * driver's setup plan; NULL: as these plan. */
    const struct dm_plan_fault *faults;
    size_t fault_count;
    /* A recorded run is given again: its choices, and its faults unless faults says others; NULL: none. */
    const struct dm_recording *recording;
    enum dm_check check; /* how the run is held against it, or against choices */
    bool has_until, has_break;
    uint64_t until;    /* the run ends behind this event */
    uint64_t break_at; /* dm_break_here is called at this event */
    /* What a recording says of the run besides: what its user called the driver (NULL: its path), and which
     * of its faults were built in (NULL: not said). */
    const char *subject, *bug, *mend;
};

/* Every function that can fail for the caller's reason writes one line into message. */
struct dm_machine *dm_machine_create(const struct dm_options *o, char *message,
                                     size_t message_size);
void dm_machine_reset(struct dm_machine *m); /* as new, at the cost of what the run dirtied */
/* Where the next runs' choices come from, in the place of dm_options.bytes. */
void dm_machine_choices(struct dm_machine *m, const uint8_t *bytes, size_t count);
void dm_machine_destroy(struct dm_machine *m);
/* The machine's schedule as a token, to be freed by the caller; NULL: its choices come from bytes. */
char *dm_machine_schedule(struct dm_machine *m);

/* A driver image: a .so made by ddkcc. Its statics belong to one live machine at a time. */
struct dm_driver *dm_driver_open(const char *path, char *message, size_t message_size);
void dm_driver_close(struct dm_driver *d);
const char *dm_driver_name(const struct dm_driver *d);
/* Whether its accesses pass the access door; false: what it touches is seen by nobody. */
bool dm_driver_instrumented(const struct dm_driver *d);
/* Its scenarios, ending with a name of NULL; never NULL itself. */
const struct dm_scenario *dm_driver_scenarios(const struct dm_driver *d);

struct dm_result {
    enum dm_exit exit;
    const char *scenario;
    uint64_t bytes; /* that requests moved */
    uint64_t virtual_ns;
    uint64_t events;
    uint64_t choices_hash;        /* names the schedule */
    uint64_t settled_hash;        /* over what requesters of settled requests got */
    uint32_t findings;            /* of this run */
    uint32_t expectations_failed; /* dm_expect */
    uint32_t faults_taken;        /* resource requests that were made to fail */
    char first_failure[160];
    const char
        *divergence; /* DM_DIVERGED: where, like a diff; lives until the machine's next run */
};

/* Loads the driver, plugs and starts its devices, runs the scenario, removes, unloads, and lets the
 * verifier have its last word. NULL scenario: the first. Returns result->exit. */
enum dm_exit dm_machine_run(struct dm_machine *m, struct dm_driver *d, const char *scenario,
                            struct dm_result *result);

/* Findings of the last run, in the order in which they were made. */
struct dm_site_frame {
    const char *file;
    const char *function;
    unsigned line;
};
struct dm_finding_site {
    const char *role;
    const struct dm_site_frame *frames;
    unsigned frame_count;
};
struct dm_finding {
    const char *rule;     /* printed word: put-while-device-runs */
    const char *severity; /* error | warning */
    const char *message;
    const char *driver_verifier; /* "0xE6 (0x26, ...)" or "blind" */
    const struct dm_finding_site *sites;
    unsigned site_count;
    uint64_t seq, ns;    /* of the event that it was made at */
    uint32_t obj, owner; /* trace/event.h: what it is about, and what that belongs to */
};
unsigned dm_finding_count(const struct dm_machine *m);
const struct dm_finding *dm_finding(const struct dm_machine *m, unsigned index);
/* The index-th of the events that came last when a finding was made, its own included, the oldest
 * first, as one line. Returns its length; 0: there are no more. */
size_t dm_finding_last(const struct dm_machine *m, unsigned finding, unsigned index, char *text,
                       size_t size);
/* The same, when the first expectation (first_failure) did not hold. */
size_t dm_failure_last(const struct dm_machine *m, unsigned index, char *text, size_t size);

/* The last run's findings with their places, and what else went wrong, as lines of text. */
void dm_found(const struct dm_machine *m, const struct dm_result *result, char *text, size_t size);

/* The last resort against a loop without end that never calls Windows: after this much CPU time the
 * run ends with DM_BUDGET. 0: off. For programs that run one thing at a time; uses ITIMER_VIRTUAL. */
void dm_watchdog(unsigned cpu_seconds);

/* The machine's insides, for tests of the machine itself (include sim/... yourself). */
struct sim *dm_machine_sim(struct dm_machine *m);

#endif
