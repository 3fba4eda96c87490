/*
 * Gathering operations out of events (trace_ops.h).
 */
#include "reports/trace_ops.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/rng.h"

#define DEPTH_MAX 16
#define MAJOR_IOCTL 14

/* What is under way while events are read. */
struct gather {
    struct trace_ops *o;
    struct trace_map request_of; /* index + 1 of its operation, by IRP */
    struct trace_map stream_of;  /* index + 1, by agent */
    struct trace_map last_of;    /* index + 1 of the last operation of a stream */
    struct trace_map calls_of;   /* index + 1 in open, by agent */
    struct open_calls {
        uint32_t depth;
        size_t op[DEPTH_MAX]; /* index + 1; 0: a call that is no operation */
        uint16_t api[DEPTH_MAX];
    } * open;
    size_t open_count, open_room;
    size_t next_input; /* in the trace's inputs */
    uint64_t code;     /* of the I/O control that is about to be sent */
};

static bool is_dma_call(uint16_t api)
{
    static const bool of_dma[API_COUNT] = {
#define API(name, irql_min, irql_max, cost_ns, page) [API_##name] = true,
#include "trace/api_dma.def"
#undef API
    };
    const char *name = api_name(api);

    return of_dma[api] || !strncmp(name, "WdfDma", 6) || !strncmp(name, "WdfCommonBuffer", 15);
}

/* --- streams --- */

static void stream_name(const struct gather *g, uint16_t agent, char *out, size_t size)
{
    char name[32];
    unsigned cpu, same = 1, n = 0;

    trace_agent_text(&g->o->names, agent, name, sizeof name);
    if (sscanf(name, "cpu%u/%n", &cpu, (int *)&n) == 1 && n && name[n]) {
        snprintf(out, size, "%s", name + n);
        return;
    }
    snprintf(out, size, "%s", name);
    for (bool taken = true; taken;) {
        taken = false;
        for (uint32_t i = 0; i < g->o->stream_count; i++)
            taken = taken || !strcmp(g->o->streams[i], out);
        if (taken)
            snprintf(out, size, "%.30s(%u)", name, ++same);
    }
}

static uint32_t stream_of(struct gather *g, uint16_t agent)
{
    uint64_t *known = trace_map_at(&g->stream_of, agent);
    char name[sizeof g->o->streams[0]];
    uint32_t i = 0;

    if (*known)
        return (uint32_t)*known - 1;
    stream_name(g, agent, name, sizeof name);
    while (i < g->o->stream_count && strcmp(g->o->streams[i], name))
        i++;
    if (i == OP_STREAMS_MAX)
        i--; /* the last one takes all that are left */
    if (i == g->o->stream_count)
        snprintf(g->o->streams[g->o->stream_count++], sizeof name, "%s", name);
    *known = i + 1;
    return i;
}

/* --- operations --- */

static struct trace_op *op_add(struct gather *g, const struct event *e, enum trace_op_kind kind)
{
    struct trace_ops *o = g->o;
    struct trace_op *op;

    if (o->count == o->room) {
        o->room = o->room * 2 + 1024;
        o->ops = realloc(o->ops, o->room * sizeof *o->ops);
        must(o->ops);
    }
    op = &o->ops[o->count++];
    *op = (struct trace_op) { .kind = (uint8_t)kind,
                              .stream = stream_of(g, e->agent),
                              .event = (size_t)(e - o->trace->events),
                              .end = OP_NO_EVENT };
    *trace_map_at(&g->last_of, op->stream) = o->count;
    return op;
}

static uint64_t mixed(uint64_t hash, uint64_t v) { return rng_mix(hash * 31 + rng_mix(v)); }

static void take_argument(struct trace_op *op, const struct trace_arg *a, bool result)
{
    switch (a->type) {
    case ARG_DIR_LENGTH:
        op->has_direction = op->has_length = true;
        op->to_device = a->value & EVENT_TO_DEVICE;
        op->length_bytes = EVENT_LENGTH(a->value);
        break;
    case ARG_TO_DEVICE:
        op->has_direction = true;
        op->to_device = a->value != 0;
        break;
    case ARG_STATUS:
        op->has_status = true;
        op->status = (uint32_t)a->value;
        break;
    case ARG_GUESS: /* of a function without a row: a failure is known on sight */
        if (result && a->value >= 0xC0000000u && a->value <= UINT32_MAX) {
            op->has_status = true;
            op->status = (uint32_t)a->value;
        }
        break;
    case ARG_BYTES:
        if (!result && !strcmp(a->label, "length")) {
            op->has_length = true;
            op->length_bytes = a->value;
            break;
        }
        /* fall through */
    case ARG_NUMBER:
    case ARG_YES:
    case ARG_HEX:
    case ARG_ACTION:
        op->others = mixed(op->others, a->value + (result ? 1000003 : 0));
        break;
    default:
        break; /* objects and addresses shift */
    }
}

static void take_arguments(struct trace_op *op, const struct event *e, bool result)
{
    struct trace_arg args[TRACE_ARGS_MAX];
    unsigned n = trace_args(e, 0, args);

    for (unsigned i = 0; i < n; i++)
        take_argument(op, &args[i], result);
}

/* --- calls --- */

static struct open_calls *calls_of(struct gather *g, uint16_t agent)
{
    uint64_t *known = trace_map_at(&g->calls_of, agent);

    if (!*known) {
        if (g->open_count == g->open_room) {
            g->open_room = g->open_room * 2 + 16;
            g->open = realloc(g->open, g->open_room * sizeof *g->open);
            must(g->open);
        }
        memset(&g->open[g->open_count], 0, sizeof *g->open);
        *known = ++g->open_count;
    }
    return &g->open[*known - 1];
}

static void call_begins(struct gather *g, const struct event *e)
{
    size_t op = 0;
    struct open_calls *c;

    if (is_dma_call(e->api)) {
        take_arguments(op_add(g, e, OP_CALL), e, false);
        op = g->o->count;
    }
    c = calls_of(g, e->agent);
    if (c->depth < DEPTH_MAX) {
        c->op[c->depth] = op;
        c->api[c->depth++] = e->api;
    }
}

/* A call that did not come back (a bug check, an exception) is passed over. */
static void call_ends(struct gather *g, const struct event *e)
{
    struct open_calls *c = calls_of(g, e->agent);
    uint32_t at = c->depth;

    while (at > 0 && c->api[at - 1] != e->api)
        at--;
    if (!at)
        return;
    c->depth = at - 1;
    if (!c->op[at - 1])
        return;
    g->o->ops[c->op[at - 1] - 1].end = (size_t)(e - g->o->trace->events);
    take_arguments(&g->o->ops[c->op[at - 1] - 1], e, true);
}

/* --- requests --- */

/* The control code stands in the input's line, which belongs to the event just before it. */
static void input_comes(struct gather *g, const struct event *e)
{
    const struct trace_lines *in = &g->o->trace->inputs;
    size_t events = (size_t)(e - g->o->trace->events) + 1;
    json_t *o;
    const char *code;

    g->code = 0;
    while (g->next_input < in->count && in->event[g->next_input] < events)
        g->next_input++;
    if (g->next_input == in->count || in->event[g->next_input] != events ||
        !strstr(in->at[g->next_input], "\"code\""))
        return;
    o = json_loads(in->at[g->next_input], 0, NULL);
    code = json_string_value(json_object_get(o, "code"));
    g->code = code ? strtoull(code, NULL, 16) : 0;
    json_decref(o);
}

static void request_begins(struct gather *g, const struct event *e)
{
    uint64_t known = trace_map_get(&g->request_of, e->obj);
    struct trace_op *op;

    if (known && g->o->ops[known - 1].end == OP_NO_EVENT)
        return; /* given down a stack */
    op = op_add(g, e, OP_REQUEST);
    op->has_length = true;
    op->length_bytes = e->a[1];
    if (e->a[0] >> 8 == MAJOR_IOCTL) {
        op->code = g->code;
        g->code = 0;
    }
    *trace_map_at(&g->request_of, e->obj) = g->o->count;
}

static void request_ends(struct gather *g, const struct event *e)
{
    uint64_t known = trace_map_get(&g->request_of, e->obj);
    struct trace_op *op = known ? &g->o->ops[known - 1] : NULL;

    if (!op || op->end != OP_NO_EVENT)
        return;
    op->end = (size_t)(e - g->o->trace->events);
    op->has_status = true;
    op->status = (uint32_t)e->a[0];
    if (e->a[1] <= UINT32_MAX) /* else a pointer's name */
        op->others = mixed(op->others, e->a[1]);
}

/* --- the rest --- */

/* The runs of a buffer are one operation: into how many it falls is the machine's. */
static void run_is_mapped(struct gather *g, const struct event *e)
{
    uint64_t last = trace_map_get(&g->last_of, stream_of(g, e->agent));
    struct trace_op *op = last ? &g->o->ops[last - 1] : NULL;
    bool to_device = e->a[1] & EVENT_TO_DEVICE;

    if (!op || op->kind != OP_MAP || op->to_device != to_device ||
        g->o->trace->events[op->event].obj != e->obj) {
        op = op_add(g, e, OP_MAP);
        op->has_direction = op->has_length = true;
        op->to_device = to_device;
    }
    op->length_bytes += EVENT_LENGTH(e->a[1]);
    op->bounced = op->bounced || e->a[1] & EVENT_BOUNCED;
}

static bool is_trouble(const struct event *e, uint64_t *which)
{
    switch (e->kind) {
    case EV_BUGCHECK:
    case EV_EXCEPTION:
    case EV_STUCK:
    case EV_DMA_REFUSED:
        *which = e->a[0];
        return true;
    case EV_DEV_FAULT:
        *which = (uint32_t)e->a[2];
        return true;
    default:
        return false;
    }
}

static void gather_event(struct gather *g, const struct event *e)
{
    uint64_t which;

    switch (e->kind) {
    case EV_CALL:
        call_begins(g, e);
        break;
    case EV_RETURN:
        call_ends(g, e);
        break;
    case EV_INPUT:
        input_comes(g, e);
        break;
    case EV_IRP:
        request_begins(g, e);
        break;
    case EV_IRP_END:
        request_ends(g, e);
        break;
    case EV_MAP:
        run_is_mapped(g, e);
        break;
    default:
        if (is_trouble(e, &which))
            op_add(g, e, OP_TROUBLE)->code = which;
    }
}

static void name_op(const struct trace_ops *o, struct trace_op *op)
{
    const struct event *e = &o->trace->events[op->event];
    uint64_t h = mixed(op->kind, op->kind == OP_CALL ? e->api : e->kind);

    h = mixed(h, op->code);
    if (op->kind == OP_REQUEST)
        h = mixed(h, e->a[0]);
    op->weak = h;
    h = mixed(h, (uint64_t)op->has_direction << 2 | op->to_device << 1 | op->bounced);
    h = mixed(h, op->has_length ? op->length_bytes : UINT64_MAX);
    h = mixed(h, op->has_status ? op->status : UINT64_MAX);
    op->strong = mixed(mixed(h, op->others), op->end == OP_NO_EVENT);
}

void trace_ops_make(struct trace_ops *o, const struct trace_loaded *t)
{
    struct gather g = { .o = o };

    memset(o, 0, sizeof *o);
    o->trace = t;
    trace_names_init(&o->names, t->reader);
    for (size_t i = 0; i < t->event_count; i++)
        gather_event(&g, &t->events[i]);
    for (size_t i = 0; i < o->count; i++)
        name_op(o, &o->ops[i]);
    trace_map_free(&g.request_of);
    trace_map_free(&g.stream_of);
    trace_map_free(&g.last_of);
    trace_map_free(&g.calls_of);
    free(g.open);
}

void trace_ops_free(struct trace_ops *o) { free(o->ops); }

/* --- words --- */

/* What else a call was given or gave, but what its operation says already. */
static size_t put_others(const struct trace_ops *o, const struct event *e, bool result, char *out,
                         size_t size)
{
    struct trace_arg args[TRACE_ARGS_MAX];
    unsigned n = trace_args(e, 0, args);
    size_t used = 0;

    for (unsigned i = 0; i < n && used + 1 < size; i++) {
        char text[160];
        enum trace_arg_type type = args[i].type;

        if (type != ARG_BYTES && type != ARG_NUMBER && type != ARG_YES && type != ARG_HEX &&
            type != ARG_ACTION)
            continue;
        if (!result && type == ARG_BYTES && !strcmp(args[i].label, "length"))
            continue;
        trace_arg_text(&o->names, &args[i], text, sizeof text);
        used += (size_t)snprintf(out + used, size - used, " %s", text);
    }
    return used < size ? used : size - 1;
}

static void what_text(const struct trace_ops *o, const struct trace_op *op, char *out, size_t size)
{
    const struct event *e = &o->trace->events[op->event];
    const char *word = trace_major_word((unsigned)(e->a[0] >> 8 & 0xff));
    char which[64] = "";

    if (op->kind == OP_CALL) {
        snprintf(out, size, "%s", api_name(e->api));
    } else if (op->kind == OP_REQUEST) {
        if (op->code)
            snprintf(which, sizeof which, " 0x%" PRIx64, op->code);
        else if (e->a[0] & 0xff)
            snprintf(which, sizeof which, " minor %u", (unsigned)(e->a[0] & 0xff));
        snprintf(out, size, "request %s%s", word ? word : "?", which);
    } else if (op->kind == OP_TROUBLE && e->kind != EV_STUCK) {
        snprintf(out, size, "%s 0x%" PRIx64, event_word(e->kind), op->code);
    } else {
        snprintf(out, size, "%s", event_word(e->kind));
    }
}

void trace_op_text(const struct trace_ops *o, const struct trace_op *op, char *out, size_t size)
{
    const struct event *end = op->end == OP_NO_EVENT ? NULL : &o->trace->events[op->end];
    char what[64], amount[48] = "", others[128] = "", results[128] = "", status[64] = "";

    what_text(o, op, what, sizeof what);
    if (op->has_length && (op->length_bytes || op->has_direction))
        snprintf(amount, sizeof amount, " %" PRIu64 " bytes", op->length_bytes);
    if (op->kind == OP_CALL)
        put_others(o, &o->trace->events[op->event], false, others, sizeof others);
    if (op->kind == OP_CALL && end)
        put_others(o, end, true, results, sizeof results);
    else if (op->kind == OP_REQUEST && end && end->a[1] && end->a[1] <= UINT32_MAX)
        snprintf(results, sizeof results, " %" PRIu64, end->a[1]);
    if (op->has_status)
        trace_status_text(op->status, status, sizeof status);
    snprintf(out, size, "%s%s%s%s%s%s%s%s%s", what, amount,
             !op->has_direction ? ""
             : op->to_device    ? " to the device"
                                : " from the device",
             op->bounced ? " bounced" : "", others, op->has_status || *results ? " ->" : "",
             op->has_status ? " " : "", status, results);
    if (!end && (op->kind == OP_REQUEST || op->kind == OP_CALL))
        snprintf(out + strlen(out), size - strlen(out), "%s",
                 op->kind == OP_REQUEST ? " -> never completed" : " -> does not return");
}
