/*
 * The things that a recording speaks of, by the address (or number) under which it does: a new one
 * each time that an address gets a new life.
 */
#ifndef DMACHECK_IMPORT_OBJECTS_H
#define DMACHECK_IMPORT_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/event.h"

#define OBJECTS_NONE 0u /* index of no object */

struct import_run { /* a logical run that is mapped */
    uint64_t ba, bytes, offset;
    uint32_t mdl; /* id */
    bool to_device;
    bool nowhere; /* its address was not told: ba is its place in a page, and no event says it */
};

struct import_object {
    uint64_t key;
    uint32_t id;
    uint32_t adapter; /* index of the object; also of one that an adapter has given */
    uint32_t site;
    bool live;
    bool early;    /* an adapter: at work before the first line about it */
    bool stranger; /* used, and nobody saw it begin */
    size_t born, died;
    size_t touched; /* the last line about it */
    size_t call;    /* index + 1 of the call that asked for it; 0: none */
    /* What each kind needs. */
    uint64_t ba, bytes, offset, va;
    uint32_t count; /* map registers */
    uint32_t mdl, flags;
    uint32_t channel, context; /* of a list, of map registers: indexes */
    uint32_t held;             /* of an adapter: the channel; of a channel: list or registers */
    uint32_t registers_live;   /* of an adapter */
    uint64_t was_from, was_to; /* of map registers: bytes of was_mdl that were ever mapped */
    uint32_t was_mdl;
    bool to_device;
    struct import_run *runs;
    uint32_t run_count, run_capacity;
};

struct import_objects {
    struct import_object *at; /* from 1 */
    uint32_t count, capacity;
    uint32_t *buckets; /* the last object of an address */
    uint32_t bucket_mask;
    uint32_t numbers[OBJ_COUNT];
};

void import_objects_create(struct import_objects *o);
void import_objects_destroy(struct import_objects *o);
/* The last object of this type at this address; OBJECTS_NONE: there never was one. */
uint32_t import_find(const struct import_objects *o, enum object_type type, uint64_t key);
uint32_t import_make(struct import_objects *o, enum object_type type, uint64_t key);
void import_run_add(struct import_object *x, const struct import_run *run);

#endif
