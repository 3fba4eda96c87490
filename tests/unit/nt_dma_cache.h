/*
 * What the tests of caches share: a card's memory, lists of either version, and a driver that is run
 * on a machine with a seed and judged.
 */
#ifndef DMACHECK_TESTS_UNIT_NT_DMA_CACHE_H
#define DMACHECK_TESTS_UNIT_NT_DMA_CACHE_H

#include "tests/unit/nt_dma.h"

#define SEEDS 48u

static uint8_t card[8 * 4096];
static struct { /* of the test that runs */
    uint64_t seed;
    bool flush;
    unsigned right;
} now;

static inline void card_fill(ULONG bytes)
{
    for (ULONG i = 0; i < bytes; i++)
        card[i] = (uint8_t)(i * 13 + 1);
}

static inline PSCATTER_GATHER_LIST list_get(struct buffer *b, bool to_device)
{
    memset(&got, 0, sizeof(got));
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b->mdl, b->p, b->bytes,
                                                 list_control, NULL, to_device),
                     STATUS_SUCCESS);
    if (!got.calls) { /* later, from a DPC */
        from_dispatch(PASSIVE_LEVEL);
        sched_dpc_drain(T.s);
        to_dispatch();
    }
    assert_int_equal(got.calls, 1);
    return got.list;
}

static uint8_t context[DMA_TRANSFER_CONTEXT_SIZE_V1], place[4096];

static inline PSCATTER_GATHER_LIST list_ex(struct buffer *b, bool build, bool to_device)
{
    PSCATTER_GATHER_LIST list = NULL;
    NTSTATUS status;

    assert_int_equal(T.ops->InitializeDmaTransferContext(T.adapter, context), STATUS_SUCCESS);
    if (build)
        status = T.ops->BuildScatterGatherListEx(T.adapter, T.pdo, context, b->mdl, 0, b->bytes,
                                                 DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, to_device,
                                                 place, sizeof(place), NULL, NULL, &list);
    else
        status = T.ops->GetScatterGatherListEx(T.adapter, T.pdo, context, b->mdl, 0, b->bytes,
                                               DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, to_device,
                                               NULL, NULL, &list);
    assert_int_equal(status, STATUS_SUCCESS);
    T.ops->FreeAdapterObject(T.adapter, DeallocateObjectKeepRegisters);
    return list;
}

static inline bool is_right(const char *profile, void (*body)(void), bool flush, uint64_t seed)
{
    now.seed = seed;
    now.flush = flush;
    with_adapter(profile, body);
    return now.right;
}

/* The machine `noncoherent`, but memory lies where a 32-bit device does not reach. */
static inline void high_memory(void (*body)(void))
{
    struct profile p;
    char message[200];

    assert_int_equal(profile_find(&p, "noncoherent", message, sizeof(message)), 0);
    p.above_4g = true;
    p.placement = MEMORY_SCATTERED;
    on_machine_of(&p, body);
}

#endif
