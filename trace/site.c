/*
 * Capturing and interning call stacks. The walk follows frame pointers, which every driver and every
 * file of ours keeps, and stays inside the running stack; the key of a stack is its return addresses,
 * so that the usual case, a stack seen before, costs a walk, a hash and one comparison.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "base/rng.h"
#include "trace/site_private.h"

#define BUCKETS_FIRST 1024u

struct site_depot *site_depot_create(void)
{
    struct site_depot *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    d->bucket_mask = BUCKETS_FIRST - 1;
    d->buckets = calloc(BUCKETS_FIRST, sizeof(*d->buckets));
    d->sites_max = 256;
    d->sites = calloc(d->sites_max, sizeof(*d->sites));
    d->count = 1; /* 0 is "nobody" */
    if (!d->buckets || !d->sites) {
        site_depot_destroy(d);
        return NULL;
    }
    return d;
}

void site_depot_destroy(struct site_depot *d)
{
    if (!d)
        return;
    site_symbols_close(d);
    if (d->sites)
        for (uint32_t i = 0; i < d->count; i++)
            free(d->sites[i].text);
    free(d->sites);
    free(d->buckets);
    free(d);
}

void site_depot_reset(struct site_depot *d)
{
    if (d->count == 1)
        return;
    for (uint32_t i = 1; i < d->count; i++) {
        free(d->sites[i].text);
        d->sites[i].text = NULL;
    }
    memset(d->buckets, 0, (d->bucket_mask + 1) * sizeof(*d->buckets));
    d->count = 1;
}

static bool pc_known_slow(const struct site_depot *d, uint64_t pc)
{
    for (unsigned i = 1; i < d->module_count; i++)
        if (pc - d->modules[i].base < d->modules[i].end - d->modules[i].base)
            return true;
    return false;
}

/* One driver is the usual case: its range is asked first. */
static inline bool pc_known(const struct site_depot *d, uint64_t pc)
{
    return pc - d->modules[0].base < d->modules[0].end - d->modules[0].base ||
           (d->module_count > 1 && pc_known_slow(d, pc));
}

static void buckets_grow(struct site_depot *d)
{
    uint32_t size = (d->bucket_mask + 1) * 2;
    uint32_t *buckets = calloc(size, sizeof(*buckets));

    must(buckets);
    for (uint32_t i = 1; i < d->count; i++) {
        uint32_t at = d->sites[i].hash & (size - 1);

        while (buckets[at])
            at = (at + 1) & (size - 1);
        buckets[at] = i;
    }
    free(d->buckets);
    d->buckets = buckets;
    d->bucket_mask = size - 1;
}

static uint32_t site_append(struct site_depot *d, uint32_t hash)
{
    if (d->count == d->sites_max) {
        struct site *more = realloc(d->sites, (size_t)2 * d->sites_max * sizeof(*more));

        must(more);
        memset(more + d->sites_max, 0, d->sites_max * sizeof(*more));
        d->sites = more;
        d->sites_max *= 2;
    }
    memset(&d->sites[d->count], 0, sizeof(d->sites[0]));
    d->sites[d->count].hash = hash;
    return d->count++;
}

static uint32_t site_new(struct site_depot *d, uint32_t bucket, const uint64_t *pcs, unsigned count,
                         uint32_t hash)
{
    uint32_t id = site_append(d, hash);

    d->sites[id].frame_count = (uint8_t)count;
    memcpy(d->sites[id].pcs, pcs, count * sizeof(*pcs));
    d->buckets[bucket] = id;
    if (d->count * 2 > d->bucket_mask)
        buckets_grow(d);
    return id;
}

/* Equal hashes are nearly always equal stacks; the comparison is for the rest. */
static inline uint32_t intern(struct site_depot *d, const uint64_t *pcs, unsigned count, uint32_t hash)
{
    uint32_t at = hash & d->bucket_mask, id;

    for (; (id = d->buckets[at]); at = (at + 1) & d->bucket_mask) {
        const struct site *site = &d->sites[id];
        unsigned i = 0;

        if (site->hash != hash || site->frame_count != count)
            continue;
        while (i < count && site->pcs[i] == pcs[i])
            i++;
        if (i == count)
            return id;
    }
    return site_new(d, at, pcs, count, hash);
}

__attribute__((no_sanitize("address"))) /* reads saved frame pointers between the stack's redzones */
uint32_t site_capture(struct site_depot *d, const void *frame, uint64_t pc, const void *stack_low,
                      const void *stack_high)
{
    uint64_t pcs[SITE_FRAMES_MAX];
    unsigned count = 0;
    uint64_t hash = 0x9e3779b97f4a7c15u;
    const uint64_t *fp = frame;
    const uint64_t *high = (const uint64_t *)stack_high - 1;

    if (pc && pc_known(d, pc)) {
        pcs[count++] = pc;
        hash = (hash ^ pc) * 0xff51afd7ed558ccdu;
    }
    while (fp >= (const uint64_t *)stack_low && fp < high && ((uint64_t)fp & 7) == 0) {
        uint64_t ret = fp[1];
        const uint64_t *next = (const uint64_t *)fp[0];

        if (pc_known(d, ret)) {
            pcs[count++] = ret;
            hash = (hash ^ ret) * 0xff51afd7ed558ccdu;
            if (count == SITE_FRAMES_MAX)
                break;
        } else if (count) {
            break; /* the driver's own frames end here */
        }
        if (next <= fp)
            break;
        fp = next;
    }
    return count ? intern(d, pcs, count, (uint32_t)(hash >> 32)) : 0;
}

uint32_t site_add_text(struct site_depot *d, uint32_t id, const struct site_frame_text *frames,
                       unsigned count)
{
    while (d->count <= id)
        site_append(d, 0);
    struct site *site = &d->sites[id];

    if (count > SITE_FRAMES_MAX)
        count = SITE_FRAMES_MAX;
    site->frame_count = (uint8_t)count;
    free(site->text);
    site->text = calloc(SITE_FRAMES_MAX, sizeof(*site->text));
    must(site->text);
    memcpy(site->text, frames, count * sizeof(*frames));
    site->text_known = (uint8_t)((1u << count) - 1);
    return id;
}

unsigned site_frame_count(const struct site_depot *d, uint32_t site)
{
    return site && site < d->count ? d->sites[site].frame_count : 0;
}

uint32_t site_count(const struct site_depot *d)
{
    return d->count;
}
