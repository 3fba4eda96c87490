/*
 * A table from 64-bit keys to numbers, for what is counted or remembered by object.
 */
#ifndef DMACHECK_REPORTS_TRACE_MAP_H
#define DMACHECK_REPORTS_TRACE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct trace_map_entry {
    uint64_t key;
    uint64_t value;
    uint8_t used;
};

struct trace_map { /* all zero: empty */
    struct trace_map_entry *entries;
    size_t count, room; /* room: a power of two, or 0 */
};

/* The value of a key, 0 when it is new; until the next call. */
uint64_t *trace_map_at(struct trace_map *m, uint64_t key);
uint64_t trace_map_get(const struct trace_map *m, uint64_t key); /* 0: not there */
void trace_map_free(struct trace_map *m);

#endif
