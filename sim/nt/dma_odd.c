/*
 * What is out of the ordinary about a buffer that a driver gives for DMA, and about a flush. It is
 * said and nothing else: whose fault it is, and whether it is one, the verifier knows.
 */
#include "sim/core/cache.h"
#include "sim/nt/dma.h"

#define LINE_OFFSET(at) ((at) & (CACHE_LINE_BYTES - 1))

/* Bytes by which a transfer overruns its chain, when they begin a page that the last MDL does not
 * have. (Up to there the HAL's own count lets them pass.) 0: none. */
static uint64_t overrun_of(const struct dma_mdl *mdl, uint64_t offset, uint64_t length, bool chain)
{
    uint64_t bytes = mdl->length_bytes, end = offset + length, first = 0;

    for (; chain && mdl->next && end > bytes; bytes += mdl->length_bytes) {
        first = bytes;
        mdl = mdl->next;
    }
    if (end <= first + align_up((uint64_t)mdl->start + mdl->length_bytes, PAGE_BYTES) - mdl->start)
        return 0;
    return end - bytes;
}

static enum buffer_odd odd_of(const struct sim *s, PMDL Mdl, PVOID CurrentVa, ULONG Length,
                              const struct buffer_way *way, uint64_t *missing)
{
    uint64_t offset = way->by_offset ? way->offset : mdl_offset_of(Mdl, CurrentVa);
    uint64_t start = (uint64_t)Mdl->StartVa + Mdl->ByteOffset;

    if (!Length && !way->flush)
        return BUFFER_EMPTY;
    if (!(Mdl->MdlFlags & MDL_DMA_READY) && !way->flush)
        return BUFFER_UNLOCKED;
    if (way->by_offset) {
        uint64_t bytes = sg_chain_bytes(mdl_of(Mdl)), left = offset < bytes ? bytes - offset : 0;

        *missing = Length > left ? Length - left : 0;
        return *missing ? BUFFER_SHORT : 0;
    }
    if (offset == UINT64_MAX)
        return (uint64_t)CurrentVa < start ? BUFFER_BEFORE : BUFFER_BEHIND;
    if (way->flush)
        return 0;
    *missing = overrun_of(mdl_of(Mdl), offset, Length, way->chain);
    if (*missing)
        return BUFFER_LONGER;
    if (s->profile.coherent || way->to_device)
        return 0;
    if (LINE_OFFSET((uint64_t)CurrentVa))
        return BUFFER_VA_UNALIGNED;
    return LINE_OFFSET(Length) && Mdl->ByteCount - offset < align_up(Length, CACHE_LINE_BYTES)
               ? BUFFER_LENGTH_UNALIGNED
               : 0;
}

void dma_buffer_look(struct sim *s, enum api api, PMDL Mdl, PVOID CurrentVa, ULONG Length,
                     const struct buffer_way *way)
{
    uint64_t missing = 0, at;
    enum buffer_odd what = Mdl ? odd_of(s, Mdl, CurrentVa, Length, way, &missing) : 0;

    if (!what)
        return;
    at = way->by_offset ? way->offset : va_of(s, CurrentVa).v;
    trace_emit(&s->trace, EV_BUFFER, api, mdl_obj(s, Mdl), missing << 32 | what, at,
               (uint64_t)(USHORT)Mdl->MdlFlags << 32 | Length, va_of(s, Mdl).v);
}

/* What the registers of a base carry from this byte of the buffer on. */
static uint64_t carried_bytes(const struct mapfile *f, const struct dma_mdl *mdl, uint64_t offset)
{
    mdl = sg_seek(mdl, &offset);
    return (uint64_t)f->count * PAGE_BYTES - (mdl ? PAGE_OFFSET(mdl->start + offset) : 0);
}

static bool was_mapped(const struct mapfile *f, const struct dma_mdl *mdl, uint64_t offset,
                       ULONG Length)
{
    return f->was_mdl == mdl && offset < f->was_to && f->was_from < offset + Length;
}

void dma_flush_look(struct sim *s, enum api api, const struct flush_done *d)
{
    const struct dma_mdl *mdl = mdl_of(d->mdl);
    uint64_t left = d->by_offset ? sg_chain_bytes(mdl) : mdl->length_bytes, carried;
    bool ever;

    if (!d->length)
        return; /* nothing was moved: nothing is flushed */
    left = d->offset < left ? left - d->offset : 0;
    if (!d->touched) {
        ever = d->file ? was_mapped(d->file, mdl, d->offset, d->length) : true;
        trace_emit(&s->trace, EV_FLUSH_STRAY, api, d->file_obj, (uint64_t)d->base,
                   d->by_offset ? d->offset : va_of(s, d->current_va).v, va_of(s, d->mdl).v, ever);
        return;
    }
    carried = carried_bytes(d->file, mdl, d->offset);
    if (d->length > carried)
        trace_emit(&s->trace, EV_FLUSH_PAST, api, d->file_obj, left > carried ? left - carried : 0,
                   d->length - carried, mdl_obj(s, d->mdl), 0);
}
