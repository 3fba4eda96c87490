/*
 * Saying inputs. An event numbers those that the driver or the machine meets; the recorder gets a line
 * with the arguments of these and of all else that a scenario does.
 */
#include "machine/input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

const char *const input_words[] = {
#define INPUT(kind, word) word,
#include "trace/inputs.def"
#undef INPUT
};

/* A plan's kinds are these. */
_Static_assert((int)INPUT_COUNT == (int)DM_OP_COUNT, "trace/inputs.def and enum dm_plan_kind");
#define SAME(kind, plan) _Static_assert((int)INPUT_##kind == (int)DM_OP_##plan, #kind)
#define INPUT(kind, word) SAME(kind, kind);
#include "trace/inputs.def"
#undef INPUT

int input_kind_of(const char *word)
{
    for (int i = 0; i < INPUT_COUNT; i++)
        if (!strcmp(input_words[i], word))
            return i;
    return -1;
}

static void line_begin(struct dm_run *r, struct line *l, const char *word)
{
    const struct dm_thread *t = run_thread_now(r);

    line_put(l, "\"op\":\"%s\",\"g\":%u,\"thread\":%u", word, r->s->trace.agent, t ? t->index : 0);
}

static void line_end(struct dm_run *r, struct line *l)
{
    line_put(l, "}");
    recorder_line(r->m->recorder, l->text);
    free(l->text);
}

static void put_fields(struct line *l, const struct input_field *fields, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!fields[i].name)
            continue;
        line_put(l, ",\"%s\":", fields[i].name);
        if (fields[i].text)
            line_string(l, fields[i].text);
        else
            line_number(l, fields[i].value);
    }
}

/* The event; the line is begun when there is somebody to take it. */
static uint64_t begin(struct dm_run *r, enum input_kind kind, uint32_t obj, struct line *l)
{
    uint64_t index = r->inputs++;

    trace_emit(&r->s->trace, EV_INPUT, API_NONE, obj, index, kind, 0, 0);
    if (r->m->recorder) {
        line_put(l, "{\"k\":\"payload\",\"index\":%" PRIu64 ",", index);
        line_begin(r, l, input_words[kind]);
    }
    return index;
}

uint64_t input_say_fields(struct dm_run *r, enum input_kind kind, uint32_t obj,
                          const struct input_field *fields, unsigned count)
{
    struct line l = { 0 };
    uint64_t index = begin(r, kind, obj, &l);

    if (!r->m->recorder)
        return index;
    put_fields(&l, fields, count);
    line_end(r, &l);
    return index;
}

void input_note_fields(struct dm_run *r, enum input_kind kind, const struct input_field *fields,
                       unsigned count)
{
    struct line l = { 0 };

    must(kind >= INPUT_SILENT);
    line_put(&l, "{\"k\":\"payload\",");
    line_begin(r, &l, input_words[kind]);
    put_fields(&l, fields, count);
    line_end(r, &l);
}

/* --- requests --- */

static void put_buffer(struct dm_run *r, struct line *l, const char *name, const void *p,
                       size_t bytes, bool sparing)
{
    input_put_place(r, l, name, p);
    input_put_content(r, l, name, p, bytes, sparing);
}

static void put_pieces(struct dm_run *r, struct line *l, const struct host_io *io)
{
    line_put(l, ",\"pieces\":[");
    for (unsigned i = 0; i < io->piece_count; i++) {
        const struct dm_piece *p = &io->pieces[i];

        line_put(l, "%s{\"bytes\":%u", i ? "," : "", p->bytes);
        put_buffer(r, l, "data", p->p, p->bytes, io->op == HOST_READ);
        line_put(l, "}");
    }
    line_put(l, "]");
}

uint64_t input_request(struct dm_run *r, uint32_t file, const struct host_io *io)
{
    static const enum input_kind kinds[] = {
        [HOST_READ] = INPUT_READ, [HOST_WRITE] = INPUT_WRITE, [HOST_IOCTL] = INPUT_IOCTL
    };
    struct line l = { 0 };
    uint64_t index = begin(r, kinds[io->op], file, &l);

    if (!r->m->recorder)
        return index;
    line_put(&l, ",\"file\":%u,\"bytes\":%u", OBJ_NUMBER(file), io->bytes);
    if (io->op == HOST_IOCTL) {
        line_put(&l, ",\"code\":\"0x%x\",\"in_bytes\":%u", io->code, io->in_bytes);
        put_buffer(r, &l, "in", io->in, io->in_bytes, false);
        /* The output buffer of a direct or neither IOCTL may carry data in. */
        put_buffer(r, &l, "out", io->buf, io->bytes, !(io->code & 3));
    } else {
        line_put(&l, ",\"offset\":");
        line_number(&l, io->offset);
        if (io->pieces)
            put_pieces(r, &l, io);
        else
            put_buffer(r, &l, "data", io->buf, io->bytes, io->op == HOST_READ);
    }
    line_end(r, &l);
    return index;
}

/* --- bytes of the host's --- */

void input_file(struct dm_run *r, const char *path, const void *bytes, uint32_t size_bytes)
{
    struct line l = { 0 };

    if (!r->m->recorder)
        return;
    line_put(&l, "{\"k\":\"payload\",");
    line_begin(r, &l, input_words[INPUT_FILE]);
    line_put(&l, ",\"name\":");
    line_string(&l, path);
    line_put(&l, ",\"bytes\":%u,\"data\":", size_bytes);
    input_put_bytes(&l, bytes, size_bytes);
    line_end(r, &l);
}

void input_given(struct dm_run *r)
{
    const struct dm_options *o = &r->m->options;

    for (unsigned i = 0; r->m->recorder && i < o->inputs_count; i++) {
        struct line l = { 0 };

        line_put(&l, "{\"k\":\"payload\",\"op\":\"given\",\"name\":");
        line_string(&l, o->inputs[i].name);
        line_put(&l, ",\"bytes\":%zu,\"data\":", o->inputs[i].count);
        input_put_bytes(&l, o->inputs[i].bytes, o->inputs[i].count);
        line_end(r, &l);
    }
}
