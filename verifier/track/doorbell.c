/*
 * Doorbells: the driver's stores to a device, by the place that they come from. A later claim names
 * its doorbell's place only; this says when it rang.
 */
#include "verifier/track/track.h"

#include "base/rng.h"

static struct doorbell *slot_of(const struct track *t, uint64_t key)
{
    return (struct doorbell *)&t->doorbells[rng_mix(key) % TRACK_DOORBELLS];
}

/* A place that shares its slot with a busier one is forgotten; the release then counts as first. */
void doorbell_event(void *track, const struct event *e)
{
    struct track *t = track;
    uint64_t key = (uint64_t)e->obj << 32 | e->site;

    *slot_of(t, key) = (struct doorbell) { key, e->seq };
}

bool track_rang_before_release(const struct track *t, uint32_t device, uint32_t doorbell,
                               uint32_t obj)
{
    const struct doorbell *d = slot_of(t, (uint64_t)device << 32 | doorbell);
    const struct mapping *m = track_is_common(obj) ? NULL : track_mapping(t, obj);
    const struct common_record *c = track_is_common(obj) ? track_common(t, obj) : NULL;
    uint64_t released = m ? m->seq_released : c ? c->seq_released : 0;

    return d->key == ((uint64_t)device << 32 | doorbell) && d->seq < released;
}
