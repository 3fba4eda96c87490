/*
 * An event of a trace as one line for people, in columns: number, virtual time, processor,
 * IRQL, who, what, about which object, arguments with their units, the driver's line.
 */
#ifndef DMACHECK_REPORTS_TRACE_LINE_H
#define DMACHECK_REPORTS_TRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/trace_arg.h"
#include "trace/read.h"
#include "trace/site.h"

#define TRACE_LINE_MAX 1024
#define TRACE_AGENT_WIDTH 14

struct trace_names { /* where names come from */
    const struct trace_reader *reader;
    struct site_depot *depot;
    unsigned cpus;        /* of the recorded machine: the first agents are its processors' */
    unsigned agent_width; /* of the longest agent's name that a line had so far */
};
void trace_names_init(struct trace_names *n, struct trace_reader *reader);

/* All write at most size bytes with the final 0. */
void trace_agent_text(const struct trace_names *n, uint16_t agent, char *out, size_t size);
void trace_object_text(uint32_t obj, char *out, size_t size); /* "SGL#3" */
void trace_time_text(uint64_t ns, char *out, size_t size);    /* "49.632 us" */
void trace_status_text(uint64_t status, char *out, size_t size);
/* "dma.c:88", with the whole path; without a line where none is known; "": no place of the driver. */
void trace_place_text(const struct trace_names *n, uint32_t site, char *out, size_t size);
void trace_arg_text(const struct trace_names *n, const struct trace_arg *a, char *out, size_t size);
const char *trace_choice_word(unsigned site); /* NULL: unknown */
const char *trace_fault_word(unsigned point);
const char *trace_major_word(unsigned major); /* "READ"; NULL: unknown */

/* The whole line, without its end; nth as trace_nth gives it. Returns its length. A longer name than all
 * before makes its column wider from there on. */
size_t trace_line(char *out, size_t size, struct trace_names *n, const struct event *e,
                  unsigned nth, bool color);
/* A header for the columns. */
const char *trace_line_head(void);

#endif
