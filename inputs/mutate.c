/*
 * An input is read into a table of records, the table is changed in one place, and written again.
 */
#include "inputs/mutate.h"

#include <string.h>

#include "base/rng.h"
#include "inputs/decode.h"
#include "inputs/record.h"

#define RECORDS_MAX DECODE_RECORDS_MAX
#define INPUT_MAX (1u << 20)

struct table {
    struct record records[RECORDS_MAX + 1];
    unsigned count;
    uint64_t state;
    uint8_t bytes[INPUT_MAX];               /* what the records' payloads point into */
    uint8_t payload[INPUT_PAYLOAD_MAX + 1]; /* the one that is changed */
};

/* One process fuzzes one input at a time. */
static struct table table;

static uint32_t below(struct table *t, uint32_t bound)
{
    t->state = rng_mix(t->state + 0x9e3779b97f4a7c15ull);
    return bound ? rng_below(t->state, bound) : 0;
}

static void read_records(struct table *t, const uint8_t *data, size_t size)
{
    const uint8_t *at = t->bytes;

    size = size < INPUT_MAX ? size : INPUT_MAX;
    memcpy(t->bytes, data, size);
    t->count = 0;
    while (t->count < RECORDS_MAX && record_next(&at, t->bytes + size, &t->records[t->count]))
        t->count++;
}

static size_t write_records(const struct table *t, uint8_t *data, size_t max)
{
    size_t size = 0;

    for (unsigned i = 0; i < t->count; i++)
        size += record_put(data + size, max - size, &t->records[i]);
    return size;
}

/* --- numbers --- */

static uint32_t interesting(struct table *t)
{
    static const uint32_t numbers[] = {
        0,        1,    2,     3,     4,        7,        8,        15,         16,
        63,       64,   255,   256,   511,      512,      4095,     4096,       4097,
        8191,     8192, 65535, 65536, 1u << 20, 1u << 24, 1u << 31, UINT32_MAX, UINT32_MAX - 1,
        INT32_MAX
    };
    uint32_t n = numbers[below(t, sizeof(numbers) / sizeof(numbers[0]))];

    return below(t, 4) ? n : n + below(t, 9) - 4;
}

/* A length that a control code expects, or nearly. */
static uint32_t expected_bytes(struct table *t, const struct mutator *m)
{
    const struct surface_ioctl *i;

    if (!m->surface || !m->surface->ioctl_count)
        return interesting(t);
    i = &m->surface->ioctls[below(t, m->surface->ioctl_count)];
    return (below(t, 2) ? i->in_bytes : i->out_bytes) + (below(t, 3) ? 0 : below(t, 9) - 4);
}

static uint32_t number(struct table *t, const struct mutator *m, uint32_t old)
{
    switch (below(t, 8)) {
    case 0:
    case 6:
    case 7:
        return interesting(t);
    case 1:
        return old + below(t, 17) - 8;
    case 2:
        return old ^ 1u << below(t, 32);
    case 3:
        return below(t, 256);
    case 4:
        return expected_bytes(t, m);
    default:
        return below(t, UINT32_MAX);
    }
}

static void change_number(struct table *t, const struct mutator *m, struct record *r)
{
    uint32_t *numbers[] = { &r->a, &r->b, &r->c };
    unsigned first = below(t, 3);

    for (unsigned i = 0; i < 3; i++) { /* the first that is used */
        unsigned which = (first + i) % 3;

        if (record_number_word(r->kind, which)[0] == '-')
            continue;
        *numbers[which] = number(t, m, *numbers[which]);
        return;
    }
    r->who = (uint8_t)below(t, 256);
}

static void change_who(struct table *t, struct record *r)
{
    static const uint8_t bits[] = { 1, 2, 4, 4, 8, 8, 16, 32 };

    r->who ^= bits[below(t, sizeof(bits))];
}

/* Of a record that has a use for one, if there are any. */
static void change_payload(struct table *t, const struct mutator *m)
{
    struct record *r = &t->records[below(t, t->count)];
    size_t room;

    for (unsigned i = 0; i < t->count && record_number_word(r->kind, 3)[0] == '-'; i++)
        r = &t->records[(unsigned)(r - t->records + 1) % t->count];
    room = below(t, 8) ? r->payload_bytes + 64u : INPUT_PAYLOAD_MAX;

    room = room < INPUT_PAYLOAD_MAX ? room : INPUT_PAYLOAD_MAX;
    memcpy(t->payload, r->payload, r->payload_bytes);
    r->payload_bytes = (uint16_t)m->payload(t->payload, r->payload_bytes, room);
    r->payload = t->payload;
}

/* --- records --- */

/* Where a request's memory lies says nothing without the request. */
static struct record place_new(struct table *t, const struct record *request)
{
    struct record r = { .kind = RECORD_BUFFER, .who = request->who };

    r.a = below(t, 2) ? RECORD_BUFFER_NEW : below(t, RECORD_BUFFERS);
    r.b = below(t, 4) ? interesting(t) : below(t, 4096);
    r.c = below(t, 3) ? RECORD_BUFFER_NEW : below(t, RECORD_BUFFERS);
    return r;
}

static bool has_place(const struct record *r)
{
    return r->kind == RECORD_READ || r->kind == RECORD_WRITE || r->kind == RECORD_IOCTL;
}

/* Mostly what a requester does, and at once. */
static struct record record_new(struct table *t, const struct mutator *m)
{
    static const uint8_t usual[] = { RECORD_READ,   RECORD_WRITE,  RECORD_IOCTL,
                                     RECORD_IOCTL,  RECORD_WAIT,   RECORD_SLEEP,
                                     RECORD_BUFFER, RECORD_CANCEL, RECORD_OPEN };
    struct record r = { .kind = below(t, 2) ? usual[below(t, sizeof(usual))]
                                            : (uint8_t)below(t, RECORD_COUNT) };

    r.who = RECORD_WHO(below(t, 3) ? 0 : below(t, RECORD_THREADS), below(t, 2), below(t, 4));
    r.a = below(t, 3) ? number(t, m, 0) : below(t, 64);
    r.b = number(t, m, 0);
    r.c = below(t, 2) ? 0 : number(t, m, 0);
    if (r.kind == RECORD_IOCTL && m->surface && m->surface->ioctl_count) {
        uint32_t index = below(t, m->surface->ioctl_count);

        r.a = RECORD_IOCTL_OF(index);
        r.b = below(t, 4) ? m->surface->ioctls[index].out_bytes : r.b;
        r.payload_bytes = (uint16_t)m->surface->ioctls[index].in_bytes;
        memset(t->payload, 0, r.payload_bytes);
        r.payload = t->payload;
    }
    return r;
}

static void insert(struct table *t, unsigned at, const struct record *r)
{
    struct record copy = *r; /* it may lie in the table */

    memmove(&t->records[at + 1], &t->records[at], (t->count - at) * sizeof(*r));
    t->records[at] = copy;
    if (t->count < RECORDS_MAX)
        t->count++;
}

static void drop(struct table *t, unsigned at)
{
    t->count--;
    memmove(&t->records[at], &t->records[at + 1], (t->count - at) * sizeof(t->records[0]));
}

static void change(struct table *t, const struct mutator *m)
{
    unsigned at = below(t, t->count), to = below(t, t->count);
    struct record *r = &t->records[at], fresh = *r;

    switch (t->count ? below(t, 18) : 0) {
    case 0:
    case 1:
    case 2:
        fresh = record_new(t, m);
        at = below(t, t->count + 1);
        insert(t, at, &fresh);
        if (has_place(&fresh) && below(t, 2)) {
            fresh = place_new(t, &fresh);
            insert(t, at, &fresh);
        }
        break;
    case 3:
        drop(t, at);
        break;
    case 4:
        insert(t, to, r);
        break;
    case 5: /* the two change places */
        *r = t->records[to];
        t->records[to] = fresh;
        break;
    case 6: /* moves */
        drop(t, at);
        insert(t, below(t, t->count + 1), &fresh);
        break;
    case 7:
        r->kind = (uint8_t)below(t, RECORD_COUNT);
        break;
    case 8:
    case 9:
        change_who(t, r);
        break;
    case 10:
    case 11:
    case 12:
    case 13:
        change_payload(t, m);
        break;
    default:
        change_number(t, m, r);
    }
}

size_t mutate(const struct mutator *m, uint8_t *data, size_t size, size_t max)
{
    struct table *t = &table;

    t->state = m->seed;
    read_records(t, data, size);
    change(t, m);
    if (!below(t, 4)) /* now and then two places, of which only one has a payload of its own */
        change_number(t, m, &t->records[below(t, t->count ? t->count : 1)]);
    return write_records(t, data, max);
}

size_t mutate_cross(const struct mutator *m, const uint8_t *a, size_t a_bytes, const uint8_t *b,
                    size_t b_bytes, uint8_t *out, size_t max)
{
    struct table *t = &table;
    unsigned from, to;
    size_t size;

    t->state = m->seed;
    read_records(t, a, a_bytes);
    t->count = to = below(t, t->count + 1);
    size = write_records(t, out, max);
    read_records(t, b, b_bytes);
    from = below(t, t->count + 1);
    memmove(&t->records[0], &t->records[from], (t->count - from) * sizeof(t->records[0]));
    t->count -= from;
    if (t->count > RECORDS_MAX - to)
        t->count = RECORDS_MAX - to;
    return size + write_records(t, out + size, max - size);
}
