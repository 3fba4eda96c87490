/*
 * Claims: which device engine uses which range, from the doorbell that told it to. A claim hangs on
 * the object that owns the range, so that a release asks one list, and is found again by device,
 * engine and address when the device lets go.
 */
#include "verifier/track/track.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

int claims_create(struct claims *c)
{
    memset(c, 0, sizeof *c);
    c->count_max = 256;
    c->bucket_mask = 255;
    c->rows = calloc(c->count_max, sizeof *c->rows);
    c->buckets = calloc((size_t)c->bucket_mask + 1, sizeof *c->buckets);
    return c->rows && c->buckets ? 0 : -1;
}

void claims_destroy(struct claims *c)
{
    free(c->rows);
    free(c->buckets);
    memset(c, 0, sizeof *c);
}

void claims_reset(struct claims *c)
{
    if (c->used)
        memset(c->buckets, 0, ((size_t)c->bucket_mask + 1) * sizeof *c->buckets);
    c->used = 0;
    c->live = 0;
    c->free_first = 0;
}

static uint32_t *bucket_of(const struct claims *c, uint32_t device, uint32_t engine, uint64_t ba)
{
    return &c->buckets[rng_mix(ba ^ (uint64_t)device << 40 ^ (uint64_t)engine << 52) &
                       c->bucket_mask];
}

/* Twice the rows and buckets; the chains are made anew. */
static bool grow(struct claims *c)
{
    uint32_t count = c->count_max * 2;
    struct claim *rows = realloc(c->rows, count * sizeof *rows);
    uint32_t *buckets;

    if (!rows)
        return false;
    c->rows = rows;
    buckets = calloc(count, sizeof *buckets);
    if (!buckets)
        return false;
    free(c->buckets);
    c->buckets = buckets;
    c->bucket_mask = count - 1;
    c->count_max = count;
    for (uint32_t i = 0; i < c->used; i++) {
        struct claim *k = &c->rows[i];
        uint32_t *bucket;

        if (!k->live)
            continue;
        bucket = bucket_of(c, k->device, k->engine, k->ba);
        k->hash_next = *bucket;
        *bucket = i + 1;
    }
    return true;
}

/* Index + 1 of a fresh row; 0: the host has no memory. */
static uint32_t take_row(struct claims *c)
{
    uint32_t at = c->free_first;

    if (at) {
        c->free_first = c->rows[at - 1].hash_next;
        return at;
    }
    if (c->used == c->count_max && !grow(c))
        return 0;
    return ++c->used;
}

/* head: the mapping's own, in it. */
static inline void mark_used(uint32_t *head, bool to_device)
{
    struct mapping *m = (void *)((char *)head - offsetof(struct mapping, claims));

    if (m->to_device == to_device)
        m->used = true;
}

static void claim_begin(struct track *t, const struct event *e, uint32_t owner)
{
    struct claims *c = &t->claims;
    uint32_t *head = track_claims_head(t, owner), at = take_row(c), *bucket;
    struct claim *k;

    if (!at)
        return;
    k = &c->rows[at - 1];
    *k = (struct claim) { .ba = e->a[0],
                          .length_bytes = EVENT_LENGTH(e->a[1]),
                          .owner = owner,
                          .device = e->obj,
                          .engine = HIGH32(e->a[3]),
                          .doorbell = LOW32(e->a[3]),
                          .to_device = (e->a[1] & EVENT_TO_DEVICE) != 0,
                          .live = true };
    bucket = bucket_of(c, k->device, k->engine, k->ba);
    k->hash_next = *bucket;
    *bucket = at;
    c->live++;
    if (!head)
        return;
    if (!track_is_common(owner))
        mark_used(head, k->to_device);
    k->owner_next = *head;
    if (*head)
        c->rows[*head - 1].owner_prev = at;
    *head = at;
}

static void claim_end(struct track *t, const struct event *e)
{
    struct claims *c = &t->claims;
    uint32_t *link = bucket_of(c, e->obj, HIGH32(e->a[3]), e->a[0]), at;

    for (; (at = *link); link = &c->rows[at - 1].hash_next) {
        struct claim *k = &c->rows[at - 1];
        uint32_t *head;

        if (k->device != e->obj || k->engine != HIGH32(e->a[3]) || k->ba != e->a[0] ||
            k->length_bytes != EVENT_LENGTH(e->a[1]))
            continue;
        *link = k->hash_next;
        head = track_claims_head(t, k->owner);
        if (k->owner_next)
            c->rows[k->owner_next - 1].owner_prev = k->owner_prev;
        if (k->owner_prev)
            c->rows[k->owner_prev - 1].owner_next = k->owner_next;
        else if (head && *head == at)
            *head = k->owner_next;
        k->live = false;
        c->live--;
        k->hash_next = c->free_first;
        c->free_first = at;
        return;
    }
}

void claim_event(void *track, const struct event *e)
{
    struct track *t = track;
    if (e->kind == EV_DEV_CLAIM)
        claim_begin(t, e, track_owner(t, (uint32_t)e->a[2], e->a[0]));
    else
        claim_end(t, e);
}

uint32_t *track_claims_head(const struct track *t, uint32_t obj)
{
    struct mapping *m;
    struct common_record *c;

    if (track_is_common(obj))
        return (c = track_common(t, obj)) ? &c->claims : NULL;
    return (m = track_mapping(t, obj)) ? &m->claims : NULL;
}

const struct claim *track_claim_of(const struct track *t, uint32_t obj)
{
    const uint32_t *head = track_claims_head(t, obj);

    return head && *head ? &t->claims.rows[*head - 1] : NULL;
}

const struct claim *track_claim_next(const struct track *t, const struct claim *c)
{
    return c->owner_next ? &t->claims.rows[c->owner_next - 1] : NULL;
}

bool track_engine_claims(const struct track *t, uint32_t device, uint32_t engine, uint64_t ba,
                         const struct claim **covering)
{
    bool any = false;

    *covering = NULL;
    for (uint32_t i = 0; i < t->claims.used; i++) {
        const struct claim *c = &t->claims.rows[i];

        if (!c->live || c->device != device || c->engine != engine)
            continue;
        any = true;
        if (ba - c->ba < c->length_bytes)
            *covering = c;
    }
    return any;
}
