/*
 * Reading a .dmatrace (or .dmatrace.zst, or one whose writer was killed) back into events. Fields
 * that are not known are skipped, so that a newer trace of the same version can be read; another
 * version is refused.
 */
#ifndef DMACHECK_TRACE_READ_H
#define DMACHECK_TRACE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/event.h"
#include "trace/record.h"
#include "trace/site.h"

struct trace_reader;

struct trace_header {
    unsigned version;
    char tool[64], driver[128], digest[72], scenario[64], profile[32], strategy[16];
    char profile_text[2048];
    uint64_t seed, steps_max, virtual_ns_max;
    /* How the run was asked for; "": not said. */
    char subject[RECORD_SUBJECT_MAX], bug[RECORD_BUG_MAX], mend[RECORD_MEND_MAX];
    char faults[RECORD_FAULTS_MAX];
    char devices[RECORD_DEVICES_MAX]; /* only if has_devices: "" wants none */
    bool has_devices, races, bugcheck_stops;
    bool plan; /* what ran was a plan: not the code of that scenario */
    unsigned scenario_flags;
};

enum trace_line_kind {
    TRACE_EVENT,
    TRACE_SITE,
    TRACE_INPUT,   /* "k":"payload" */
    TRACE_FINDING, /* what the recording run found */
    TRACE_OTHER    /* of a kind that is not known here */
};

struct trace_line {
    enum trace_line_kind kind;
    const char *text; /* the JSON object as it stands there, zero-terminated; until the next line */
    size_t bytes;
    unsigned number;    /* in the file, from 1 */
    struct event event; /* of a TRACE_EVENT */
};

struct trace_reader *trace_read_open(const char *path, char *message, size_t message_size);
const struct trace_header *trace_read_header(const struct trace_reader *r);
const char *trace_read_header_line(const struct trace_reader *r);
/* 1: *e is the next event. 0: the end. Negative err: the line in message says what is wrong. */
int trace_read_next(struct trace_reader *r, struct event *e, char *message, size_t message_size);
/* The same with every line: who writes a trace again hands on what it does not know. */
int trace_read_line(struct trace_reader *r, struct trace_line *line, char *message,
                    size_t message_size);
/* At the end: one line that says what is missing there; NULL: nothing. */
const char *trace_read_cut(const struct trace_reader *r);
/* The same of the first place where events' numbers do not follow one another: somebody took lines out. */
const char *trace_read_gap(const struct trace_reader *r);
/* Findings that the recording run had said, one JSON line each; NULL at the end. */
const char *trace_read_finding(const struct trace_reader *r, unsigned index);
struct site_depot *trace_read_depot(struct trace_reader *r);
const char *trace_read_agent_name(const struct trace_reader *r, uint16_t id);
void trace_read_close(struct trace_reader *r);

#endif
