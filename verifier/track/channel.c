/*
 * See channel.h. Device objects that take channels are few: a table that is searched.
 */
#include "verifier/track/channel.h"

#include "verifier/track/tracker.h"

#define OBJECTS_MAX 64u

struct asked_table {
    struct channel_asked rows[OBJECTS_MAX];
    unsigned count;
};

static struct channel_asked *row_of(struct asked_table *a, uint32_t device_object)
{
    for (unsigned i = 0; i < a->count; i++)
        if (a->rows[i].device_object == device_object)
            return &a->rows[i];
    return NULL;
}

static struct channel_asked *row_made(struct asked_table *a, uint32_t device_object)
{
    struct channel_asked *row = row_of(a, device_object);

    if (row || a->count == OBJECTS_MAX)
        return row;
    row = &a->rows[a->count++];
    *row = (struct channel_asked) { .device_object = device_object };
    return row;
}

/* The routine may run before the call returns, so a request waits from its CALL on; one that is refused
 * never waited. */
static void on_call(struct asked_table *a, const struct event *e)
{
    struct channel_asked *row = row_made(a, (uint32_t)e->a[0]);

    if (!row)
        return;
    row->site = e->site;
    row->asker = e->agent;
    row->waits = true;
}

static void on_refused(struct asked_table *a, const struct event *e)
{
    for (unsigned i = 0; i < a->count; i++)
        if (a->rows[i].asker == e->agent)
            a->rows[i].waits = false;
}

static void on_routine(struct asked_table *a, const struct event *e)
{
    struct channel_asked *row = row_of(a, (uint32_t)e->a[0]);

    if (!row)
        return;
    row->waits = false;
    row->inside = true;
    row->runner = e->agent;
}

static void on_routine_end(struct asked_table *a, const struct event *e)
{
    for (unsigned i = 0; i < a->count; i++)
        if (a->rows[i].runner == e->agent)
            a->rows[i].inside = false;
}

static void on_event(struct track *t, void *state, const struct event *e)
{
    (void)t;
    if (e->kind == EV_CALL)
        on_call(state, e);
    else if (e->kind == EV_RETURN && e->a[0])
        on_refused(state, e);
    else if (e->kind == EV_CALLBACK)
        on_routine(state, e);
    else if (e->kind == EV_CALLBACK_END)
        on_routine_end(state, e);
}

TRACKER(channel, .state_bytes = sizeof(struct asked_table), .run = on_event,
        .calls = CALLS(AllocateAdapterChannel), .returns = APIS(AllocateAdapterChannel),
        .callbacks = APIS(AdapterControl), .callback_ends = APIS(AdapterControl));

const struct channel_asked *channel_asked_of(const struct track *t, uint32_t device_object)
{
    return row_of(track_state(t, &tracker_channel), device_object);
}
