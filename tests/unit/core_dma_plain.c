/*
 * The short way of scatter/gather lists (sim/core/dma_plain.h), which they take once enough lists rest: its
 * answers are those of the long way, with somebody listening and with nobody. Sources: the page frames of
 * the MDL (wdm/nf-wdm-mmgetmdlpfnarray): one element a run of frames that follow one another.
 */
#include "tests/unit/nt_dma.h"

#define ROUNDS 100 /* the first 32 go the long way */

/* Runs of neighbouring frames under an MDL; what a boundary of 4 GiB would cut is not in these machines. */
static ULONG runs_of(PMDL mdl)
{
    const PFN_NUMBER *pfn = MmGetMdlPfnArray(mdl);
    ULONG pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl), mdl->ByteCount);
    ULONG runs = 1;

    for (ULONG i = 1; i < pages; i++)
        runs += pfn[i] != pfn[i - 1] + 1;
    return runs;
}

static void round_trip(struct buffer *b, bool to_device, ULONG runs)
{
    static uint8_t seen[8 * PAGE_BYTES];
    KIRQL irql = to_dispatch();
    unsigned calls = got.calls;

    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b->mdl, b->p, b->bytes,
                                                 list_control, &got, to_device),
                     STATUS_SUCCESS);
    assert_int_equal(got.calls, calls + 1);
    assert_int_equal(list_bytes(got.list), b->bytes);
    if (runs)
        assert_int_equal(got.list->NumberOfElements, runs);
    memset(seen, 0x5a, sizeof(seen));
    assert_true(device_moves(got.list, seen, to_device));
    assert_memory_equal(to_device ? seen : b->p, to_device ? b->p : seen, b->bytes);
    T.ops->PutScatterGatherList(T.adapter, got.list, to_device);
    from_dispatch(irql);
}

static void rounds(ULONG offset, ULONG bytes)
{
    struct buffer b = buffer_make(offset, bytes);
    ULONG runs = runs_of(b.mdl);

    for (unsigned i = 0; i < ROUNDS; i++)
        round_trip(&b, i & 1, runs);
    assert_int_equal(T.s->bugcheck_code, 0);
    buffer_free(&b);
}

static void sizes(void)
{
    open_adapter(3, TRUE, 64, 1 << 20);
    rounds(0, 100);
    rounds(4000, 96);
    rounds(100, 3 * PAGE_BYTES);
    rounds(0, 6 * PAGE_BYTES);
}

static void heard_sizes(void)
{
    uint32_t from;
    struct event last = { 0 };

    sizes();
    from = T.events;
    rounds(100, 3 * PAGE_BYTES); /* each is told, the short way too */
    assert_int_equal(said_since(from, EV_SGL, &last), ROUNDS);
    assert_int_equal(EVENT_LENGTH(last.a[1]), 3 * PAGE_BYTES);
    assert_int_equal(said_since(from, EV_CHANNEL, NULL), ROUNDS);
    assert_int_equal(said_since(from, EV_CHANNEL_END, NULL), ROUNDS);
}

static void unheard_sizes(void)
{
    trace_detach(&T.s->trace, NULL);
    sizes();
}

static void with_a_listener(void **state)
{
    (void)state;
    with_adapter("direct64", heard_sizes);
}

static void with_none(void **state)
{
    (void)state;
    with_adapter("direct64", unheard_sizes);
}

/* Two lists of one adapter at once, given back in the other order. */
static void crossed(void)
{
    struct buffer a = buffer_make(8, 2 * PAGE_BYTES), b = buffer_make(16, PAGE_BYTES);
    PSCATTER_GATHER_LIST first;

    sizes();
    for (unsigned i = 0; i < ROUNDS; i++) {
        KIRQL irql = to_dispatch();

        assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, a.mdl, a.p, a.bytes,
                                                     list_control, &got, TRUE),
                         STATUS_SUCCESS);
        first = got.list;
        assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, b.bytes,
                                                     list_control, &got, FALSE),
                         STATUS_SUCCESS);
        assert_ptr_not_equal(first, got.list);
        assert_int_equal(list_bytes(first), a.bytes);
        T.ops->PutScatterGatherList(T.adapter, first, TRUE);
        assert_int_equal(list_bytes(got.list), b.bytes);
        T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
        from_dispatch(irql);
    }
    assert_int_equal(T.s->bugcheck_code, 0);
    buffer_free(&a);
    buffer_free(&b);
}

static void two_at_once(void **state)
{
    (void)state;
    with_adapter("direct64", crossed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_a_listener),
        cmocka_unit_test(with_none),
        cmocka_unit_test(two_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
