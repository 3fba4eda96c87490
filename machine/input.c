/*
 * Saying inputs. The event numbers them; the recorder gets one more line with the arguments and, for
 * what goes to the driver, the bytes: hex in full, or {pattern, len} where the scenario generated them, or
 * {fill, len} where all are alike.
 */
#include "machine/input.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

static const char *const words[] = {
#define INPUT(kind, word) word,
#include "trace/inputs.def"
#undef INPUT
};

struct line { /* a JSON object that grows */
    char *text;
    size_t used, room;
};

static void line_room(struct line *l, size_t bytes)
{
    if (l->used + bytes <= l->room)
        return;
    l->room = (l->used + bytes) * 2 + 256;
    l->text = realloc(l->text, l->room);
    must(l->text);
}

__attribute__((format(printf, 2, 3))) static void line_put(struct line *l, const char *format, ...)
{
    va_list args;
    int n;

    line_room(l, 256);
    va_start(args, format);
    n = vsnprintf(l->text + l->used, 256, format, args);
    va_end(args);
    must(n >= 0 && n < 256);
    l->used += (size_t)n;
}

static void line_hex(struct line *l, const void *p, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = p;

    line_room(l, 2 * bytes + 3);
    l->text[l->used++] = '"';
    for (size_t i = 0; i < bytes; i++) {
        l->text[l->used++] = digits[at[i] >> 4];
        l->text[l->used++] = digits[at[i] & 15];
    }
    l->text[l->used++] = '"';
    l->text[l->used] = 0;
}

static void line_end(struct dm_run *r, struct line *l)
{
    line_put(l, "}");
    recorder_line(r->m->recorder, l->text);
    free(l->text);
}

void input_filled(struct dm_run *r, const void *p, size_t bytes, uint64_t pattern)
{
    r->fills[r->fill_next++ % RUN_FILLS] = (struct run_fill){ p, bytes, pattern };
}

/* The note says where to look; what counts is that the bytes are still the pattern's. */
static bool generated(struct dm_run *r, const void *p, size_t bytes, uint64_t *pattern)
{
    for (unsigned i = 0; i < RUN_FILLS; i++)
        if (r->fills[i].p == p && r->fills[i].bytes >= bytes &&
            dm_matches(r, p, bytes, r->fills[i].pattern)) {
            *pattern = r->fills[i].pattern;
            return true;
        }
    return false;
}

static bool uniform(const void *p, size_t bytes)
{
    return memcmp(p, (const char *)p + 1, bytes - 1) == 0;
}

static void put_data(struct dm_run *r, struct line *l, const char *name, const void *p, size_t bytes)
{
    uint64_t pattern;

    line_put(l, ",\"%s\":", name);
    if (bytes && !mem_user_valid(r->s, r->process, p, bytes))
        line_put(l, "null"); /* a pointer to nothing, on purpose */
    else if (bytes > 16 && uniform(p, bytes))
        line_put(l, "{\"fill\":%u,\"len\":%zu}", *(const uint8_t *)p, bytes);
    else if (bytes > 16 && generated(r, p, bytes, &pattern))
        line_put(l, "{\"pattern\":\"0x%" PRIx64 "\",\"len\":%zu}", pattern, bytes);
    else
        line_hex(l, p, bytes);
}

static uint64_t begin(struct dm_run *r, enum input_kind kind, uint32_t obj, struct line *l)
{
    uint64_t index = r->inputs++;

    trace_emit(&r->s->trace, EV_INPUT, API_NONE, obj, index, kind, 0, 0);
    if (r->m->recorder)
        line_put(l, "{\"k\":\"payload\",\"index\":%" PRIu64 ",\"op\":\"%s\"", index, words[kind]);
    return index;
}

void input_say(struct dm_run *r, enum input_kind kind, uint32_t obj, const char *name, uint64_t value,
               const char *second, uint64_t second_value)
{
    struct line l = { 0 };

    begin(r, kind, obj, &l);
    if (!r->m->recorder)
        return;
    if (name)
        line_put(&l, ",\"%s\":%" PRIu64, name, value);
    if (second)
        line_put(&l, ",\"%s\":%" PRIu64, second, second_value);
    line_end(r, &l);
}

void input_open_name(struct dm_run *r, uint32_t file, const char *name, unsigned access)
{
    struct line l = { 0 };

    begin(r, INPUT_OPEN, file, &l);
    if (!r->m->recorder)
        return;
    line_put(&l, ",\"name\":\"");
    for (const char *p = name; *p; p++) {
        if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
            line_put(&l, "\\u%04x", (unsigned char)*p);
        else
            line_put(&l, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
    }
    line_put(&l, "\",\"access\":%u", access);
    line_end(r, &l);
}

uint64_t input_request(struct dm_run *r, uint32_t file, const struct host_io *io)
{
    static const enum input_kind kinds[] = { [HOST_READ] = INPUT_READ, [HOST_WRITE] = INPUT_WRITE,
                                             [HOST_IOCTL] = INPUT_IOCTL };
    struct line l = { 0 };
    uint64_t index = begin(r, kinds[io->op], file, &l);

    if (!r->m->recorder)
        return index;
    line_put(&l, ",\"file\":%u,\"bytes\":%u", OBJ_NUMBER(file), io->bytes);
    if (io->op == HOST_IOCTL) {
        line_put(&l, ",\"code\":\"0x%x\"", io->code);
        put_data(r, &l, "in", io->in, io->in_bytes);
        if (io->code & 3) /* the output buffer of a direct or neither IOCTL may carry data in */
            put_data(r, &l, "out", io->buf, io->bytes);
    } else {
        line_put(&l, ",\"offset\":%" PRIu64, io->offset);
    }
    for (unsigned i = 0; i < io->piece_count; i++) {
        char name[16];

        snprintf(name, sizeof(name), "piece%u", i);
        if (io->op == HOST_WRITE)
            put_data(r, &l, name, io->pieces[i].p, io->pieces[i].bytes);
        else
            line_put(&l, ",\"%s\":%u", name, io->pieces[i].bytes);
    }
    if (io->op == HOST_WRITE && !io->piece_count)
        put_data(r, &l, "data", io->buf, io->bytes);
    line_end(r, &l);
    return index;
}
