/*
 * Open addressing, never more than half full (trace_map.h).
 */
#include "reports/trace_map.h"

#include <stdlib.h>

#include "base/must.h"
#include "base/rng.h"

static struct trace_map_entry *place_of(const struct trace_map *m, uint64_t key)
{
    size_t i = rng_mix(key) & (m->room - 1);

    while (m->entries[i].used && m->entries[i].key != key)
        i = (i + 1) & (m->room - 1);
    return &m->entries[i];
}

static void grow(struct trace_map *m)
{
    struct trace_map larger = { .room = m->room ? m->room * 2 : 64, .count = m->count };

    larger.entries = calloc(larger.room, sizeof *larger.entries);
    must(larger.entries);
    for (size_t i = 0; i < m->room; i++)
        if (m->entries[i].used)
            *place_of(&larger, m->entries[i].key) = m->entries[i];
    free(m->entries);
    *m = larger;
}

uint64_t *trace_map_at(struct trace_map *m, uint64_t key)
{
    struct trace_map_entry *e;

    if (m->count * 2 >= m->room)
        grow(m);
    e = place_of(m, key);
    if (!e->used) {
        e->used = 1;
        e->key = key;
        m->count++;
    }
    return &e->value;
}

uint64_t trace_map_get(const struct trace_map *m, uint64_t key)
{
    return m->room ? place_of(m, key)->value : 0;
}

void trace_map_free(struct trace_map *m)
{
    free(m->entries);
    *m = (struct trace_map) { 0 };
}
