/*
 * Events out of arbitrary bytes, given to whoever hears events without a reader: in whatever order they
 * come, trackers, rules and books live, a finding has words, and all of it can be written.
 */
#include "fuzz/hearers.h"

/* Few objects and addresses, so that events meet; now and then a wild one. */
static uint64_t value(struct bytes *b)
{
    static const uint64_t bases[] = { 0,
                                      0x1000,
                                      1ull << 63,
                                      OBJ_ID(OBJ_SGL, 0),
                                      OBJ_ID(OBJ_MAPREG, 0),
                                      OBJ_ID(OBJ_ADAPTER, 0),
                                      0x4000000000,
                                      UINT64_MAX - 8 };
    uint32_t n = byte(b);

    return n == 255 ? (uint64_t)number(b) << 40 | number(b)
                    : bases[n >> 5] + (n & 3) * (n & 16 ? 1 : 0x800);
}

static void feed(struct bytes *b)
{
    struct site_depot *depot = site_depot_create();
    struct hearers h = hearers_begin(depot, byte(b) & 1);
    struct event e = { 0 };

    for (; b->at < b->end; e.seq++) {
        e.kind = (uint16_t)(byte(b) % (EV_COUNT + 1));
        e.api = (uint16_t)((byte(b) | byte(b) << 8) % (API_COUNT + 1));
        e.obj = OBJ_ID(byte(b) % (OBJ_COUNT + 1), byte(b) & 3);
        e.site = byte(b) & 15, e.agent = (uint16_t)byte(b), e.irql = byte(b) & 15,
        e.cpu = (uint8_t)byte(b);
        for (int i = 0; i < 4; i++)
            e.a[i] = value(b);
        if (event_is_valid(&e))
            hearers_event(&h, &e);
    }
    hearers_end(&h);
    site_depot_destroy(depot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    feed(&(struct bytes) { data, data + size });
    return 0;
}
