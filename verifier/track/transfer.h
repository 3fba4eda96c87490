/*
 * Requests of version 3: their transfer contexts, and adapters that a synchronous request without a
 * routine still holds, until FreeAdapterObject.
 */
#ifndef DMACHECK_VERIFIER_TRACK_TRANSFER_H
#define DMACHECK_VERIFIER_TRACK_TRANSFER_H

#include "verifier/track/tracker.h"

struct transfer_context {
    struct objtab_head head;
    uint32_t site_made,
        site_used;           /* InitializeDmaTransferContext; the last request on it; 0: none */
    uint32_t adapter, mdl;   /* of the last request */
    uint32_t owner;          /* list or map registers that it was granted; 0: none */
    uint32_t site_cancelled; /* CancelAdapterChannel answered FALSE here; 0: it did not */
    bool to_device, has_way; /* of the last request; channels have none */
    bool pending;            /* granted neither resources nor a refusal yet */
    uint64_t va;
};

/* An adapter whose channel a list holds that was made at once and without a routine. */
struct held_adapter {
    uint32_t adapter, list; /* adapter 0: the place is free */
    uint32_t site;          /* of the request */
    uint32_t site_kept;     /* FreeAdapterObject(KeepObject), which does nothing */
    uint32_t site_met;      /* a further request came while it was held */
    uint32_t met;           /* so many did */
    uint16_t agent;
};

/* What a request says in its CALL and first ARG together. */
struct transfer_call {
    uint32_t api, adapter, context, mdl, site;
    uint64_t flags;
    bool to_device, has_way, has_routine;
};

/* NULL: never initialised, or long forgotten. */
struct transfer_context *transfer_context(const struct track *t, uint32_t context);
/* The one that was last initialised at an address; NULL: none, or it is forgotten. */
struct transfer_context *transfer_context_at(const struct track *t, uint64_t va);
/* The list or map registers live, or may still come. */
bool transfer_in_use(const struct track *t, const struct transfer_context *c);
/* Calls each(ctx, context) for those whose cancel came too late and that are in use still. */
void transfer_each_uncancelled(const struct track *t,
                               void (*each)(void *ctx, const struct transfer_context *c),
                               void *ctx);
/* NULL: its channel is not held by such a list. */
const struct held_adapter *transfer_held(const struct track *t, uint32_t adapter);
/* The request that this event completes the arguments of: CALL AllocateAdapterChannelEx, or the first
 * ARG of a list's; false: the event is another one. */
bool transfer_call_of(const struct track *t, const struct event *e, struct transfer_call *c);

/* What transfer_call_of answers to. */
#define TRANSFER_CALLS                                                                             \
    .calls = CALLS(AllocateAdapterChannelEx),                                                      \
    .args = APIS(GetScatterGatherListEx, BuildScatterGatherListEx)

#endif
