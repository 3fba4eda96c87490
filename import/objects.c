/*
 * A table by type and address. Dead objects stay: a second release is about the last one that lived there.
 */
#include "import/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/rng.h"

#define BUCKETS_FIRST 1024u

void import_objects_create(struct import_objects *o)
{
    memset(o, 0, sizeof(*o));
    o->capacity = 256;
    o->at = calloc(o->capacity, sizeof(*o->at));
    o->buckets = calloc(BUCKETS_FIRST, sizeof(*o->buckets));
    o->bucket_mask = BUCKETS_FIRST - 1;
    must(o->at && o->buckets);
    o->count = 1; /* 0 is none */
}

void import_objects_destroy(struct import_objects *o)
{
    for (uint32_t i = 1; i < o->count; i++)
        free(o->at[i].runs);
    free(o->at);
    free(o->buckets);
    memset(o, 0, sizeof(*o));
}

static uint32_t *bucket_of(const struct import_objects *o, enum object_type type, uint64_t key)
{
    uint64_t hash = rng_mix(key ^ (uint64_t)type << 56);
    uint32_t at = (uint32_t)hash & o->bucket_mask;

    while (o->buckets[at]) {
        const struct import_object *x = &o->at[o->buckets[at]];

        if (x->key == key && OBJ_TYPE(x->id) == type)
            break;
        at = (at + 1) & o->bucket_mask;
    }
    return &o->buckets[at];
}

uint32_t import_find(const struct import_objects *o, enum object_type type, uint64_t key)
{
    return *bucket_of(o, type, key);
}

/* Every object anew: later ones of an address take the place of earlier ones. */
static void buckets_grow(struct import_objects *o)
{
    free(o->buckets);
    o->bucket_mask = o->bucket_mask * 2 + 1;
    o->buckets = calloc(o->bucket_mask + 1u, sizeof(*o->buckets));
    must(o->buckets);
    for (uint32_t i = 1; i < o->count; i++)
        *bucket_of(o, OBJ_TYPE(o->at[i].id), o->at[i].key) = i;
}

uint32_t import_make(struct import_objects *o, enum object_type type, uint64_t key)
{
    if (o->count == o->capacity) {
        o->capacity *= 2;
        o->at = realloc(o->at, o->capacity * sizeof(*o->at));
        must(o->at);
    }
    if (o->count * 2 > o->bucket_mask)
        buckets_grow(o);
    o->at[o->count] = (struct import_object) { .key = key, .live = true };
    o->at[o->count].id = OBJ_ID(type, ++o->numbers[type] & 0xffffffu);
    *bucket_of(o, type, key) = o->count;
    return o->count++;
}

void import_run_add(struct import_object *x, const struct import_run *run)
{
    if (x->run_count == x->run_capacity) {
        x->run_capacity = x->run_capacity * 2 + 4;
        x->runs = realloc(x->runs, x->run_capacity * sizeof(*x->runs));
        must(x->runs);
    }
    x->runs[x->run_count++] = *run;
}
