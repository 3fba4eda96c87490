/*
 * The mappings that MDLs have: how one is made and ended, and the table that remembers them. A
 * mapping is a plain pointer where the frames follow one another in the machine's memory, and is
 * made page by page where they do not. What drivers call is in mm_map.c.
 */
#include <stdlib.h>

#include "base/must.h"
#include "sim/core/bus.h"
#include "sim/core/owned.h"
#include "sim/nt/mm.h"

#define FIRST_ROOM 64u

/* A key of the table: an MDL has one list for the system and one for users. */
static const void *view_key(PMDL mdl, KPROCESSOR_MODE mode)
{
    return (const char *)mdl + (mode == UserMode);
}

struct mm_view *mm_view_of(struct sim *s, PMDL mdl, const void *p, KPROCESSOR_MODE mode)
{
    struct nt_mm *mm = s->nt->mm;
    const struct objmap_entry *e = objmap_find(&mm->views, view_key(mdl, mode));
    const char *page = (const char *)PAGE_ALIGN(p);

    for (uint32_t i = e ? (uint32_t)(uintptr_t)e->data : 0; i; i = mm->view[i].next)
        if (!p || mm->view[i].base == page)
            return &mm->view[i];
    return NULL;
}

static uint32_t view_slot(struct nt_mm *mm)
{
    uint32_t i = mm->view_free;

    if (i) {
        mm->view_free = mm->view[i].next;
        return i;
    }
    if (mm->view_count == mm->view_room) {
        uint32_t room = mm->view_room ? mm->view_room * 2 : FIRST_ROOM;
        struct mm_view *grown = realloc(mm->view, room * sizeof *grown);

        must(grown != NULL);
        mm->view = grown;
        mm->view_room = room;
        mm->view_count = mm->view_count ? mm->view_count : 1;
    }
    return mm->view_count++;
}

void mm_view_add(struct sim *s, PMDL mdl, const struct mm_view *view)
{
    struct nt_mm *mm = s->nt->mm;
    const void *key = view_key(mdl, view->mode);
    const struct objmap_entry *e = objmap_find(&mm->views, key);
    uint32_t next = e ? (uint32_t)(uintptr_t)e->data : 0, i = view_slot(mm);
    struct mm_view *v = &mm->view[i];

    *v = *view;
    v->mdl = mdl;
    v->obj = mdl_obj(s, mdl);
    v->next = next;
    objmap_put(&mm->views, key, v->obj, (void *)(uintptr_t)i);
    if (s->trace.on && v->mode == KernelMode) /* what it shows may be mapped for DMA already */
        owned_mark(v->base, (uint64_t)v->pages << PAGE_SHIFT);
    trace_emit(&s->trace, EV_VIEW, API_NONE, v->obj, va_of(s, v->base + mdl->ByteOffset).v,
               v->length_bytes, v->mode, 0);
}

static void view_unlink(struct nt_mm *mm, struct mm_view *v)
{
    const void *key = view_key(v->mdl, v->mode);
    struct objmap_entry *e = objmap_find(&mm->views, key);
    uint32_t index = (uint32_t)(v - mm->view), at;

    must(e != NULL);
    at = (uint32_t)(uintptr_t)e->data;
    if (at == index)
        e->data = (void *)(uintptr_t)v->next;
    else {
        while (mm->view[at].next != index)
            at = mm->view[at].next;
        mm->view[at].next = v->next;
    }
    if (!e->data)
        objmap_drop(&mm->views, key);
    v->next = mm->view_free;
    mm->view_free = index;
}

static void user_mark(struct sim *s, const struct mm_view *v, int by)
{
    for (uint32_t i = 0; i < v->pages; i++) {
        struct frame *f = mem_frame(s, v->first_page + i);

        if (by > 0)
            f->process = (uint16_t)v->process;
        if (by > 0 || f->user_mapped)
            f->user_mapped = (uint8_t)(f->user_mapped + by);
    }
}

void mm_view_end(struct sim *s, struct mm_view *v)
{
    if (v->kind == MM_VIEW_PLAIN && v->mode == UserMode)
        user_mark(s, v, -1);
    else if (v->kind == MM_VIEW_PAGES && v->mode == UserMode)
        mem_user_view_unmap(s, v->base, v->pages);
    else if (v->kind == MM_VIEW_PAGES)
        mem_view_unmap(s, v->base, v->pages);
    else if (v->kind == MM_VIEW_IO)
        bus_mmio_unmap(s, v->base, (uint64_t)v->pages * PAGE_SIZE);
    else if (v->kind == MM_VIEW_RESERVED) {
        mem_view_empty(s, v->base, v->pages);
        mm_block_of(s, v->base)->in_use = false;
    }
    if (v->mode == KernelMode && mm_mdl_usable(s, v->mdl))
        v->mdl->MdlFlags &= (CSHORT) ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    trace_emit(&s->trace, EV_VIEW_END, API_NONE, v->obj, va_of(s, v->base).v, v->length_bytes,
               v->mode, 0);
    view_unlink(s->nt->mm, v);
}

void mm_views_drop(struct sim *s, PMDL mdl, KPROCESSOR_MODE mode)
{
    for (struct mm_view *v; (v = mm_view_of(s, mdl, NULL, mode)) != NULL;)
        mm_view_end(s, v);
}

void mm_views_leak(struct sim *s, PMDL mdl)
{
    for (int mode = KernelMode; mode <= UserMode; mode++)
        for (struct mm_view *v; (v = mm_view_of(s, mdl, NULL, (KPROCESSOR_MODE)mode)) != NULL;)
            view_unlink(s->nt->mm, v);
}

/* The frames' first page in the memfd when they follow one another there, else MEM_NONE. */
static uint32_t first_page(struct sim *s, const PFN_NUMBER *pfns, uint32_t pages)
{
    uint32_t first = mem_page(s, pfns[0]);

    for (uint32_t i = 1; i < pages && first != MEM_NONE; i++)
        if (mem_page(s, pfns[i]) != first + i)
            return MEM_NONE;
    return first;
}

/* Frames outside RAM: memory of a driver's image or a stack, where it lies anyway. */
static char *host_base(struct sim *s, const PFN_NUMBER *pfns, uint32_t pages)
{
    char *base = mem_at(s, (struct pa) { pfns[0] << PAGE_SHIFT });

    if (mem_page(s, pfns[0]) != MEM_NONE)
        return NULL;
    for (uint32_t i = 1; i < pages && base; i++)
        if (mem_at(s, (struct pa) { pfns[i] << PAGE_SHIFT }) != base + (uint64_t)i * PAGE_SIZE)
            return NULL;
    return base;
}

static char *io_base(struct sim *s, const PFN_NUMBER *pfns, uint32_t pages)
{
    for (uint32_t i = 1; i < pages; i++)
        if (pfns[i] != pfns[0] + i)
            return NULL;
    return bus_mmio_map(s, pfns[0] << PAGE_SHIFT, (uint64_t)pages * PAGE_SIZE);
}

/* Frames that nobody holds any more are not mapped to a user; another process's not plainly. */
static bool user_plain(struct sim *s, uint32_t first, uint32_t pages, uint32_t process)
{
    for (uint32_t i = first; i < first + pages; i++) {
        const struct frame *f = mem_frame(s, i);

        if (f->user_mapped == UINT8_MAX ||
            ((f->user_mapped || f->allocated == FRAME_USER) && f->process != (uint16_t)process))
            return false;
    }
    return true;
}

bool mm_view_make(struct sim *s, PMDL mdl, KPROCESSOR_MODE mode, struct mm_view *v)
{
    uint64_t *pfns = (uint64_t *)MmGetMdlPfnArray(mdl);
    uint32_t pages = mm_mdl_pages(s, mdl), first;

    *v = (struct mm_view) { .pages = pages,
                            .mode = (uint8_t)mode,
                            .length_bytes = mdl->ByteCount,
                            .process = mode == UserMode ? mm_process(s) : 0 };
    if (!pages)
        return false;
    first = first_page(s, MmGetMdlPfnArray(mdl), pages);
    if (first != MEM_NONE && (mode == KernelMode || user_plain(s, first, pages, v->process))) {
        v->kind = MM_VIEW_PLAIN;
        v->first_page = first;
        v->base = mode == UserMode ? mem_user(first) : mem_system(first);
        if (mode == UserMode)
            user_mark(s, v, 1);
        return true;
    }
    v->kind = MM_VIEW_PAGES;
    v->base = mode == UserMode ? mem_user_view_map(s, v->process, pfns, pages)
                               : mem_view_map(s, pfns, pages);
    if (!v->base && mode == KernelMode) {
        v->kind = MM_VIEW_HOST;
        v->base = host_base(s, MmGetMdlPfnArray(mdl), pages);
    }
    if (!v->base && mdl->MdlFlags & MDL_IO_SPACE) {
        v->kind = MM_VIEW_IO;
        v->base = io_base(s, MmGetMdlPfnArray(mdl), pages);
    }
    return v->base != NULL;
}

void *mm_map_system(struct sim *s, PMDL mdl)
{
    struct mm_view v;

    if (!mm_view_make(s, mdl, KernelMode, &v))
        return NULL;
    mm_view_add(s, mdl, &v);
    mdl->MappedSystemVa = v.base + mdl->ByteOffset;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    if (mdl->MdlFlags & MDL_PARTIAL)
        mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
    return mdl->MappedSystemVa;
}

void *mdl_system_view(struct sim *s, PMDL Mdl)
{
    if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        return Mdl->MappedSystemVa;
    return mm_map_system(s, Mdl);
}
