/*
 * What a call names by an MDL: which bytes of which chain, and what is out of the ordinary about them.
 * The same questions that the simulated machine asks (sim/nt/dma_odd.c), of what the recorder saw of
 * the MDLs.
 */
#include <string.h>

#include "base/bits.h"
#include "import/model.h"

/* MDL flags, wdm/ns-wdm-_mdl and wdm.h. */
#define MDL_PAGES_LOCKED 0x0002u
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004u
#define MDL_PARTIAL 0x0010u
#define MDL_IO_SPACE 0x0800u
#define MDL_DMA_READY (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_IO_SPACE)

#define PAGE_AT(va) PAGE_OFFSET(va)

/* An MDL that was not seen with these bytes before is a new one. */
static uint32_t mdl_of(struct import_model *m, const struct import_mdl *mdl)
{
    uint32_t object = mdl->at ? import_find(&m->o, OBJ_MDL, mdl->at) : 0;
    struct import_object *x = object ? import_object(m, object) : NULL;

    if (!mdl->at)
        return 0;
    if (x && x->va == mdl->va && x->bytes == mdl->bytes)
        return x->id;
    object = import_begin(m, OBJ_MDL, mdl->at);
    x = import_object(m, object);
    x->va = mdl->va;
    x->bytes = mdl->bytes;
    import_tell(m, object, EV_MDL, API_NONE, mdl->va, mdl->bytes, 0, 0);
    return x->id;
}

static uint64_t chain_bytes(const struct import_buffer *b)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < b->chain_count; i++)
        bytes += b->chain[i].bytes;
    return bytes;
}

static uint32_t page_offset(const struct import_buffer *b)
{
    uint64_t offset = b->offset;

    for (unsigned i = 0; i < b->chain_count; i++) {
        if (offset < b->chain[i].bytes)
            return PAGE_AT(b->chain[i].va + offset);
        offset -= b->chain[i].bytes;
    }
    return 0;
}

void import_buffer(struct import_model *m, const struct import_line *l, size_t call, bool by_offset,
                   struct import_buffer *b)
{
    struct import_pending *p = import_pending(m, l->thread);
    struct import_mdl first = { import_value(l, "mdl"), import_value(l, "mva"),
                                import_value(l, "mlen"), (uint32_t)import_value(l, "mfl") };
    unsigned behind = (unsigned)import_value(l, "mn");

    memset(b, 0, sizeof(*b));
    b->by_offset = by_offset;
    b->length = import_value(l, "len");
    b->to_device = import_value(l, "w") != 0;
    if (first.at)
        b->chain[b->chain_count++] = first;
    b->chain_whole = true;
    if (behind && p->chain_of == first.at && p->chain_count == behind) {
        memcpy(b->chain + 1, p->chain, behind * sizeof(*p->chain));
        b->chain_count += behind;
    } else if (behind) {
        b->chain_whole = false;
    }
    p->chain_count = 0;
    b->mdl = mdl_of(m, &first);
    b->bytes = by_offset ? chain_bytes(b) : first.bytes;
    if (by_offset)
        b->offset = import_value(l, "off");
    else
        b->offset = first.at && import_value(l, "va") - first.va < first.bytes
                        ? import_value(l, "va") - first.va
                        : UINT64_MAX;
    m->calls[call].mdl = b->mdl;
    m->calls[call].offset = b->offset;
    m->calls[call].length = b->length;
    m->calls[call].to_device = b->to_device;
    m->calls[call].registers = import_registers(b);
    m->calls[call].page_offset = page_offset(b);
}

/* The bytes by which a transfer overruns its chain, where they begin a page that the last MDL has not:
 * up to there a HAL's own count lets them pass. */
static uint64_t overrun_of(const struct import_buffer *b, bool chain)
{
    uint64_t bytes = b->chain[0].bytes, end = b->offset + b->length, first = 0;
    unsigned i = 0;

    for (; chain && i + 1 < b->chain_count && end > bytes; bytes += b->chain[i].bytes) {
        first = bytes;
        i++;
    }
    uint64_t start = PAGE_AT(b->chain[i].va);

    if (end <= first + align_up(start + b->chain[i].bytes, PAGE_BYTES) - start)
        return 0;
    return end - bytes;
}

static enum buffer_odd odd_of(const struct import_line *l, const struct import_buffer *b,
                              bool flush, bool chain, uint64_t *missing)
{
    if (!b->length && !flush)
        return BUFFER_EMPTY;
    if (!(b->chain[0].flags & MDL_DMA_READY) && !flush)
        return BUFFER_UNLOCKED;
    if (b->by_offset) {
        uint64_t left = b->offset < b->bytes ? b->bytes - b->offset : 0;

        *missing = b->length > left && b->chain_whole ? b->length - left : 0;
        return *missing ? BUFFER_SHORT : 0;
    }
    if (b->offset == UINT64_MAX)
        return import_value(l, "va") < b->chain[0].va ? BUFFER_BEFORE : BUFFER_BEHIND;
    *missing = flush || !b->chain_whole ? 0 : overrun_of(b, chain);
    return *missing ? BUFFER_LONGER : 0;
}

void import_buffer_look(struct import_model *m, enum api api, const struct import_line *l,
                        const struct import_buffer *b, bool flush)
{
    bool chain = api != API_MapTransfer && api != API_FlushAdapterBuffers;
    uint64_t missing = 0;
    enum buffer_odd what = b->mdl ? odd_of(l, b, flush, chain, &missing) : 0;

    if (what)
        import_say(m, EV_BUFFER, api, b->mdl, missing << 32 | what,
                   b->by_offset ? b->offset : import_value(l, "va"),
                   (uint64_t)b->chain[0].flags << 32 | b->length, b->chain[0].at);
}

void import_chain_say(struct import_model *m, const struct import_buffer *b)
{
    uint64_t at = b->chain_count ? b->chain[0].bytes : 0;

    for (unsigned i = 1; i < b->chain_count && at < b->offset + b->length; i++) {
        uint32_t mdl = mdl_of(m, &b->chain[i]);

        import_say(m, EV_MDL_CHAIN, API_NONE, mdl, b->mdl, 0, 0, 0);
        at += b->chain[i].bytes;
    }
}

/* Pages that the bytes lie in, MDL by MDL. */
uint32_t import_registers(const struct import_buffer *b)
{
    uint64_t offset = b->offset, left = b->length, pages = 0;

    for (unsigned i = 0; i < b->chain_count && left; i++) {
        const struct import_mdl *mdl = &b->chain[i];
        uint64_t part;

        if (offset >= mdl->bytes) {
            offset -= mdl->bytes;
            continue;
        }
        part = min_u64(left, mdl->bytes - offset);
        pages += (PAGE_AT(mdl->va + offset) + part + PAGE_BYTES - 1) / PAGE_BYTES;
        left -= part;
        offset = 0;
    }
    return (uint32_t)pages;
}
