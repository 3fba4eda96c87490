/*
 * Records as bytes, little-endian: kind, who, length of the payload, a, b, c.
 */
#include "inputs/record.h"

#include <string.h>

static const struct {
    const char *word, *numbers[4];
} kinds[] = {
#define RECORD(kind, word, a, b, c, payload) { word, { a, b, c, payload } },
#include "inputs/records.def"
#undef RECORD
};

const char *record_word(unsigned kind) { return kind < RECORD_COUNT ? kinds[kind].word : NULL; }

const char *record_number_word(unsigned kind, unsigned index)
{
    return kind < RECORD_COUNT && index < 4 ? kinds[kind].numbers[index] : NULL;
}

uint32_t record_number_at(const uint8_t *p, unsigned bytes)
{
    uint32_t value = 0;

    while (bytes--)
        value = value << 8 | p[bytes];
    return value;
}

bool record_next(const uint8_t **at, const uint8_t *end, struct record *r)
{
    uint8_t head[RECORD_HEAD_BYTES] = { 0 };
    size_t left = (size_t)(end - *at);
    size_t n = left < RECORD_HEAD_BYTES ? left : RECORD_HEAD_BYTES;

    if (!left)
        return false;
    memcpy(head, *at, n);
    left -= n;
    r->kind = head[0] % RECORD_COUNT;
    r->who = head[1];
    r->payload_bytes = (uint16_t)record_number_at(head + 2, 2);
    r->a = record_number_at(head + 4, 4);
    r->b = record_number_at(head + 8, 4);
    r->c = record_number_at(head + 12, 4);
    r->payload = *at + n;
    if (r->payload_bytes > left)
        r->payload_bytes = (uint16_t)left;
    *at += n + r->payload_bytes;
    return true;
}

static void number_put(uint8_t *p, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8)
        p[i] = (uint8_t)value;
}

size_t record_put(uint8_t *to, size_t room, const struct record *r)
{
    if (room < RECORD_HEAD_BYTES + (size_t)r->payload_bytes)
        return 0;
    if (r->payload_bytes)
        memmove(to + RECORD_HEAD_BYTES, r->payload, r->payload_bytes);
    to[0] = r->kind;
    to[1] = r->who;
    number_put(to + 2, r->payload_bytes, 2);
    number_put(to + 4, r->a, 4);
    number_put(to + 8, r->b, 4);
    number_put(to + 12, r->c, 4);
    return RECORD_HEAD_BYTES + r->payload_bytes;
}
