/*
 * Event sequences written by hand, for the verifier's tests: a tiny machine that says what a real
 * one would say. Include after cmocka.h.
 */
#ifndef DMACHECK_TESTS_VERIFIER_EVENTS_H
#define DMACHECK_TESTS_VERIFIER_EVENTS_H

#include <string.h>

#include "verifier/verify.h"

#define ADAPTER1 OBJ_ID(OBJ_ADAPTER, 1)
#define ADAPTER2 OBJ_ID(OBJ_ADAPTER, 2)
#define DEVICE1 OBJ_ID(OBJ_DEVICE, 1)
#define SGL(n) OBJ_ID(OBJ_SGL, n)
#define MAPREG(n) OBJ_ID(OBJ_MAPREG, n)
#define COMMON(n) OBJ_ID(OBJ_COMMON, n)
#define MDL1 OBJ_ID(OBJ_MDL, 1)

/* Places in a driver that does not exist; only their difference matters. */
enum place { AT_NONE, AT_CREATE, AT_GET, AT_DOORBELL, AT_PUT, AT_PUT_AGAIN, AT_OTHER };

struct says {
    struct verifier *v;
    uint64_t seq;
    uint8_t irql;
};

static inline void says(struct says *s, unsigned kind, unsigned api, uint32_t obj, uint32_t site,
                        uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct event e = { .seq = s->seq,
                       .ns = 10 * s->seq,
                       .a = { a0, a1, a2, a3 },
                       .obj = obj,
                       .site = site,
                       .agent = 1,
                       .kind = (uint16_t)kind,
                       .api = (uint16_t)api,
                       .irql = s->irql };

    s->seq++;
    verifier_event(s->v, &e);
}

static inline void says_adapter(struct says *s, uint32_t adapter)
{
    says(s, EV_ADAPTER, API_IoGetDmaAdapter, adapter, AT_CREATE, DEVICE1, ADAPTER_MASTER, 16,
         65536);
}

static inline void says_adapter_end(struct says *s, uint32_t adapter)
{
    says(s, EV_CALL, API_PutDmaAdapter, adapter, AT_PUT, 0, 0, 0, 0);
    says(s, EV_ADAPTER_END, API_PutDmaAdapter, adapter, AT_PUT, 0, 0, 0, 0);
    says(s, EV_RETURN, API_PutDmaAdapter, adapter, AT_PUT, 0, 0, 0, 0);
}

/* GetScatterGatherList of one run, with its callback. */
static inline void says_get(struct says *s, uint32_t adapter, uint32_t sgl, uint64_t ba,
                            uint64_t bytes, int to_device)
{
    uint64_t dl = dir_length(bytes, to_device);

    s->irql = 2;
    says(s, EV_CALL, API_GetScatterGatherList, adapter, AT_GET, MDL1, 0, dl, 0);
    says(s, EV_ARG, API_GetScatterGatherList, MDL1, AT_GET, 0, 0, 0, 0);
    says(s, EV_CHANNEL, API_GetScatterGatherList, OBJ_ID(OBJ_CHANNEL, OBJ_NUMBER(sgl)), AT_GET,
         adapter, 1, 1, 0);
    says(s, EV_SGL, API_GetScatterGatherList, sgl, AT_GET, adapter, dl, MDL1, 1ull << 32 | 1);
    says(s, EV_MAP, API_GetScatterGatherList, sgl, AT_GET, ba, dl, 0, MDL1);
    says(s, EV_CALLBACK, API_AdapterListControl, adapter, AT_GET, 0, 0, sgl, 0);
    says(s, EV_CALLBACK_END, API_AdapterListControl, adapter, AT_GET, 0, 0, 0, 0);
    says(s, EV_CHANNEL_END, API_GetScatterGatherList, OBJ_ID(OBJ_CHANNEL, OBJ_NUMBER(sgl)), AT_GET,
         adapter, 3, 0, 0);
    says(s, EV_RETURN, API_GetScatterGatherList, adapter, AT_GET, 0, sgl, 0, 0);
    s->irql = 0;
}

static inline void says_put_as(struct says *s, uint32_t adapter, uint32_t own, uint32_t sgl,
                               uint64_t ba, uint64_t bytes, int to_device, uint32_t site)
{
    uint64_t dl = dir_length(bytes, to_device);

    s->irql = 2;
    says(s, EV_CALL, API_PutScatterGatherList, adapter, site, sgl, (uint64_t)to_device, 0, 0);
    if (own) {
        says(s, EV_FLUSH, API_PutScatterGatherList, sgl, site, 0, dl, 0, MDL1);
        says(s, EV_UNMAP, API_PutScatterGatherList, sgl, site, ba, dl, 0, 0);
        says(s, EV_SGL_END, API_PutScatterGatherList, sgl, site, own, dl, 0, 0);
    }
    says(s, EV_RETURN, API_PutScatterGatherList, adapter, site, 0, 0, 0, 0);
    s->irql = 0;
}

static inline void says_put(struct says *s, uint32_t adapter, uint32_t sgl, uint64_t ba,
                            uint64_t bytes, int to_device)
{
    says_put_as(s, adapter, adapter, sgl, ba, bytes, to_device, AT_PUT);
}

/* The driver's store to the device's doorbell, and the device taking up a range. */
static inline void says_doorbell(struct says *s)
{
    says(s, EV_MMIO_WRITE, 0, DEVICE1, AT_DOORBELL, 0x14, 1, 4, 0);
}
static inline void says_device(struct says *s, unsigned kind, uint64_t ba, uint64_t bytes,
                               int reads, uint64_t owner)
{
    says(s, kind, 0, DEVICE1, 0, ba, dir_length(bytes, reads), owner, 5ull << 32 | AT_DOORBELL);
}

/* The whole run ends: the driver is unloaded. */
static inline void says_gone(struct says *s)
{
    says(s, EV_PHASE, 0, 0, 0, PHASE_UNLOAD, 0, 0, 0);
    says(s, EV_PHASE, 0, 0, 0, PHASE_END, 0, 0, 0);
    verifier_end(s->v);
}

static inline const struct finding *the_finding(struct says *s, const char *word)
{
    assert_int_equal(finding_count(s->v), 1);
    assert_string_equal(finding_at(s->v, 0)->word, word);
    return finding_at(s->v, 0);
}

static inline uint32_t site_of(const struct finding *f, enum finding_role role)
{
    for (unsigned i = 0; i < f->site_count; i++)
        if (f->sites[i].role == role)
            return f->sites[i].site;
    return 0;
}

#endif
