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

/* --- from a word to its number --- */

#define SLOTS 2048u
_Static_assert(API_COUNT * 2 < SLOTS, "room between the words");

struct words { /* open addressing; made at the first question */
    const char *(*word)(unsigned);
    unsigned count;
    bool made;
    uint16_t slots[SLOTS]; /* number + 1 */
};

static unsigned slot_of(const char *word, size_t bytes)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    return (hash ^ hash >> 15) % SLOTS;
}

static void words_make(struct words *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        unsigned slot = slot_of(w->word(i), strlen(w->word(i)));

        while (w->slots[slot])
            slot = (slot + 1) % SLOTS;
        w->slots[slot] = (uint16_t)(i + 1);
    }
    w->made = true;
}

static int words_find(struct words *w, const char *text, size_t bytes)
{
    unsigned slot = slot_of(text, bytes);

    if (!w->made)
        words_make(w);
    for (; w->slots[slot]; slot = (slot + 1) % SLOTS) {
        const char *word = w->word(w->slots[slot] - 1u);

        if (strlen(word) == bytes && memcmp(word, text, bytes) == 0)
            return w->slots[slot] - 1;
    }
    return -1;
}

int event_kind_of_bytes(const char *word, size_t bytes)
{
    static struct words kinds_by_word = { event_word, EV_COUNT, false, { 0 } };

    return words_find(&kinds_by_word, word, bytes);
}

int object_type_of_bytes(const char *word, size_t bytes)
{
    static struct words objects_by_word = { object_word, OBJ_COUNT, false, { 0 } };

    return words_find(&objects_by_word, word, bytes);
}

int api_of_bytes(const char *name, size_t bytes)
{
    static struct words apis_by_name = { api_name, API_COUNT, false, { 0 } };

    return words_find(&apis_by_name, name, bytes);
}

int event_kind_of(const char *word) { return event_kind_of_bytes(word, strlen(word)); }
int object_type_of(const char *word) { return object_type_of_bytes(word, strlen(word)); }
int api_of(const char *name) { return api_of_bytes(name, strlen(name)); }

const char *object_word(unsigned type) { return type < OBJ_COUNT ? objects[type] : NULL; }

const char *api_name(unsigned api) { return api < API_COUNT ? apis[api].name : NULL; }

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
