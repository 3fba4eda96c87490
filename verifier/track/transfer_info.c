/*
 * What was last asked of each adapter with GetDmaTransferInfo. Adapters are few; two that share a
 * place forget each other's question.
 */
#include "verifier/track/transfer_info.h"

#define PLACES 64

struct infos {
    struct transfer_info of[PLACES];
};

static void on_call(struct track *t, void *state, const struct event *e)
{
    struct infos *s = state;

    (void)t;
    s->of[OBJ_NUMBER(e->obj) % PLACES] =
        (struct transfer_info) { e->obj, (uint32_t)e->a[0], e->site,
                                 (e->a[2] & EVENT_TO_DEVICE) != 0 };
}

TRACKER(transfer_info, .state_bytes = sizeof(struct infos), .calls = APIS(GetDmaTransferInfo),
        .run = on_call);

const struct transfer_info *transfer_info_of(const struct track *t, uint32_t adapter)
{
    const struct infos *s = track_state(t, &tracker_transfer_info);
    const struct transfer_info *i = &s->of[OBJ_NUMBER(adapter) % PLACES];

    return adapter && i->adapter == adapter ? i : NULL;
}
