/*
 * The words of the spine, made from the lists: kinds, objects, functions, phases.
 */
#include <string.h>

#include "base/must.h"
#include "trace/event.h"

struct kind_info {
    const char *word;
    const char *arg[4];
};

static const struct kind_info kinds[] = {
#define EVENT(kind, word, a0, a1, a2, a3) { word, { a0, a1, a2, a3 } },
#include "trace/events.def"
#undef EVENT
};

static const char *const objects[] = {
#define OBJECT(type, word) word,
#include "trace/objects.def"
#undef OBJECT
};

static const char *const phases[] = {
#define PHASE(name, word) word,
#include "trace/phases.def"
#undef PHASE
};

static const struct api_info apis[] = {
    { "none", 0, 15, 0, "" },
#define API(name, irql_min, irql_max, cost_ns, page) { #name, irql_min, irql_max, cost_ns, page },
#include "trace/api.def"
#undef API
};

const uint16_t call_cost_ns[API_COUNT] = {
    0,
#define API(name, irql_min, irql_max, cost_ns, page) cost_ns,
#include "trace/api.def"
#undef API
};

const char *event_word(unsigned kind) { return kind < EV_COUNT ? kinds[kind].word : NULL; }

const char *event_arg_name(unsigned kind, unsigned index)
{
    must(index < 4);
    return kind < EV_COUNT ? kinds[kind].arg[index] : NULL;
}

int event_kind_of(const char *word)
{
    for (int i = 0; i < EV_COUNT; i++)
        if (strcmp(kinds[i].word, word) == 0)
            return i;
    return -1;
}

const char *object_word(unsigned type) { return type < OBJ_COUNT ? objects[type] : NULL; }

int object_type_of(const char *word)
{
    for (int i = 0; i < OBJ_COUNT; i++)
        if (strcmp(objects[i], word) == 0)
            return i;
    return -1;
}

const char *api_name(unsigned api) { return api < API_COUNT ? apis[api].name : NULL; }

int api_of(const char *name)
{
    for (int i = 0; i < API_COUNT; i++)
        if (strcmp(apis[i].name, name) == 0)
            return i;
    return -1;
}

const struct api_info *api_info(unsigned api) { return api < API_COUNT ? &apis[api] : NULL; }

const char *phase_word(unsigned phase) { return phase < PHASE_COUNT ? phases[phase] : NULL; }

/* What begins a life is somebody's. */
static bool is_birth(unsigned kind)
{
    return kind == EV_ADAPTER || kind == EV_SGL || kind == EV_MAPREG || kind == EV_COMMON ||
           kind == EV_MDL || kind == EV_IRP || kind == EV_POOL || kind == EV_CONTEXT;
}

bool event_is_valid(const struct event *e)
{
    return e->kind < EV_COUNT && e->api < API_COUNT && OBJ_TYPE(e->obj) < OBJ_COUNT &&
           (e->obj || !is_birth(e->kind));
}
