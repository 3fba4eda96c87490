/*
 * Example programs: ranges that are only read (noise, any bits, indexes) and ranges that steps write, of
 * each type, and steps over pieces of them. A piece of the range that a step writes may be its input only
 * where the device allows it.
 */
#include "tests/accel/random.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/rng.h"
#include "machine/program.h"
#include "tests/accel/reference.h"

#define SOURCES 3u /* of each type; the last one has any bits */
#define WORKS 5u   /* of each type */
#define RANGES (SOURCES + WORKS)
#define ELEMENTS_MIN 64u
#define INDEX_BELOW 48u
#define TILE 8u /* at most, so that it fits into any range */

static const char *const types[] = { "u8", "i32", "f32" };

struct piece {
    unsigned range; /* of its type */
    uint32_t from;
};

struct generator {
    FILE *text;
    uint64_t state;
    uint64_t bytes; /* of the buffer, so far */
    uint32_t counts[3][RANGES], index_count;
};

static uint32_t below(struct generator *g, uint32_t bound)
{
    return rng_below(rng_mix(++g->state), bound);
}

static bool one_in(struct generator *g, uint32_t n) { return below(g, n) == 0; }

/* --- the buffer --- */

static uint32_t range_add(struct generator *g, const char *name, unsigned number, unsigned type,
                          uint32_t count_max)
{
    uint32_t count = ELEMENTS_MIN + below(g, count_max - ELEMENTS_MIN + 1);
    uint64_t at = g->bytes;

    if (type)
        at = (at + 3) & ~3ull;
    fprintf(g->text, "range %s%u.%s %s at %" PRIu64 " count %u\n", name, number, types[type],
            types[type], at, count);
    g->bytes = at + count * (type ? 4ull : 1ull);
    return count;
}

/* Before the buffer's length can be said its ranges must be known: they are written twice. */
static void ranges(struct generator *g, uint32_t count_max)
{
    g->bytes = below(g, 8);
    for (unsigned type = 0; type < 3; type++)
        for (unsigned i = 0; i < RANGES; i++)
            g->counts[type][i] = range_add(g, i < SOURCES ? "s" : "w", i, type, count_max);
    g->index_count = range_add(g, "index", 0, 1, count_max);
    g->bytes += below(g, 100);
}

static void contents(struct generator *g)
{
    for (unsigned type = 0; type < 3; type++)
        for (unsigned i = 0; i < RANGES; i++)
            fprintf(g->text, "init %s%u.%s %s %u\n", i < SOURCES ? "s" : "w", i, types[type],
                    i == SOURCES - 1 ? "bits" : "noise", below(g, 1000000));
    fprintf(g->text, "init index0.i32 index %u %u\n", INDEX_BELOW, below(g, 1000000));
}

/* --- steps --- */

static void piece_write(struct generator *g, const char *before, const struct piece *p,
                        unsigned type)
{
    fprintf(g->text, "%s%s%u.%s", before, p->range < SOURCES ? "s" : "w", p->range, types[type]);
    if (p->from)
        fprintf(g->text, "[%u]", p->from);
}

/* Where in a range so many elements may begin. */
static uint32_t place(struct generator *g, unsigned type, unsigned range, uint32_t count)
{
    return below(g, g->counts[type][range] - count + 1);
}

/* Anything to read, mostly what no step writes, and rarely any bits. */
static unsigned input_range(struct generator *g, unsigned type, uint32_t count, unsigned not_this)
{
    unsigned range;

    do
        range = one_in(g, 3) ? SOURCES + below(g, WORKS)
                             : below(g, one_in(g, 12) ? SOURCES : SOURCES - 1);
    while (range == not_this || g->counts[type][range] < count);
    return range;
}

static void inputs(struct generator *g, unsigned how_many, unsigned type, const struct piece *out,
                   uint32_t count, bool over_out)
{
    for (unsigned i = 0; i < how_many; i++) {
        struct piece p;

        if (over_out && one_in(g, 4)) {
            p = *out;
        } else {
            p.range = input_range(g, type, count, out->range);
            p.from = place(g, type, p.range, count);
        }
        piece_write(g, i ? ", " : " = ", &p, type);
    }
}

static uint32_t count_of(struct generator *g, unsigned type, unsigned range)
{
    uint32_t most = g->counts[type][range];

    for (unsigned i = 0; i < SOURCES; i++) /* so that there is something to read */
        most = most < g->counts[type][i] ? most : g->counts[type][i];
    return 1 + below(g, one_in(g, 16) ? most : most < 40 ? most : 40);
}

static void fill(struct generator *g, unsigned type, const struct piece *out, uint32_t count)
{
    piece_write(g, "fill ", out, type);
    if (type == 2)
        fprintf(g->text, " = %d.%02u count %u\n", (int)below(g, 9) - 4, below(g, 100), count);
    else
        fprintf(g->text, " = %u count %u\n", below(g, 256), count);
}

static void matmul(struct generator *g, unsigned type, struct piece *out)
{
    uint32_t m = 1 + below(g, TILE), n = 1 + below(g, TILE), k = 1 + below(g, TILE);

    fprintf(g->text, "matmul %ux%ux%u", m, n, k);
    out->from = place(g, type, out->range, m * n);
    piece_write(g, " ", out, type);
    inputs(g, 1, type, out, m * k, false);
    for (unsigned i = 0; i < 1 + below(g, 2); i++) {
        struct piece p = { input_range(g, type, i ? m * n : k * n, out->range), 0 };

        if (i && one_in(g, 2))
            p = *out;
        piece_write(g, ", ", &p, type);
    }
    fputc('\n', g->text);
}

static void gather(struct generator *g, unsigned type, const struct piece *out, uint32_t count)
{
    struct piece table = { input_range(g, type, INDEX_BELOW, out->range), 0 };

    count = count < g->index_count ? count : g->index_count;
    piece_write(g, "gather ", out, type);
    piece_write(g, " = ", &table, type);
    fprintf(g->text, ", index0.i32[%u] count %u\n", below(g, g->index_count - count + 1), count);
}

static void step(struct generator *g)
{
    static const char *const plain[] = { "copy ", "add ", "mul ", "fma " };
    static const unsigned plain_inputs[] = { 1, 2, 2, 3 };
    static const char *const reductions[] = { "sum", "min", "max" };
    static const char *const comparisons[] = { "eq", "ne", "lt", "le" };
    unsigned type = below(g, 3), kind = below(g, 10);
    struct piece out = { SOURCES + below(g, WORKS), 0 };
    uint32_t count = count_of(g, type, out.range);

    out.from = place(g, type, out.range, count);
    fprintf(g->text, "    ");
    if (kind <= 4) {
        kind = kind < 4 ? kind : 3;
        piece_write(g, plain[kind], &out, type);
        inputs(g, plain_inputs[kind], type, &out, count, true);
        fprintf(g->text, " count %u\n", count);
    } else if (kind == 5) {
        fill(g, type, &out, count);
    } else if (kind == 6) {
        fprintf(g->text, "reduce %s ", reductions[below(g, 3)]);
        piece_write(g, "", &out, type);
        inputs(g, 1, type, &out, count, false);
        fprintf(g->text, " count %u\n", count);
    } else if (kind == 7) {
        fprintf(g->text, "select %s ", comparisons[below(g, 4)]);
        piece_write(g, "", &out, type);
        inputs(g, 4, type, &out, count, true);
        fprintf(g->text, " count %u\n", count);
    } else if (kind == 8) {
        matmul(g, type, &out);
    } else {
        gather(g, type, &out, count);
    }
}

/* --- what it must give --- */

static uint64_t digest_of(const char *text)
{
    char message[256] = "";
    size_t bytes;
    struct dm_program *p = program_parse("generated", text, &bytes, message, sizeof message);
    struct reference_end end;
    uint64_t digest;
    uint8_t *memory;

    if (!p)
        fprintf(stderr, "%s\n", message);
    must(p && (memory = malloc(p->buffer_bytes)));
    memcpy(memory, dm_program_at(p, p->contents_at), p->buffer_bytes);
    end = reference_run(dm_program_at(p, p->steps_at), p->steps, memory, p->buffer_bytes);
    if (end.fault)
        fprintf(stderr, "generated: fault %u at step %u\n", end.fault, end.step);
    must(!end.fault);
    digest = dm_program_digest(memory, p->buffer_bytes);
    free(memory);
    program_free(p);
    return digest;
}

static void write_all(struct generator *g, uint64_t seed, uint32_t steps, uint64_t buffer_bytes)
{
    fprintf(g->text,
            "; made of seed %" PRIu64 "\nprogram generated-%" PRIu64 "-%u\nbuffer %" PRIu64 "\n",
            seed, seed, steps, buffer_bytes);
    g->state = seed << 32;
    ranges(g, one_in(g, 4) ? 4000 : ELEMENTS_MIN + 200);
    contents(g);
    for (uint32_t i = 0; i < steps; i++) {
        if (i % 100 == 0)
            fprintf(g->text, "at%u:\n", i);
        step(g);
    }
}

uint32_t generated_steps(unsigned seed)
{
    return seed == GENERATED - 1   ? GENERATED_LARGEST
           : seed == GENERATED - 2 ? GENERATED_LARGEST / 2
           : seed % 20 == 19       ? 10 * seed
                                   : seed + 1;
}

char *generate_program(uint64_t seed, uint32_t steps)
{
    struct generator g = { 0 };
    char *text = NULL, *complete = NULL;
    size_t size = 0, used;

    for (unsigned round = 0; round < 2; round++) { /* in the first the buffer's length is learnt */
        uint64_t bytes = g.bytes;

        free(text);
        g.text = open_memstream(&text, &size);
        must(g.text);
        write_all(&g, seed, round ? steps : 1, bytes);
        must(!fclose(g.text));
    }
    used = strlen(text);
    complete = malloc(used + 64);
    must(complete);
    memcpy(complete, text, used);
    free(text);
    strcpy(complete + used, "expect buffer digest 0\n");
    snprintf(complete + used, 64, "expect buffer digest 0x%016" PRIx64 "\n", digest_of(complete));
    return complete;
}
