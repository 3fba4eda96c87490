/*
 * Map register files: what a MapRegisterBase names, what is mapped through it, how it is flushed
 * and how it ends.
 */
#include <stdlib.h>

#include "base/must.h"
#include "sim/core/cache.h"
#include "sim/core/mapreg.h"
#include "sim/core/owned.h"

#define FILES_STEP 256u

static struct mapfile *file_alloc(struct sim *s)
{
    struct dma *d = s->dma;
    struct mapfile *f = d->file_free_head;

    if (f) {
        d->file_free_head = f->next;
        return f;
    }
    must(d->file_count < 1u << MAPFILE_SLOT_BITS);
    if (d->file_count == d->file_capacity) {
        struct mapfile **files =
            realloc(d->files, (d->file_capacity + FILES_STEP) * sizeof(*files));

        must(files != NULL);
        d->files = files;
        d->file_capacity += FILES_STEP;
    }
    f = dma_record(s, sizeof(*f));
    f->slot = d->file_count;
    d->files[d->file_count++] = f;
    return f;
}

void mapfile_begin(struct sim *s, struct dma_request *r)
{
    struct mapfile *f = file_alloc(s);

    f->obj = obj_new(&s->trace, OBJ_MAPREG);
    f->live = true;
    f->count = r->registers;
    f->used = 0;
    f->a = r->a;
    f->maps = NULL;
    f->was_mdl = NULL;
    f->context = r->context;
    f->holder = r;
    f->device_object = r->device_object;
    r->file = f;
    trace_emit(&s->trace, EV_MAPREG, API_NONE, f->obj, r->a->obj, f->count, r->a->registers_live,
               r->a->needs_registers ? r->a->registers_max : 0);
}

struct mapfile *mapfile_find(struct sim *s, uint64_t token, uint32_t *obj)
{
    struct dma *d = s->dma;
    uint64_t in = token - MAPFILE_TOKEN;
    uint32_t slot = (uint32_t)(in & ((1u << MAPFILE_SLOT_BITS) - 1)),
             number = (uint32_t)(in >> MAPFILE_SLOT_BITS);

    *obj = 0;
    if (token < MAPFILE_TOKEN || slot >= d->file_count || in >> (MAPFILE_SLOT_BITS + 24) ||
        !number || number > s->trace.numbers[OBJ_MAPREG])
        return NULL;
    *obj = OBJ_ID(OBJ_MAPREG, number);
    return d->files[slot]->live && d->files[slot]->obj == *obj ? d->files[slot] : NULL;
}

/* Bytes and registers that are mapped still. */
static uint64_t mapped_still(const struct mapfile *f, uint32_t *registers)
{
    uint64_t bytes = 0;

    *registers = 0;
    for (const struct dma_map *m = f->maps; m; m = m->next) {
        bytes += m->mapped_bytes;
        for (const struct dma_range *r = m->ranges; r; r = r->sibling)
            *registers += (uint32_t)span_pages(r->ba, r->length_bytes);
    }
    return bytes;
}

void mapfile_free(struct sim *s, struct mapfile *f, uint32_t count_said)
{
    struct dma *d = s->dma;
    uint32_t registers;
    uint64_t mapped = mapped_still(f, &registers);

    if (mapped)
        trace_emit(&s->trace, EV_MAPREG_LEFT, API_NONE, f->obj, f->a->obj, registers, mapped, 0);
    while (f->maps) {
        struct dma_map *m = f->maps;

        f->maps = m->next;
        sg_map_free(s, m);
    }
    f->live = false;
    if (f->holder)
        f->holder->file = NULL;
    f->holder = NULL;
    trace_emit(&s->trace, EV_MAPREG_END, API_NONE, f->obj, f->a->obj, f->count, mapped, count_said);
    f->next = NULL;
    if (d->file_free_head)
        d->file_free_tail->next = f;
    else
        d->file_free_head = f;
    d->file_free_tail = f;
    registers_put(s, f->a, f->count);
}

/* Where byte `offset` of a chain lies for whoever its MDL belongs to. */
static uint64_t va_at(struct sim *s, const struct dma_mdl *mdl, uint64_t offset)
{
    mdl = sg_seek(mdl, &offset);
    return mdl ? va_of(s, mdl->start_va).v + mdl->start + offset : 0;
}

/* What m has mapped of its MDL and another map of the same registers has mapped already. */
static void say_twice(struct sim *s, const struct mapfile *f, const struct dma_map *m)
{
    uint64_t end = m->offset + m->length_bytes;

    for (const struct dma_map *o = f->maps; o; o = o->next)
        for (const struct dma_range *r = o->mdl == m->mdl ? o->ranges : NULL; r; r = r->sibling)
            if (r->offset < end && m->offset < r->offset + r->length_bytes) {
                trace_emit(&s->trace, EV_MAP_TWICE, API_NONE, f->obj, va_at(s, m->mdl, m->offset),
                           m->length_bytes, va_at(s, m->mdl, max_u64(r->offset, m->offset)),
                           m->mdl_obj);
                return;
            }
}

/* Remembers what of one MDL was ever mapped here: the newest one, from its lowest byte to its highest. */
static void remember(struct mapfile *f, const struct dma_map *m)
{
    uint64_t end = m->offset + m->length_bytes;
    bool same = f->was_mdl == m->mdl;

    f->was_from = same ? min_u64(f->was_from, m->offset) : m->offset;
    f->was_to = same ? max_u64(f->was_to, end) : end;
    f->was_mdl = m->mdl;
}

struct dma_map *mapfile_map(struct sim *s, struct mapfile *f, const struct sg_want *w,
                            uint32_t mdl_obj)
{
    struct dma_map *m = sg_map_alloc(s);

    m->a = f->a;
    m->owner = f->obj;
    m->mdl = w->mdl;
    m->mdl_obj = mdl_obj;
    if (!sg_map(s, m, w)) {
        sg_map_free(s, m);
        return NULL;
    }
    if (s->trace.on) {
        say_twice(s, f, m);
        sg_say(s, m);
        owned_map(s, m);
    }
    remember(f, m);
    m->registers = 0;
    for (const struct dma_range *r = m->ranges; r; r = r->sibling)
        m->registers += (uint32_t)span_pages(r->ba, r->length_bytes);
    f->used += m->registers;
    m->next = f->maps;
    f->maps = m;
    return m;
}

/* Bytes of a buffer that maps which follow one another without a gap have carried. */
struct carried {
    uint64_t from, to;
};

/* What was mapped last is what counts: an older map of the same bytes (KMDF maps the rest of a transfer
 * anew that its driver ended early) gives nothing for what a newer one has given. */
static bool is_outdated(struct carried *newer, uint64_t from, uint64_t to)
{
    if (from >= newer->from && to <= newer->to)
        return true;
    if (from <= newer->to && newer->from <= to) {
        newer->from = min_u64(newer->from, from);
        newer->to = max_u64(newer->to, to);
    } else {
        *newer = (struct carried) { from, to };
    }
    return false;
}

uint64_t mapfile_flush(struct sim *s, struct mapfile *f, const void *mdl, uint64_t offset,
                       uint64_t length_bytes, bool to_device, bool *touched)
{
    struct carried newer = { 1, 0 };
    uint64_t copied = 0;

    *touched = false;
    for (struct dma_map **at = &f->maps; *at;) {
        struct dma_map *m = *at;
        bool meets = m->mdl == mdl && length_bytes && offset < m->offset + m->length_bytes &&
                     m->offset < offset + length_bytes;

        if (meets) {
            *touched = true;
            if (!to_device &&
                !is_outdated(&newer, max_u64(offset, m->offset),
                             min_u64(offset + length_bytes, m->offset + m->length_bytes))) {
                if (!s->profile.coherent)
                    cache_flush_map(s, m, offset, length_bytes);
                copied += sg_copy_out(s, m, offset, length_bytes);
            }
            sg_unmap(s, m, offset, length_bytes, false);
        }
        if (meets && !m->ranges) {
            *at = m->next;
            f->used -= m->registers;
            sg_map_free(s, m);
        } else {
            at = &m->next;
        }
    }
    return copied;
}

void mapreg_reset(struct sim *s)
{
    struct dma *d = s->dma;

    d->file_count = 0;
    d->file_free_head = d->file_free_tail = NULL;
}
