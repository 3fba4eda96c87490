/*
 * What rules look things up in. The trackers follow the event stream and remember what lives, what
 * lived lately, and where in the driver each thing happened. One file for each kind of thing.
 */
#ifndef DMACHECK_VERIFIER_TRACK_TRACK_H
#define DMACHECK_VERIFIER_TRACK_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/event.h"
#include "verifier/track/objtab.h"
#include "verifier/track/range.h"

#define TRACK_CPUS 16
#define TRACK_CALL_DEPTH 8

/* --- adapter.c --- */
struct adapter_record {
    struct objtab_head head;
    uint32_t device;
    uint32_t flags; /* ADAPTER_* of trace/event.h */
    uint32_t site_created, site_released;
    uint32_t mapregs_max;
    uint32_t live_mapregs, live_sgls, live_commons, made_sgls;
    uint32_t channel;         /* the one that is held; 0: none */
    uint32_t channel_mapregs; /* the map registers that came with it */
    uint32_t site_channel;    /* where it was asked for */
    uint64_t length_max_bytes;
};

/* --- mapping.c: scatter/gather lists and map register files --- */
struct mapping {
    struct objtab_head head;
    uint32_t adapter, mdl;
    uint32_t claims;       /* first live claim + 1, 0: none */
    uint32_t site_created; /* Get/Build..., AllocateAdapterChannel */
    uint32_t site_mapped;  /* the last MAP */
    uint32_t site_released;
    uint32_t count; /* map registers */
    bool to_device, mapped;
    bool bounced : 1;
    bool flushed : 1; /* since the last MAP */
    bool over : 1;    /* since the last MAP: KMDF was told how much was moved, and flushed that */
    bool used : 1;    /* since the last MAP: given to a device in the mapping's own direction */
    /* Map registers only. All but the last since they were given, modulo 4 GiB: differences count. */
    uint32_t mapped_bytes, flushed_bytes;
    uint32_t moved_bytes;  /* by the device */
    uint32_t now_bytes;    /* mapped at present */
    uint64_t seq_released; /* of map registers that live: the last UNMAP */
};

/* --- common.c --- */
struct common_record {
    struct objtab_head head;
    uint32_t adapter;
    uint32_t claims;
    uint32_t site_created, site_released;
    uint64_t ba, length_bytes, va;
    uint64_t seq_released;
};

/* --- claim.c: ranges that a device engine has been told to use --- */
struct claim {
    uint64_t ba, length_bytes;
    uint32_t owner, device, engine, doorbell; /* doorbell: site of the driver's store */
    uint32_t owner_next, owner_prev;          /* index + 1, 0: none */
    uint32_t hash_next;                       /* also links the free ones */
    bool to_device, live;
};
struct claims {
    struct claim *rows;
    uint32_t *buckets;
    uint32_t count_max, used, free_first, bucket_mask;
    uint32_t live;
};

/* --- doorbell.c: when the driver last stored to a device from a place --- */
#define TRACK_DOORBELLS 256
struct doorbell {
    uint64_t key; /* device << 32 | site */
    uint64_t seq;
};

/* --- mdl.c, irp.c --- */
struct mdl_record {
    struct objtab_head head;
    uint32_t site_created, site_locked, site_freed;
    uint32_t irp, locks;
    uint32_t source; /* a partial MDL: the one that it is a part of */
    uint32_t chain;  /* the first of the chain that was mapped with it */
    uint8_t against; /* AGAINST_*: ways to map it that what it was made for forbids */
    uint64_t va, length_bytes;
};
#define AGAINST_READ 1u  /* to the device, and it is the buffer of an IRP_MJ_READ */
#define AGAINST_WRITE 2u /* from the device, and it is the buffer of an IRP_MJ_WRITE */
#define AGAINST_LOCK 4u  /* from the device, and the driver locked it with IoReadAccess */
#define AGAINST_TO_DEVICE AGAINST_READ
#define AGAINST_FROM_DEVICE (AGAINST_WRITE | AGAINST_LOCK)
struct irp_record {
    struct objtab_head head;
    uint32_t site_completed, mdl;
    uint64_t major_minor, length_bytes;
    uint32_t site_given; /* which callback of a KMDF queue has got it last; 0: none */
};

/* --- irql.c: where each processor's IRQL was changed last --- */
struct irql_record {
    uint32_t site;
    uint8_t irql;
};

/* --- call.c: calls that are open, by agent --- */
struct call_record {
    uint32_t obj, site, api, agent; /* the first two as in an event: one word */
};
struct call_stack {
    struct call_record open[TRACK_CALL_DEPTH];
    uint32_t depth;      /* may be more than what is kept */
    uint32_t unused[31]; /* a power of two, so that an agent's stack is a shift away */
};
_Static_assert(sizeof(struct call_stack) == 256, "see unused");

struct track {
    bool remapped;
    uint32_t phases_seen; /* one bit for each PHASE */
    bool cut_short;       /* the run did not come to its own end */
    bool domains_joined;  /* some device shares another's domain */
    bool device_lies;     /* it has done what it should not: an injected fault */
    uint32_t adapters_dead;
    struct objtab adapters, sgls, mapregs, commons, mdls, irps;
    struct range_index ranges;
    struct claims claims;
    struct doorbell doorbells[TRACK_DOORBELLS];
    struct irql_record irql[TRACK_CPUS];
    struct call_stack *calls; /* by agent */
    uint32_t agents;
    void **states; /* of the trackers that stand by themselves: tracker.h */
};

int track_create(struct track *t);
void track_destroy(struct track *t);
void track_reset(struct track *t);
/* What takes in an event of each kind; NULL: nobody does. */
typedef void track_handler(void *track, const struct event *e);
extern track_handler *const track_handlers[EV_COUNT];

/* --- look-ups; all give NULL for what was never seen or is long forgotten --- */
static inline struct adapter_record *track_adapter(const struct track *t, uint32_t id)
{
    return objtab_find(&t->adapters, id);
}
/* By the id of a list or of a map register file. */
static inline struct mapping *track_mapping(const struct track *t, uint32_t id)
{
    return objtab_find(OBJ_TYPE(id) == OBJ_SGL ? &t->sgls : &t->mapregs, id);
}
static inline struct common_record *track_common(const struct track *t, uint32_t id)
{
    return objtab_find(&t->commons, id);
}
/* A vector counts as one common buffer. */
static inline bool track_is_common(uint32_t id)
{
    return OBJ_TYPE(id) == OBJ_COMMON || OBJ_TYPE(id) == OBJ_VECTOR;
}
/* The adapter that an object of DMA belongs to; 0: none known. */
/* An address of a user's half, as events name it (docs/trace-format.md). */
static inline bool track_is_user(uint64_t va) { return va >> 56 == 1 || va >> 56 == 6; }
uint32_t track_adapter_of(const struct track *t, uint32_t obj);
/* The first live claim on an object; NULL: no engine uses it. */
const struct claim *track_claim_of(const struct track *t, uint32_t obj);
const struct claim *track_claim_next(const struct track *t, const struct claim *c);
/* Whether this engine has been told of anything at all; *covering: of what holds ba, or NULL. */
bool track_engine_claims(const struct track *t, uint32_t device, uint32_t engine, uint64_t ba,
                         const struct claim **covering);
/* The object that a device event is about: as the event names it, else by its bus address. */
uint32_t track_owner(const struct track *t, uint32_t named, uint64_t ba);
/* Whether the doorbell of a claim or touch rang before the object was released: then the device was
 * at work already when it was taken away, else the driver handed out what it no longer had. */
bool track_rang_before_release(const struct track *t, uint32_t device, uint32_t doorbell,
                               uint32_t obj);
/* The object (list, map registers, common buffer) that a device event is about when it is released
 * by now, or when its map registers live but the place is flushed; 0: it lives, or is not known. */
uint32_t track_released_owner(const struct track *t, const struct event *e);
/* The open call of an agent, innermost first; NULL: none. */
const struct call_record *track_call(const struct track *t, uint16_t agent, unsigned up);

/* The halves of a packed argument: "engine_doorbell" is engine high, doorbell low. */
#define HIGH32(v) ((uint32_t)((v) >> 32))
#define LOW32(v) ((uint32_t)(v))

/* --- between the trackers --- */
track_handler adapter_begin, adapter_end, channel_begin, channel_end;
track_handler sgl_begin, sgl_end, mapregs_begin, mapregs_end, mapping_map, mapping_flush,
    mapping_unmap, mapping_moved;
track_handler common_event, claim_event, doorbell_event, mdl_event, irp_event, call_begun,
    call_over;
uint32_t *track_claims_head(const struct track *t, uint32_t obj); /* NULL: cannot hold claims */
int claims_create(struct claims *c);
void claims_destroy(struct claims *c);
void claims_reset(struct claims *c);

#endif
