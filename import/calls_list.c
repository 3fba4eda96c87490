/*
 * Scatter/gather lists: asked for in four ways, given in a callback or by the call, put.
 */
#include "import/model.h"

#define SYNCHRONOUS 1u /* DMA_SYNCHRONOUS_CALLBACK */
#define ACTION_KEEP_REGISTERS 3

static bool is_ex(enum api api)
{
    return api == API_GetScatterGatherListEx || api == API_BuildScatterGatherListEx;
}

static bool is_build(enum api api)
{
    return api == API_BuildScatterGatherList || api == API_BuildScatterGatherListEx;
}

void import_list_call(struct import_model *m, const struct import_line *l, size_t call,
                      enum api api)
{
    uint32_t adapter = import_adapter(m, l);
    uint64_t device = import_named(m, OBJ_DEVOBJ, import_value(l, "dev"));
    uint32_t context = is_ex(api) ? import_meant(m, OBJ_CONTEXT, import_value(l, "tx")) : 0;
    struct import_buffer b;

    import_about(m, call, adapter);
    import_about(m, call, context);
    m->calls[call].context = context;
    m->calls[call].wants_callback = import_value(l, "fn") != 0;
    import_buffer(m, l, call, is_ex(api), &b);
    import_say(m, EV_CALL, api, import_id(m, adapter), b.mdl,
               is_ex(api) ? b.offset : import_value(l, "va"), dir_length(b.length, b.to_device),
               device);
    if (is_ex(api)) {
        import_say(m, EV_ARG, api, import_id(m, context), import_value(l, "fl"),
                   import_value(l, "fn"), import_value(l, "cx"), import_value(l, "out"));
        import_say(m, EV_ARG, api, 0, 0, 0, b.bytes, import_value(l, "mfl"));
    } else {
        import_say(m, EV_ARG, api, b.mdl, b.offset, import_value(l, "fn"), import_value(l, "cx"),
                   b.bytes << 32 | import_value(l, "mfl"));
    }
    if (is_build(api))
        import_say(m, EV_ARG, api, 0, import_value(l, "buf"), import_value(l, "blen"), 0, 0);
    import_buffer_look(m, api, l, &b, false);
    import_chain_say(m, &b);
}

/* The list at hand, which the line's thread has told the elements of. */
static uint32_t list_begin(struct import_model *m, const struct import_line *l, size_t call,
                           uint32_t channel)
{
    struct import_call *c = &m->calls[call];
    struct import_pending *p = import_pending(m, l->thread);
    uint32_t list = import_begin(m, OBJ_SGL, import_value(l, "sgl"));
    uint32_t adapter = import_object(m, channel)->adapter, elements = 0;
    struct import_object *x = import_object(m, list);
    uint64_t done = 0;

    x->adapter = adapter;
    x->channel = channel;
    x->context = c->context;
    x->offset = c->offset;
    x->bytes = c->length;
    x->to_device = c->to_device;
    x->mdl = c->mdl;
    x->count = c->registers;
    c->made = import_object(m, channel)->held = list;
    import_about(m, call, list);
    if (p->list == x->key)
        elements = (uint32_t)p->elements_said;
    import_tell(m, list, EV_SGL, API_NONE, import_id(m, adapter),
                dir_length(x->bytes, x->to_device), x->mdl, (uint64_t)elements << 32 | x->count);
    if (!elements && x->bytes)
        import_tell(m, list, EV_SGL_EMPTY, API_NONE, import_id(m, adapter), x->bytes, x->mdl, 0);
    for (size_t i = 0; p->list == x->key && i + 1 < p->element_count; i += 2) {
        import_map(m, list,
                   &(struct import_run) { .ba = p->elements[i],
                                          .bytes = p->elements[i + 1],
                                          .offset = x->offset + done,
                                          .mdl = x->mdl,
                                          .to_device = x->to_device });
        done += p->elements[i + 1];
    }
    p->element_count = 0;
    p->list = 0;
    if (x->context)
        import_tell(m, x->context, EV_CONTEXT_USED, API_NONE, x->id, import_id(m, adapter), 0, 0);
    return list;
}

void import_list_callback(struct import_model *m, const struct import_line *l, size_t call,
                          enum api api)
{
    size_t asked;
    uint32_t adapter, list, channel;

    if (!import_call_of(m, l, &asked)) {
        import_object(m, import_begin(m, OBJ_SGL, import_value(l, "sgl")))->stranger = true;
        return;
    }
    adapter = import_adapter(m, import_at(m, asked));
    channel = import_channel_begin(m, adapter, m->calls[asked].registers, asked);
    list = list_begin(m, l, asked, channel);
    m->calls[asked].granted = true;
    m->calls[asked].callback = m->line;
    m->calls[call].made = list;
    import_about(m, call, list);
    import_say(m, EV_CALLBACK, api, import_id(m, adapter),
               import_named(m, OBJ_DEVOBJ, import_value(import_at(m, asked), "dev")),
               import_named(m, OBJ_IRP, import_value(l, "irp")), import_id(m, list),
               import_value(import_at(m, asked), "cx"));
}

void import_list_callback_end(struct import_model *m, const struct import_line *l, size_t call,
                              enum api api)
{
    uint32_t list = m->calls[call].made;
    uint32_t adapter = import_adapter(m, import_at(m, call));
    uint32_t channel = list ? import_object(m, list)->channel : 0;

    (void)l;
    import_say(m, EV_CALLBACK_END, api, import_id(m, adapter), 0, 0, 0, 0);
    if (channel && import_object(m, channel)->live)
        import_channel_end(m, channel, ACTION_KEEP_REGISTERS);
}

void import_list_return(struct import_model *m, const struct import_line *l, size_t call,
                        enum api api)
{
    const struct import_line *asked = import_at(m, call);
    uint32_t adapter = import_adapter(m, asked), status = (uint32_t)import_value(l, "st");
    const struct import_call *c = &m->calls[call];

    if (status & 0x80000000u)
        m->calls[call].granted = true; /* never will be */
    if (import_value(l, "sgl"))
        list_begin(m, l, call, import_channel_begin(m, adapter, m->calls[call].registers, call));
    if (status & 0x80000000u) {
        import_say(m, EV_DMA_REFUSED, api, import_id(m, adapter), status, c->mdl, c->registers, 0);
    }
    import_say(m, EV_RETURN, api, import_id(m, adapter), status,
               c->made && import_object(m, c->made)->live ? import_id(m, c->made) : 0, 0, 0);
}

void import_put_call(struct import_model *m, const struct import_line *l, size_t call, enum api api)
{
    uint32_t adapter = import_adapter(m, l);
    uint32_t list = import_meant(m, OBJ_SGL, import_value(l, "sgl"));
    struct import_object *x = list ? import_object(m, list) : NULL;
    bool to_device = import_value(l, "w") != 0;

    import_about(m, call, adapter);
    import_about(m, call, list);
    import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, list), to_device,
               import_value(l, "sgl"), 0);
    if (!x || !x->live)
        return;
    import_tell(m, list, EV_FLUSH, API_NONE, x->offset, dir_length(x->bytes, to_device), 0, x->mdl);
    import_unmap_all(m, list);
    import_end(m, list);
    import_tell(m, list, EV_SGL_END, API_NONE, import_id(m, x->adapter),
                dir_length(x->bytes, to_device), 0, 0);
}
