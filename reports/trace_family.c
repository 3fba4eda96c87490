/*
 * A table of objects by hash (trace_family.h).
 */
#include "reports/trace_family.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/rng.h"

#define DEPTH_MAX 6 /* file, request, MDL, list, channel …: chains are short */

void family_begin(struct trace_family *f)
{
    memset(f, 0, sizeof *f);
    f->room = 1024;
    f->members = calloc(f->room, sizeof *f->members);
    must(f->members);
}

void family_end(struct trace_family *f)
{
    free(f->members);
    trace_map_free(&f->granted);
    f->members = NULL;
}

static struct family_member *place_of(const struct trace_family *f, uint32_t obj)
{
    size_t i = rng_mix(obj) & (f->room - 1);

    while (f->members[i].obj && f->members[i].obj != obj)
        i = (i + 1) & (f->room - 1);
    return &f->members[i];
}

static void grow(struct trace_family *f)
{
    struct trace_family larger = *f;

    larger.room *= 2;
    larger.members = calloc(larger.room, sizeof *larger.members);
    must(larger.members);
    for (size_t i = 0; i < f->room; i++)
        if (f->members[i].obj)
            *place_of(&larger, f->members[i].obj) = f->members[i];
    free(f->members);
    *f = larger;
}

static struct family_member *member(struct trace_family *f, uint32_t obj)
{
    struct family_member *m = place_of(f, obj);

    if (m->obj)
        return m;
    if (f->count * 2 >= f->room) {
        grow(f);
        m = place_of(f, obj);
    }
    f->count++;
    m->obj = obj;
    if (OBJ_NUMBER(obj) > f->numbers[OBJ_TYPE(obj)])
        f->numbers[OBJ_TYPE(obj)] = OBJ_NUMBER(obj);
    return m;
}

static bool is_object(uint64_t id)
{
    return id <= UINT32_MAX && OBJ_TYPE((uint32_t)id) > OBJ_NONE &&
           OBJ_TYPE((uint32_t)id) < OBJ_COUNT && OBJ_NUMBER((uint32_t)id);
}

/* A request is given down a stack and said each time; so is an MDL that is mapped again. */
static void belongs(struct trace_family *f, uint32_t child, uint64_t parent)
{
    struct family_member *m;

    if (!is_object(child) || !is_object(parent) || child == parent)
        return;
    member(f, (uint32_t)parent);
    m = member(f, child);
    for (unsigned i = 0; i < FAMILY_PARENTS_MAX; i++) {
        if (m->parents[i] == (uint32_t)parent)
            return;
        if (!m->parents[i]) {
            m->parents[i] = (uint32_t)parent;
            return;
        }
    }
}

/* The framework asks for a list within the driver's Execute or later, and calls EvtProgramDma
 * in the routine that it is given in: so the list is the transaction's. A framework's request
 * is its IRP's. */
static void callback_event(struct trace_family *f, const struct event *e)
{
    bool routine = e->api == API_AdapterListControl || e->api == API_AdapterControl;

    if (routine)
        *trace_map_at(&f->granted, e->agent) = e->a[2]; /* its end has none */
    if (e->kind != EV_CALLBACK)
        return;
    if (e->api == API_EvtProgramDma && is_object(trace_map_get(&f->granted, e->agent)))
        belongs(f, (uint32_t)trace_map_get(&f->granted, e->agent), e->obj);
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 4; k++)
            if (is_object(e->a[i]) && is_object(e->a[k]) &&
                OBJ_TYPE((uint32_t)e->a[i]) == OBJ_WDFREQUEST &&
                OBJ_TYPE((uint32_t)e->a[k]) == OBJ_IRP)
                belongs(f, (uint32_t)e->a[i], e->a[k]);
}

void family_event(struct trace_family *f, const struct event *e)
{
    if (is_object(e->obj))
        member(f, e->obj);
    switch (e->kind) {
    case EV_ADAPTER:
    case EV_CHANNEL:
    case EV_MAPREG:
    case EV_COMMON:
        belongs(f, e->obj, e->a[0]);
        break;
    case EV_SGL:
        belongs(f, e->obj, e->a[0]);
        belongs(f, e->obj, e->a[2]);
        break;
    case EV_MAP:
        belongs(f, e->obj, e->a[3]);
        break;
    case EV_MDL:
        belongs(f, e->obj, e->a[2]);
        break;
    case EV_MDL_CHAIN:
        belongs(f, e->obj, e->a[0]);
        break;
    case EV_IRP:
        if (is_object(e->a[2]))
            belongs(f, (uint32_t)e->a[2], e->obj);
        belongs(f, e->obj, e->a[3]);
        break;
    case EV_CALLBACK:
    case EV_CALLBACK_END:
        callback_event(f, e);
        break;
    case EV_CONTEXT_USED:
        belongs(f, e->obj, e->a[1]);
        if (is_object(e->a[0]))
            belongs(f, (uint32_t)e->a[0], e->obj);
        break;
    default:
        break;
    }
}

bool family_has(const struct trace_family *f, uint32_t obj)
{
    return obj && place_of(f, obj)->obj == obj;
}

static bool reaches(const struct trace_family *f, uint32_t obj, uint32_t of, unsigned depth)
{
    const struct family_member *m;

    if (obj == of)
        return true;
    if (!obj || depth == DEPTH_MAX)
        return false;
    m = place_of(f, obj);
    for (unsigned i = 0; m->obj && i < FAMILY_PARENTS_MAX && m->parents[i]; i++)
        if (reaches(f, m->parents[i], of, depth + 1))
            return true;
    return false;
}

bool family_belongs(const struct trace_family *f, uint32_t obj, uint32_t of)
{
    return reaches(f, obj, of, 0);
}
