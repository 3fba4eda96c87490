/*
 * Adapters, transfer contexts, questions, what KMDF is asked, and calls of which no more than arguments and
 * result are to be said.
 */
#include <string.h>

#include "import/model.h"

/* --- adapters --- */

/* The line that describes it, wherever it stands: a dump repeats it. count: there is none. */
static size_t description_of(const struct import_model *m, uint64_t number)
{
    size_t i = 0;

    for (; i < m->c->count; i++) {
        const struct import_line *l = import_at(m, i);

        if (l->kind == 'i' && (!strcmp(l->name, "adapter") || !strcmp(l->name, "attach")) &&
            import_value(l, "a") == number)
            break;
    }
    return i;
}

#define FLAG_MASTER 0x01u
#define FLAG_SG 0x02u
#define FLAG_32 0x10u
#define FLAG_64 0x80u

static unsigned width_of(const struct import_line *l, uint64_t flags)
{
    if (import_value(l, "ver") >= 3)
        return (unsigned)import_value(l, "width");
    return flags & FLAG_64 ? 64 : flags & FLAG_32 ? 32 : 24;
}

uint32_t import_adapter_begin(struct import_model *m, uint64_t number, size_t described,
                              uint32_t registers)
{
    const struct import_line *l = described ? import_at(m, described - 1) : NULL;
    uint32_t adapter = import_begin(m, OBJ_ADAPTER, number), device = 0;
    uint64_t flags = l ? import_value(l, "fl") : 0, said = ADAPTER_SG;

    if (l && import_has(l, "ver")) {
        said = (flags & FLAG_MASTER ? ADAPTER_MASTER : 0) |
               ((flags & (FLAG_MASTER | FLAG_SG)) == (FLAG_MASTER | FLAG_SG) ? ADAPTER_SG : 0) |
               import_value(l, "ver") << ADAPTER_VERSION_SHIFT |
               width_of(l, flags) << ADAPTER_WIDTH_SHIFT;
    } else {
        m->undescribed++; /* nothing that would speak against it is assumed */
    }
    if (l)
        device = import_named(m, OBJ_DEVICE, import_value(l, "dev"));
    if (m->remapped == 1)
        said |= ADAPTER_REMAPPED;
    if (m->coherent)
        said |= ADAPTER_COHERENT;
    import_object(m, adapter)->count = registers;
    import_object(m, adapter)->flags = (uint32_t)said;
    import_tell(m, adapter, EV_ADAPTER, API_NONE, device, said, registers,
                l ? import_value(l, "max") : 0);
    return adapter;
}

uint32_t import_adapter(struct import_model *m, const struct import_line *l)
{
    uint64_t number = import_value(l, "a");
    uint32_t adapter = number ? import_find(&m->o, OBJ_ADAPTER, number) : 0;
    bool quiet = m->quiet;
    size_t described;

    if (adapter || !number)
        return adapter;
    described = description_of(m, number);
    m->quiet = false;
    adapter = described < m->c->count
                  ? import_adapter_begin(m, number, described + 1,
                                         (uint32_t)import_value(import_at(m, described), "n"))
                  : import_adapter_begin(m, number, 0, 0);
    m->quiet = quiet;
    import_object(m, adapter)->early = true;
    return adapter;
}

void import_adapter_call(struct import_model *m, const struct import_line *l, size_t call,
                         enum api api)
{
    uint32_t object = import_named(m, OBJ_DEVOBJ, import_value(l, "dev"));
    uint32_t device = import_named(m, OBJ_DEVICE, import_value(l, "dev"));

    (void)call;
    import_say(m, EV_CALL, api, object, import_value(l, "ver"), import_value(l, "max"),
               (uint64_t)(int64_t)(int32_t)import_value(l, "if"), import_value(l, "width"));
    import_say(m, EV_ARG, api, device, import_value(l, "fl"), import_value(l, "ch"),
               import_value(l, "dw") << 32 | import_value(l, "sp"),
               import_value(l, "rl") << 32 | import_value(l, "port"));
    import_say(m, EV_ARG, api, 0, import_value(l, "bus"), import_value(l, "ctl"),
               import_value(l, "da"), 0);
}

void import_adapter_return(struct import_model *m, const struct import_line *l, size_t call,
                           enum api api)
{
    const struct import_line *asked = import_at(m, call);
    uint32_t object = import_named(m, OBJ_DEVOBJ, import_value(asked, "dev")), adapter = 0;

    if (import_value(l, "a")) {
        adapter =
            import_adapter_begin(m, import_value(l, "a"), call + 1, (uint32_t)import_value(l, "n"));
    } else if (import_value(l, "got")) { /* it works on, and nothing more is known of it */
        adapter = import_begin(m, OBJ_ADAPTER, UINT64_MAX);
        import_object(m, adapter)->stranger = true;
        import_about(m, call, adapter);
    }
    import_say(m, EV_RETURN, api, object, import_id(m, adapter), import_value(l, "n"), 0, 0);
}

void import_put_adapter_call(struct import_model *m, const struct import_line *l, size_t call,
                             enum api api)
{
    uint32_t adapter = import_adapter(m, l);

    import_about(m, call, adapter);
    import_say(m, EV_CALL, api, import_id(m, adapter), 0, 0, 0, 0);
    if (!adapter || !import_object(m, adapter)->live)
        return;
    import_end(m, adapter);
    import_tell(m, adapter, EV_ADAPTER_END, API_NONE, 0, 0, 0, 0);
}

/* --- transfer contexts --- */

void import_context_call(struct import_model *m, const struct import_line *l, size_t call,
                         enum api api)
{
    uint32_t adapter = import_adapter(m, l);
    uint32_t old = import_find(&m->o, OBJ_CONTEXT, import_value(l, "tx"));

    if (old) /* whether a new one comes the return says, and that may be missing */
        import_end(m, old);
    import_about(m, call, adapter);
    import_say(m, EV_CALL, api, import_id(m, adapter), 0, import_value(l, "tx"), 0, 0);
}

void import_context_return(struct import_model *m, const struct import_line *l, size_t call,
                           enum api api)
{
    const struct import_line *asked = import_at(m, call);
    uint32_t adapter = import_adapter(m, asked), context = 0;
    uint64_t status = import_value(l, "st"), va = import_value(asked, "tx");

    if (!(status & 0x80000000u) && va) {
        context = import_begin(m, OBJ_CONTEXT, va);
        import_about(m, call, context);
        import_tell(m, context, EV_CONTEXT, api, va, 0, 0, 0);
    }
    import_say(m, EV_RETURN, api, import_id(m, adapter), status, import_id(m, context), 0, 0);
}

void import_cancel_call(struct import_model *m, const struct import_line *l, size_t call,
                        enum api api)
{
    uint32_t adapter = import_adapter(m, l);
    uint32_t context = import_meant(m, OBJ_CONTEXT, import_value(l, "tx"));

    import_about(m, call, adapter);
    import_about(m, call, context);
    if (api == API_CancelAdapterChannel)
        import_say(m, EV_CALL, api, import_id(m, adapter),
                   import_named(m, OBJ_DEVOBJ, import_value(l, "dev")), import_id(m, context), 0,
                   0);
    else
        import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, context), 0, 0, 0);
}

/* --- questions, and what changes nothing that is followed here --- */

void import_info_call(struct import_model *m, const struct import_line *l, size_t call,
                      enum api api)
{
    uint32_t adapter = import_adapter(m, l);
    uint32_t a = import_id(m, adapter), vector;
    struct import_buffer b;

    import_about(m, call, adapter);
    switch (api) {
    case API_GetDmaTransferInfo:
        import_buffer(m, l, call, true, &b);
        import_say(m, EV_CALL, api, a, b.mdl, b.offset, dir_length(b.length, b.to_device),
                   import_value(l, "ver"));
        break;
    case API_CalculateScatterGatherList:
        import_buffer(m, l, call, false, &b);
        import_say(m, EV_CALL, api, a, b.mdl, import_value(l, "va"), b.length, 0);
        break;
    case API_BuildMdlFromScatterGatherList:
        import_buffer(m, l, call, false, &b);
        vector = import_meant(m, OBJ_SGL, import_value(l, "sgl"));
        import_about(m, call, vector);
        import_say(m, EV_CALL, api, a, import_id(m, vector), b.mdl, 0, 0);
        break;
    case API_FlushDmaBuffer:
        import_buffer(m, l, call, false, &b);
        import_say(m, EV_CALL, api, a, b.mdl, import_value(l, "n"), 0, 0);
        break;
    case API_GetCommonBufferFromVectorByIndex:
    case API_FreeCommonBufferFromVector:
        vector = import_meant(m, OBJ_VECTOR, import_value(l, "vec"));
        import_about(m, call, vector);
        import_say(m, EV_CALL, api, a, import_id(m, vector), import_value(l, "n"), 0, 0);
        break;
    case API_JoinDmaDomain:
        import_say(m, EV_CALL, api, a, import_named(m, OBJ_DOMAIN, import_value(l, "dom")), 0, 0,
                   0);
        break;
    case API_ConfigureAdapterChannel:
        import_say(m, EV_CALL, api, a, import_value(l, "n"), import_value(l, "cx"), 0, 0);
        break;
    default:
        import_say(m, EV_CALL, api, a, import_value(l, "ver"), 0, 0, 0);
    }
}

void import_info_return(struct import_model *m, const struct import_line *l, size_t call,
                        enum api api)
{
    uint32_t a = import_id(m, import_adapter(m, import_at(m, call)));
    uint64_t status = import_value(l, "st");

    switch (api) {
    case API_GetDmaTransferInfo:
        import_say(m, EV_RETURN, api, a, status, import_value(l, "n"), import_value(l, "el"),
                   import_value(l, "size"));
        break;
    case API_CalculateScatterGatherList:
        import_say(m, EV_RETURN, api, a, status, import_value(l, "size"), import_value(l, "n"), 0);
        break;
    case API_GetDmaAdapterInfo:
        import_say(m, EV_RETURN, api, a, status, import_value(l, "n"), import_value(l, "width"),
                   import_value(l, "fl"));
        break;
    case API_GetCommonBufferFromVectorByIndex:
        import_say(m, EV_RETURN, api, a, import_value(l, "va"), import_value(l, "ba"), 0, 0);
        break;
    case API_GetDmaDomain:
        import_say(m, EV_RETURN, api, a, import_named(m, OBJ_DOMAIN, import_value(l, "dom")), 0, 0,
                   0);
        break;
    default:
        import_say(m, EV_RETURN, api, a, status, 0, 0, 0);
    }
}

void import_plain_return(struct import_model *m, const struct import_line *l, size_t call,
                         enum api api)
{
    uint32_t adapter = import_adapter(m, import_at(m, call));
    uint64_t result = import_value(l, "st");

    if (api == API_FreeCommonBuffer)
        result = m->calls[call].made != 0; /* whether there was one */
    import_say(m, EV_RETURN, api, import_id(m, adapter), result, 0, 0, 0);
}

/* --- a slave's completion, and KMDF --- */

void import_completion_callback(struct import_model *m, const struct import_line *l, size_t call,
                                enum api api)
{
    (void)call;
    import_say(m, EV_CALLBACK, api, import_id(m, import_adapter(m, l)), 0, 0,
               import_value(l, "done"), 0);
}

void import_completion_callback_end(struct import_model *m, const struct import_line *l,
                                    size_t call, enum api api)
{
    import_say(m, EV_CALLBACK_END, api, import_id(m, import_adapter(m, import_at(m, call))),
               import_value(l, "st"), 0, 0, 0);
}

/* "o" is the framework's object, "x0" to "x3" the arguments, as trace/api_wdf.def orders them. */
void import_framework_call(struct import_model *m, const struct import_line *l, size_t call,
                           enum api api)
{
    uint32_t object = import_named(m, OBJ_WDFDMATRANSACTION, import_value(l, "o"));

    (void)call;
    import_say(m, l->kind == 'b' ? EV_CALLBACK : EV_CALL, api, object, import_value(l, "x0"),
               import_value(l, "x1"), import_value(l, "x2"), import_value(l, "x3"));
}

void import_framework_return(struct import_model *m, const struct import_line *l, size_t call,
                             enum api api)
{
    uint32_t object = import_named(m, OBJ_WDFDMATRANSACTION, import_value(import_at(m, call), "o"));

    import_say(m, l->kind == 'e' ? EV_CALLBACK_END : EV_RETURN, api, object, import_value(l, "st"),
               0, 0, 0);
}
