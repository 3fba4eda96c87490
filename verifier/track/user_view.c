/*
 * Mappings into programs (user_view.h).
 */
#include "verifier/track/user_view.h"

#define MAJOR_CLOSE 2
#define USER_MODE 1
#define PLACES 64
#define PAGE_MASK 0xfffull

struct user_views {
    uint32_t file_of[PLACES]; /* of the last request that an agent has sent */
    struct {
        uint32_t irp, file;
    } closing[PLACES]; /* by the IRP's number */
    struct user_view rows[USER_VIEWS_MAX];
    unsigned count;
};

uint32_t user_view_closing(const struct track *t, uint32_t irp)
{
    const struct user_views *s = track_state(t, &tracker_user_view);
    unsigned at = OBJ_NUMBER(irp) % PLACES;

    return s->closing[at].irp == irp ? s->closing[at].file : 0;
}

const struct user_view *user_view_of(const struct track *t, uint32_t file, unsigned *from)
{
    const struct user_views *s = track_state(t, &tracker_user_view);

    while (file && *from < s->count) {
        const struct user_view *v = &s->rows[(*from)++];

        if (v->file == file)
            return v;
    }
    return NULL;
}

static void sent(struct user_views *s, const struct event *e)
{
    uint32_t file = (uint32_t)e->a[3];
    unsigned at = OBJ_NUMBER(e->obj) % PLACES;

    s->file_of[e->agent % PLACES] = file;
    s->closing[at].irp = e->a[0] >> 8 == MAJOR_CLOSE ? e->obj : 0;
    s->closing[at].file = file;
}

static void mapped(struct user_views *s, const struct event *e)
{
    if (s->count < USER_VIEWS_MAX)
        s->rows[s->count++] = (struct user_view) { .mdl = e->obj,
                                                   .file = s->file_of[e->agent % PLACES],
                                                   .site = e->site,
                                                   .va = e->a[0] & ~PAGE_MASK,
                                                   .length_bytes = e->a[1] };
}

static void unmapped(struct user_views *s, const struct event *e)
{
    for (unsigned i = 0; i < s->count; i++)
        if (s->rows[i].mdl == e->obj && s->rows[i].va == (e->a[0] & ~PAGE_MASK)) {
            s->rows[i] = s->rows[--s->count];
            return;
        }
}

static void follow(struct track *t, void *state, const struct event *e)
{
    (void)t;
    if (e->kind == EV_IRP)
        sent(state, e);
    else if (e->a[2] == USER_MODE && e->kind == EV_VIEW)
        mapped(state, e);
    else if (e->a[2] == USER_MODE)
        unmapped(state, e);
}

TRACKER(user_view, .state_bytes = sizeof(struct user_views), .on = EV(IRP, VIEW, VIEW_END),
        .run = follow);
