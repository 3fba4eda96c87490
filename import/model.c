/*
 * Going through the lines: who speaks, when, about what; and what is left out because lines are missing.
 */
#include "import/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define NS_PER_S 1000000000ull
#define HZ_USUAL 10000000u /* what Windows' counter has run at since 2019, when no line says it */

/* --- handlers by function --- */

struct handlers {
    import_handler *call, *back;
};

static const struct handlers by_api[API_COUNT] = {
    [API_IoGetDmaAdapter] = { import_adapter_call, import_adapter_return },
    [API_PutDmaAdapter] = { import_put_adapter_call, import_plain_return },
    [API_AllocateCommonBuffer] = { import_common_call, import_common_return },
    [API_AllocateCommonBufferEx] = { import_common_call, import_common_return },
    [API_AllocateCommonBufferWithBounds] = { import_common_call, import_common_return },
    [API_AllocateDomainCommonBuffer] = { import_common_call, import_common_return },
    [API_AllocateCommonBufferVector] = { import_common_call, import_common_return },
    [API_CreateCommonBufferFromMdl] = { import_common_call, import_common_return },
    [API_FreeCommonBuffer] = { import_common_free, import_plain_return },
    [API_FreeCommonBufferVector] = { import_common_free, import_plain_return },
    [API_AllocateAdapterChannel] = { import_channel_call, import_channel_return },
    [API_AllocateAdapterChannelEx] = { import_channel_call, import_channel_return },
    [API_FreeAdapterChannel] = { import_free_channel_call, import_plain_return },
    [API_FreeAdapterObject] = { import_free_object_call, import_plain_return },
    [API_FreeMapRegisters] = { import_free_registers_call, import_plain_return },
    [API_MapTransfer] = { import_map_call, import_map_return },
    [API_MapTransferEx] = { import_map_call, import_map_return },
    [API_FlushAdapterBuffers] = { import_flush_call, import_plain_return },
    [API_FlushAdapterBuffersEx] = { import_flush_call, import_plain_return },
    [API_GetScatterGatherList] = { import_list_call, import_list_return },
    [API_GetScatterGatherListEx] = { import_list_call, import_list_return },
    [API_BuildScatterGatherList] = { import_list_call, import_list_return },
    [API_BuildScatterGatherListEx] = { import_list_call, import_list_return },
    [API_PutScatterGatherList] = { import_put_call, import_plain_return },
    [API_InitializeDmaTransferContext] = { import_context_call, import_context_return },
    [API_CancelAdapterChannel] = { import_cancel_call, import_plain_return },
    [API_CancelMappedTransfer] = { import_cancel_call, import_plain_return },
    [API_AdapterControl] = { import_channel_callback, import_channel_callback_end },
    [API_AdapterListControl] = { import_list_callback, import_list_callback_end },
    [API_DmaCompletionRoutine] = { import_completion_callback, import_completion_callback_end },
};

static struct handlers handlers_of(enum api api)
{
    const char *name = api_name(api);

    if (by_api[api].call)
        return by_api[api];
    if (!strncmp(name, "Wdf", 3) || !strncmp(name, "Evt", 3))
        return (struct handlers) { import_framework_call, import_framework_return };
    return (struct handlers) { import_info_call, import_info_return };
}

/* --- saying --- */

void import_say(struct import_model *m, enum event_kind kind, enum api api, uint32_t obj,
                uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    if (!m->learning && !m->quiet)
        trace_emit(&m->trace, kind, api, obj, a0, a1, a2, a3);
}

void import_tell(struct import_model *m, uint32_t object, enum event_kind kind, enum api api,
                 uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    bool quiet = m->quiet;

    if (object)
        m->quiet = !import_is_sure(m, object);
    import_say(m, kind, api, import_id(m, object), a0, a1, a2, a3);
    m->quiet = quiet;
}

void import_about(struct import_model *m, size_t call, uint32_t object)
{
    struct import_call *c = &m->calls[call];

    if (!object)
        return;
    import_object(m, object)->touched = m->line;
    if (m->learning && c->about_count < ABOUT_MAX)
        c->about[c->about_count++] = object;
}

uint32_t import_begin(struct import_model *m, enum object_type type, uint64_t key)
{
    uint32_t object = import_make(&m->o, type, key);
    struct import_object *x = import_object(m, object);

    x->born = x->died = x->touched = m->line;
    x->site = m->trace.site;
    return object;
}

void import_end(struct import_model *m, uint32_t object)
{
    struct import_object *x = import_object(m, object);

    x->live = false;
    x->died = x->touched = m->line;
}

/* Whether something that no line tells of may have happened since line `from`; 0: since the beginning. */
static bool may_have(const struct import_model *m, bool known, size_t from)
{
    return known ? import_gap(m->c, from, m->line) : import_at(m, m->line)->gaps != 0;
}

uint32_t import_meant(struct import_model *m, enum object_type type, uint64_t key)
{
    uint32_t object = key ? import_find(&m->o, type, key) : 0;
    const struct import_object *x = object ? import_object(m, object) : NULL;

    if (!key || (x && x->live) || !may_have(m, x != NULL, x ? x->died : 0))
        return object;
    object = import_begin(m, type, key);
    import_object(m, object)->stranger = true;
    return object;
}

uint32_t import_named(struct import_model *m, enum object_type type, uint64_t key)
{
    uint32_t object = key ? import_find(&m->o, type, key) : 0;

    if (key && !object)
        object = import_begin(m, type, key);
    return import_id(m, object);
}

/* --- who speaks, from where, when --- */

const char *import_agent_name(void *model, uint16_t agent)
{
    static char name[32];
    struct import_model *m = model;

    snprintf(name, sizeof(name), "thread#%u", (unsigned)agent);
    for (uint32_t i = 1; i < m->o.count; i++)
        if (m->o.at[i].id == OBJ_ID(OBJ_AGENT, agent))
            snprintf(name, sizeof(name), "thread %" PRIx64, m->o.at[i].key);
    return name;
}

static uint16_t agent_of(struct import_model *m, uint64_t thread)
{
    uint32_t object = import_find(&m->o, OBJ_AGENT, thread);
    uint32_t number;

    if (!object) {
        object = import_begin(m, OBJ_AGENT, thread);
        number = OBJ_NUMBER(import_id(m, object));
        m->trace.agent = (uint16_t)number;
        m->quiet = false;
        import_say(m, EV_AGENT, API_NONE, import_id(m, object), 1, 0, 0, 0);
    }
    number = OBJ_NUMBER(import_id(m, object));
    return (uint16_t)(number > UINT16_MAX ? UINT16_MAX : number);
}

/* The function that a return address lies in: the call itself is in front of it. */
static bool function_name(const struct import_model *m, uint64_t at, char *name, size_t size)
{
    uint64_t into, listed;
    const char *function;

    if (!m->symbols || !m->anchor)
        return false;
    listed = at - 1 - m->anchor + import_symbols_anchor(m->symbols);
    function = import_symbols_find(m->symbols, listed, &into);
    if (function)
        snprintf(name, size, "%.48s+0x%" PRIx64, function, into + 1);
    return function != NULL;
}

uint32_t import_site(struct import_model *m, const struct import_line *l)
{
    uint64_t at = import_value(l, "ra");
    struct site_frame_text f = { .line = 0 };
    uint32_t object;

    if (!at)
        return 0;
    object = import_find(&m->o, OBJ_NONE, at);
    if (object)
        return import_object(m, object)->site;
    object = import_begin(m, OBJ_NONE, at);
    import_object(m, object)->site = (uint32_t)++m->sites;
    snprintf(f.file, sizeof(f.file), "%s", m->driver);
    if (!function_name(m, at, f.function, sizeof(f.function)))
        snprintf(f.function, sizeof(f.function), "%c0x%" PRIx64, at < m->base ? '-' : '+',
                 at < m->base ? m->base - at : at - m->base);
    return site_add_text(m->depot, (uint32_t)m->sites, &f, 1);
}

bool import_call_of(const struct import_model *m, const struct import_line *l, size_t *call)
{
    uint32_t number = (uint32_t)import_value(l, "of");
    size_t low = 0, high = m->c->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (import_at(m, middle)->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    *call = low;
    return import_has(l, "of") && low < m->c->count && import_at(m, low)->number == number &&
           (import_at(m, low)->kind == 'c' || import_at(m, low)->kind == 'b');
}

struct import_pending *import_pending(struct import_model *m, uint64_t thread)
{
    struct import_pending *p;

    for (unsigned i = 0; i < PENDING_MAX; i++)
        if (m->pending[i].thread == thread)
            return &m->pending[i];
    p = &m->pending[m->last_pending++ % PENDING_MAX];
    p->thread = thread;
    p->chain_count = 0;
    p->element_count = 0;
    p->inside_count = 0;
    return p;
}

static void clock_set(struct import_model *m, const struct import_line *l)
{
    uint64_t first = import_at(m, m->first_time_line)->time, ticks = l->time - first, ns;

    if (l->time < first)
        ticks = 0;
    ns = ticks / m->hz * NS_PER_S + ticks % m->hz * NS_PER_S / m->hz;
    if (ns > m->trace.ns)
        m->trace.ns = ns;
}

/* --- lines that are told beforehand --- */

static void chain_take(struct import_model *m, const struct import_line *l)
{
    struct import_pending *p = import_pending(m, l->thread);
    uint64_t first = import_value(l, "first");

    if (p->chain_of != first)
        p->chain_count = 0;
    p->chain_of = first;
    if (p->chain_count < CHAIN_MAX - 1)
        p->chain[p->chain_count++] =
            (struct import_mdl) { import_value(l, "mdl"), import_value(l, "mva"),
                                  import_value(l, "mlen"), (uint32_t)import_value(l, "mfl") };
}

static void elements_take(struct import_model *m, const struct import_line *l)
{
    struct import_pending *p = import_pending(m, l->thread);
    uint64_t ba, bytes;
    size_t at = 0;

    if (p->list != import_value(l, "sgl") || !import_value(l, "at"))
        p->element_count = 0;
    p->list = import_value(l, "sgl");
    p->elements_said = import_value(l, "n");
    while (import_element(l, &at, &ba, &bytes)) {
        if (p->element_count + 2 > p->element_capacity) {
            p->element_capacity = p->element_capacity * 2 + 32;
            p->elements = realloc(p->elements, p->element_capacity * sizeof(*p->elements));
            must(p->elements);
        }
        p->elements[p->element_count++] = ba;
        p->elements[p->element_count++] = bytes;
    }
}

static void information(struct import_model *m, const struct import_line *l)
{
    uint64_t number = import_value(l, "a");

    if (!strcmp(l->name, "attach") && number) {
        m->trace.site = import_site(m, l);
        m->quiet = false;
        import_adapter_begin(m, number, m->line + 1, (uint32_t)import_value(l, "n"));
    } else if (!strcmp(l->name, "detach")) {
        m->detached = true;
    } else if (!strcmp(l->name, "stop")) {
        m->ends = true;
    }
}

/* --- a pass --- */

static bool is_framework(const struct import_line *l) { return !strncmp(l->name, "Wdf", 3); }

/* Before a call: whom it comes from. */
static uint32_t site_of_call(struct import_model *m, const struct import_line *l)
{
    struct import_pending *p = import_pending(m, l->thread);

    if (!is_framework(l))
        return p->inside_count ? p->inside[p->inside_count - 1].site : import_site(m, l);
    if (p->inside_count < INSIDE_MAX)
        p->inside[p->inside_count++] = (struct import_inside) { l->number, import_site(m, l) };
    return import_site(m, l);
}

/* After one: it and whatever was left open in it. */
static void inside_end(struct import_model *m, const struct import_line *l)
{
    struct import_pending *p = import_pending(m, l->thread);

    for (unsigned i = 0; i < p->inside_count; i++)
        if (p->inside[i].number == (uint32_t)import_value(l, "of"))
            p->inside_count = i;
}

/* Functions that answer nothing: that they returned is all that a missing line could have said. */
static bool answers_nothing(const struct import_line *l)
{
    int api = l->kind == 'c' ? api_of(l->name) : 0;

    return api == API_PutDmaAdapter || api == API_FreeCommonBuffer ||
           api == API_FreeAdapterChannel || api == API_FreeMapRegisters ||
           api == API_PutScatterGatherList || api == API_FreeAdapterObject ||
           api == API_FreeCommonBufferVector || api == API_FreeCommonBufferFromVector;
}

static void one_call(struct import_model *m, const struct import_line *l)
{
    int api = api_of(l->name);
    bool begins = l->kind == 'c' || l->kind == 'b';
    size_t call = m->line;
    struct handlers h;

    if (api <= 0)
        return; /* a newer recorder's */
    h = handlers_of((enum api)api);
    if (l->kind != 'c' && !import_call_of(m, l, &call) && !begins)
        return; /* the end of what is missing */
    if (l->kind == 'b')
        m->trace.site = import_call_of(m, l, &call) ? m->calls[call].site : 0;
    else if (begins)
        m->trace.site = m->calls[call].site = site_of_call(m, l);
    else
        m->trace.site = m->calls[call].site;
    if (l->kind == 'r')
        inside_end(m, l);
    if (begins)
        call = m->line;
    if (m->learning && !begins)
        m->calls[call].back = m->line + 1;
    m->quiet = m->calls[call].dropped;
    (begins ? h.call : h.back)(m, l, call, (enum api)api);
    if (begins && !m->calls[call].back && answers_nothing(l))
        h.back(m, l, call, (enum api)api);
}

static void pass(struct import_model *m)
{
    for (m->line = 0; m->line < m->c->count; m->line++) {
        const struct import_line *l = import_at(m, m->line);

        clock_set(m, l);
        m->trace.site = 0;
        m->trace.agent = agent_of(m, l->thread);
        m->trace.cpu = (uint8_t)(l->cpu > 254 ? 254 : l->cpu);
        m->trace.irql = l->irql;
        m->quiet = false;
        if (l->kind == 'm')
            chain_take(m, l);
        else if (l->kind == 'g')
            elements_take(m, l);
        else if (l->kind == 'i')
            information(m, l);
        else if (strchr("crbe", l->kind))
            one_call(m, l);
    }
    m->line = m->c->count - 1;
}

/* --- what the missing lines make unsure --- */

static bool is_unsure(struct import_model *m, uint32_t index)
{
    const struct import_object *x = import_object(m, index);
    size_t last = m->c->count - 1, until = x->live ? last : x->died;

    if (x->stranger)
        return true;
    switch (OBJ_TYPE(x->id)) {
    case OBJ_SGL:
    case OBJ_COMMON:
    case OBJ_VECTOR:
    case OBJ_CHANNEL:
        return (x->live && import_gap(m->c, x->born, last)) ||
               (x->channel && m->unsure[x->channel]) || (x->context && m->unsure[x->context]);
    case OBJ_MAPREG:
        return import_gap(m->c, x->born, until) || (x->channel && m->unsure[x->channel]) ||
               (x->context && m->unsure[x->context]);
    case OBJ_CONTEXT:
        return import_gap(m->c, x->born, x->touched);
    default:
        return false;
    }
}

/* A request whose callback may be among the missing lines: whether it is granted yet nobody knows. */
static bool is_open_request(const struct import_model *m, size_t i)
{
    const struct import_call *c = &m->calls[i];

    return c->wants_callback && !c->granted && import_gap(m->c, i, m->c->count - 1);
}

static bool is_dropped(const struct import_model *m, size_t i)
{
    const struct import_call *c = &m->calls[i];
    size_t call;

    for (unsigned a = 0; a < c->about_count; a++)
        if (m->unsure[c->about[a]])
            return true;
    if (!c->back && !answers_nothing(import_at(m, i)) && import_gap(m->c, i, m->c->count - 1))
        return true;
    if (is_open_request(m, i))
        return true;
    if (c->callback && m->calls[c->callback].dropped)
        return true;
    return import_at(m, i)->kind == 'b' &&
           (!import_call_of(m, import_at(m, i), &call) || m->calls[call].dropped);
}

/* Channels and contexts come before what hangs from them: so it is asked until nothing changes. */
static void decide(struct import_model *m)
{
    bool changed = true;

    m->unsure = calloc(m->o.count, sizeof(*m->unsure));
    must(m->unsure);
    while (changed) {
        changed = false;
        for (uint32_t i = 1; i < m->o.count; i++)
            if (!m->unsure[i] && is_unsure(m, i))
                m->unsure[i] = changed = true;
    }
    for (uint32_t i = 1; i < m->o.count; i++)
        m->unsure_count += m->unsure[i];
    for (changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < m->c->count; i++)
            if (strchr("cb", import_at(m, i)->kind) && !m->calls[i].dropped && is_dropped(m, i))
                m->calls[i].dropped = changed = true;
    }
    for (size_t i = 0; i < m->c->count; i++)
        m->calls_dropped += m->calls[i].dropped;
}

/* What is known from a line that stands anywhere: a dump repeats it, as its beginning may be lost. */
static void read_state(struct import_model *m)
{
    snprintf(m->driver, sizeof(m->driver), "driver");
    m->remapped = -1;
    m->hz = 0;
    for (size_t i = 0; i < m->c->count; i++) {
        const struct import_line *l = import_at(m, i);

        if (l->kind != 'i' || (strcmp(l->name, "start") && strcmp(l->name, "state")))
            continue;
        import_word(l, "name", m->driver, sizeof(m->driver));
        m->hz = import_value(l, "hz");
        m->anchor = import_value(l, "at");
        m->base = import_value(l, "base") ? import_value(l, "base") : import_value(l, "at");
        m->coherent = import_value(l, "coherent") != 0;
        if (import_has(l, "remapped"))
            m->remapped = import_value(l, "remapped") != 0;
    }
    if (!m->hz)
        m->hz = HZ_USUAL;
}

/* The first line may be one that a slow processor wrote: the earliest time counts. */
static void read_clock(struct import_model *m)
{
    for (size_t i = 1; i < m->c->count; i++)
        if (import_at(m, i)->time < import_at(m, m->first_time_line)->time)
            m->first_time_line = i;
}

void import_model_create(struct import_model *m, const struct import_capture *c,
                         struct site_depot *depot)
{
    memset(m, 0, sizeof(*m));
    m->c = c;
    m->depot = depot;
    m->calls = calloc(c->count, sizeof(*m->calls));
    must(m->calls);
    import_objects_create(&m->o);
    trace_init(&m->trace, depot);
    read_state(m);
    read_clock(m);
}

void import_model_learn(struct import_model *m)
{
    m->learning = true;
    pass(m);
    decide(m);
    m->learning = false;
}

static void forget(struct import_model *m)
{
    import_objects_destroy(&m->o);
    import_objects_create(&m->o);
    m->sites = m->undescribed = 0;
    m->trace.ns = 0;
    for (unsigned i = 0; i < PENDING_MAX; i++)
        m->pending[i].chain_count = m->pending[i].inside_count = 0, m->pending[i].element_count = 0;
}

/* Whether all that was recorded has come to its end: then what is still held is a leak. */
static bool end_is_known(struct import_model *m)
{
    if (!m->ends || m->detached)
        return false;
    for (uint32_t i = 1; i < m->o.count; i++)
        if (OBJ_TYPE(m->o.at[i].id) == OBJ_ADAPTER && m->o.at[i].live &&
            import_gap(m->c, m->o.at[i].born, m->line))
            return false;
    return true;
}

void import_model_say(struct import_model *m)
{
    forget(m);
    pass(m);
    m->trace.site = 0;
    m->quiet = false;
    if (end_is_known(m))
        import_say(m, EV_PHASE, API_NONE, 0, PHASE_UNLOAD, 0, 0, 0);
}

void import_model_destroy(struct import_model *m)
{
    import_objects_destroy(&m->o);
    free(m->calls);
    free(m->unsure);
    for (unsigned i = 0; i < PENDING_MAX; i++)
        free(m->pending[i].elements);
}
