/*
 * Looking up what arguments are (trace_arg.h).
 */
#include "reports/trace_arg.h"

#include <string.h>

#define LOW32(v) ((uint32_t)(v))
#define HIGH32(v) ((uint32_t)((v) >> 32))

struct event_row {
    int kind; /* EV_COUNT: any */
    const char *name;
    enum trace_arg_type type;
    const char *label;
};

static const struct event_row event_rows[] = {
#define EVENT_ARG(kind, name, type, label) { kind, name, ARG_##type, label },
#define CALL_ARGS(function, kind, nth, a, b, c, d)
#include "reports/trace_arg.def"
#undef EVENT_ARG
#undef CALL_ARGS
};

struct call_row {
    uint16_t api, kind;
    uint8_t nth;
    struct {
        enum trace_arg_type type;
        const char *label;
    } args[4];
};

static const struct call_row call_rows[] = {
#define A(type, label)                                                                             \
    {                                                                                              \
        ARG_##type, label                                                                          \
    }
#define EVENT_ARG(kind, name, type, label)
#define CALL_ARGS(function, kind, nth, a, b, c, d) { API_##function, kind, nth, { a, b, c, d } },
#include "reports/trace_arg.def"
#undef EVENT_ARG
#undef CALL_ARGS
#undef A
};

static const struct event_row *event_row(unsigned kind, const char *name)
{
    for (size_t i = 0; i < sizeof event_rows / sizeof *event_rows; i++) {
        const struct event_row *r = &event_rows[i];

        if ((r->kind == EV_COUNT || (unsigned)r->kind == kind) && !strcmp(r->name, name))
            return r;
    }
    return NULL;
}

bool trace_arg_known(unsigned kind, unsigned index)
{
    return event_row(kind, event_arg_name(kind, index)) != NULL;
}

/* The rows of each kind's arguments: looked up once. */
static const struct event_row *kind_row(unsigned kind, unsigned index)
{
    static const struct event_row *rows[EV_COUNT][4];
    static const struct event_row guess = { EV_COUNT, "", ARG_GUESS, "?" };

    if (!rows[kind][index]) {
        rows[kind][index] = event_row(kind, event_arg_name(kind, index));
        if (!rows[kind][index])
            rows[kind][index] = &guess;
    }
    return rows[kind][index];
}

/* Calls come in thousands and rows are few: the first row of each function is found once. */
static const struct call_row *call_row(const struct event *e, unsigned nth)
{
    static uint16_t first[API_COUNT];
    static bool made;
    const size_t count = sizeof call_rows / sizeof *call_rows;

    if (!made)
        for (size_t i = count; i-- > 0;)
            first[call_rows[i].api] = (uint16_t)(i + 1);
    made = true;
    if (!first[e->api])
        return NULL;
    for (size_t i = first[e->api] - 1u; i < count && call_rows[i].api == e->api; i++)
        if (call_rows[i].kind == e->kind && (e->kind != EV_ARG || call_rows[i].nth == nth))
            return &call_rows[i];
    return NULL;
}

/* What a function without a row of its own is given may be nothing. */
static bool is_silent(const struct trace_arg *a)
{
    return a->type == ARG_UNUSED || (a->type == ARG_GUESS && !a->value) ||
           (a->type == ARG_OBJECT && !a->value);
}

unsigned trace_args(const struct event *e, unsigned nth, struct trace_arg args[TRACE_ARGS_MAX])
{
    const struct call_row *call = e->api ? call_row(e, nth) : NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < 4; i++) {
        const struct event_row *row = kind_row(e->kind, i);
        struct trace_arg *a = &args[count];

        *a = (struct trace_arg) { row->type, row->label, e->a[i] };
        if (call) {
            a->type = call->args[i].type;
            a->label = call->args[i].label;
        }
        if (a->type == ARG_TEXT) {
            count = 1;
            break;
        }
        if (!is_silent(a))
            count++;
    }
    return count;
}

/* Of a value that is an object as likely as not. */
static uint32_t guessed_object(uint64_t v)
{
    uint32_t id = LOW32(v);

    return v <= UINT32_MAX && OBJ_TYPE(id) > OBJ_NONE && OBJ_TYPE(id) < OBJ_COUNT && OBJ_NUMBER(id)
               ? id
               : 0;
}

static uint32_t object_of(const struct trace_arg *a)
{
    switch (a->type) {
    case ARG_OBJECT:
        return LOW32(a->value);
    case ARG_GUESS:
        return guessed_object(a->value);
    case ARG_OWNER_REASON:
    case ARG_OWNER_CLASS:
        return HIGH32(a->value);
    default:
        return 0;
    }
}

unsigned trace_event_objects(const struct event *e, unsigned nth,
                             uint32_t objects[1 + TRACE_ARGS_MAX])
{
    struct trace_arg args[TRACE_ARGS_MAX];
    unsigned count = 0, n = trace_args(e, nth, args);

    if (OBJ_TYPE(e->obj) != OBJ_NONE)
        objects[count++] = e->obj;
    for (unsigned i = 0; i < n; i++)
        if (object_of(&args[i]))
            objects[count++] = object_of(&args[i]);
    return count;
}

static bool range_of(const struct event *e, enum trace_arg_type type, uint64_t *at, uint64_t *bytes)
{
    struct trace_arg args[TRACE_ARGS_MAX];
    unsigned n = trace_args(e, 1, args);
    bool found = false;

    *bytes = 1;
    for (unsigned i = 0; i < n; i++)
        if (args[i].type == type && !found) {
            *at = args[i].value;
            found = true;
        } else if (args[i].type == ARG_DIR_LENGTH) {
            *bytes = EVENT_LENGTH(args[i].value);
        } else if (args[i].type == ARG_BYTES && !strcmp(args[i].label, "length")) {
            *bytes = args[i].value;
        }
    return found && *at;
}

bool trace_event_bus(const struct event *e, uint64_t *ba, uint64_t *length_bytes)
{
    return range_of(e, ARG_BUS, ba, length_bytes);
}

bool trace_event_va(const struct event *e, uint64_t *va, uint64_t *length_bytes)
{
    return range_of(e, ARG_VA, va, length_bytes);
}

unsigned trace_nth(struct trace_nth *n, const struct event *e)
{
    uint8_t *nth = &n->of[e->agent % sizeof n->of];

    if (e->kind == EV_CALL)
        *nth = 0;
    if (e->kind != EV_ARG)
        return 0;
    if (*nth < 255)
        ++*nth;
    return *nth;
}
