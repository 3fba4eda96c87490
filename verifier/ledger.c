/*
 * Booking: each event that gives or takes something of an adapter's (ledger.h).
 */
#include "verifier/ledger.h"

#include <string.h>

void ledger_begin(struct ledger *l) { memset(l, 0, sizeof *l); }

static struct ledger_adapter *adapter_of(struct ledger *l, uint32_t obj)
{
    for (unsigned i = 0; i < l->adapter_count; i++)
        if (l->adapters[i].obj == obj)
            return &l->adapters[i];
    return NULL;
}

static struct ledger_thing *thing_of(struct ledger *l, uint32_t obj)
{
    for (unsigned i = 0; i < l->thing_count; i++)
        if (l->things[i].obj == obj)
            return &l->things[i];
    return NULL;
}

static void adapter_open(struct ledger *l, const struct event *e)
{
    if (l->adapter_count == LEDGER_ADAPTERS_MAX) {
        l->adapters_lost++;
        return;
    }
    l->adapters[l->adapter_count++] = (struct ledger_adapter) { .obj = e->obj,
                                                                .device = (uint32_t)e->a[0],
                                                                .flags = (uint32_t)e->a[1],
                                                                .site = e->site,
                                                                .mapregs_max = (uint32_t)e->a[2],
                                                                .length_max_bytes = e->a[3] };
}

/* A thing and its place in the books of the adapter that gave it; count: how many of its kind. */
static struct ledger_pair *pair_of(struct ledger_adapter *a, uint32_t obj)
{
    switch (OBJ_TYPE(obj)) {
    case OBJ_CHANNEL:
        return &a->channels;
    case OBJ_MAPREG:
        return &a->mapregs;
    case OBJ_SGL:
        return &a->lists;
    default:
        return &a->commons;
    }
}

static void thing_open(struct ledger *l, const struct ledger_thing *thing)
{
    struct ledger_adapter *a = adapter_of(l, thing->adapter);

    if (a)
        pair_of(a, thing->obj)->allocated +=
            OBJ_TYPE(thing->obj) == OBJ_MAPREG ? thing->mapregs : 1;
    if (l->thing_count == LEDGER_THINGS_MAX)
        l->things_lost++;
    else
        l->things[l->thing_count++] = *thing;
}

static void thing_close(struct ledger *l, uint32_t obj)
{
    struct ledger_thing *t = thing_of(l, obj);
    struct ledger_adapter *a = t ? adapter_of(l, t->adapter) : NULL;

    if (!t)
        return;
    if (a)
        pair_of(a, obj)->freed += OBJ_TYPE(obj) == OBJ_MAPREG ? t->mapregs : 1;
    memmove(t, t + 1, (size_t)(&l->things[--l->thing_count] - t) * sizeof *t);
}

static void book_map(struct ledger *l, const struct event *e)
{
    struct ledger_thing *t = thing_of(l, e->obj);
    struct ledger_adapter *a = t ? adapter_of(l, t->adapter) : NULL;

    if (!t)
        return;
    t->mapped_bytes += EVENT_LENGTH(e->a[1]);
    t->to_device = (e->a[1] & EVENT_TO_DEVICE) != 0;
    t->bounced |= (e->a[1] & EVENT_BOUNCED) != 0;
    t->mdl = (uint32_t)e->a[3];
    t->ba = e->a[0];
    if (a)
        a->mapped_since_flush_bytes += EVENT_LENGTH(e->a[1]);
}

static void book_flush(struct ledger *l, const struct event *e)
{
    struct ledger_thing *t = thing_of(l, e->obj);
    struct ledger_adapter *a = t ? adapter_of(l, t->adapter) : NULL;

    if (a)
        a->mapped_since_flush_bytes = 0;
}

static void book_unmap(struct ledger *l, const struct event *e)
{
    struct ledger_thing *t = thing_of(l, e->obj);
    uint64_t bytes = EVENT_LENGTH(e->a[1]);

    if (t)
        t->mapped_bytes -= bytes < t->mapped_bytes ? bytes : t->mapped_bytes;
}

static void book_open(struct ledger *l, const struct event *e)
{
    struct ledger_thing t = { .obj = e->obj, .adapter = (uint32_t)e->a[0], .site = e->site };

    switch (e->kind) {
    case EV_MAPREG:
        t.mapregs = (uint32_t)e->a[1];
        break;
    case EV_SGL:
        t.length_bytes = EVENT_LENGTH(e->a[1]);
        t.to_device = (e->a[1] & EVENT_TO_DEVICE) != 0;
        t.mdl = (uint32_t)e->a[2];
        t.elements = (uint32_t)(e->a[3] >> 32);
        t.mapregs = (uint32_t)e->a[3];
        break;
    case EV_COMMON:
        t.ba = e->a[1];
        t.length_bytes = e->a[2];
        t.va = e->a[3];
        break;
    default: /* a channel */
        t.mapregs = (uint32_t)e->a[1];
    }
    thing_open(l, &t);
}

void ledger_event(void *ledger, const struct event *e)
{
    struct ledger *l = ledger;
    struct ledger_adapter *a;

    l->seq = e->seq;
    l->ns = e->ns;
    switch (e->kind) {
    case EV_ADAPTER:
        adapter_open(l, e);
        break;
    case EV_ADAPTER_END:
        if ((a = adapter_of(l, e->obj)) != NULL)
            a->released = true;
        break;
    case EV_CHANNEL:
    case EV_MAPREG:
    case EV_SGL:
    case EV_COMMON:
        book_open(l, e);
        break;
    case EV_CHANNEL_END:
    case EV_MAPREG_END:
    case EV_SGL_END:
    case EV_COMMON_END:
        thing_close(l, e->obj);
        break;
    case EV_MAP:
        book_map(l, e);
        break;
    case EV_FLUSH:
        book_flush(l, e);
        break;
    case EV_UNMAP:
        book_unmap(l, e);
        break;
    }
}
