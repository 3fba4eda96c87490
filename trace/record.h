/*
 * The recorder: a sink that writes a .dmatrace (docs/trace-format.md). Lines are formatted into a
 * spool, a prefaulted shared mapping of NAME.dmatrace.spool, and drained to the file in blocks; a
 * process that is killed leaves the spool behind, and the reader takes it up. Of a NAME that ends in
 * .zst each block is compressed.
 */
#ifndef DMACHECK_TRACE_RECORD_H
#define DMACHECK_TRACE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/event.h"
#include "trace/site.h"

struct recorder;
struct trace;

#define RECORD_PAYLOAD_MAX 4096u

/* Room for the texts of a header, each with its zero. */
enum {
    RECORD_SUBJECT_MAX = 600,
    RECORD_BUG_MAX = 8,
    RECORD_MEND_MAX = 256,
    RECORD_DEVICES_MAX = 128,
    RECORD_FAULTS_MAX = 64
};

struct record_header {
    const char *tool; /* "dmacheck 0.1.0" */
    const char *driver, *driver_digest, *scenario;
    const char *profile;      /* name */
    const char *profile_text; /* the .ini in full, as `key=value` lines */
    const char *strategy;     /* plain, seed, recorded, bytes */
    uint64_t seed;
    uint64_t steps_max, virtual_ns_max;
    /* How the run was asked for. NULL: not said. */
    const char *subject, *bug, *mend; /* the driver as its user named it; which faults are in it */
    const char *devices;              /* that the driver's setup wants */
    const char *faults;               /* options: "N" or "POINT:K" */
    unsigned scenario_flags;
    bool races, bugcheck_stops;
    bool plan; /* the scenario was a plan that was played */
};

/* NULL with one line in message. names(ctx, id) gives an agent's name; may be NULL. */
struct recorder *recorder_open(const char *path, const struct record_header *h,
                               struct site_depot *depot, const char *(*names)(void *, uint16_t),
                               void *names_ctx, char *message, size_t message_size);
void recorder_event(void *recorder, const struct event *e); /* a sink */
/* Of the bytes that go along with an event of this trace, so many are recorded; 0, as at first: none. At most
 * RECORD_PAYLOAD_MAX. */
void recorder_payload(struct recorder *r, const struct trace *t, unsigned bytes_max);
/* A further line, one whole JSON object without its newline: a finding, an input with its bytes. */
void recorder_line(struct recorder *r, const char *json);
int recorder_close(struct recorder *r, char *message, size_t message_size); /* 0 or negative err */

#endif
