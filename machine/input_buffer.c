/*
 * What an input line says of a buffer: where it lies, so that whoever does the same again can hand over the
 * same address, and what it holds: hex in full, or {pattern, len} where the scenario generated it, or
 * {fill, len} where all bytes are alike.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/input.h"
#include "sim/core/mem.h"

#define SHORT_BYTES 16     /* hex is as good */
#define ALIKE_BYTES 64     /* alike and as long: a piece of its own */
#define ELSEWHERE_MAX 1024 /* pointers that lie nowhere; later ones share the last number */

struct run_alloc {
    const char *p;
    size_t bytes;
    uint32_t id;
    bool used; /* by a request: it may hold anything */
};

struct run_memory {
    struct run_alloc *allocs; /* those that live, the last one last */
    size_t count, room;
    uint32_t made;
    const void *elsewhere[ELSEWHERE_MAX]; /* by first sight */
    unsigned elsewhere_count;
};

static struct run_memory *memory_of(struct dm_run *r)
{
    if (!r->memory) {
        r->memory = calloc(1, sizeof(*r->memory));
        must(r->memory);
    }
    return r->memory;
}

void input_end(struct dm_run *r)
{
    if (r->memory)
        free(r->memory->allocs);
    free(r->memory);
    r->memory = NULL;
}

/* --- where --- */

uint32_t input_next_alloc(struct dm_run *r) { return memory_of(r)->made + 1; }

void input_alloc(struct dm_run *r, const void *p, size_t bytes)
{
    struct run_memory *m;

    if (!r->m->recorder)
        return;
    m = memory_of(r);
    m->made++;
    if (!p)
        return;
    if (m->count == m->room) {
        m->room = m->room * 2 + 32;
        m->allocs = realloc(m->allocs, m->room * sizeof(*m->allocs));
        must(m->allocs);
    }
    m->allocs[m->count++] = (struct run_alloc) { p, bytes, m->made, false };
}

static struct run_alloc *alloc_find(struct dm_run *r, const void *p)
{
    struct run_memory *m = memory_of(r);

    for (size_t i = m->count; i-- > 0;) {
        struct run_alloc *a = &m->allocs[i];

        if ((const char *)p >= a->p && (uint64_t)((const char *)p - a->p) < (a->bytes | !a->bytes))
            return a;
    }
    return NULL;
}

void input_free(struct dm_run *r, const void *p)
{
    struct run_alloc *a = r->m->recorder ? alloc_find(r, p) : NULL;
    struct run_memory *m = r->memory;

    input_note(r, INPUT_FREE, { "alloc", .value = a ? a->id : 0 });
    if (!a)
        return;
    memmove(a, a + 1, (size_t)(m->allocs + m->count - (a + 1)) * sizeof(*a));
    m->count--;
}

/* A number of our own: the machine's, which va_of would draw, show in events. */
static uint64_t elsewhere(struct dm_run *r, const void *p)
{
    struct run_memory *m = memory_of(r);

    for (unsigned i = 0; i < m->elsewhere_count; i++)
        if (m->elsewhere[i] == p)
            return i + 1;
    if (m->elsewhere_count < ELSEWHERE_MAX)
        m->elsewhere[m->elsewhere_count++] = p;
    return m->elsewhere_count;
}

void input_put_place(struct dm_run *r, struct line *l, const char *name, const void *p)
{
    const struct run_alloc *a = p ? alloc_find(r, p) : NULL;

    line_put(l, ",\"%s_at\":", name);
    if (!p)
        line_put(l, "null");
    else if (a)
        line_put(l, "[%u,%" PRIu64 "]", a->id, (uint64_t)((const char *)p - a->p));
    else if (va_is_place(r->s, p))
        line_put(l, "\"0x%" PRIx64 "\"", va_of(r->s, p).v);
    else
        line_put(l, "\"0x%" PRIx64 "\"", (uint64_t)REGION_HOST << 56 | elsewhere(r, p));
}

/* --- what --- */

void input_filled(struct dm_run *r, const void *p, size_t bytes, uint64_t pattern)
{
    r->fills[r->fill_next++ % RUN_FILLS] = (struct run_fill) { p, bytes, pattern };
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
    return bytes < 2 || memcmp(p, (const char *)p + 1, bytes - 1) == 0;
}

/* As it was allocated: nobody needs to be told. */
static bool untouched(struct dm_run *r, const void *p, size_t bytes)
{
    struct run_alloc *a = p ? alloc_find(r, p) : NULL;
    bool used = !a || a->used;

    if (a)
        a->used = true;
    return !used && mem_user_valid(r->s, r->process, p, bytes) && !*(const char *)p &&
           uniform(p, bytes);
}

void input_put_content(struct dm_run *r, struct line *l, const char *name, const void *p,
                       size_t bytes, bool sparing)
{
    bool plain = untouched(r, p, bytes);
    uint64_t pattern;

    if (sparing && plain)
        return;
    if (bytes &&
        !mem_user_valid(r->s, r->process, p, bytes)) { /* a pointer to nothing, on purpose */
        if (!sparing)
            line_put(l, ",\"%s\":null", name);
    } else if (bytes > SHORT_BYTES && uniform(p, bytes)) {
        line_put(l, ",\"%s\":{\"fill\":%u,\"len\":%zu}", name, *(const uint8_t *)p, bytes);
    } else if (bytes > SHORT_BYTES && generated(r, p, bytes, &pattern)) {
        line_put(l, ",\"%s\":{\"pattern\":\"0x%" PRIx64 "\",\"len\":%zu}", name, pattern, bytes);
    } else if (!sparing || (bytes && bytes <= SHORT_BYTES)) {
        line_put(l, ",\"%s\":", name);
        line_hex(l, p, bytes);
    }
}

/* How many bytes from here on are like the first. */
static size_t alike(const uint8_t *p, size_t bytes)
{
    size_t n = 1;

    while (n < bytes && p[n] == *p)
        n++;
    return n;
}

void input_put_bytes(struct line *l, const void *p, size_t bytes)
{
    const uint8_t *at = p, *end = at + bytes, *from = at;
    const char *comma = "";

    line_put(l, "[");
    while (at < end) {
        size_t n = alike(at, (size_t)(end - at));

        if (n < ALIKE_BYTES) {
            at += n;
            if (at < end)
                continue;
            n = 0;
        }
        if (at > from) {
            line_put(l, "%s", comma);
            line_hex(l, from, (size_t)(at - from));
            comma = ",";
        }
        if (n) {
            line_put(l, "%s{\"fill\":%u,\"len\":%zu}", comma, *at, n);
            comma = ",";
        }
        at += n;
        from = at;
    }
    line_put(l, "]");
}
