/*
 * Channels and map registers: asked for, granted in a callback or by the call, mapped through,
 * flushed, freed.
 */
#include <stdlib.h>

#include "base/bits.h"
#include "import/model.h"

#define KEEP_OBJECT 1 /* IO_ALLOCATION_ACTION */
#define DEALLOCATE_OBJECT 2

static bool is_failure(uint64_t status) { return (status & 0x80000000u) != 0; }

/* --- asking --- */

void import_channel_call(struct import_model *m, const struct import_line *l, size_t call,
                         enum api api)
{
    uint32_t adapter = import_adapter(m, l), context;
    uint64_t device = import_named(m, OBJ_DEVOBJ, import_value(l, "dev"));

    import_about(m, call, adapter);
    m->calls[call].registers = (uint32_t)import_value(l, "n");
    m->calls[call].wants_callback = import_value(l, "fn") != 0;
    if (api == API_AllocateAdapterChannel) {
        import_say(m, EV_CALL, api, import_id(m, adapter), device, import_value(l, "n"),
                   import_value(l, "fn"), import_value(l, "cx"));
        return;
    }
    context = import_meant(m, OBJ_CONTEXT, import_value(l, "tx"));
    import_about(m, call, context);
    m->calls[call].context = context;
    import_say(m, EV_CALL, api, import_id(m, adapter), device, import_id(m, context),
               import_value(l, "n"), import_value(l, "fl"));
    import_say(m, EV_ARG, api, import_id(m, context), import_value(l, "fn"), import_value(l, "cx"),
               import_value(l, "out"), 0);
}

/* Channel and map registers are there. The map registers; OBJECTS_NONE: none were asked for. */
static uint32_t granted(struct import_model *m, const struct import_line *l, size_t call)
{
    struct import_call *c = &m->calls[call];
    uint32_t adapter = import_adapter(m, import_at(m, call)), mapregs = OBJECTS_NONE;
    uint32_t channel = import_channel_begin(m, adapter, c->registers, call);
    struct import_object *x, *a;

    if (c->registers) {
        mapregs = import_begin(m, OBJ_MAPREG, import_value(l, "base"));
        x = import_object(m, mapregs);
        a = import_object(m, adapter);
        x->adapter = adapter;
        x->channel = channel;
        x->context = c->context;
        x->count = c->registers;
        if (import_is_sure(m, mapregs))
            a->registers_live += x->count;
        c->made = import_object(m, channel)->held = mapregs;
        import_about(m, call, mapregs);
        import_tell(m, mapregs, EV_MAPREG, API_NONE, a->id, x->count, a->registers_live, a->count);
    }
    if (c->context)
        import_tell(m, c->context, EV_CONTEXT_USED, API_NONE, import_id(m, mapregs),
                    import_id(m, adapter), 0, 0);
    return mapregs;
}

void import_channel_callback(struct import_model *m, const struct import_line *l, size_t call,
                             enum api api)
{
    const struct import_line *asked;
    uint32_t mapregs;
    size_t at;

    if (!import_call_of(m, l, &at)) {
        import_object(m, import_begin(m, OBJ_MAPREG, import_value(l, "base")))->stranger = true;
        return;
    }
    asked = import_at(m, at);
    mapregs = granted(m, l, at);
    m->calls[at].granted = true;
    m->calls[at].callback = m->line;
    m->calls[call].made = import_object(m, import_adapter(m, asked))->held;
    import_about(m, call, m->calls[call].made);
    import_say(m, EV_CALLBACK, api, import_id(m, import_adapter(m, asked)),
               import_named(m, OBJ_DEVOBJ, import_value(asked, "dev")),
               import_named(m, OBJ_IRP, import_value(l, "irp")), import_id(m, mapregs),
               import_value(asked, "cx"));
}

/* What a routine's return value, or the argument of FreeAdapterObject, does to what is held. */
static void dispose(struct import_model *m, uint32_t channel, uint64_t action)
{
    uint32_t held = import_object(m, channel)->held;

    if (held && action == DEALLOCATE_OBJECT && import_object(m, held)->live) {
        if (OBJ_TYPE(import_id(m, held)) == OBJ_MAPREG)
            import_registers_end(m, held, import_object(m, held)->count);
        else
            import_unmap_all(m, held);
    }
    import_channel_end(m, channel, action);
}

void import_channel_callback_end(struct import_model *m, const struct import_line *l, size_t call,
                                 enum api api)
{
    uint32_t adapter = import_adapter(m, import_at(m, call)), channel = m->calls[call].made;
    uint64_t action = import_value(l, "st");

    import_say(m, EV_CALLBACK_END, api, import_id(m, adapter), action, 0, 0, 0);
    if (channel && import_object(m, channel)->live && action != KEEP_OBJECT)
        dispose(m, channel, action);
}

void import_channel_return(struct import_model *m, const struct import_line *l, size_t call,
                           enum api api)
{
    uint32_t adapter = import_adapter(m, import_at(m, call)), mapregs = 0;
    uint64_t status = import_value(l, "st");
    bool given = import_has(l, "base");

    if (given)
        mapregs = granted(m, l, call);
    if (is_failure(status))
        m->calls[call].granted = true; /* never will be */
    if (is_failure(status))
        import_say(m, EV_DMA_REFUSED, api, import_id(m, adapter), status, 0,
                   m->calls[call].registers, 0);
    if (api == API_AllocateAdapterChannel)
        import_say(m, EV_RETURN, api, import_id(m, adapter), status, 0, 0, 0);
    else
        import_say(m, EV_RETURN, api, import_id(m, adapter), status, import_id(m, mapregs), given,
                   0);
}

/* --- giving back --- */

/* The channel that is held. One that may have been granted among missing lines is made, as a stranger. */
static uint32_t held_channel(struct import_model *m, uint32_t adapter, size_t call)
{
    const struct import_object *a = import_object(m, adapter);
    uint32_t channel = a->held;

    if (!channel && (a->early || import_gap(m->c, a->touched, m->line))) {
        channel = import_begin(m, OBJ_CHANNEL, m->line);
        import_object(m, channel)->adapter = adapter;
        import_object(m, channel)->stranger = true;
    }
    import_about(m, call, channel);
    return channel;
}

void import_free_channel_call(struct import_model *m, const struct import_line *l, size_t call,
                              enum api api)
{
    uint32_t adapter = import_adapter(m, l), channel = adapter ? held_channel(m, adapter, call) : 0;

    import_about(m, call, adapter);
    import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, channel), 0, 0, 0);
    if (channel && import_object(m, channel)->live)
        dispose(m, channel, DEALLOCATE_OBJECT);
}

void import_free_object_call(struct import_model *m, const struct import_line *l, size_t call,
                             enum api api)
{
    uint32_t adapter = import_adapter(m, l), channel = adapter ? held_channel(m, adapter, call) : 0;
    uint64_t action = import_value(l, "n");

    import_about(m, call, adapter);
    import_say(m, EV_CALL, api, import_id(m, adapter), action, import_id(m, channel), 0, 0);
    if (channel && import_object(m, channel)->live && action != KEEP_OBJECT)
        dispose(m, channel, action);
}

void import_free_registers_call(struct import_model *m, const struct import_line *l, size_t call,
                                enum api api)
{
    uint32_t adapter = import_adapter(m, l);
    uint32_t mapregs = import_meant(m, OBJ_MAPREG, import_value(l, "base"));

    import_about(m, call, adapter);
    import_about(m, call, mapregs);
    import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, mapregs), import_value(l, "n"),
               import_value(l, "base"), 0);
    if (mapregs && import_object(m, mapregs)->live)
        import_registers_end(m, mapregs, import_value(l, "n"));
}

/* --- mapping and flushing --- */

static uint64_t registers_left(struct import_model *m, uint32_t mapregs)
{
    const struct import_object *x = mapregs ? import_object(m, mapregs) : NULL;
    uint64_t used = 0;

    for (uint32_t i = 0; x && i < x->run_count; i++)
        used += span_pages(x->runs[i].ba, x->runs[i].bytes);
    return x && x->live && x->count > used ? x->count - used : 0;
}

void import_map_call(struct import_model *m, const struct import_line *l, size_t call, enum api api)
{
    bool ex = api == API_MapTransferEx;
    uint32_t adapter = import_adapter(m, l);
    uint32_t mapregs = import_meant(m, OBJ_MAPREG, import_value(l, "base"));
    struct import_buffer b;

    import_about(m, call, adapter);
    import_about(m, call, mapregs);
    import_buffer(m, l, call, ex, &b);
    m->calls[call].made = mapregs;
    import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, mapregs), b.mdl,
               ex ? b.offset : import_value(l, "va"), dir_length(b.length, b.to_device));
    if (ex) {
        uint32_t context = mapregs ? import_object(m, mapregs)->context : 0;

        import_say(m, EV_ARG, api, b.mdl, import_value(l, "dof"), import_value(l, "buf"),
                   import_value(l, "blen"), import_value(l, "fn"));
        import_say(m, EV_ARG, api, import_id(m, context), 0, b.bytes, import_value(l, "mfl"),
                   registers_left(m, mapregs));
    } else {
        import_say(m, EV_ARG, api, b.mdl, b.offset, b.bytes, import_value(l, "mfl"),
                   registers_left(m, mapregs));
    }
    import_buffer_look(m, api, l, &b, false);
    if (ex)
        import_chain_say(m, &b);
}

/* What these bytes share with others that the same registers have mapped already. */
static void look_twice(struct import_model *m, uint32_t mapregs, const struct import_call *c,
                       uint64_t length)
{
    const struct import_object *x = import_object(m, mapregs);

    for (uint32_t i = 0; i < x->run_count; i++) {
        const struct import_run *r = &x->runs[i];

        if (r->mdl != c->mdl || r->offset >= c->offset + length ||
            c->offset >= r->offset + r->bytes)
            continue;
        import_say(m, EV_MAP_TWICE, API_NONE, x->id, c->offset, length,
                   max_u64(r->offset, c->offset), c->mdl);
        return;
    }
}

static void map_ex_runs(struct import_model *m, const struct import_line *l, uint32_t mapregs,
                        const struct import_call *c)
{
    struct import_pending *p = import_pending(m, l->thread);
    uint64_t at = c->offset;

    if (!import_value(l, "sgl")) /* the system DMA controller takes it, and tells nobody where */
        import_map(m, mapregs,
                   &(struct import_run) { .ba = c->page_offset,
                                          .bytes = import_value(l, "len"),
                                          .offset = at,
                                          .mdl = c->mdl,
                                          .to_device = c->to_device,
                                          .nowhere = true });
    for (size_t i = 0; p->list && p->list == import_value(l, "sgl") && i + 1 < p->element_count;
         i += 2) {
        import_map(m, mapregs,
                   &(struct import_run) { .ba = p->elements[i],
                                          .bytes = p->elements[i + 1],
                                          .offset = at,
                                          .mdl = c->mdl,
                                          .to_device = c->to_device });
        at += p->elements[i + 1];
    }
}

void import_map_return(struct import_model *m, const struct import_line *l, size_t call,
                       enum api api)
{
    const struct import_call *c = &m->calls[call];
    struct import_pending *p = import_pending(m, l->thread);
    uint32_t adapter = import_adapter(m, import_at(m, call)), mapregs = c->made;
    uint64_t length = import_value(l, "len"), ba = import_value(l, "ba"), count = 0;
    uint64_t status = import_value(l, "st");
    bool live = mapregs && import_object(m, mapregs)->live && c->offset != UINT64_MAX && length;

    if (live && api == API_MapTransfer) {
        look_twice(m, mapregs, c, length);
        import_map(m, mapregs,
                   &(struct import_run) { .ba = ba,
                                          .bytes = length,
                                          .offset = c->offset,
                                          .mdl = c->mdl,
                                          .to_device = c->to_device });
    }
    if (api == API_MapTransfer) {
        import_say(m, EV_RETURN, api, import_id(m, adapter), ba, length, 0, 0);
        return;
    }
    if (p->list && p->list == import_value(l, "sgl"))
        count = p->elements_said;
    if (count && p->element_count)
        ba = p->elements[0];
    if (live && !is_failure(status)) {
        look_twice(m, mapregs, c, length);
        map_ex_runs(m, l, mapregs, c);
    }
    if (is_failure(status))
        import_say(m, EV_DMA_REFUSED, api, import_id(m, adapter), status, c->mdl, c->registers, 0);
    import_say(m, EV_RETURN, api, import_id(m, adapter), status, length, count, ba);
    p->element_count = 0;
    p->list = 0;
}

/* What the map registers carry from this byte of the chain on. */
static uint64_t carried(const struct import_object *x, const struct import_buffer *b)
{
    uint64_t offset = b->offset, all = (uint64_t)x->count * PAGE_BYTES;

    for (unsigned i = 0; i < b->chain_count; i++) {
        if (offset < b->chain[i].bytes)
            return all - PAGE_OFFSET(b->chain[i].va + offset);
        offset -= b->chain[i].bytes;
    }
    return all;
}

static void flush_look(struct import_model *m, const struct import_line *l, enum api api,
                       uint32_t mapregs, const struct import_buffer *b, bool touched)
{
    const struct import_object *x = import_object(m, mapregs);
    uint64_t left = b->offset < b->bytes ? b->bytes - b->offset : 0, room;
    bool ever = !x->live || (x->was_mdl == b->mdl && b->offset < x->was_to &&
                             x->was_from < b->offset + b->length);

    if (!b->length)
        return;
    if (!touched) {
        import_say(m, EV_FLUSH_STRAY, api, x->id, import_value(l, "base"),
                   b->by_offset ? b->offset : import_value(l, "va"), b->chain[0].at, ever);
        return;
    }
    room = carried(x, b);
    if (b->length > room)
        import_say(m, EV_FLUSH_PAST, api, x->id, left > room ? left - room : 0, b->length - room,
                   b->mdl, 0);
}

void import_flush_call(struct import_model *m, const struct import_line *l, size_t call,
                       enum api api)
{
    bool ex = api == API_FlushAdapterBuffersEx, touched = false;
    uint32_t adapter = import_adapter(m, l);
    uint32_t mapregs = import_meant(m, OBJ_MAPREG, import_value(l, "base"));
    struct import_buffer b;
    bool inside;

    import_about(m, call, adapter);
    import_about(m, call, mapregs);
    import_buffer(m, l, call, ex, &b);
    inside = ex ? b.mdl != 0 : b.offset != UINT64_MAX;
    import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, mapregs), b.mdl,
               ex ? b.offset : import_value(l, "va"), dir_length(b.length, b.to_device));
    if (!ex)
        import_say(m, EV_ARG, api, b.mdl, b.offset, b.bytes, import_value(l, "mfl"), 0);
    if (!ex)
        import_buffer_look(m, api, l, &b, true);
    if (mapregs && import_object(m, mapregs)->live && inside && b.length)
        touched = import_unmap(m, mapregs, &b);
    if (mapregs && inside)
        flush_look(m, l, api, mapregs, &b, touched);
    import_tell(m, mapregs, EV_FLUSH, api, b.offset, dir_length(b.length, b.to_device), 0, b.mdl);
}
