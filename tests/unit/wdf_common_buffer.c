/*
 * Common buffers: what the adapter is asked for, alignment at and above a page, errors.
 * Sources: wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffercreatewithconfig, fxcommonbuffer.cpp,
 * fxcommonbufferapi.cpp.
 */
#include "tests/unit/wdf_dma.h"

#include "sim/core/fault.h"

/* Length of the last AllocateCommonBuffer or FreeCommonBuffer since a count. */
static uint64_t asked_bytes(enum api api, uint32_t from)
{
    uint64_t bytes = 0;

    for (uint32_t i = from; i < T.events; i++) {
        const struct event *e = &heard[i % EVENTS_KEPT];

        if (e->kind == EV_CALL && e->api == api)
            bytes = e->a[api == API_FreeCommonBuffer];
    }
    return bytes;
}

static void plain(void)
{
    WDFCOMMONBUFFER b;
    uint32_t from = T.events;
    PHYSICAL_ADDRESS la;
    uint8_t *va;

    enabler_make(WdfDmaProfileScatterGather64, 1 << 16, 0);
    from = T.events;
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 5000, NULL, &b), STATUS_SUCCESS);
    assert_string_equal(calls_since(from), "AllocateCommonBuffer ");
    assert_int_equal(asked_bytes(API_AllocateCommonBuffer, from), 5000);
    assert_int_equal(WdfCommonBufferGetLength(b), 5000);
    va = WdfCommonBufferGetAlignedVirtualAddress(b);
    la = WdfCommonBufferGetAlignedLogicalAddress(b);
    assert_int_equal(la.QuadPart & 0xfff, 0);
    memset(va, 0x77, 5000);
    va[4999] = 0x78;
    {
        uint8_t seen[2];

        assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart + 4998, seen, 2));
        assert_int_equal(seen[0], 0x77);
        assert_int_equal(seen[1], 0x78);
    }
    from = T.events;
    WdfObjectDelete(b);
    assert_string_equal(calls_since(from), "FreeCommonBuffer ");
    assert_int_equal(asked_bytes(API_FreeCommonBuffer, from), 5000);
}

static void device_and_driver_see_the_same(void **state)
{
    (void)state;
    with_wdf("remap", plain, 0);
}

static void aligned_to(ULONG mask, size_t bytes, uint64_t asked)
{
    WDF_COMMON_BUFFER_CONFIG c;
    WDFCOMMONBUFFER b;
    PHYSICAL_ADDRESS la;
    uint32_t from = T.events;
    uint8_t *va, seen;

    WDF_COMMON_BUFFER_CONFIG_INIT(&c, mask);
    assert_int_equal(WdfCommonBufferCreateWithConfig(W.enabler, bytes, &c, NULL, &b),
                     STATUS_SUCCESS);
    assert_int_equal(asked_bytes(API_AllocateCommonBuffer, from), asked);
    la = WdfCommonBufferGetAlignedLogicalAddress(b);
    va = WdfCommonBufferGetAlignedVirtualAddress(b);
    assert_int_equal((uint64_t)la.QuadPart & mask, 0);
    assert_int_equal(WdfCommonBufferGetLength(b), bytes);
    va[bytes - 1] = 0x3c;
    assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart + bytes - 1, &seen, 1));
    assert_int_equal(seen, 0x3c);
    WdfObjectDelete(b);
}

/* The mask is added to the length only where a page's alignment does not do. */
static void alignment(void)
{
    enabler_make(WdfDmaProfileScatterGather64, 1 << 16, 0);
    aligned_to(0, 100, 100);
    aligned_to(0x3f, 100, 100);
    aligned_to(0xfff, 100, 100);
    aligned_to(0x1fff, 100, 100 + 0x1fff);
    aligned_to(0xffff, 0x10000, 0x1ffff);
}

static void above_a_page_the_mask_is_added(void **state)
{
    (void)state;
    with_wdf("remap", alignment, 0);
    with_wdf("direct64", alignment, 0);
}

static void refused(void)
{
    WDF_COMMON_BUFFER_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;
    WDFCOMMONBUFFER b;

    enabler_make(WdfDmaProfilePacket, 1 << 16, 0);
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 0, NULL, &b), STATUS_INVALID_PARAMETER);
    assert_null(b);
    WDF_COMMON_BUFFER_CONFIG_INIT(&c, 0);
    c.Size = 4;
    assert_int_equal(WdfCommonBufferCreateWithConfig(W.enabler, 1, &c, NULL, &b),
                     STATUS_INFO_LENGTH_MISMATCH);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = W.enabler;
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 1, &a, &b),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    fault_reset(T.s);
    fault_plan_nth(T.s, FAULT_COMMON, 1);
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 1, NULL, &b), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(WdfCommonBufferCreate(W.enabler, (size_t)1 << 33, NULL, &b),
                     STATUS_INSUFFICIENT_RESOURCES); /* the framework breaks: no ULONG */
    assert_int_equal(to_dispatch(), PASSIVE_LEVEL);
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 1, NULL, &b), STATUS_INVALID_DEVICE_REQUEST);
    from_dispatch(PASSIVE_LEVEL);
}

static void what_is_refused(void **state)
{
    (void)state;
    with_wdf("remap", refused, 0);
}

static void without(void)
{
    WDFCOMMONBUFFER b;
    uint32_t from;
    struct event e;

    enabler_make(WdfDmaProfileSystem, 1 << 16, 0);
    from = T.events;
    WdfCommonBufferCreateWithConfig(W.enabler, 1, NULL, NULL, &b);
    assert_int_equal(said_since(from, EV_BUGCHECK, &e), 1);
    assert_int_equal(e.a[1], 4);
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 1, NULL, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(said_since(from, EV_BUGCHECK, &e), 2);
    /* A system profile that was not configured has no adapter: KMDF reads through NULL. */
    assert_int_equal(WdfCommonBufferCreate(W.enabler, 1, NULL, &b), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(said_since(from, EV_BUGCHECK, &e), 3);
    assert_int_equal(e.a[0], 0x7e);
}

static void what_is_missing_is_a_bug_check(void **state)
{
    (void)state;
    with_wdf("remap", without, 0x10d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_and_driver_see_the_same),
        cmocka_unit_test(above_a_page_the_mask_is_added),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(what_is_missing_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
