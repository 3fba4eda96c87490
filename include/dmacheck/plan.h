/*
 * dmacheck/plan.h: what a run is given, as data: which threads the requester has and what each of them does,
 * in order. A scenario is C; a plan is what a scenario did once. It is made from a trace, by hand or
 * from a fuzzer's bytes, it can be played without the scenario's code, and it can be made smaller.
 *
 * Played with the choices and faults of the run that it came from, it gives the same events.
 * What nobody makes any more, because the plan was made smaller, is not used either: a request whose file or
 * whose buffer's allocation is not there is not sent.
 * Gap: a plan has no expectations of its own, and nothing that a scenario wrote into a buffer while a request
 * had it.
 */
#ifndef DMACHECK_PLAN_H
#define DMACHECK_PLAN_H

#include <stddef.h>
#include <stdint.h>

/* What can be done, as scenario.h has it; the order is that of trace/inputs.def. What `on`, `a`, `b` and
 * `name` of a struct dm_plan_op say stands behind each. */
enum dm_plan_kind {
    DM_OP_OPEN, /* id: a file; a: access; name: by name; or b: the driver's own device of that number,
                     from 1; or on: the device */
    DM_OP_CLOSE, /* on: the file */
    DM_OP_READ, /* id: a request; on: the file, a: offset; one buffer, or the pieces of a chain, which
                     more than one always are, and one is with b: 1 */
    DM_OP_WRITE,        /* the same */
    DM_OP_IOCTL,        /* id: a request; on: the file, a: code; buffers: in, out */
    DM_OP_CANCEL,       /* on: the request */
    DM_OP_PLUG,         /* id: a device; name: the model */
    DM_OP_START,        /* on: the device */
    DM_OP_STOP,         /* on: the device */
    DM_OP_REMOVE,       /* on: the device */
    DM_OP_SURPRISE,     /* on: the device */
    DM_OP_POWER,        /* on: the device, a: D state */
    DM_OP_REGISTRY,     /* on: the device, name, a: the value */
    DM_OP_SYSTEM_POWER, /* a: S state */
    DM_OP_ALLOC,        /* id: an allocation; a: bytes, b: offset in its page */
    DM_OP_FREE,         /* on: the allocation */
    DM_OP_WAIT,         /* on: the request, a: timeout in ns; UINT64_MAX: for ever */
    DM_OP_SETTLED,      /* on: the request */
    DM_OP_RELEASE,      /* on: the request: dm_request_free */
    DM_OP_THREAD,       /* id: a thread, whose own ops carry that number */
    DM_OP_JOIN,         /* on: the thread */
    DM_OP_SLEEP,        /* a: ns */
    DM_OP_CHOOSE,       /* a: bound */
    DM_OP_FILE,         /* name: the path; one buffer: its bytes */
    DM_OP_COUNT
};

enum dm_plan_place {
    DM_PLACE_ALLOC, /* in an allocation */
    DM_PLACE_NULL,  /* no pointer at all */
    DM_PLACE_WILD   /* a pointer into nothing of the plan's: at is its name in events */
};

enum dm_plan_content {
    DM_CONTENT_NONE, /* whatever lies there */
    DM_CONTENT_BYTES,
    DM_CONTENT_PATTERN, /* dm_fill */
    DM_CONTENT_FILL     /* one byte over and over */
};

struct dm_plan_buffer {
    enum dm_plan_place place;
    enum dm_plan_content content; /* what it holds when the request is sent */
    uint32_t alloc;               /* id of its DM_OP_ALLOC */
    uint64_t at;                  /* offset there */
    uint64_t bytes;
    uint64_t value;      /* the pattern, or the byte */
    const uint8_t *data; /* DM_CONTENT_BYTES */
};

struct dm_plan_op {
    uint16_t kind;   /* enum dm_plan_kind */
    uint16_t thread; /* who does it; 0: the scenario's first thread */
    uint32_t
        id; /* number of what it makes, unique among things of its sort; from 1 (threads: their index) */
    uint32_t on; /* number of what it is about; devices count from 0 */
    uint64_t a, b;
    const char *name;
    uint32_t buffer_first, buffer_count; /* in the plan's buffers */
};

struct dm_plan_fault { /* the nth chance of a point fails (trace/faults.def) */
    const char *point;
    uint32_t nth;
    uint64_t value; /* for points that need one: what a hostile device does */
};

struct dm_plan {
    const char *scenario; /* its name, for reports */
    unsigned flags;       /* DM_MANUAL, ... of scenario.h */
    const char *devices;  /* to plug, as in struct dm_setup; NULL: the driver's own */
    const struct dm_plan_op
        *ops; /* in the order in which they were begun; each thread's own order counts */
    size_t op_count;
    const struct dm_plan_buffer *buffers;
    size_t buffer_count;
    const struct dm_plan_fault *faults;
    size_t fault_count;
};

struct dm_machine;
struct dm_driver;
struct dm_result;
struct dm_scenario;

/* As dm_machine_run, with what the plan says in the place of a scenario of the driver. An op whose `on`
 * was never made (its open failed) does nothing. */
int dm_machine_run_plan(struct dm_machine *m, struct dm_driver *d, const struct dm_plan *p,
                        struct dm_result *result);
/* As dm_machine_run, with a scenario that the driver does not bring; devices as in struct dm_setup,
 * NULL: the driver's own. */
int dm_machine_run_scenario(struct dm_machine *m, struct dm_driver *d, const struct dm_scenario *s,
                            const char *devices, struct dm_result *result);

/* Two calls that a scenario has no need of, and a plan that is written as one has: the driver's own device of
 * that number, from 0; a pointer into nothing of the scenario's, by its name in events. */
struct dm_run;
struct dm_file;
struct dm_file *dm_open_own(struct dm_run *r, unsigned index, unsigned access, int32_t *status);
void *dm_wild(uint64_t name);

/* Reads the plan of a recorded run. NULL: one line in message. */
struct dm_plan *dm_plan_read(const char *trace_path, char *message, size_t message_size);
void dm_plan_free(struct dm_plan *p); /* one that dm_plan_read made */

#endif
