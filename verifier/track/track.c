/*
 * All trackers together: makes them, and hands each event to the one that it is for.
 */
#include "verifier/track/track.h"

#include <stdlib.h>
#include <string.h>

int track_create(struct track *t)
{
    memset(t, 0, sizeof *t);
    return objtab_create(&t->adapters, 64, 4) ||
           objtab_create(&t->sgls, 128, 8) || objtab_create(&t->mapregs, 128, 8) ||
           objtab_create(&t->commons, 64, 6) || objtab_create(&t->mdls, 64, 8) ||
           objtab_create(&t->irps, 64, 8) || track_range_create(&t->ranges, 8) ||
           claims_create(&t->claims)
               ? -1
               : 0;
}

_Static_assert(sizeof(struct adapter_record) <= 64 && sizeof(struct mapping) <= 128 && sizeof(struct common_record) <= 64 &&
                   sizeof(struct mdl_record) <= 64 && sizeof(struct irp_record) <= 64,
               "records fit the rows that track_create gives them");

void track_destroy(struct track *t)
{
    objtab_destroy(&t->adapters);
    objtab_destroy(&t->sgls);
    objtab_destroy(&t->mapregs);
    objtab_destroy(&t->commons);
    objtab_destroy(&t->mdls);
    objtab_destroy(&t->irps);
    track_range_destroy(&t->ranges);
    claims_destroy(&t->claims);
    free(t->calls);
    memset(t, 0, sizeof *t);
}

void track_reset(struct track *t)
{
    objtab_reset(&t->adapters);
    objtab_reset(&t->sgls);
    objtab_reset(&t->mapregs);
    objtab_reset(&t->commons);
    objtab_reset(&t->mdls);
    objtab_reset(&t->irps);
    track_range_reset(&t->ranges);
    claims_reset(&t->claims);
    memset(t->doorbells, 0, sizeof t->doorbells);
    memset(t->irql, 0, sizeof t->irql);
    for (uint32_t i = 0; i < t->agents; i++)
        t->calls[i].depth = 0;
    t->phases_seen = 0;
    t->cut_short = false;
}

void track_event(struct track *t, const struct event *e)
{
    switch (e->kind) {
    case EV_CALL:
    case EV_RETURN:
        call_event(t, e);
        break;
    case EV_IRQL:
        t->irql[e->cpu % TRACK_CPUS] = (struct irql_record){ e->site, (uint8_t)e->a[1] };
        break;
    case EV_PHASE:
        t->phases_seen |= 1u << (e->a[0] & 31);
        t->cut_short |= e->a[0] == PHASE_END && e->a[1];
        break;
    case EV_ADAPTER:
    case EV_ADAPTER_END:
    case EV_CHANNEL:
    case EV_CHANNEL_END:
        adapter_event(t, e);
        break;
    case EV_SGL:
    case EV_SGL_END:
    case EV_MAPREG:
    case EV_MAPREG_END:
    case EV_MAP:
    case EV_FLUSH:
    case EV_UNMAP:
        mapping_event(t, e);
        break;
    case EV_COMMON:
    case EV_COMMON_END:
        common_event(t, e);
        break;
    case EV_DEV_CLAIM:
    case EV_DEV_RELEASE:
        claim_event(t, e);
        break;
    case EV_MMIO_WRITE:
        doorbell_event(t, e);
        break;
    case EV_MDL:
    case EV_MDL_END:
    case EV_LOCK:
    case EV_UNLOCK:
        mdl_event(t, e);
        break;
    case EV_IRP:
    case EV_IRP_END:
        irp_event(t, e);
        break;
    }
}

uint32_t track_adapter_of(const struct track *t, uint32_t obj)
{
    const struct mapping *m;
    const struct common_record *c;

    if (OBJ_TYPE(obj) == OBJ_ADAPTER)
        return obj;
    if (track_is_common(obj))
        return (c = track_common(t, obj)) ? c->adapter : 0;
    return (m = track_mapping(t, obj)) ? m->adapter : 0;
}

uint32_t track_owner(const struct track *t, uint32_t named, uint64_t ba)
{
    bool live;

    return named ? named : track_range_owner(&t->ranges, ba, &live);
}

uint32_t track_released_owner(const struct track *t, const struct event *e)
{
    uint32_t owner = e->kind == EV_DEV_FAULT ? HIGH32(e->a[2]) : (uint32_t)e->a[2];
    const struct objtab_head *h;

    owner = track_owner(t, owner, e->a[0]);
    h = track_is_common(owner) ? (void *)track_common(t, owner) : (void *)track_mapping(t, owner);
    return h && !h->live ? owner : 0;
}
