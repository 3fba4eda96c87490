/*
 * A plan's threads as functions, with what they need before them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/calls.h"
#include "machine/shrink_private.h"
#include "machine/to_test_private.h"

#define BYTES_A_LINE 16u

/* --- payloads --- */

static void write_bytes(FILE *out, const struct dm_plan_buffer *b, size_t index)
{
    fprintf(out, "/* clang-format off */\nstatic const uint8_t bytes%zu[] = {", index + 1);
    for (uint64_t k = 0; k < b->bytes; k++)
        fprintf(out, "%s0x%02x,", k % BYTES_A_LINE ? " " : "\n    ", b->data[k]);
    fputs("\n};\n/* clang-format on */\n\n", out);
}

void functions_write_data(FILE *out, const struct names *n)
{
    const struct dm_plan *p = n->plan;

    for (size_t i = 0; i < p->op_count; i++)
        for (size_t b = p->ops[i].buffer_first; b < p->ops[i].buffer_first + p->ops[i].buffer_count;
             b++)
            if (p->buffers[b].content == DM_CONTENT_BYTES && p->buffers[b].bytes &&
                (p->buffers[b].place == DM_PLACE_ALLOC || p->ops[i].kind == DM_OP_FILE) &&
                !names_vain(n, &p->ops[i]))
                write_bytes(out, &p->buffers[b], b);
}

/* --- what may not be there --- */

struct guard {
    char text[STATEMENT_MAX];
    size_t used;
};

static void guard_add(struct guard *g, const char *word, uint32_t id)
{
    char name[32];

    snprintf(name, sizeof(name), "%s%u", word, id);
    if (g->used + 32 >= sizeof(g->text) || strstr(g->text, name))
        return;
    g->used += (size_t)snprintf(g->text + g->used, sizeof(g->text) - g->used, "%s%s",
                                g->used ? " && " : "", name);
}

/* What may not be there is asked for first. */
static struct guard guard_of(const struct writing *w, const struct dm_plan_op *op)
{
    static const char *const words[] = { [SORT_FILE] = "file",
                                         [SORT_REQUEST] = "request",
                                         [SORT_ALLOC] = "memory",
                                         [SORT_THREAD] = "thread" };
    enum draft_sort about = draft_about(op);
    struct guard g = { .used = 0 };

    if (about && about != SORT_DEVICE && calls_shared(w, about, op->on))
        guard_add(&g, words[about], op->on);
    for (uint32_t i = 0; i < op->buffer_count; i++) {
        const struct dm_plan_buffer *b = &w->plan->buffers[op->buffer_first + i];

        if (b->place == DM_PLACE_ALLOC && calls_shared(w, SORT_ALLOC, b->alloc))
            guard_add(&g, "memory", b->alloc);
    }
    return g;
}

/* --- functions --- */

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* With braces where the condition holds for more than one line. */
static void write_guarded(struct writing *w, size_t at, const struct guard *g)
{
    FILE *out = w->out;
    char *body;
    size_t size;
    bool block;

    w->out = open_memstream(&body, &size);
    must(w->out);
    w->indent = 8;
    calls_write_op(w, at);
    must(fclose(w->out) == 0);
    w->out = out;
    block = count_lines(body) > 1;
    code_statement(out, 4, "if (%s)%s", g->text, block ? " {" : "");
    fprintf(out, "%s%s", body, block ? "    }\n" : "");
    free(body);
}

static void write_statement(struct writing *w, size_t at)
{
    struct guard g = guard_of(w, &w->plan->ops[at]);

    w->indent = 4;
    if (names_vain(w->names, &w->plan->ops[at]))
        return;
    if (g.used)
        write_guarded(w, at, &g);
    else
        calls_write_op(w, at);
}

/* The statements of a thread; how many lines they are. */
static size_t write_body(struct writing *w, uint16_t thread, char **body)
{
    FILE *out = w->out;
    size_t size;

    w->out = open_memstream(body, &size);
    must(w->out);
    for (size_t i = 0; i < w->plan->op_count; i++)
        if (w->plan->ops[i].thread == thread && !w->inside[i])
            write_statement(w, i);
    must(fclose(w->out) == 0);
    w->out = out;
    return count_lines(*body);
}

static void write_function(struct writing *w, uint16_t thread)
{
    char *body, head[64] = "run_scenario(struct dm_run *r)";
    size_t lines = write_body(w, thread, &body);
    const char *only = lines ? body + 4 : "(void)r;\n";

    if (thread)
        fprintf(w->out,
                "static void run_thread%u(struct dm_run *r, void *ctx)\n{\n    (void)ctx;\n%s}\n\n",
                thread, lines ? body : "    (void)r;\n");
    else if (lines < 2 && strlen("static void ") + strlen(head) + strlen(only) + 4 < CODE_COLUMNS)
        fprintf(w->out, "static void %s { %.*s }\n\n", head, (int)strlen(only) - 1, only);
    else
        fprintf(w->out, "static void %s\n{\n%s}\n\n", head, body);
    free(body);
}

static void write_codes(FILE *out, const struct dm_plan *p)
{
    static const char *const methods[] = { "DM_METHOD_BUFFERED", "DM_METHOD_IN_DIRECT",
                                           "DM_METHOD_OUT_DIRECT", "DM_METHOD_NEITHER" };
    bool any = false;

    for (size_t i = 0; i < p->op_count; i++) {
        uint32_t code = (uint32_t)p->ops[i].a;
        bool before = p->ops[i].kind != DM_OP_IOCTL;

        for (size_t k = 0; k < i && !before; k++)
            before = p->ops[k].kind == DM_OP_IOCTL && (uint32_t)p->ops[k].a == code;
        if (before)
            continue;
        fprintf(out, "#define %s DM_CTL_CODE(0x%x, 0x%x, %s, %u)\n", calls_code(code), code >> 16,
                code >> 2 & 0xfff, methods[code & 3], code >> 14 & 3);
        any = true;
    }
    if (any)
        fputc('\n', out);
}

static void write_statics(FILE *out, const struct names *n)
{
    static const char *const types[] = { [SORT_FILE] = "struct dm_file *file",
                                         [SORT_REQUEST] = "struct dm_request *request",
                                         [SORT_ALLOC] = "uint8_t *memory",
                                         [SORT_THREAD] = "struct dm_thread *thread" };
    bool any = false;

    for (size_t i = 0; i < n->thing_count; i++) {
        const struct thing *t = &n->things[i];

        if (!t->shared || !t->used)
            continue;
        fprintf(out, "static %s%u;\n", types[t->sort], t->id);
        any = true;
    }
    if (any)
        fputc('\n', out);
}

/* A thread is made by one that was there before it: the last stands first. */
void functions_write(FILE *out, const struct dm_plan *p, const struct names *n)
{
    bool *inside = malloc(p->op_count + 1);
    struct writing w = { .out = out, .plan = p, .names = n, .inside = inside };
    uint16_t last = 0;

    must(inside);
    calls_fold(p, inside);
    write_codes(out, p);
    write_statics(out, n);
    for (size_t i = 0; i < p->op_count; i++)
        if (p->ops[i].kind == DM_OP_THREAD && p->ops[i].id > last)
            last = (uint16_t)p->ops[i].id;
    for (uint16_t thread = last; thread > 0; thread--)
        if (names_find(n, SORT_THREAD, thread))
            write_function(&w, thread);
    write_function(&w, 0);
    free(inside);
}
