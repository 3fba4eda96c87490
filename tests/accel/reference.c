/*
 * The reference interpreter: see reference.h. Every element goes through one 64-bit integer.
 */
#include "tests/accel/reference.h"

#include <stdbool.h>
#include <string.h>

enum { COPY = 1, FILL, ADD, MUL, FMA, REDUCE, SELECT, MATMUL, GATHER };
enum { U8, I32, F32 };
enum { OPCODE = 2, TYPE, VARIANT, SIZE, ALIGNMENT, REFERENCE, OVERLAP, INDEX };

struct extent { /* what an operand covers */
    bool used;
    uint64_t buffer, from, bytes, unit;
};

struct instruction {
    unsigned opcode, type, variant, flags;
    uint64_t n, n2, n3;
    struct extent place[5]; /* out, a, b, c, d */
    uint32_t immediate;
};

struct machine {
    uint8_t *memory;
    uint64_t bytes;
};

/* --- reading a step --- */

static uint64_t field(const uint8_t *p, unsigned at, unsigned bytes)
{
    uint64_t v = 0;

    while (bytes--)
        v = v << 8 | p[at + bytes];
    return v;
}

static void place(struct instruction *x, unsigned i, uint64_t elements, uint64_t unit)
{
    x->place[i].used = true;
    x->place[i].bytes = elements * unit;
    x->place[i].unit = unit;
}

static void places(struct instruction *x)
{
    uint64_t unit = x->type == U8 ? 1 : 4;
    static const unsigned last[] = { 0, 1, 0, 2, 2, 3, 1, 4, 2, 2 };

    for (unsigned i = 0; i <= last[x->opcode]; i++)
        place(x, i, x->n, unit);
    switch (x->opcode) {
    case REDUCE:
        place(x, 0, 1, unit);
        break;
    case MATMUL:
        place(x, 0, x->n * x->n2, unit);
        place(x, 1, x->n * x->n3, unit);
        place(x, 2, x->n3 * x->n2, unit);
        if (x->variant)
            place(x, 3, x->n * x->n2, unit);
        break;
    case GATHER:
        place(x, 1, x->n2, unit);
        place(x, 2, x->n, 4);
        break;
    }
}

/* --- may it? --- */

static bool collide(const struct extent *x, const struct extent *y)
{
    return x->used && y->used && x->buffer == y->buffer && x->from < y->from + y->bytes &&
           y->from < x->from + x->bytes;
}

static bool may_lie_on(const struct instruction *x, unsigned i)
{
    bool same = x->place[i].from == x->place[0].from;

    if (x->opcode == MATMUL)
        return same && i == 3;
    return same && x->opcode != REDUCE && x->opcode != GATHER;
}

static unsigned oversized(const struct instruction *x)
{
    const uint64_t most = 16u << 20;

    if (!x->n)
        return SIZE;
    if (x->opcode == MATMUL && (x->n > 64 || !x->n2 || x->n2 > 64 || !x->n3 || x->n3 > 64))
        return SIZE;
    if (x->opcode == GATHER && (!x->n2 || x->place[1].bytes > 65536))
        return SIZE;
    for (unsigned i = 0; i < 5; i++)
        if (x->place[i].used && x->place[i].bytes > most)
            return SIZE;
    return 0;
}

static unsigned variants(const struct instruction *x)
{
    return x->opcode == REDUCE ? 3 : x->opcode == SELECT ? 4 : x->opcode == MATMUL ? 2 : 1;
}

static unsigned judge(const struct machine *m, const struct instruction *x)
{
    unsigned wrong = oversized(x);

    for (unsigned i = 0; i < 5 && !wrong; i++) {
        const struct extent *e = &x->place[i];

        if (!e->used)
            continue;
        if (e->from % e->unit)
            wrong = ALIGNMENT;
        else if (e->buffer || e->from + e->bytes > m->bytes)
            wrong = REFERENCE;
    }
    for (unsigned i = 1; i < 5 && !wrong; i++)
        if (collide(&x->place[0], &x->place[i]) && !may_lie_on(x, i))
            wrong = OVERLAP;
    return wrong;
}

static unsigned decode(const uint8_t *p, struct instruction *x)
{
    memset(x, 0, sizeof *x);
    x->opcode = p[0];
    x->type = p[1];
    x->variant = p[2];
    x->flags = p[3];
    x->n = field(p, 4, 4);
    x->n2 = field(p, 8, 4);
    x->n3 = field(p, 12, 4);
    x->immediate = (uint32_t)field(p, 0x38, 4);
    for (unsigned i = 0; i < 5; i++) {
        x->place[i].buffer = p[0x10 + 8 * i + 7];
        x->place[i].from = field(p, 0x10 + 8 * i, 7);
    }
    if (x->opcode < COPY || x->opcode > GATHER)
        return OPCODE;
    if (x->type > F32)
        return TYPE;
    if (x->flags || x->variant >= variants(x))
        return VARIANT;
    places(x);
    return 0;
}

/* --- elements --- */

static uint32_t get(const struct machine *m, const struct instruction *x, unsigned i, uint64_t n)
{
    const struct extent *e = &x->place[i];

    return (uint32_t)field(m->memory + e->from, (unsigned)(n * e->unit), (unsigned)e->unit);
}

static void put(const struct machine *m, const struct instruction *x, uint64_t n, uint32_t v)
{
    const struct extent *e = &x->place[0];

    for (unsigned i = 0; i < e->unit; i++)
        m->memory[e->from + n * e->unit + i] = (uint8_t)(v >> 8 * i);
}

/* Where a value stands in the order of its type; what is not a number must not come here. */
static int64_t rank(unsigned type, uint32_t v)
{
    if (type == I32)
        return (int32_t)v;
    if (type == F32 && v >> 31)
        return -(int64_t)(v & 0x7fffffff);
    return v;
}

static bool not_a_number(unsigned type, uint32_t v)
{
    return type == F32 && (v & 0x7fffffff) > 0x7f800000;
}

static uint32_t multiply_add(unsigned type, uint32_t a, uint32_t b, uint32_t c)
{
    return type == F32 ? reference_fma(a, b, c) : (uint32_t)((uint64_t)a * b + c);
}

static uint32_t plus(unsigned type, uint32_t a, uint32_t b)
{
    return multiply_add(type, a, type == F32 ? 0x3f800000 : 1, b);
}

static uint32_t times(unsigned type, uint32_t a, uint32_t b)
{
    return multiply_add(type, a, b, type == F32 ? 0x80000000 : 0); /* x + -0 is x, +0 too */
}

static bool holds(unsigned type, unsigned comparison, uint32_t a, uint32_t b)
{
    if (not_a_number(type, a) || not_a_number(type, b))
        return comparison == 1;
    a = type == F32 && a == 0x80000000 ? 0 : a;
    b = type == F32 && b == 0x80000000 ? 0 : b;
    switch (comparison) {
    case 0:
        return a == b;
    case 1:
        return a != b;
    case 2:
        return rank(type, a) < rank(type, b);
    }
    return rank(type, a) <= rank(type, b);
}

static uint32_t fold(unsigned type, unsigned reduction, uint32_t acc, uint32_t v)
{
    int64_t x = 2 * rank(type, acc), y = 2 * rank(type, v);

    if (reduction == 0)
        return plus(type, acc, v);
    if (not_a_number(type, acc) || not_a_number(type, v))
        return 0x7fc00000;
    x -= type == F32 && acc == 0x80000000; /* -0 stands below +0 */
    y -= type == F32 && v == 0x80000000;
    return (reduction == 1) == (x <= y) ? acc : v;
}

/* --- steps --- */

static uint32_t reduced(const struct machine *m, const struct instruction *x)
{
    uint32_t acc = get(m, x, 1, 0);

    for (uint64_t i = 1; i < x->n; i++)
        acc = fold(x->type, x->variant, acc, get(m, x, 1, i));
    return not_a_number(x->type, acc) ? 0x7fc00000 : acc;
}

static void product(const struct machine *m, const struct instruction *x)
{
    for (uint64_t row = 0; row < x->n; row++)
        for (uint64_t column = 0; column < x->n2; column++) {
            uint64_t at = row * x->n2 + column;
            uint32_t acc = x->variant ? get(m, x, 3, at) : 0;

            for (uint64_t k = 0; k < x->n3; k++)
                acc = multiply_add(x->type, get(m, x, 1, row * x->n3 + k),
                                   get(m, x, 2, k * x->n2 + column), acc);
            put(m, x, at, acc);
        }
}

static uint32_t element(const struct machine *m, const struct instruction *x, uint64_t i)
{
    switch (x->opcode) {
    case COPY:
        return get(m, x, 1, i);
    case ADD:
        return plus(x->type, get(m, x, 1, i), get(m, x, 2, i));
    case MUL:
        return times(x->type, get(m, x, 1, i), get(m, x, 2, i));
    case FMA:
        return multiply_add(x->type, get(m, x, 1, i), get(m, x, 2, i), get(m, x, 3, i));
    case SELECT:
        return holds(x->type, x->variant, get(m, x, 1, i), get(m, x, 2, i)) ? get(m, x, 3, i)
                                                                            : get(m, x, 4, i);
    }
    return x->immediate;
}

static unsigned execute(const struct machine *m, const struct instruction *x)
{
    if (x->opcode == REDUCE) {
        put(m, x, 0, reduced(m, x));
    } else if (x->opcode == MATMUL) {
        product(m, x);
    } else {
        for (uint64_t i = 0; i < x->n; i++) {
            if (x->opcode == GATHER && get(m, x, 2, i) >= x->n2)
                return INDEX;
            put(m, x, i, x->opcode == GATHER ? get(m, x, 1, get(m, x, 2, i)) : element(m, x, i));
        }
    }
    return 0;
}

struct reference_end reference_run(const uint8_t *program, uint32_t steps, uint8_t *memory,
                                   uint64_t bytes)
{
    struct machine m = { memory, bytes };

    for (uint32_t i = 0; i < steps; i++) {
        struct instruction x;
        unsigned wrong = decode(program + 64ull * i, &x);

        if (!wrong)
            wrong = judge(&m, &x);
        if (!wrong)
            wrong = execute(&m, &x);
        if (wrong)
            return (struct reference_end) { i, wrong };
    }
    return (struct reference_end) { REFERENCE_DONE, 0 };
}
