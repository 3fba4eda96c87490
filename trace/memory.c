/*
 * Chunks, so that growing moves nothing and an event costs a copy.
 */
#include "trace/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define EVENTS_MAX (1u << 26)

void trace_memory_init(struct trace_memory *m, size_t events_max)
{
    memset(m, 0, sizeof(*m));
    m->events_max = events_max && events_max < EVENTS_MAX ? events_max : EVENTS_MAX;
}

void trace_memory_more(struct trace_memory *m, const struct event *e)
{
    if (m->chunk_count * MEMORY_CHUNK_EVENTS >= m->events_max) {
        m->lost++;
        return;
    }
    if (m->chunk_count == m->chunk_room) {
        m->chunks = realloc(m->chunks, (m->chunk_room + 1) * sizeof(*m->chunks));
        must(m->chunks);
        m->chunks[m->chunk_room] = malloc(MEMORY_CHUNK_EVENTS * sizeof(struct event));
        must(m->chunks[m->chunk_room]);
        m->chunk_room++;
    }
    m->at = m->chunks[m->chunk_count++];
    m->end = m->at + MEMORY_CHUNK_EVENTS;
    *m->at++ = *e;
}

size_t trace_memory_count(const struct trace_memory *m)
{
    return m->chunk_count * MEMORY_CHUNK_EVENTS - (size_t)(m->end - m->at);
}

const struct event *trace_memory_at(const struct trace_memory *m, size_t i)
{
    if (i >= trace_memory_count(m))
        return NULL;
    return &m->chunks[i / MEMORY_CHUNK_EVENTS][i % MEMORY_CHUNK_EVENTS];
}

void trace_memory_clear(struct trace_memory *m)
{
    m->at = m->end = NULL;
    m->chunk_count = 0;
    m->lost = 0;
}

void trace_memory_free(struct trace_memory *m)
{
    for (size_t i = 0; i < m->chunk_room; i++)
        free(m->chunks[i]);
    free(m->chunks);
    memset(m, 0, sizeof(*m));
}

void trace_memory_write(const struct trace_memory *m, struct recorder *r)
{
    char line[128];
    const struct event *e;

    for (size_t i = 0; (e = trace_memory_at(m, i)); i++)
        recorder_event(r, e);
    if (!m->lost)
        return;
    snprintf(line, sizeof(line),
             "{\"k\":\"lost\",\"lines\":%" PRIu64 ",\"bytes\":%" PRIu64
             ",\"why\":\"no room in memory\"}",
             m->lost, m->lost * sizeof(*e));
    recorder_line(r, line);
}
