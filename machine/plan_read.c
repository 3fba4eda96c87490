/*
 * Making a plan of a recorded run: its input lines, one by one, and its fault events.
 */
#include "machine/plan_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "machine/input.h"
#include "machine/plan_fields.h"
#include "sim/core/fault.h"

/* A plan with everything that it points to. */
struct plan_made {
    struct dm_plan plan;
    struct dm_plan_op *ops;
    struct dm_plan_buffer *buffers;
    size_t op_room, buffer_room;
    void **owned;
    size_t owned_count, owned_room;
    char scenario[64], devices[RECORD_DEVICES_MAX];
};

/* What a line of each kind says where: names of fields, NULL for none. */
static const struct shape {
    const char *id, *on, *a, *b, *name;
} shapes[DM_OP_COUNT] = {
    [DM_OP_OPEN] = { .id = "file", .a = "access" },
    [DM_OP_CLOSE] = { .on = "file" },
    [DM_OP_READ] = { .id = "index", .on = "file", .a = "offset" },
    [DM_OP_WRITE] = { .id = "index", .on = "file", .a = "offset" },
    [DM_OP_IOCTL] = { .id = "index", .on = "file", .a = "code" },
    [DM_OP_CANCEL] = { .on = "request" },
    [DM_OP_PLUG] = { .id = "device_index", .name = "model" },
    [DM_OP_START] = { .on = "device_index" },
    [DM_OP_STOP] = { .on = "device_index" },
    [DM_OP_REMOVE] = { .on = "device_index" },
    [DM_OP_SURPRISE] = { .on = "device_index" },
    [DM_OP_POWER] = { .on = "device_index", .a = "state" },
    [DM_OP_REGISTRY] = { .on = "device_index", .a = "value", .name = "name" },
    [DM_OP_SYSTEM_POWER] = { .a = "state" },
    [DM_OP_ALLOC] = { .id = "alloc", .a = "bytes", .b = "offset" },
    [DM_OP_FREE] = { .on = "alloc" },
    [DM_OP_WAIT] = { .on = "request" },
    [DM_OP_SETTLED] = { .on = "request" },
    [DM_OP_RELEASE] = { .on = "request" },
    [DM_OP_THREAD] = { .id = "which" },
    [DM_OP_JOIN] = { .on = "which" },
    [DM_OP_SLEEP] = { .a = "ns" },
    [DM_OP_CHOOSE] = { .a = "bound" },
    [DM_OP_FILE] = { .name = "name" },
};

static void *grown(void *p, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return p;
    *room = *room * 2 + 64;
    p = realloc(p, *room * size);
    must(p);
    return p;
}

static void *own(struct plan_made *p, void *what)
{
    if (!what)
        return NULL;
    p->owned = grown(p->owned, p->owned_count, &p->owned_room, sizeof(*p->owned));
    return p->owned[p->owned_count++] = what;
}

static struct dm_plan_buffer *buffer_add(struct plan_made *p, struct dm_plan_op *op)
{
    p->buffers = grown(p->buffers, p->plan.buffer_count, &p->buffer_room, sizeof(*p->buffers));
    op->buffer_count++;
    return &p->buffers[p->plan.buffer_count++];
}

/* --- lines --- */

/* A request's number is one more than its index, so that none is 0. */
static uint32_t number_for(const char *field, uint64_t value)
{
    return (uint32_t)value + (!strcmp(field, "index") || !strcmp(field, "request"));
}

static bool take_plain(struct plan_made *p, struct fields *f, struct dm_plan_op *op)
{
    const struct shape *s = &shapes[op->kind];
    uint64_t id = 0, on = 0, thread = 0, most = UINT32_MAX - 1;

    if (!fields_number(f, "thread", RUN_THREADS_MAX - 1, &thread) ||
        (s->id && !fields_number(f, s->id, most, &id)) ||
        (s->on && !fields_number(f, s->on, most, &on)) ||
        (s->a && !fields_number(f, s->a, UINT64_MAX, &op->a)) ||
        (s->b && !fields_number(f, s->b, UINT64_MAX, &op->b)))
        return false;
    op->thread = (uint16_t)thread;
    op->id = s->id ? number_for(s->id, id) : 0;
    op->on = s->on ? number_for(s->on, on) : 0;
    return !s->name || (op->name = own(p, fields_text(f, s->name)));
}

/* By name, or one of the driver's own, or a device of the run. */
static bool take_open(struct plan_made *p, struct fields *f, struct dm_plan_op *op)
{
    uint64_t n;

    if (fields_has(f, "name"))
        return (op->name = own(p, fields_text(f, "name")));
    if (fields_has(f, "own")) {
        if (!fields_number(f, "own", UINT32_MAX - 1, &n))
            return false;
        op->b = n + 1;
        return true;
    }
    if (!fields_number(f, "device_index", UINT32_MAX, &n))
        return false;
    op->on = (uint32_t)n;
    return true;
}

static bool take_buffer(struct plan_made *p, struct fields *f, const json_t *o, const char *name,
                        uint64_t bytes, struct dm_plan_op *op)
{
    uint8_t *data;
    bool ok = fields_buffer(f, o, name, bytes, buffer_add(p, op), &data);

    own(p, data);
    return ok;
}

static bool take_pieces(struct plan_made *p, struct fields *f, struct dm_plan_op *op)
{
    const json_t *list = json_object_get(f->o, "pieces");

    op->b = 1;
    if (!json_is_array(list))
        return fields_expected(f, "an array in \"pieces\"");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        json_int_t bytes = json_integer_value(json_object_get(one, "bytes"));

        if (!json_is_integer(json_object_get(one, "bytes")) || bytes < 0 || bytes > UINT32_MAX)
            return fields_expected(f, "a number in each piece's \"bytes\"");
        if (!take_buffer(p, f, one, "data", (uint64_t)bytes, op))
            return false;
    }
    return true;
}

static bool take_request(struct plan_made *p, struct fields *f, struct dm_plan_op *op)
{
    uint64_t bytes, in_bytes;

    if (op->kind != DM_OP_IOCTL && fields_has(f, "pieces"))
        return take_pieces(p, f, op);
    if (!fields_number(f, "bytes", UINT32_MAX, &bytes))
        return false;
    if (op->kind != DM_OP_IOCTL)
        return take_buffer(p, f, f->o, "data", bytes, op);
    return fields_number(f, "in_bytes", UINT32_MAX, &in_bytes) &&
           take_buffer(p, f, f->o, "in", in_bytes, op) && take_buffer(p, f, f->o, "out", bytes, op);
}

static bool take_file(struct plan_made *p, struct fields *f, struct dm_plan_op *op)
{
    struct dm_plan_buffer *b = buffer_add(p, op);
    uint64_t bytes;

    if (!fields_number(f, "bytes", UINT32_MAX, &bytes))
        return false;
    *b = (struct dm_plan_buffer) { .place = DM_PLACE_NULL,
                                   .content = DM_CONTENT_BYTES,
                                   .bytes = bytes,
                                   .data = own(p, fields_data(f, "data", bytes)) };
    return b->data != NULL;
}

static bool take_op(struct plan_made *p, struct fields *f, int kind)
{
    struct dm_plan_op op = { .kind = (uint16_t)kind,
                             .buffer_first = (uint32_t)p->plan.buffer_count };
    bool ok = take_plain(p, f, &op);

    if (ok && kind == DM_OP_OPEN)
        ok = take_open(p, f, &op);
    else if (ok && (kind == DM_OP_READ || kind == DM_OP_WRITE || kind == DM_OP_IOCTL))
        ok = take_request(p, f, &op);
    else if (ok && kind == DM_OP_FILE)
        ok = take_file(p, f, &op);
    else if (ok && kind == DM_OP_WAIT) {
        op.a = UINT64_MAX;
        ok = !fields_has(f, "timeout_ns") || fields_number(f, "timeout_ns", UINT64_MAX, &op.a);
    }
    p->ops = grown(p->ops, p->plan.op_count, &p->op_room, sizeof(*p->ops));
    p->ops[p->plan.op_count++] = op;
    return ok;
}

static bool take_line(struct plan_made *p, struct fields *f)
{
    char *word = fields_text(f, "op");
    int kind = word ? input_kind_of(word) : -1;
    bool ok = word != NULL;

    if (kind >= 0)
        ok = take_op(p, f, kind);
    else if (word && strcmp(word, "given"))
        ok = fields_expected(f, "a word of trace/inputs.def in \"op\", not \"%.40s\"", word);
    free(word);
    return ok;
}

/* --- the whole --- */

static bool take_faults(struct plan_made *p, const struct trace_loaded *t, struct fields *f)
{
    struct dm_plan_fault *faults = NULL;
    size_t count = 0, room = 0;

    for (size_t i = 0; i < t->event_count; i++) {
        const struct event *e = &t->events[i];

        if (e->kind != EV_FAULT)
            continue;
        if (e->a[0] >= FAULT_COUNT || !e->a[1] || e->a[1] > UINT32_MAX) {
            free(faults);
            snprintf(f->message, f->message_size,
                     "%s: expected a fault point and which chance in event %zu", f->path, i);
            return false;
        }
        faults = grown(faults, count, &room, sizeof(*faults));
        faults[count++] =
            (struct dm_plan_fault) { fault_word((unsigned)e->a[0]), (uint32_t)e->a[1], e->a[2] };
    }
    p->plan.faults = own(p, faults);
    p->plan.fault_count = count;
    return true;
}

struct dm_plan *plan_of_trace(const struct trace_loaded *t, const char *path, char *message,
                              size_t message_size)
{
    struct plan_made *p = calloc(1, sizeof(*p));
    struct fields f = { .path = path, .message = message, .message_size = message_size };
    bool ok = true;

    must(p);
    for (size_t i = 0; i < t->inputs.count && ok; i++) {
        f.line = t->inputs.line[i];
        ok = fields_begin(&f, t->inputs.at[i], t->inputs.bytes[i]) && take_line(p, &f);
        fields_end(&f);
    }
    ok = ok && take_faults(p, t, &f);
    snprintf(p->scenario, sizeof(p->scenario), "%s", t->header->scenario);
    snprintf(p->devices, sizeof(p->devices), "%s", t->header->devices);
    p->plan.scenario = p->scenario;
    p->plan.flags = t->header->scenario_flags;
    p->plan.devices = t->header->has_devices ? p->devices : NULL;
    p->plan.ops = p->ops;
    p->plan.buffers = p->buffers;
    if (ok)
        return &p->plan;
    dm_plan_free(&p->plan);
    return NULL;
}

struct dm_plan *dm_plan_read(const char *trace_path, char *message, size_t message_size)
{
    struct trace_loaded *t = trace_load(trace_path, message, message_size);
    struct dm_plan *p = t ? plan_of_trace(t, trace_path, message, message_size) : NULL;

    if (t)
        trace_load_free(t);
    return p;
}

void dm_plan_free(struct dm_plan *p)
{
    struct plan_made *made = (struct plan_made *)p;

    if (!p)
        return;
    for (size_t i = 0; i < made->owned_count; i++)
        free(made->owned[i]);
    free(made->owned);
    free(made->ops);
    free(made->buffers);
    free(made);
}

/* --- what a run was handed by name --- */

static bool take_given(struct fields *f, struct dm_input *in)
{
    uint64_t bytes;
    uint8_t *data;

    if (!fields_number(f, "bytes", SIZE_MAX, &bytes) || !(in->name = fields_text(f, "name")))
        return false;
    data = fields_data(f, "data", bytes);
    in->bytes = data;
    in->count = bytes;
    return data != NULL;
}

int plan_given(const struct trace_loaded *t, const char *path, struct dm_input **inputs,
               unsigned *count, char *message, size_t message_size)
{
    struct fields f = { .path = path, .message = message, .message_size = message_size };
    size_t room = 0;
    bool ok = true;

    *inputs = NULL;
    *count = 0;
    for (size_t i = 0; i < t->inputs.count && ok; i++) {
        const char *op;

        f.line = t->inputs.line[i];
        ok = fields_begin(&f, t->inputs.at[i], t->inputs.bytes[i]);
        op = json_string_value(json_object_get(f.o, "op"));
        if (ok && op && !strcmp(op, "given")) {
            *inputs = grown(*inputs, *count, &room, sizeof(**inputs));
            (*inputs)[*count] = (struct dm_input) { NULL, NULL, 0 };
            ok = take_given(&f, &(*inputs)[(*count)++]);
        }
        fields_end(&f);
    }
    if (ok)
        return 0;
    plan_given_free(*inputs, *count);
    *inputs = NULL;
    *count = 0;
    return ERR_INVALID;
}

void plan_given_free(struct dm_input *inputs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        free((void *)inputs[i].name);
        free((void *)inputs[i].bytes);
    }
    free(inputs);
}
