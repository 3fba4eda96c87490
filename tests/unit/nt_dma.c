/*
 * Lists and what an adapter says of itself, on the machine's profiles: counts, sizes, statuses,
 * when bytes are copied, what a device may still touch.
 */
#include "tests/unit/nt_dma.h"

static const char *const profiles[] = { "direct64",   "bounce32", "nosg",        "remap",
                                        "remap-lazy", "external", "tight",       "one-register",
                                        "split",      "merge",    "noncoherent", "deferred" };

static void size_on_remap(void)
{
    struct buffer b = buffer_make(0x40, 128);
    ULONG size = 0, registers = 0;

    open_adapter(3, TRUE, 64, 1 << 20);
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, b.mdl, b.p, 128, &size,
                                                       &registers),
                     STATUS_SUCCESS);
    assert_int_equal(size, 232);
    assert_int_equal(registers, 1);
}

static void size_is_232_for_128_bytes_on_remap(void **state)
{
    (void)state;
    with_adapter("remap", size_on_remap);
}

/* KMDF: (NULL, NULL, N * PAGE_SIZE) reports exactly N; NetAdapterCx: offset 4095 is the worst. */
static void counts(void)
{
    ULONG size, n;

    open_adapter(2, TRUE, 64, 1 << 20);
    assert_int_equal(T.registers, 257); /* pages of 1 MiB and one */
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, NULL, NULL, 257 * 4096, &size,
                                                       &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 257);
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, NULL, NULL, 257 * 4096 + 1, &size,
                                                       &n),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, NULL, (PVOID)4095, 8192, &size,
                                                       &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 3);

    struct buffer a = buffer_make(0xf00, 0x300), b = buffer_make(0x10, 0x1000),
                  c = buffer_make(0, 0x800);

    a.mdl->Next = b.mdl;
    b.mdl->Next = c.mdl;
    /* 0xf00+0x300 spans 2 pages, 0x10+0x1000 spans 2, 0x800 one */
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, a.mdl, a.p,
                                                       0x300 + 0x1000 + 0x800, &size, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 5);
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, a.mdl, a.p + 0x200,
                                                       0x100 + 0x1000, &size, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 3);
    /* the last MDL begins at offset 0, so a page of excess is the first that is refused at + 1 */
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, a.mdl, a.p,
                                                       0x300 + 0x1000 + 0x800 + 0x1001, &size, &n),
                     STATUS_BUFFER_TOO_SMALL);
}

static void counts_map_registers_as_the_hal_does(void **state)
{
    (void)state;
    with_adapter("direct64", counts);
}

static void round_trip_of(ULONG offset, ULONG bytes, bool to_device)
{
    struct buffer b = buffer_make(offset, bytes);
    static uint8_t card[1 << 16];
    KIRQL irql = to_dispatch();

    memset(&got, 0, sizeof(got));
    KeFlushIoBuffers(b.mdl, !to_device, TRUE); /* as versions 1 and 2 must */
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, bytes, list_control,
                                                 &b, to_device),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    if (!got.calls)
        sched_dpc_drain(T.s);
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.irql, 2);
    assert_ptr_equal(got.context, &b);
    assert_int_equal(list_bytes(got.list), bytes);
    if (to_device) {
        memset(card, 0, bytes);
        assert_true(device_moves(got.list, card, true));
        assert_memory_equal(card, b.p, bytes);
    } else {
        for (ULONG i = 0; i < bytes; i++)
            card[i] = (uint8_t)(i * 13 + 1);
        assert_true(device_moves(got.list, card, false));
    }
    irql = to_dispatch();
    T.ops->PutScatterGatherList(T.adapter, got.list, to_device);
    from_dispatch(irql);
    assert_memory_equal(card, b.p, bytes);
    buffer_free(&b);
}

static void round_trips(void)
{
    static const struct {
        ULONG offset, bytes;
    } shapes[] = {
        { 0, 1 },          { 0xfff, 2 }, { 0, 4096 },      { 0x123, 4095 },
        { 0x800, 0x1801 }, { 0, 8192 },  { 0xabc, 20000 },
    };

    open_adapter(1, TRUE, 64, 1 << 20);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        if (span_pages(shapes[i].offset, shapes[i].bytes) <= T.registers)
            for (int to_device = 0; to_device < 2; to_device++)
                round_trip_of(shapes[i].offset, shapes[i].bytes, to_device);
    T.ops->PutDmaAdapter(T.adapter);
    assert_int_equal(said_since(0, EV_GUARD, NULL), 0);
    assert_int_equal(said_since(0, EV_DEV_FAULT, NULL), 0);
}

static void bytes_arrive_on_every_profile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
        with_adapter(profiles[i], round_trips);
}

static void chain(void)
{
    struct buffer a = buffer_make(0x100, 0x700), b = buffer_make(0x900, 0x1200);
    static uint8_t card[0x1900];
    KIRQL irql = to_dispatch();

    open_adapter(2, TRUE, 64, 1 << 16);
    a.mdl->Next = b.mdl;
    if (T.registers < 3)
        return;
    memset(&got, 0, sizeof(got));
    KeFlushIoBuffers(a.mdl, FALSE, TRUE); /* each MDL of a chain for itself */
    KeFlushIoBuffers(b.mdl, FALSE, TRUE);
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, a.mdl, a.p, 0x1900, list_control,
                                                 &b, TRUE),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    if (!got.calls)
        sched_dpc_drain(T.s);
    assert_int_equal(list_bytes(got.list), 0x1900);
    if (!T.s->profile.scatter_gather)
        assert_int_equal(got.list->NumberOfElements, 1); /* packet: exactly one */
    assert_true(device_moves(got.list, card, true));
    assert_memory_equal(card, a.p, 0x700);
    assert_memory_equal(card + 0x700, b.p, 0x1200);
    to_dispatch();
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
}

static void chains_are_walked_on_every_profile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
        with_adapter(profiles[i], chain);
}

/* 2.4: copied at map for a write, at put for a read, at no other moment. */
static void moments(void)
{
    struct buffer b = buffer_make(0x10, 100);
    uint8_t card[100];

    open_adapter(2, TRUE, 64, 1 << 16);
    to_dispatch();
    T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 100, list_control, NULL, TRUE);
    memset(b.p, 0xee, 100); /* after the map: too late */
    assert_true(device_moves(got.list, card, true));
    assert_int_equal(card[1], 10);
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    assert_int_equal(b.p[1], 0xee);

    T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 100, list_control, NULL, FALSE);
    memset(card, 0x55, 100);
    assert_true(device_moves(got.list, card, false));
    assert_int_equal(b.p[1], 0xee); /* not before the put */
    T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
    assert_int_equal(b.p[1], 0x55);
}

static void bounced_bytes_are_copied_at_map_and_put_only(void **state)
{
    (void)state;
    with_adapter("bounce32", moments);
}

static void late_touch(void)
{
    struct buffer b = buffer_make(0, 4096);
    uint8_t card[16] = { 0 };
    struct event e = { 0 };
    uint64_t ba;
    uint32_t from;

    open_adapter(2, TRUE, 64, 1 << 16);
    to_dispatch();
    T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 4096, list_control, NULL, TRUE);
    ba = (uint64_t)got.list->Elements[0].Address.QuadPart;
    from = T.events;
    if (T.s->profile.translation == TRANSLATION_REMAP) {
        assert_false(dm_bus_write(T.d, 3, ba, card, 16)); /* mapped for reading memory only */
        assert_int_equal(said_since(from, EV_DEV_FAULT, &e), 1);
        assert_int_equal((uint32_t)e.a[2], DEV_FAULT_PERMISSION);
        assert_int_equal(OBJ_TYPE(e.a[2] >> 32), OBJ_SGL);
        assert_int_equal(e.a[3] >> 32, 3);
    }
    assert_true(dm_bus_read(T.d, 3, ba, card, 16));
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    from = T.events;
    if (T.s->profile.translation == TRANSLATION_REMAP) {
        assert_false(dm_bus_read(T.d, 3, ba, card, 16));
        assert_int_equal(card[0], 0xff);
        assert_int_equal(said_since(from, EV_DEV_FAULT, &e), 1);
        assert_int_equal((uint32_t)e.a[2], DEV_FAULT_RELEASED);
        assert_int_equal(OBJ_TYPE(e.a[2] >> 32), OBJ_SGL);
    } else {
        assert_true(dm_bus_read(T.d, 3, ba, card, 16)); /* as on a PC: memory is still there */
        assert_int_equal(said_since(from, EV_DEV_READ, &e), 1);
        assert_int_equal(OBJ_TYPE(e.a[2]), OBJ_SGL);
    }
}

static void late_touches_name_the_list(void **state)
{
    (void)state;
    with_adapter("remap", late_touch);
    with_adapter("direct64", late_touch);
    with_adapter("bounce32", late_touch);
}

static void damage(void)
{
    struct buffer b = buffer_make(0, 100);
    uint8_t card[8] = { 0xaa };
    struct event e = { 0 };
    PHYSICAL_ADDRESS la;
    uint8_t *common;
    uint64_t ba;

    open_adapter(2, TRUE, 64, 1 << 16);
    common = T.ops->AllocateCommonBuffer(T.adapter, 1000, &la, TRUE);
    assert_non_null(common);
    assert_int_equal((uintptr_t)common & 4095, 0);
    assert_memory_equal(common + 1000, "DmaVrfy0", 8);
    assert_memory_equal(common - 8, "DmaVrfy0", 8);
    assert_int_equal(common[1008], 0x0f);
    common[1000] = 1;
    T.ops->FreeCommonBuffer(T.adapter, 1000, la, common, TRUE);
    assert_int_equal(said_since(0, EV_GUARD, &e), 1);
    assert_int_equal(OBJ_TYPE(e.obj), OBJ_COMMON);
    assert_int_equal(e.a[1], 1000); /* its length */
    assert_int_equal(e.a[2], 1000); /* the tag behind it */

    to_dispatch();
    T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 100, list_control, NULL, FALSE);
    ba = (uint64_t)got.list->Elements[0].Address.QuadPart;
    assert_true(dm_bus_write(T.d, 0, ba + 100, card, 1)); /* one byte too many */
    T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
    assert_int_equal(said_since(0, EV_GUARD, &e), 2);
    assert_int_equal(OBJ_TYPE(e.obj), OBJ_SGL);
    assert_int_equal(e.a[1], 100);
    assert_int_equal(e.a[2], 100);
}

static void guards_tell_of_damage(void **state)
{
    (void)state;
    with_adapter("bounce32", damage);
}

static void build(void)
{
    struct buffer b = buffer_make(0x20, 5000);
    ULONG size, n;
    uint8_t list[400];
    PMDL target = NULL;

    open_adapter(2, TRUE, 64, 1 << 16);
    assert_int_equal(T.ops->CalculateScatterGatherList(T.adapter, b.mdl, b.p, 5000, &size, &n),
                     STATUS_SUCCESS);
    assert_true(size <= sizeof(list));
    to_dispatch();
    memset(&got, 0, sizeof(got));
    assert_int_equal(T.ops->BuildScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 5000, list_control,
                                                   NULL, TRUE, list, size - 1),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(got.calls, 0);
    assert_int_equal(T.ops->BuildScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 5000, list_control,
                                                   NULL, TRUE, list, size),
                     STATUS_SUCCESS);
    assert_ptr_equal(got.list, list);
    assert_int_equal(T.ops->BuildMdlFromScatterGatherList(T.adapter, got.list, NULL, &target),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->BuildMdlFromScatterGatherList(T.adapter, got.list, b.mdl, &target),
                     STATUS_SUCCESS);
    assert_int_equal(T.ops->BuildMdlFromScatterGatherList(T.adapter, got.list, b.mdl, &target),
                     STATUS_NONE_MAPPED);
    if (T.s->profile.address_bits == 64)
        assert_ptr_equal(target, b.mdl);
    else
        assert_int_equal(target->ByteCount, 5000);
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 70000, list_control,
                                                 NULL, TRUE),
                     STATUS_BUFFER_TOO_SMALL);
}

static void lists_in_the_drivers_memory(void **state)
{
    (void)state;
    with_adapter("direct64", build);
    with_adapter("bounce32", build);
}

/* Fault injection: a list with a good status and nothing in it, and what is said of one that is refused. */
static void empty(void)
{
    struct buffer b = buffer_make(0x20, 5000);
    struct event e = { 0 };
    KIRQL irql;

    open_adapter(2, TRUE, 64, 1 << 16);
    fault_plan_nth(T.s, FAULT_SGL_EMPTY, 1);
    for (unsigned i = 0; i < 2; i++) {
        irql = to_dispatch();
        assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 5000,
                                                     list_control, NULL, TRUE),
                         STATUS_SUCCESS);
        from_dispatch(irql);
        if (got.calls == i)
            sched_dpc_drain(T.s);
        assert_int_equal(got.list->NumberOfElements == 0, i == 0);
        irql = to_dispatch();
        T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
        from_dispatch(irql);
    }
    assert_int_equal(said_since(0, EV_SGL_EMPTY, &e), 1);
    assert_int_equal(e.a[1], 5000);
    assert_int_equal(said_since(0, EV_DMA_REFUSED, &e), 0);

    irql = to_dispatch();
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 70000, list_control,
                                                 NULL, TRUE),
                     STATUS_BUFFER_TOO_SMALL);
    from_dispatch(irql);
    assert_int_equal(said_since(0, EV_DMA_REFUSED, &e), 1);
    assert_int_equal(e.a[0], (uint32_t)STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(OBJ_TYPE(e.a[1]), OBJ_MDL);
}

static void a_list_may_come_empty_and_a_refusal_is_said(void **state)
{
    (void)state;
    with_adapter("direct64", empty);
    with_adapter("remap", empty);
    with_adapter("deferred", empty);
}

static void twice(void)
{
    struct buffer b = buffer_make(0, 64);
    struct event e = { 0 };

    open_adapter(1, TRUE, 64, 1 << 16);
    to_dispatch();
    T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 64, list_control, NULL, TRUE);
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    assert_int_equal(said_since(0, EV_SGL_END, NULL), 1);
    assert_true(said_since(0, EV_CALL, &e) > 0);
    assert_int_equal(e.api, API_PutScatterGatherList);
    assert_int_equal(OBJ_TYPE(e.a[0]), OBJ_SGL); /* the dead one keeps its name */
    T.ops->PutDmaAdapter(T.adapter);
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 64, list_control,
                                                 NULL, TRUE),
                     STATUS_INVALID_PARAMETER);
    said_since(0, EV_CALL, &e);
    assert_int_equal(OBJ_TYPE(e.obj), OBJ_ADAPTER);
}

static void the_dead_keep_their_names(void **state)
{
    (void)state;
    with_adapter("direct64", twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_is_232_for_128_bytes_on_remap),
        cmocka_unit_test(counts_map_registers_as_the_hal_does),
        cmocka_unit_test(bytes_arrive_on_every_profile),
        cmocka_unit_test(chains_are_walked_on_every_profile),
        cmocka_unit_test(bounced_bytes_are_copied_at_map_and_put_only),
        cmocka_unit_test(late_touches_name_the_list),
        cmocka_unit_test(guards_tell_of_damage),
        cmocka_unit_test(lists_in_the_drivers_memory),
        cmocka_unit_test(a_list_may_come_empty_and_a_refusal_is_said),
        cmocka_unit_test(the_dead_keep_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
