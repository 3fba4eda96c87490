/*
 * What stands for recorded objects: devices that are all ears, device objects, buffers with MDLs over them.
 * They are made when a call names them first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/reissue_private.h"
#include "sim/core/cache.h"
#include "sim/core/mem.h"

#define NUMBER_MAX 4000000u /* of an object */
#define TAG 0x6c6c6163u

static uint64_t ears_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size)
{
    (void)d, (void)bar, (void)offset, (void)size;
    return 0;
}

static void ears_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                       unsigned size)
{
    (void)d, (void)bar, (void)offset, (void)value, (void)size;
}

static struct dm_device_model ears = {
    .name = "recorded",
    .vendor_id = 0x1234,
    .device_id = 0x12,
    .class_code = 0xff0000,
    .bars = { { .bytes = 0x1000 } },
    .messages = 1,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = 8,
    .read = ears_read,
    .write = ears_write,
};

static struct reissue_thing nobody;

struct reissue_thing *reissue_thing(struct reissue *r, uint32_t id)
{
    struct reissue_things *t = &r->things[OBJ_TYPE(id) < OBJ_COUNT ? OBJ_TYPE(id) : 0];
    uint32_t number = OBJ_NUMBER(id);

    if (number > NUMBER_MAX) { /* a trace that nobody recorded: nothing stands for it */
        nobody = (struct reissue_thing) { .tried = true };
        return &nobody;
    }
    if (number >= t->count) {
        uint32_t count = number * 2 + 16;

        t->at = realloc(t->at, count * sizeof(*t->at));
        must(t->at);
        memset(t->at + t->count, 0, (count - t->count) * sizeof(*t->at));
        t->count = count;
    }
    return &t->at[number];
}

void *reissue_pointer(struct reissue *r, uint32_t id, bool *missing)
{
    void *p = id ? reissue_thing(r, id)->p : NULL;

    *missing |= id && !p;
    return p;
}

void reissue_bind(struct reissue *r, uint32_t id, void *p, uint32_t here)
{
    struct reissue_thing *t;

    if (!id)
        return;
    t = reissue_thing(r, id);
    t->p = p;
    t->id = here;
    t->tried = true;
}

static void block_keep(struct reissue *r, void *p, PMDL mdl)
{
    struct reissue_block *b = calloc(1, sizeof(*b));

    must(b);
    *b = (struct reissue_block) { r->blocks, p, mdl };
    r->blocks = b;
}

void *reissue_memory(struct reissue *r, uint64_t bytes)
{
    void *p = pool_alloc(r->s, POOL_NONPAGED, align_up(bytes ? bytes : 1, PAGE_BYTES), TAG, true);

    if (p)
        block_keep(r, p, NULL);
    return p;
}

struct dm_device *reissue_device(struct reissue *r, uint32_t id)
{
    struct reissue_thing *t = reissue_thing(r, id ? id : OBJ_ID(OBJ_DEVICE, 0));
    struct dm_device *d;

    if (t->tried)
        return t->p;
    t->tried = true;
    d = bus_plug(r->s, &ears);
    if (!d || host_device_add(r->s, r->driver, d) != STATUS_SUCCESS)
        return NULL;
    d->bus_master = true;
    t = reissue_thing(r, id ? id : OBJ_ID(OBJ_DEVICE, 0));
    t->p = d;
    t->extra = (uint64_t)(uintptr_t)reissue_device_added();
    return d;
}

/* A device object is a name and a wait block here: nobody sends anything to it. */
PDEVICE_OBJECT reissue_device_object(struct reissue *r, uint32_t id)
{
    struct reissue_thing *t;
    PDEVICE_OBJECT object;

    if (!id)
        return NULL;
    t = reissue_thing(r, id);
    if (!t->p) {
        object = reissue_memory(r, sizeof(*object));
        if (object)
            memset(object, 0, sizeof(*object));
        t = reissue_thing(r, id);
        t->p = object;
    }
    return t->p;
}

/* --- buffers --- */

static PMDL mdl_make(struct reissue *r, uint64_t va, uint64_t bytes)
{
    char *p = reissue_memory(r, PAGE_OFFSET(va) + bytes);
    PMDL mdl = p ? mdl_create(r->s, p + PAGE_OFFSET(va), (ULONG)bytes, NULL) : NULL;

    if (!mdl)
        return NULL;
    block_keep(r, NULL, mdl);
    MmBuildMdlForNonPagedPool(mdl);
    if (!r->s->profile.coherent) /* whether the driver flushed it is not its calls' to say */
        cache_flush_mdl(r->s, (struct dma_mdl *)mdl, false, true);
    return mdl;
}

static PMDL mdl_of_thing(struct reissue *r, uint32_t id, uint64_t bytes)
{
    struct reissue_thing *t = reissue_thing(r, id);
    PMDL mdl;

    if (t->p)
        return t->p;
    mdl = mdl_make(r, t->va, t->bytes ? t->bytes : bytes);
    t = reissue_thing(r, id);
    t->p = mdl;
    return mdl;
}

/* The MDLs that a call says to be behind its first, as far as it said them. */
static void chain_link(struct reissue *r, const struct reissue_call *c, struct reissue_mdl *m,
                       uint32_t first)
{
    uint32_t agent = reissue_begin(r, c)->agent;
    PMDL mdl;

    for (size_t i = c->call + 1; i < (c->back ? c->back : c->call + 64) && i < r->event_count;
         i++) {
        const struct event *e = &r->events[i];

        if (e->agent != agent || e->kind != EV_MDL_CHAIN || (uint32_t)e->a[0] != first)
            continue;
        mdl = mdl_of_thing(r, e->obj, PAGE_BYTES);
        if (!mdl || mdl == m->last || mdl->Next)
            return;
        m->last->Next = mdl;
        m->last = mdl;
    }
}

static uint64_t chain_bytes_of(PMDL mdl)
{
    uint64_t bytes = 0;

    for (; mdl; mdl = mdl->Next)
        bytes += mdl->ByteCount;
    return bytes;
}

bool reissue_mdl(struct reissue *r, const struct reissue_call *c, uint32_t id, uint64_t flags,
                 uint64_t chain_bytes, struct reissue_mdl *m)
{
    uint64_t have;

    memset(m, 0, sizeof(*m));
    if (!id)
        return true;
    m->mdl = m->last = mdl_of_thing(r, id, chain_bytes);
    if (!m->mdl)
        return false;
    m->flags = m->mdl->MdlFlags;
    chain_link(r, c, m, id);
    have = chain_bytes_of(m->mdl);
    if (chain_bytes > have) { /* MDLs that the transfer did not come to */
        m->filler = mdl_make(r, 0, chain_bytes - have);
        if (m->filler)
            m->last->Next = m->filler;
    }
    if (flags != REISSUE_FLAGS_UNKNOWN)
        m->mdl->MdlFlags = (CSHORT)(flags | (m->flags & MDL_MAPPED_TO_SYSTEM_VA));
    return true;
}

void reissue_mdl_done(struct reissue *r, struct reissue_mdl *m)
{
    PMDL next;

    (void)r;
    if (!m->mdl)
        return;
    m->mdl->MdlFlags = m->flags;
    for (PMDL mdl = m->mdl; mdl; mdl = next) {
        next = mdl->Next;
        mdl->Next = NULL;
    }
}

PVOID reissue_va(struct reissue *r, uint32_t mdl, uint64_t recorded, uint64_t offset)
{
    struct reissue_thing *t = mdl ? reissue_thing(r, mdl) : NULL;
    char *start;

    if (!t || !t->p)
        return (PVOID)(uintptr_t)PAGE_OFFSET(recorded);
    start = (char *)MmGetMdlVirtualAddress((PMDL)t->p);
    return start + (offset != UINT64_MAX ? offset : recorded - t->va);
}

void reissue_things_free(struct reissue *r)
{
    while (r->blocks) {
        struct reissue_block *b = r->blocks;

        r->blocks = b->next;
        free(b);
    }
    for (unsigned type = 0; type < OBJ_COUNT; type++) {
        struct reissue_things *t = &r->things[type];

        for (uint32_t i = 0; i < t->count; i++) {
            free(t->at[i].recorded);
            free(t->at[i].here);
        }
        free(t->at);
    }
    for (uint32_t i = 0; i < r->here.count; i++)
        free(r->here.at[i].here);
    free(r->here.at);
    free(r->live);
}
