/*
 * What the arguments of an event are, for people: each with a label and a type, so that an
 * object reads as one, a length has its unit, and numbers that are packed into one argument
 * come apart. Everything that shows or searches events asks here; the tables are in
 * trace_arg.def.
 */
#ifndef DMACHECK_REPORTS_TRACE_ARG_H
#define DMACHECK_REPORTS_TRACE_ARG_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/event.h"

enum trace_arg_type {
    ARG_UNUSED, /* says nothing */
    ARG_GUESS,  /* an argument of a function without a row: by its looks */
    ARG_NUMBER,
    ARG_SIGNED,
    ARG_HEX,
    ARG_BYTES,
    ARG_SIGNED_BYTES,
    ARG_YES, /* 0: no */
    ARG_OBJECT,
    ARG_VA,         /* a pointer's name: region and offset */
    ARG_BUS,        /* an address as the device sees it */
    ARG_DIR_LENGTH, /* bytes, direction, bounced */
    ARG_TO_DEVICE,  /* 1: to the device */
    ARG_SITE,       /* a place in the driver */
    ARG_STATUS,
    ARG_AGENT,
    ARG_TAG,   /* four letters */
    ARG_LIMIT, /* a number; 0: none */
    ARG_IRQL,
    ARG_TEXT, /* 32 bytes of text in all four arguments */
    /* packed: high half, low half */
    ARG_ELEMENTS_MAPREGS,
    ARG_ENGINE_DOORBELL,
    ARG_OWNER_REASON,
    ARG_OWNER_CLASS,
    ARG_MISSING_WHAT,
    ARG_FLAGS_LENGTH,
    ARG_DISTANCE_WHAT,
    ARG_ALLOCATED_FREED,
    ARG_CHANNEL,
    ARG_MAJOR_MINOR, /* of an IRP */
    ARG_RACE,
    ARG_BYTES_FLAGS, /* an MDL's bytes and flags */
    ARG_PAIR,        /* two numbers */
    /* words */
    ARG_PHASE,
    ARG_AGENT_TYPE,
    ARG_FAULT,
    ARG_INPUT,
    ARG_ADAPTER_FLAGS,
    ARG_ACTION, /* IO_ALLOCATION_ACTION */
    ARG_STUCK,
    ARG_SYSDMA_END,
    ARG_CPU_TOUCHED,
    ARG_CACHE,
    ARG_LOCK_OPERATION,
    ARG_MODE,
    ARG_POOL_TYPE,
    ARG_POWER,
    ARG_MISUSE,
};

struct trace_arg {
    enum trace_arg_type type;
    const char *label;
    uint64_t value;
};

#define TRACE_ARGS_MAX 4

/* The arguments that say something, in order; how many. nth: of an ARG, which of its call, from
 * 1. */
unsigned trace_args(const struct event *e, unsigned nth, struct trace_arg args[TRACE_ARGS_MAX]);
/* Whether a table says what this argument of this kind is: a check of the tables. */
bool trace_arg_known(unsigned kind, unsigned index);
/* The objects that the event names: its own first, then those among its arguments. How many. */
unsigned trace_event_objects(const struct event *e, unsigned nth,
                             uint32_t objects[1 + TRACE_ARGS_MAX]);
/* Which ARG of its call each event is, for the two above; 0: it is none. Events in order. */
struct trace_nth {
    uint8_t of[1024];
};
unsigned trace_nth(struct trace_nth *n, const struct event *e);
/* The bytes that the event is about, as a device sees them and as the CPU does. */
bool trace_event_bus(const struct event *e, uint64_t *ba, uint64_t *length_bytes);
bool trace_event_va(const struct event *e, uint64_t *va, uint64_t *length_bytes);

#endif
