/*
 * An op as a call of scenario.h, with the contents of its buffers before it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "include/dmacheck/scenario.h"
#include "machine/calls.h"
#include "machine/shrink_private.h"
#include "machine/to_test_private.h"

/* --- payloads --- */

static bool has_bytes(const struct dm_plan_buffer *b)
{
    return b->content == DM_CONTENT_BYTES && b->bytes;
}

/* --- words --- */

struct text {
    char at[160];
};

__attribute__((format(printf, 1, 2))) static struct text text(const char *format, ...)
{
    struct text t;
    va_list args;

    va_start(args, format);
    vsnprintf(t.at, sizeof(t.at), format, args);
    va_end(args);
    return t;
}

/* Small numbers as they are, others as one would write them. */
static struct text number(uint64_t n)
{
    return n < 1u << 20 ? text("%" PRIu64, n) : text("0x%" PRIx64, n);
}

static struct text access_word(uint64_t access)
{
    if (access == (DM_READ_ACCESS | DM_WRITE_ACCESS))
        return text("DM_READ_ACCESS | DM_WRITE_ACCESS");
    if (access == DM_READ_ACCESS)
        return text("DM_READ_ACCESS");
    return access == DM_WRITE_ACCESS ? text("DM_WRITE_ACCESS") : number(access);
}

static struct text pointer(const struct dm_plan_buffer *b)
{
    if (b->place == DM_PLACE_NULL)
        return text("NULL");
    if (b->place == DM_PLACE_WILD)
        return text("dm_wild(0x%" PRIx64 ")", b->at);
    return b->at ? text("memory%u + %" PRIu64, b->alloc, b->at) : text("memory%u", b->alloc);
}

static struct text timeout(uint64_t ns)
{
    return ns == UINT64_MAX ? text("UINT64_MAX") : text("%" PRIu64, ns);
}

/* --- statements --- */

static const struct thing *thing(const struct writing *w, unsigned sort, uint32_t id)
{
    return names_find(w->names, sort, id);
}

bool calls_shared(const struct writing *w, unsigned sort, uint32_t id)
{
    const struct thing *t = thing(w, sort, id);

    return t && t->shared;
}

/* How a thing that is made is kept: as a variable, as a static one, or not at all. */
static struct text keep(const struct writing *w, const char *type, const char *name, unsigned sort,
                        uint32_t id)
{
    const struct thing *t = thing(w, sort, id);

    if (!t || !t->used)
        return text("%s", "");
    return t->shared ? text("%s%u = ", name, id) : text("%s *%s%u = ", type, name, id);
}

static void write_content(const struct writing *w, size_t index)
{
    const struct dm_plan_buffer *b = &w->plan->buffers[index];
    struct text at = pointer(b);

    if (!b->bytes || b->place != DM_PLACE_ALLOC)
        return;
    switch (b->content) {
    case DM_CONTENT_BYTES:
        code_statement(w->out, w->indent, "memcpy(%s, bytes%zu, sizeof(bytes%zu));", at.at,
                       index + 1, index + 1);
        break;
    case DM_CONTENT_PATTERN:
        code_statement(w->out, w->indent, "dm_fill(r, %s, %s, %s);", at.at, number(b->bytes).at,
                       number(b->value).at);
        break;
    case DM_CONTENT_FILL:
        code_statement(w->out, w->indent, "memset(%s, %u, %s);", at.at, (unsigned)b->value & 0xff,
                       number(b->bytes).at);
        break;
    case DM_CONTENT_NONE:
        break;
    }
}

/* --- requests --- */

const char *calls_code(uint32_t code)
{
    static char name[24];

    snprintf(name, sizeof(name), "IOCTL_%08X", code);
    return name;
}

static const struct dm_plan_buffer *buffer_at(const struct writing *w, const struct dm_plan_op *op,
                                              unsigned i)
{
    static const struct dm_plan_buffer none = { .place = DM_PLACE_NULL };

    return i < op->buffer_count ? &w->plan->buffers[op->buffer_first + i] : &none;
}

static void write_chain(struct writing *w, const struct dm_plan_op *op)
{
    struct text kept = keep(w, "struct dm_request", "request", SORT_REQUEST, op->id);

    code_statement(w->out, w->indent, "const struct dm_piece pieces%u[] = {", op->id);
    for (unsigned i = 0; i < op->buffer_count; i++) {
        const struct dm_plan_buffer *b = buffer_at(w, op, i);

        code_statement(w->out, w->indent + 4, "{ %s, %s },", pointer(b).at, number(b->bytes).at);
    }
    code_statement(w->out, w->indent, "};");
    fputc('\n', w->out);
    code_statement(w->out, w->indent, "%sdm_chain_start(r, file%u, %s, pieces%u, %u, %s);", kept.at,
                   op->on, op->kind == DM_OP_WRITE ? "true" : "false", op->id, op->buffer_count,
                   number(op->a).at);
}

static void write_call(struct writing *w, const struct dm_plan_op *op, bool waits)
{
    struct text kept = keep(w, "struct dm_request", "request", SORT_REQUEST, op->id);
    const char *before = waits ? "" : kept.at, *start = waits ? "" : "_start";
    const char *after = waits ? ", NULL" : "";
    const struct dm_plan_buffer *b = buffer_at(w, op, 0), *out = buffer_at(w, op, 1);

    if (op->kind == DM_OP_IOCTL)
        code_statement(w->out, w->indent, "%sdm_ioctl%s(r, file%u, %s, %s, %s, %s, %s%s);", before,
                       start, op->on, calls_code((uint32_t)op->a), pointer(b).at,
                       number(b->bytes).at, pointer(out).at, number(out->bytes).at, after);
    else
        code_statement(w->out, w->indent, "%sdm_%s%s(r, file%u, %s, %s, %s%s);", before,
                       op->kind == DM_OP_READ ? "read" : "write", start, op->on, pointer(b).at,
                       number(b->bytes).at, number(op->a).at, after);
}

/* The buffers' contents are put there right before the request is sent. */
static void write_request(struct writing *w, size_t at)
{
    const struct dm_plan_op *op = &w->plan->ops[at];

    for (uint32_t b = 0; b < op->buffer_count; b++)
        write_content(w, op->buffer_first + b);
    if (calls_chain(op))
        write_chain(w, op);
    else
        write_call(w, op, calls_waits(w->plan, at));
}

/* --- the other ops --- */

static void write_open(struct writing *w, const struct dm_plan_op *op)
{
    struct text kept = keep(w, "struct dm_file", "file", SORT_FILE, op->id);
    struct text access = access_word(op->a);
    char literal[1024];

    if (op->name)
        code_statement(w->out, w->indent, "%sdm_open_name(r, %s, %s, NULL);", kept.at,
                       code_string(literal, sizeof(literal), op->name), access.at);
    else if (op->b)
        code_statement(w->out, w->indent, "%sdm_open_own(r, %" PRIu64 ", %s, NULL);", kept.at,
                       op->b - 1, access.at);
    else
        code_statement(w->out, w->indent, "%sdm_open(r, dm_device_at(r, %u), %s, NULL);", kept.at,
                       op->on, access.at);
    if (thing(w, SORT_FILE, op->id)->first) /* else whoever uses it asks */
        fprintf(w->out, "\n    if (!file%u)\n        return;\n", op->id);
}

static void write_end(struct writing *w, const struct dm_plan_op *op, const char *call,
                      const char *word)
{
    code_statement(w->out, w->indent, "%s(r, %s%u);", call, word, op->on);
    if (calls_shared(w, draft_about(op), op->on))
        code_statement(w->out, w->indent, "%s%u = NULL;", word, op->on);
}

static void write_device(struct writing *w, const struct dm_plan_op *op)
{
    static const char *const calls[] = { [DM_OP_START] = "dm_start",
                                         [DM_OP_STOP] = "dm_stop",
                                         [DM_OP_REMOVE] = "dm_remove",
                                         [DM_OP_SURPRISE] = "dm_surprise_remove" };

    if (op->kind == DM_OP_POWER)
        code_statement(w->out, w->indent, "dm_power(r, dm_device_at(r, %u), %" PRIu64 ");", op->on,
                       op->a);
    else
        code_statement(w->out, w->indent, "%s(r, dm_device_at(r, %u));", calls[op->kind], op->on);
}

static void write_named(struct writing *w, const struct dm_plan_op *op)
{
    char literal[1024];

    code_string(literal, sizeof(literal), op->name);
    if (op->kind == DM_OP_PLUG)
        code_statement(w->out, w->indent, "dm_plug(r, %s);", literal);
    else if (op->kind == DM_OP_REGISTRY)
        code_statement(w->out, w->indent, "dm_registry_dword(r, %u, %s, %s);", op->on, literal,
                       number(op->a).at);
    else if (has_bytes(buffer_at(w, op, 0)))
        code_statement(w->out, w->indent, "dm_file_put(r, %s, bytes%u, sizeof(bytes%u));", literal,
                       op->buffer_first + 1, op->buffer_first + 1);
    else
        code_statement(w->out, w->indent, "dm_file_put(r, %s, NULL, 0);", literal);
}

static void write_thread(struct writing *w, const struct dm_plan_op *op)
{
    struct text kept = keep(w, "struct dm_thread", "thread", SORT_THREAD, op->id);

    code_statement(w->out, w->indent, "%sdm_thread(r, run_thread%u, NULL);", kept.at, op->id);
}

static void write_alloc(struct writing *w, const struct dm_plan_op *op)
{
    struct text kept = keep(w, "uint8_t", "memory", SORT_ALLOC, op->id);

    code_statement(w->out, w->indent, "%sdm_alloc(r, %s, %" PRIu64 ");", kept.at, number(op->a).at,
                   op->b);
}

void calls_write_op(struct writing *w, size_t at)
{
    const struct dm_plan_op *op = &w->plan->ops[at];

    switch ((enum dm_plan_kind)op->kind) {
    case DM_OP_OPEN:
        write_open(w, op);
        break;
    case DM_OP_CLOSE:
        write_end(w, op, "dm_close", "file");
        break;
    case DM_OP_READ:
    case DM_OP_WRITE:
    case DM_OP_IOCTL:
        write_request(w, at);
        break;
    case DM_OP_CANCEL:
        code_statement(w->out, w->indent, "dm_cancel(r, request%u);", op->on);
        break;
    case DM_OP_WAIT:
        code_statement(w->out, w->indent, "dm_wait(r, request%u, %s);", op->on, timeout(op->a).at);
        break;
    case DM_OP_SETTLED:
        code_statement(w->out, w->indent, "dm_settled(r, request%u);", op->on);
        break;
    case DM_OP_RELEASE:
        write_end(w, op, "dm_request_free", "request");
        break;
    case DM_OP_START:
    case DM_OP_STOP:
    case DM_OP_REMOVE:
    case DM_OP_SURPRISE:
    case DM_OP_POWER:
        write_device(w, op);
        break;
    case DM_OP_PLUG:
    case DM_OP_REGISTRY:
    case DM_OP_FILE:
        write_named(w, op);
        break;
    case DM_OP_SYSTEM_POWER:
        code_statement(w->out, w->indent, "dm_system_power(r, %" PRIu64 ");", op->a);
        break;
    case DM_OP_ALLOC:
        write_alloc(w, op);
        break;
    case DM_OP_FREE:
        write_end(w, op, "dm_free", "memory");
        break;
    case DM_OP_THREAD:
        write_thread(w, op);
        break;
    case DM_OP_JOIN:
        code_statement(w->out, w->indent, "dm_join(r, thread%u);", op->on);
        break;
    case DM_OP_SLEEP:
        code_statement(w->out, w->indent, "dm_sleep(r, %" PRIu64 ");", op->a);
        break;
    case DM_OP_CHOOSE:
        code_statement(w->out, w->indent, "dm_choose(r, %" PRIu64 ");", op->a);
        break;
    case DM_OP_COUNT:
        break;
    }
}
