/*
 * Common buffers and vectors of them: allocated in six ways, freed in two.
 */
#include "import/model.h"

#define FROM_MDL                                                                                   \
    (1ull << 63) /* a key that is no address: buffers that are known by their logical address */

static bool is_vector(enum api api)
{
    return api == API_AllocateCommonBufferVector || api == API_FreeCommonBufferVector;
}

void import_common_call(struct import_model *m, const struct import_line *l, size_t call,
                        enum api api)
{
    uint32_t adapter = import_adapter(m, l), a = import_id(m, adapter), named;
    uint64_t length = import_value(l, "len"), cached = import_value(l, "ca");
    uint64_t least = import_value(l, "min"), most = import_value(l, "max");
    uint64_t node = import_value(l, "node"), flags = import_value(l, "fl");
    struct import_buffer b;

    import_about(m, call, adapter);
    switch (api) {
    case API_AllocateCommonBufferEx:
        import_say(m, EV_CALL, api, a, length, cached, most, node);
        break;
    case API_AllocateCommonBufferWithBounds:
        import_say(m, EV_CALL, api, a, length, least, most, flags);
        import_say(m, EV_ARG, api, 0, cached, node, 0, 0);
        break;
    case API_AllocateDomainCommonBuffer:
        named = import_named(m, OBJ_DOMAIN, import_value(l, "dom"));
        import_say(m, EV_CALL, api, a, named, length, most, flags);
        import_say(m, EV_ARG, api, named, cached, node, 0, 0);
        break;
    case API_AllocateCommonBufferVector:
        import_say(m, EV_CALL, api, a, least, most, import_value(l, "n"), length);
        import_say(m, EV_ARG, api, 0, cached, node, flags, 0);
        break;
    case API_CreateCommonBufferFromMdl:
        import_buffer(m, l, call, false, &b);
        import_say(m, EV_CALL, api, a, b.mdl, import_value(l, "n"), 0, 0);
        break;
    default:
        import_say(m, EV_CALL, api, a, length, cached, 0, 0);
    }
}

/* How long it is, and by what its release will name it. */
static uint64_t bytes_of(const struct import_line *asked, enum api api)
{
    if (api == API_CreateCommonBufferFromMdl)
        return import_value(asked, "mlen");
    return import_value(asked, "len") *
           (api == API_AllocateCommonBufferVector ? import_value(asked, "n") : 1);
}

static uint64_t key_of(const struct import_line *l, enum api api)
{
    if (is_vector(api))
        return import_value(l, "vec");
    if (api == API_CreateCommonBufferFromMdl)
        return import_value(l, "ba") ? import_value(l, "ba") | FROM_MDL : 0;
    return import_value(l, "va");
}

static bool says_status(enum api api)
{
    return api == API_AllocateDomainCommonBuffer || api == API_AllocateCommonBufferVector ||
           api == API_CreateCommonBufferFromMdl;
}

void import_common_return(struct import_model *m, const struct import_line *l, size_t call,
                          enum api api)
{
    const struct import_line *asked = import_at(m, call);
    uint32_t adapter = import_adapter(m, asked), common = 0;
    uint64_t key = key_of(l, api), ba = import_value(l, "ba"), va = import_value(l, "va");
    struct import_object *x;

    if (key) {
        common = import_begin(m, is_vector(api) ? OBJ_VECTOR : OBJ_COMMON, key);
        x = import_object(m, common);
        x->adapter = adapter;
        x->ba = ba;
        x->bytes = bytes_of(asked, api);
        x->va = va;
        import_about(m, call, common);
        import_tell(m, common, EV_COMMON, API_NONE, import_id(m, adapter), ba, x->bytes, va);
    }
    if (says_status(api))
        import_say(m, EV_RETURN, api, import_id(m, adapter), import_value(l, "st"),
                   import_id(m, common), va, ba);
    else
        import_say(m, EV_RETURN, api, import_id(m, adapter), import_id(m, common), va, ba, 0);
}

void import_common_free(struct import_model *m, const struct import_line *l, size_t call,
                        enum api api)
{
    uint32_t adapter = import_adapter(m, l), common, borrowed = 0;
    uint64_t ba = import_value(l, "ba");
    struct import_object *x;

    if (!is_vector(api) && ba)
        borrowed = import_find(&m->o, OBJ_COMMON, ba | FROM_MDL);
    common = borrowed ? borrowed
                      : import_meant(m, is_vector(api) ? OBJ_VECTOR : OBJ_COMMON,
                                     import_value(l, is_vector(api) ? "vec" : "va"));
    import_about(m, call, adapter);
    import_about(m, call, common);
    if (is_vector(api)) {
        import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, common), 0, 0, 0);
    } else {
        import_say(m, EV_CALL, api, import_id(m, adapter), import_id(m, common),
                   import_value(l, "len"), ba, import_value(l, "va"));
        import_say(m, EV_ARG, api, 0, import_value(l, "ca"), 0, 0, 0);
    }
    if (!common || !import_object(m, common)->live)
        return;
    x = import_object(m, common);
    m->calls[call].made = common;
    import_end(m, common);
    import_tell(m, common, EV_COMMON_END, API_NONE, import_id(m, x->adapter), x->ba, x->bytes,
                x->va);
}
