/*
 * All trackers together: their making and resetting, and which one takes in which kind of event.
 */
#include "verifier/track/track.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "verifier/track/tracker.h"

static int states_create(struct track *t)
{
    t->states = calloc(TRACKERS_MAX, sizeof *t->states);
    for (unsigned i = 0; t->states && trackers_all[i]; i++) {
        const struct tracker *k = trackers_all[i];

        must(i < TRACKERS_MAX);
        *k->index = i;
        t->states[i] = calloc(1, k->state_bytes);
        if (!t->states[i] || (k->create && k->create(t->states[i])))
            return -1;
    }
    return t->states ? 0 : -1;
}

static void states_destroy(struct track *t)
{
    for (unsigned i = 0; t->states && trackers_all[i]; i++) {
        if (t->states[i] && trackers_all[i]->destroy)
            trackers_all[i]->destroy(t->states[i]);
        free(t->states[i]);
    }
    free(t->states);
}

static void states_reset(struct track *t)
{
    for (unsigned i = 0; trackers_all[i]; i++)
        if (trackers_all[i]->reset)
            trackers_all[i]->reset(t->states[i]);
        else
            memset(t->states[i], 0, trackers_all[i]->state_bytes);
}

int track_create(struct track *t)
{
    memset(t, 0, sizeof *t);
    return objtab_create(&t->adapters, 64, 4) || objtab_create(&t->sgls, 64, 8) ||
                   objtab_create(&t->mapregs, 64, 8) || objtab_create(&t->commons, 64, 6) ||
                   objtab_create(&t->mdls, 64, 8) || objtab_create(&t->irps, 64, 8) ||
                   track_range_create(&t->ranges, 8) || claims_create(&t->claims) ||
                   states_create(t)
               ? -1
               : 0;
}

_Static_assert(sizeof(struct adapter_record) <= 64 && sizeof(struct mapping) <= 64 &&
                   sizeof(struct common_record) <= 64 && sizeof(struct mdl_record) <= 64 &&
                   sizeof(struct irp_record) <= 64,
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
    states_destroy(t);
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
    states_reset(t);
    t->phases_seen = 0;
    t->adapters_dead = 0;
    t->cut_short = false;
    t->domains_joined = t->device_lies = false;
}

static void irql_event(void *track, const struct event *e)
{
    struct track *t = track;
    t->irql[e->cpu % TRACK_CPUS] = (struct irql_record) { e->site, (uint8_t)e->a[1] };
}

static void phase_event(void *track, const struct event *e)
{
    struct track *t = track;
    t->phases_seen |= 1u << (e->a[0] & 31);
    t->cut_short |= e->a[0] == PHASE_END && e->a[1];
}

static const bool of_device[] = {
#define FAULT(point, word, text) false,
#define FAULT_DEVICE(point, word, text) true,
#include "trace/faults.def"
#undef FAULT_DEVICE
#undef FAULT
};

static void fault_event(void *track, const struct event *e)
{
    struct track *t = track;

    t->device_lies |= e->a[0] < sizeof of_device && of_device[e->a[0]];
}

track_handler *const track_handlers[EV_COUNT] = {
    [EV_CALL] = call_begun,           [EV_RETURN] = call_over,
    [EV_IRQL] = irql_event,           [EV_PHASE] = phase_event,
    [EV_FAULT] = fault_event,         [EV_ADAPTER] = adapter_begin,
    [EV_ADAPTER_END] = adapter_end,   [EV_CHANNEL] = channel_begin,
    [EV_CHANNEL_END] = channel_end,   [EV_SGL] = sgl_begin,
    [EV_SGL_END] = sgl_end,           [EV_MAPREG] = mapregs_begin,
    [EV_MAPREG_END] = mapregs_end,    [EV_MAP] = mapping_map,
    [EV_FLUSH] = mapping_flush,       [EV_UNMAP] = mapping_unmap,
    [EV_MMIO_WRITE] = doorbell_event, [EV_COMMON] = common_event,
    [EV_COMMON_END] = common_event,   [EV_DEV_CLAIM] = claim_event,
    [EV_DEV_RELEASE] = claim_event,   [EV_MDL] = mdl_event,
    [EV_MDL_END] = mdl_event,         [EV_LOCK] = mdl_event,
    [EV_UNLOCK] = mdl_event,          [EV_IRP] = irp_event,
    [EV_IRP_END] = irp_event,         [EV_DEV_READ] = mapping_moved,
    [EV_DEV_WRITE] = mapping_moved,
};

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
    bool live = true;

    owner = track_owner(t, owner, e->a[0]);
    h = track_is_common(owner) ? (void *)track_common(t, owner) : (void *)track_mapping(t, owner);
    if (h && h->live && OBJ_TYPE(owner) == OBJ_MAPREG &&
        track_range_owner(&t->ranges, e->a[0], &live) != owner)
        live = true;
    return h && (!h->live || !live) ? owner : 0;
}
