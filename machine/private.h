/*
 * What the files of machine/ share: the machine, the driver's image, and one run.
 */
#ifndef DMACHECK_MACHINE_PRIVATE_H
#define DMACHECK_MACHINE_PRIVATE_H

#include "include/dmacheck/machine.h"
#include "include/dmacheck/plan.h"
#include "include/dmacheck/scenario.h"
#include "machine/compare.h"
#include "machine/last.h"
#include "machine/schedule.h"
#include "sim/core/bus.h"
#include "sim/core/image.h"
#include "sim/core/sim.h"
#include "sim/nt/host.h"
#include "sim/wdf/host.h"
#include "trace/record.h"
#include "verifier/verify.h"

#define RUN_DEVICES_MAX 16
#define RUN_THREADS_MAX 64

struct dm_driver {
    void *handle; /* dlopen's */
    char path[512], name[64], digest[24];
    PDRIVER_INITIALIZE entry;
    uint64_t code_start, code_end; /* where its instructions lie in this process */
    const struct dmacheck_image *image;
    void *statics; /* their initial bytes */
    const struct dm_scenario *scenarios;
    const struct dm_setup *setup;
    const struct dm_device_model *const *models; /* of its own cards; NULL: none */
    /* The two pointers of a KMDF driver's image; NULL: it is none. */
    const WDFFUNC **wdf_functions;
    PWDF_DRIVER_GLOBALS *wdf_globals;
};

struct dm_thread {
    struct dm_run *run;
    struct agent *agent;
    struct dm_thread *joins; /* waits for this one; NULL: for none */
    void (*fn)(struct dm_run *r, void *ctx);
    void *ctx;
    unsigned index;   /* in order of creation: part of settled results' key */
    uint32_t settled; /* how many settled requests it named so far */
    bool done;
    bool waits_for_pnp;
};

/* One run: from loading the driver to its unloading. */
#define RUN_FILLS 32 /* how many buffers are remembered as generated */
struct run_fill {
    const void *p;
    size_t bytes;
    uint64_t pattern;
};

struct dm_run {
    struct dm_machine *m;
    struct sim *s;
    struct dm_driver *driver;
    PDRIVER_OBJECT driver_object;
    const struct dm_scenario *scenario;
    const struct dm_plan *plan; /* played in the place of a scenario; NULL: none */
    struct player *player;
    const char *devices_text; /* to plug; NULL: nobody said */
    uint32_t process;         /* the scenario's */
    struct dm_device *devices[RUN_DEVICES_MAX];
    unsigned device_count;
    struct dm_thread threads[RUN_THREADS_MAX];
    unsigned thread_count;
    struct agent *boot; /* the runner's thread, and whom it waits for */
    struct dm_thread *joins;
    uint64_t bytes, settled_hash;
    uint64_t inputs;           /* said so far */
    struct run_memory *memory; /* the scenario's, for the recorder (input_buffer.c) */
    struct run_fill fills[RUN_FILLS];
    unsigned fill_next;
    bool pnp_busy; /* a scenario's thread has the PnP manager at work */
    uint32_t expectations_failed;
    char first_failure[160];
};

struct stop { /* stop.c */
    struct dm_machine *m;
    unsigned seen; /* findings that were looked at */
    bool at_fault; /* the next access that the IOMMU refuses ends the run */
    bool now;      /* this event ends it: the run has diverged */
    bool ended;    /* it was ended, by that or by until */
};

struct dm_machine {
    struct sim *s;
    struct dm_options options;
    char *record_path; /* our copies of the caller's strings */
    char *subject, *bug, *mend;
    struct fault_at *exact_faults; /* NULL: as planned */
    size_t exact_fault_count;
    const struct dm_recording *recording; /* where the choices come from; NULL: from elsewhere */
    struct dm_recording *own_recording;   /* the same, if choices named it */
    struct compare compare;
    struct dm_comparison comparison;
    char *compare_text;
    struct prober *prober; /* whose scenario is run twice (probe.h); NULL: none */
    struct choice_strategy
        *strategy;            /* decides in the place of all of these (explore.h); NULL: none */
    struct schedule schedule; /* where neither a trace nor bytes give the choices */
    struct verifier *verifier;
    struct recorder *recorder; /* of the run under way */
    struct stop stop;
    struct ring ring;
    struct last last;
    struct dm_scenario played; /* that a plan stands for */
    bool used;                 /* a run has dirtied it */
    bool budget;               /* the watchdog ended the run */
    struct dm_driver *module_driver;
    int module; /* its index in the depot; negative: none */
    struct dm_run run;
    struct finding_view *views; /* finding.c: what dm_finding gave out */
    unsigned view_count;
};

/* --- machine.c --- */
/* Another machine from the next reset on; false: it has another amount of memory and must be made. */
bool machine_profile(struct dm_machine *m, const struct profile *p);

/* --- faults.c --- */
bool faults_check(const struct dm_options *o, char *message, size_t size);
/* Only these from now on; a copy is kept. false: a point that nobody knows. NULL: as planned. */
bool faults_exact(struct dm_machine *m, const struct dm_plan_fault *faults, size_t count,
                  char *message, size_t size);
void faults_plan(struct dm_machine *m);
bool faults_of_setup(struct dm_machine *m, const struct dm_driver *d);

/* --- record.c --- */
/* The profile as it was, so that a trace stands alone. */
void run_profile_text(const struct dm_machine *m, char *out, size_t size);
bool run_record_begin(struct dm_machine *m, const char *profile, char *message, size_t size);
bool run_record_end(struct dm_machine *m, const struct dm_result *result, char *message,
                    size_t size);

/* --- finding.c --- */
void findings_gather(struct dm_machine *m);
void findings_forget(struct dm_machine *m);
void findings_record(struct dm_machine *m);

/* --- stop.c: what ends a run early, and where a debugger stops --- */
void stop_begin(struct dm_machine *m);
void stop_end(struct dm_machine *m);

/* --- compare.c: a replay held against its recording --- */
/* machine: the profile's text, as a header has it. */
void compare_begin(struct dm_machine *m, const char *machine);
void compare_end(struct dm_machine *m); /* m->comparison says what came of it */
void compare_forget(struct dm_machine *m);

/* --- boot.c: what the boot agent does --- */
void boot_main(void *run);
NTSTATUS run_device_add(struct dm_run *r, const char *model, struct dm_device **out);
/* dm_plug; *out is the device also where it does not start. */
NTSTATUS run_plug(struct dm_run *r, const char *model, struct dm_device **out);
unsigned run_device_index(const struct dm_run *r, const struct dm_device *d);
void run_fail(struct dm_run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- request.c --- */
/* The driver's index-th device of its own (it stands in no device's stack), opened. */
struct dm_file *run_open_own(struct dm_run *r, unsigned index, unsigned access, int32_t *status);

/* --- default.c: for a driver that brings no scenarios --- */
extern const struct dm_scenario default_scenarios[];

/* --- thread.c --- */
struct dm_thread *run_thread_now(struct dm_run *r);

/* --- survive.c --- */
void survive_install(void);
/* The machine whose run the handlers may end; NULL: none. */
void survive_enter(struct dm_machine *m);

/* --- sanitizer.c: the same for what ASan reports --- */
void sanitizer_install(void);
void sanitizer_enter(struct dm_machine *m);
/* From here on the code runs on this stack. */
void sanitizer_stack(void *low, size_t bytes);

#endif
