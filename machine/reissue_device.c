/*
 * What devices did, done again: an access is known by the recorded mapping that it met and by how far
 * into it, and goes to the same bytes of what stands for that mapping here, in as many pieces as those
 * take.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/reissue_private.h"

static void run_add(struct reissue_run **runs, uint32_t *count, uint64_t ba, uint64_t bytes,
                    uint64_t offset, uint32_t mdl)
{
    if (!(*count & (*count - 1))) { /* room for a power of two */
        *runs = realloc(*runs, (*count ? *count * 2 : 1) * sizeof(**runs));
        must(*runs);
    }
    (*runs)[(*count)++] = (struct reissue_run) { ba, bytes, offset, mdl };
}

static bool is_mapping(uint32_t id)
{
    return OBJ_TYPE(id) == OBJ_SGL || OBJ_TYPE(id) == OBJ_MAPREG;
}

static bool is_common(uint32_t id)
{
    return OBJ_TYPE(id) == OBJ_COMMON || OBJ_TYPE(id) == OBJ_VECTOR;
}

void reissue_learn(struct reissue *r)
{
    for (size_t i = 0; i < r->event_count; i++) {
        const struct event *e = &r->events[i];
        struct reissue_thing *t;

        if (e->kind == EV_MDL) {
            t = reissue_thing(r, e->obj);
            t->va = e->a[0];
            t->bytes = e->a[1];
        } else if (e->kind == EV_COMMON) {
            t = reissue_thing(r, e->obj);
            run_add(&t->recorded, &t->recorded_count, e->a[1], e->a[2], 0, 0);
        }
    }
}

void reissue_mapped(struct reissue *r, const struct event *e)
{
    struct reissue_thing *t = is_mapping(e->obj) ? reissue_thing(r, e->obj) : NULL;
    uint64_t bytes = EVENT_LENGTH(e->a[1]);

    if (!t)
        return;
    run_add(&t->recorded, &t->recorded_count, e->a[0], bytes, e->a[2], (uint32_t)e->a[3]);
    if (r->live_count == r->live_capacity) {
        r->live_capacity = r->live_capacity * 2 + 64;
        r->live = realloc(r->live, r->live_capacity * sizeof(*r->live));
        must(r->live);
    }
    r->live[r->live_count++] = (struct reissue_run) { e->a[0], bytes, 0, e->obj };
}

void reissue_unmapped(struct reissue *r, const struct event *e)
{
    uint64_t end = e->a[0] + EVENT_LENGTH(e->a[1]);

    for (uint32_t i = 0; i < r->live_count;) {
        struct reissue_run *run = &r->live[i];

        if (run->mdl == e->obj && run->ba < end && e->a[0] < run->ba + run->bytes)
            *run = r->live[--r->live_count];
        else
            i++;
    }
}

/* Where devices see memory as it is, one buffer may be mapped by many at one address: then nobody
 * knows whose the access was, and here each has an address of its own. */
static bool is_ambiguous(const struct reissue *r, uint64_t ba)
{
    uint32_t owner = 0;

    for (uint32_t i = 0; i < r->live_count; i++) {
        if (ba - r->live[i].ba >= r->live[i].bytes)
            continue;
        if (owner && owner != r->live[i].mdl)
            return true;
        owner = r->live[i].mdl;
    }
    return false;
}

/* Runs of what lives here, by its number; lists and map registers share the table: odd and even. */
static struct reissue_thing *here_of(struct reissue *r, uint32_t id)
{
    uint32_t at = OBJ_NUMBER(id) * 4 + (OBJ_TYPE(id) == OBJ_SGL      ? 0
                                        : OBJ_TYPE(id) == OBJ_MAPREG ? 1
                                        : OBJ_TYPE(id) == OBJ_COMMON ? 2
                                                                     : 3);

    if (at >= r->here.count) {
        uint32_t count = at * 2 + 16;

        r->here.at = realloc(r->here.at, count * sizeof(*r->here.at));
        must(r->here.at);
        memset(r->here.at + r->here.count, 0, (count - r->here.count) * sizeof(*r->here.at));
        r->here.count = count;
    }
    return &r->here.at[at];
}

void reissue_hear(void *reissue, const struct event *e)
{
    struct reissue *r = reissue;
    struct reissue_thing *t;

    switch (e->kind) {
    case EV_ADAPTER:
    case EV_SGL:
    case EV_MAPREG:
    case EV_CONTEXT:
        r->heard[OBJ_TYPE(e->obj)] = e->obj;
        break;
    case EV_CALLBACK:
        r->heard_callback = (uint32_t)e->a[2];
        break;
    case EV_MAP:
        t = here_of(r, e->obj);
        run_add(&t->here, &t->here_count, e->a[0], EVENT_LENGTH(e->a[1]), e->a[2],
                (uint32_t)e->a[3]);
        break;
    case EV_COMMON:
        r->heard[OBJ_TYPE(e->obj)] = e->obj;
        t = here_of(r, e->obj);
        run_add(&t->here, &t->here_count, e->a[1], e->a[2], 0, 0);
        break;
    default:
        break;
    }
}

/* The newest recorded run that holds an address. */
static const struct reissue_run *recorded_at(const struct reissue_thing *t, uint64_t ba)
{
    for (uint32_t i = t->recorded_count; i-- > 0;)
        if (ba - t->recorded[i].ba < t->recorded[i].bytes)
            return &t->recorded[i];
    return NULL;
}

/* The newest run here that holds these bytes of this MDL. */
static const struct reissue_run *here_at(const struct reissue_thing *t, uint32_t mdl,
                                         uint64_t offset)
{
    for (uint32_t i = t->here_count; i-- > 0;)
        if (t->here[i].mdl == mdl && offset - t->here[i].offset < t->here[i].bytes)
            return &t->here[i];
    return NULL;
}

static void touch(struct dm_device *d, const struct event *e, uint64_t ba, uint64_t bytes)
{
    static uint8_t buffer[1 << 16];
    unsigned engine = (unsigned)(e->a[3] >> 32);
    bool reads = (e->a[1] & EVENT_TO_DEVICE) != 0;

    if (e->kind == EV_DEV_CLAIM)
        dm_claim(d, engine, ba, bytes, reads);
    else if (e->kind == EV_DEV_RELEASE)
        dm_release(d, engine, ba, bytes, reads);
    for (uint64_t n; bytes && (e->kind == EV_DEV_READ || e->kind == EV_DEV_WRITE);
         bytes -= n, ba += n) {
        n = min_u64(bytes, sizeof(buffer));
        if (e->kind == EV_DEV_READ)
            dm_bus_read(d, engine, ba, buffer, n);
        else
            dm_bus_write(d, engine, ba, memset(buffer, 0xda, n), n);
    }
}

/* The same bytes of what stands for the mapping. false: some of them lie nowhere here. */
static bool touch_all(struct reissue *r, struct dm_device *d, const struct event *e,
                      const struct reissue_thing *mapping, const struct reissue_run *recorded)
{
    const struct reissue_thing *here = here_of(r, mapping->id);
    uint64_t offset = recorded->offset + (e->a[0] - recorded->ba), bytes = EVENT_LENGTH(e->a[1]), n;
    PMDL mdl = recorded->mdl ? reissue_thing(r, recorded->mdl)->p : NULL;
    uint32_t id = mdl ? mdl_obj(r->s, mdl) : 0;
    const struct reissue_run *run;

    for (; bytes; offset += n, bytes -= n) {
        run = here_at(here, id, offset);
        if (!run)
            return false;
        n = min_u64(bytes, run->bytes - (offset - run->offset));
        touch(d, e, run->ba + (offset - run->offset), n);
    }
    return true;
}

static void access_again(struct reissue *r, struct dm_device *d, const struct event *e)
{
    uint32_t owner = (uint32_t)e->a[2], doorbell = (uint32_t)e->a[3];
    unsigned engine = (unsigned)(e->a[3] >> 32);
    struct reissue_thing *t =
        is_mapping(owner) || is_common(owner) ? reissue_thing(r, owner) : NULL;
    const struct reissue_run *run = t ? recorded_at(t, e->a[0]) : NULL;

    r->summary->accesses++;
    if (!d || !run || !t->id || is_ambiguous(r, e->a[0])) {
        r->summary->accesses_left++;
        return;
    }
    if (engine < BUS_ENGINES_MAX)
        d->engine_doorbell[engine] = doorbell;
    if (!touch_all(r, d, e, t, run))
        r->summary->accesses_left++;
}

void reissue_access(struct reissue *r, const struct event *e)
{
    struct dm_device *d = reissue_device(r, e->obj);

    if (e->kind != EV_MMIO_WRITE) {
        access_again(r, d, e);
        return;
    }
    if (!d)
        return;
    r->s->trace.site = e->site;
    trace_emit(&r->s->trace, EV_MMIO_WRITE, API_NONE, d->obj, e->a[0], e->a[1], e->a[2], 0);
    r->s->trace.site = 0;
    d->doorbell_site = e->site;
}
