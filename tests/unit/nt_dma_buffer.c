/*
 * Adapters, common buffers, vectors, domains; and that every one of the 39 members is there.
 */
#include "tests/unit/nt_dma.h"

static void versions(void)
{
    DEVICE_DESCRIPTION d;
    PDMA_ADAPTER a;
    ULONG n;

    a = get_adapter(1, TRUE, 64, 4096, &n);
    assert_int_equal(a->Version, 1);
    assert_int_equal(a->DmaOperations->Size, 0x68);
    assert_null(a->DmaOperations->CalculateScatterGatherList);
    a = get_adapter(2, TRUE, 64, 4096, &n);
    assert_int_equal(a->Version, 1);
    assert_int_equal(a->DmaOperations->Size, 0x80);
    a = get_adapter(3, TRUE, 64, 4096, &n);
    assert_int_equal(a->Version, 1);
    assert_int_equal(a->DmaOperations->Size, 0x140);
    for (unsigned i = 1; i <= 39; i++) /* member i is a pointer at 8 * i */
        assert_non_null(((void **)a->DmaOperations)[i]);
    assert_null(get_adapter(4, TRUE, 64, 4096, &n));
    assert_null(get_adapter(3, TRUE, 0, 4096, &n)); /* width must not be zero */
    assert_null(get_adapter(3, TRUE, 65, 4096, &n));
    memset(&d, 0, sizeof(d));
    d.Version = 1;
    d.Master = TRUE;
    d.MaximumLength = 4096;
    assert_null(IoGetDmaAdapter(NULL, &d, &n));
    d.Master = FALSE; /* nt_dma_system.c has what a slave gets */
    assert_null(IoGetDmaAdapter(NULL, &d, &n));
}

static void each_version_has_its_table(void **state)
{
    (void)state;
    with_adapter("direct64", versions);
}

/* 2.2: 24, 32 or 64 bits by flags; a PCI device with scatter/gather has 32 at least. */
static void widths(void)
{
    DMA_ADAPTER_INFO info = { .Version = 1 };
    struct event e = { 0 };
    ULONG n;

    get_adapter(1, FALSE, 24, 4096, &n);
    said_since(0, EV_ADAPTER, &e);
    assert_int_equal(e.a[1] >> ADAPTER_WIDTH_SHIFT, 24);
    get_adapter(1, TRUE, 24, 4096, &n);
    said_since(0, EV_ADAPTER, &e);
    assert_int_equal(e.a[1] >> ADAPTER_WIDTH_SHIFT, 32);
    get_adapter(2, FALSE, 64, 4096, &n);
    said_since(0, EV_ADAPTER, &e);
    assert_int_equal(e.a[1] >> ADAPTER_WIDTH_SHIFT, 64);
    open_adapter(3, TRUE, 40, 4096);
    assert_int_equal(T.ops->GetDmaAdapterInfo(T.adapter, &info), STATUS_SUCCESS);
    assert_int_equal(info.V1.DmaAddressWidth, 40);
    assert_int_equal(info.V1.ReadDmaCounterAvailable, FALSE);
    info.Version = 7;
    assert_int_equal(T.ops->GetDmaAdapterInfo(T.adapter, &info), STATUS_NOT_SUPPORTED);
    assert_int_equal(T.ops->GetDmaAlignment(T.adapter), 1);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 0);
    assert_int_equal(T.ops->ConfigureAdapterChannel(T.adapter, 0, NULL), STATUS_NOT_IMPLEMENTED);
    assert_int_equal(T.ops->FlushDmaBuffer(T.adapter, NULL, TRUE), STATUS_INVALID_PARAMETER);
}

static void widths_follow_the_description(void **state)
{
    (void)state;
    with_adapter("direct64", widths);
}

static void buffers(void)
{
    PHYSICAL_ADDRESS la, max = { .QuadPart = 0x100000000 }, min = { .QuadPart = 0x2000000 };
    uint8_t byte = 0;
    uint8_t *p;
    MEMORY_CACHING_TYPE cache = MmWriteCombined;

    open_adapter(3, TRUE, 64, 4096);
    p = T.ops->AllocateCommonBuffer(T.adapter, 10000, &la, TRUE);
    assert_non_null(p);
    p[9999] = 0x42;
    assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart + 9999, &byte, 1));
    assert_int_equal(byte, 0x42);
    T.ops->FreeCommonBuffer(T.adapter, 10000, la, p, TRUE);
    T.ops->FreeCommonBuffer(T.adapter, 10000, la, p, TRUE); /* once too often: only said */
    assert_int_equal(said_since(0, EV_COMMON_END, NULL), 1);
    assert_int_equal(said_since(0, EV_GUARD, NULL), 0);

    p = T.ops->AllocateCommonBufferEx(T.adapter, &max, 4096, &la, TRUE, MM_ANY_NODE_OK);
    assert_non_null(p);
    assert_true(la.QuadPart + 4096 <= max.QuadPart);
    T.ops->FreeCommonBuffer(T.adapter, 4096, la, p, TRUE);
    max.QuadPart = 0x1000000;
    p = T.ops->AllocateCommonBufferEx(T.adapter, &max, 4096, &la, TRUE, MM_ANY_NODE_OK);
    if (T.s->profile.coherent) { /* the other machine's bus addresses begin at 2 GiB */
        assert_non_null(p);
        assert_true(la.QuadPart + 4096 <= max.QuadPart);
        T.ops->FreeCommonBuffer(T.adapter, 4096, la, p, TRUE);
    }
    assert_null(T.ops->AllocateCommonBufferWithBounds(T.adapter, &min, NULL, 4096, 0, &cache,
                                                      MM_ANY_NODE_OK, &la));
    p = T.ops->AllocateCommonBufferWithBounds(T.adapter, &min, NULL, 4096,
                                              DOMAIN_COMMON_BUFFER_LARGE_PAGE, NULL, MM_ANY_NODE_OK,
                                              &la);
    assert_non_null(p);
    assert_int_equal(la.QuadPart & 0x1fffff, 0);
    assert_true(la.QuadPart >= min.QuadPart);
    T.ops->FreeCommonBuffer(T.adapter, 4096, la, p, TRUE);
    assert_int_equal(T.s->dma->adapters->ranges_live, 0);
}

static void common_buffers_lie_where_they_may(void **state)
{
    (void)state;
    with_adapter("direct64", buffers);
    with_adapter("remap", buffers);
    with_adapter("noncoherent", buffers);
}

/* 0x1DC: 3 out of bounds, 4 freed already, 2 not empty. */
static void vectors(void)
{
    PHYSICAL_ADDRESS low = { 0 }, high = { .QuadPart = INT64_MAX }, la, la2;
    PDMA_COMMON_BUFFER_VECTOR v;
    PVOID p, p2;
    struct event e = { 0 };

    open_adapter(3, TRUE, 64, 4096);
    assert_int_equal(T.ops->AllocateCommonBufferVector(T.adapter, low, high, MmCached, 0, 0, 4,
                                                       2048, &v),
                     STATUS_SUCCESS);
    T.ops->GetCommonBufferFromVectorByIndex(T.adapter, v, 0, &p, &la);
    T.ops->GetCommonBufferFromVectorByIndex(T.adapter, v, 3, &p2, &la2);
    assert_int_equal((char *)p2 - (char *)p, la2.QuadPart - la.QuadPart);
    assert_true(la2.QuadPart - la.QuadPart >= 3 * 2048);
    T.ops->GetCommonBufferFromVectorByIndex(T.adapter, v, 4, &p, &la);
    said_since(0, EV_BUGCHECK, &e);
    assert_int_equal(e.a[0], 0x1dc);
    assert_int_equal(e.a[1], 3);
    T.ops->FreeCommonBufferFromVector(T.adapter, v, 1);
    T.ops->GetCommonBufferFromVectorByIndex(T.adapter, v, 1, &p, &la);
    said_since(0, EV_BUGCHECK, &e);
    assert_int_equal(e.a[1], 4);
    T.ops->FreeCommonBufferVector(T.adapter, v);
    said_since(0, EV_BUGCHECK, &e);
    assert_int_equal(e.a[1], 2);
    assert_int_equal(e.a[2], 0);
    assert_int_equal(said_since(0, EV_BUGCHECK, NULL), 3);
}

static void vectors_stop_as_0x1dc_says(void **state)
{
    (void)state;
    with_adapter("direct64", vectors);
}

static void from_mdl(void)
{
    struct buffer b = buffer_make(0, 4 * 4096), odd = buffer_make(16, 4096);
    DMA_COMMON_BUFFER_EXTENDED_CONFIGURATION c[2];
    PHYSICAL_ADDRESS la;
    uint8_t byte = 0;
    bool remapped = T.s->profile.translation == TRANSLATION_REMAP;

    open_adapter(3, TRUE, 64, 1 << 16);
    assert_int_equal(T.ops->CreateCommonBufferFromMdl(T.adapter, odd.mdl, NULL, 0, &la),
                     STATUS_INVALID_PARAMETER);
    memset(c, 0, sizeof(c));
    c[0].ConfigType = c[1].ConfigType = CommonBufferConfigTypeLogicalAddressLimits;
    c[0].LogicalAddressLimits.MaximumAddress.QuadPart =
        c[1].LogicalAddressLimits.MaximumAddress.QuadPart = INT64_MAX;
    assert_int_equal(T.ops->CreateCommonBufferFromMdl(T.adapter, b.mdl, c, 2, &la),
                     STATUS_INVALID_PARAMETER);
    c[0].ConfigType = CommonBufferConfigTypeHardwareAccessPermissions;
    c[0].HardwareAccessType = CommonBufferHardwareAccessReadOnly;
    assert_int_equal(T.ops->CreateCommonBufferFromMdl(T.adapter, b.mdl, c, 1, &la),
                     remapped ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED);
    if (!remapped)
        return;
    assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart + 4096, &byte, 1));
    assert_int_equal(byte, b.p[4096]);
    assert_false(dm_bus_write(T.d, 0, (uint64_t)la.QuadPart, &byte, 1));
    T.ops->FreeCommonBuffer(T.adapter, 4 * 4096, la, b.p, TRUE);
    assert_false(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart, &byte, 1));
}

static void common_buffers_over_an_mdl(void **state)
{
    (void)state;
    with_adapter("remap", from_mdl);
    with_adapter("direct64", from_mdl);
}

static void domains(void)
{
    struct dm_device *other = bus_plug(T.s, &model);
    PHYSICAL_ADDRESS la;
    HANDLE domain;
    PVOID p;
    uint8_t byte = 0;

    open_adapter(3, TRUE, 64, 4096);
    other->bus_master = true;
    domain = T.ops->GetDmaDomain(T.adapter);
    assert_non_null(domain);
    assert_int_equal(T.ops->JoinDmaDomain(T.adapter, (HANDLE)0x1234), STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->AllocateDomainCommonBuffer(T.adapter, domain, NULL, 64, 0, NULL,
                                                       MM_ANY_NODE_OK, &la, &p),
                     STATUS_SUCCESS);
    assert_int_equal(T.ops->LeaveDmaDomain(T.adapter),
                     STATUS_INVALID_DEVICE_STATE); /* the buffer is mapped */
    assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart, &byte, 1));
    assert_false(dm_bus_read(other, 0, (uint64_t)la.QuadPart, &byte, 1)); /* another's domain */
    other->domain = T.d->domain;
    assert_true(dm_bus_read(other, 0, (uint64_t)la.QuadPart, &byte, 1));
    T.ops->FreeCommonBuffer(T.adapter, 64, la, p, TRUE);
    assert_int_equal(T.ops->JoinDmaDomain(T.adapter, domain), STATUS_SUCCESS);
    assert_int_equal(T.ops->LeaveDmaDomain(T.adapter), STATUS_SUCCESS);
}

static void siblings_may_share_a_domain(void **state)
{
    (void)state;
    with_adapter("remap", domains);
}

static void mmio(void)
{
    volatile uint32_t *reg;
    struct dm_device *d;
    unsigned bar;
    uint64_t offset;
    struct event e = { 0 };

    assert_true(bus_bar_find(T.s, T.d->bars[0].start + 0x10, false, &d, &bar, &offset));
    assert_ptr_equal(d, T.d);
    assert_int_equal(offset, 0x10);
    reg = bus_mmio_map(T.s, T.d->bars[0].start, 0x1000);
    assert_non_null((void *)reg);
    __door_load4_noabort((uintptr_t)&reg[2]);
    assert_int_equal(reg[2], 0x108);
    stored.count = 0;
    __door_store4_noabort((uintptr_t)&reg[1]);
    reg[1] = 0xabcd;
    assert_int_equal(stored.count, 0); /* handed over at the next entry */
    door_flush_pending();
    assert_int_equal(stored.count, 1);
    assert_int_equal(stored.offset, 4);
    assert_int_equal(stored.value, 0xabcd);
    assert_int_equal(said_since(0, EV_MMIO_WRITE, &e), 1);
    assert_int_equal(e.a[2], 4);
    bus_unplug(T.s, T.d);
    __door_load4_noabort((uintptr_t)&reg[2]);
    assert_int_equal(reg[2], UINT32_MAX);
    assert_true(bus_mmio_unmap(T.s, (void *)reg, 0x1000));
}

static void registers_go_through_the_door(void **state)
{
    (void)state;
    with_adapter("direct64", mmio);
}

static struct {
    PHYSICAL_ADDRESS la;
    uint8_t *p;
    uint64_t seed;
} raced;

static void free_raced(void *ctx)
{
    (void)ctx;
    T.ops->FreeCommonBuffer(T.adapter, 4096, raced.la, raced.p, TRUE);
}

/* Two threads give the same buffer back; whichever is first ends it. */
static void free_at_once(void)
{
    uint64_t until = sched_now_ns(T.s) + 1000000;

    choice_from_seed(T.s, raced.seed);
    open_adapter(3, TRUE, 64, 4096);
    raced.p = T.ops->AllocateCommonBuffer(T.adapter, 4096, &raced.la, TRUE);
    assert_non_null(raced.p);
    for (unsigned i = 0; i < 2; i++)
        assert_non_null(sched_thread(T.s, "free", free_raced, NULL, 0, 8));
    while (sched_now_ns(T.s) < until)
        sched_block(T.s, until);
    assert_int_equal(said_since(0, EV_COMMON_END, NULL), 1);
}

static void a_buffer_that_two_threads_free_ends_once(void **state)
{
    (void)state;
    for (raced.seed = 1; raced.seed <= 100; raced.seed++)
        with_adapter("direct64", free_at_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_has_its_table),
        cmocka_unit_test(widths_follow_the_description),
        cmocka_unit_test(common_buffers_lie_where_they_may),
        cmocka_unit_test(vectors_stop_as_0x1dc_says),
        cmocka_unit_test(common_buffers_over_an_mdl),
        cmocka_unit_test(siblings_may_share_a_domain),
        cmocka_unit_test(registers_go_through_the_door),
        cmocka_unit_test(a_buffer_that_two_threads_free_ends_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
