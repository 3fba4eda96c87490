/*
 * A step's operands lie in parts of the buffer of their own, so that most of what is drawn may run; sizes are
 * such that half a part holds them.
 */
#include "inputs/steps.h"

#include <string.h>

#define PARTS 6u
#define PART_BYTES (STEPS_BUFFER_BYTES / PARTS & ~15u)
#define COUNT_MOST (PART_BYTES / 8)
#define HEAD_VERSION 1u

enum { REDUCE = 6, SELECT = 7, MATMUL = 8, GATHER = 9, OPCODES = 9, TYPES = 3 };

static void put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8)
        to[i] = (uint8_t)value;
}

static uint32_t draw(uint32_t *state, uint32_t bound)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % bound;
}

static unsigned variants(unsigned opcode)
{
    return opcode == REDUCE ? 3 : opcode == SELECT ? 4 : opcode == MATMUL ? 2 : 1;
}

static void put_sizes(uint8_t *to, unsigned opcode, uint32_t count)
{
    bool product = opcode == MATMUL;

    put(to + 4, 1 + count % (product ? 12 : COUNT_MOST), 4);
    if (product || opcode == GATHER)
        put(to + 8, 1 + count / 256 % (product ? 6 : COUNT_MOST), 4);
    if (product)
        put(to + 12, 1 + count / 65536 % 6, 4);
}

/* Output and inputs; now and then an input is the output itself, where the device allows it. */
static void put_places(uint8_t *to, unsigned opcode, uint32_t places)
{
    uint32_t state = places, out = draw(&state, PARTS);
    uint32_t out_at = out * PART_BYTES + 4 * draw(&state, COUNT_MOST);

    put(to + 16, out_at, 8);
    for (unsigned i = 1; i <= 4; i++) {
        uint32_t part = (out + 1 + draw(&state, PARTS - 1)) % PARTS;
        uint32_t at = part * PART_BYTES + 4 * draw(&state, COUNT_MOST);
        bool may = opcode < REDUCE || opcode == SELECT || (opcode == MATMUL && i == 3);

        put(to + 16 + 8 * i, may && !draw(&state, 5) ? out_at : at, 8);
    }
}

/* The payload's first byte says where, the others what is changed there. */
static void put_change(uint8_t *to, const struct record *r)
{
    for (unsigned i = 1; i < r->payload_bytes && i <= STEP_BYTES; i++)
        to[(r->payload[0] + i - 1) % STEP_BYTES] ^= r->payload[i];
}

void steps_add(struct steps *s, const struct record *r)
{
    uint8_t *to = s->bytes + s->count * STEP_BYTES;
    unsigned opcode = 1 + r->a % OPCODES;

    if (s->count == STEPS_MAX)
        return;
    s->count++;
    memset(to, 0, STEP_BYTES);
    to[0] = (uint8_t)opcode;
    to[1] = (uint8_t)(r->a / OPCODES % TYPES);
    to[2] = (uint8_t)(r->a / OPCODES / TYPES % variants(opcode));
    put_sizes(to, opcode, r->b);
    put_places(to, opcode, r->c);
    put(to + 56, r->c, 4);
    put_change(to, r);
}

size_t steps_write(const struct steps *s, uint8_t *to, const uint8_t *change, size_t change_bytes)
{
    size_t bytes = STEPS_HEAD_BYTES + (size_t)s->count * STEP_BYTES;

    put(to, HEAD_VERSION, 4);
    put(to + 4, s->count, 4);
    put(to + 8, STEPS_BUFFER_BYTES, 8);
    memcpy(to + STEPS_HEAD_BYTES, s->bytes, bytes - STEPS_HEAD_BYTES);
    for (size_t i = 0; i < change_bytes && i < bytes; i++)
        to[i] ^= change[i];
    return bytes;
}
