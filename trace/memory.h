/*
 * A run kept in memory: a sink that copies each event and forgets none until it is full. Written as a
 * .dmatrace when somebody wants it after all.
 */
#ifndef DMACHECK_TRACE_MEMORY_H
#define DMACHECK_TRACE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/event.h"
#include "trace/record.h"

#define MEMORY_CHUNK_EVENTS 4096u

struct trace_memory {
    struct event *at, *end; /* in the chunk that is being filled */
    struct event **chunks;
    size_t chunk_count, chunk_room; /* chunks that are in use; that there are */
    size_t events_max;              /* beyond these, events are counted and not kept */
    uint64_t lost;
};

/* events_max is rounded up to a chunk; 0: 64 million, 4 GiB. */
void trace_memory_init(struct trace_memory *m, size_t events_max);
void trace_memory_more(struct trace_memory *m, const struct event *e);
static inline void trace_memory_event(void *memory, const struct event *e) /* a sink */
{
    struct trace_memory *m = memory;

    if (__builtin_expect(m->at == m->end, 0))
        trace_memory_more(m, e);
    else
        *m->at++ = *e;
}
size_t trace_memory_count(const struct trace_memory *m);
const struct event *trace_memory_at(const struct trace_memory *m,
                                    size_t i);   /* NULL: there is none */
void trace_memory_clear(struct trace_memory *m); /* for another run; keeps its room */
void trace_memory_free(struct trace_memory *m);
/* All of it into a recorder that was opened for the run. */
void trace_memory_write(const struct trace_memory *m, struct recorder *r);

#endif
