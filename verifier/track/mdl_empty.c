/*
 * MDLs that nobody has filled (mdl_empty.h), by their numbers; of two that share a place the later one is
 * remembered.
 */
#include "verifier/track/mdl_empty.h"

#define PLACES 512

static uint32_t *place(void *state, uint32_t mdl)
{
    return &((uint32_t *)state)[OBJ_NUMBER(mdl) % PLACES];
}

bool mdl_is_empty(const struct track *t, uint32_t mdl)
{
    return mdl && *place(track_state(t, &tracker_mdl_empty), mdl) == mdl;
}

static void follow(struct track *t, void *state, const struct event *e)
{
    uint32_t *at = place(state, e->obj);

    (void)t;
    if (e->kind == EV_MDL)
        *at = e->obj;
    else if (*at == e->obj)
        *at = 0;
}

TRACKER(mdl_empty, .state_bytes = PLACES * sizeof(uint32_t), .on = EV(MDL, LOCK, MDL_BUILD),
        .run = follow);
