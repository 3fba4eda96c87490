/*
 * Resource lists. Sources: wdfresource/nf-wdfresource-..., fxresourceapi.cpp, fxresourcecollection.cpp
 * (access, bounds, and what becomes of a list that could not be put in).
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/wdf/device.h"

static unsigned broken;
static uint64_t why;

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static void listen(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind == EV_MISUSE && e->a[0] == MISUSE_WDF_BREAK) {
        broken++;
        why = e->a[1];
    }
}

/* As much of a device as a list hangs on. */
static struct fx_device *device(struct sim *s)
{
    static const struct fx_class class = { .type = FX_DEVICE,
                                           .trace = OBJ_WDFOBJECT,
                                           .bytes = sizeof(struct fx_device) };
    struct fx *f = fx_of(s);
    struct fx_object *o = NULL;

    assert_int_equal(fx_object_create(f, fx_driver_of(WdfDriverGlobals), &class, NULL, NULL, &o),
                     STATUS_SUCCESS);
    return (struct fx_device *)o;
}

#define MEMORY(start)                                                                              \
    {                                                                                              \
        .Type = CmResourceTypeMemory, .u.Memory = { { .QuadPart = start }, 4096 }                  \
    }
#define PRIVATE(data)                                                                              \
    {                                                                                              \
        .Type = CmResourceTypeDevicePrivate, .u.DevicePrivate = { { data, 0, 0 } }                 \
    }

/* A list as a bus gives it: what belongs to a BAR stands behind it. */
static PCM_RESOURCE_LIST wdm(void)
{
    static const CM_PARTIAL_RESOURCE_DESCRIPTOR d[3] = { MEMORY(0x1000), PRIVATE(7),
                                                         MEMORY(0x3000) };
    static uint64_t room[32];
    PCM_RESOURCE_LIST l = (PCM_RESOURCE_LIST)room;

    l->Count = 1;
    l->List[0].PartialResourceList.Count = 3;
    memcpy(l->List[0].PartialResourceList.PartialDescriptors, d, sizeof(d));
    return l;
}

static ULONG start_of(WDFCMRESLIST l, ULONG index)
{
    return WdfCmResourceListGetDescriptor(l, index)->u.Memory.Start.LowPart;
}

static void given(struct sim *s)
{
    struct fx_device *d = device(s);
    PCM_PARTIAL_RESOURCE_DESCRIPTOR one;
    WDFCMRESLIST l = NULL;

    assert_int_equal(fx_cm_list_create(fx_of(s), d, wdm(), &l), STATUS_SUCCESS);
    assert_int_equal(WdfCmResourceListGetCount(l), 3);
    assert_int_equal(WdfCmResourceListGetDescriptor(l, 1)->Type, CmResourceTypeDevicePrivate);
    assert_int_equal(WdfCmResourceListGetDescriptor(l, 1)->u.DevicePrivate.Data[0], 7);
    assert_int_equal(start_of(l, 2), 0x3000);
    assert_null(WdfCmResourceListGetDescriptor(l, 3));
    one = WdfCmResourceListGetDescriptor(l, 0);
    one->u.Memory.Start.LowPart = 5; /* a copy: the list has its own */
    assert_ptr_equal(WdfCmResourceListGetDescriptor(l, 0), one);
    assert_int_equal(one->u.Memory.Start.LowPart, 0x1000);
    assert_true(pool_is_internal(s, one));

    assert_int_equal(trace_attach(&s->trace, listen, NULL), 0);
    broken = 0;
    assert_int_equal(WdfCmResourceListAppendDescriptor(l, one), STATUS_ACCESS_DENIED);
    assert_int_equal(WdfCmResourceListInsertDescriptor(l, one, 0), STATUS_ACCESS_DENIED);
    WdfCmResourceListRemove(l, 0);
    WdfCmResourceListRemoveByDescriptor(l, one);
    assert_int_equal(broken, 4);
    assert_int_equal(why, WDF_BREAK_FIXED);
    assert_int_equal(WdfCmResourceListGetCount(l), 3);
    assert_false(fx_cm_list_changed(fx_of(s), l));
    fx_delete(&d->object);
}

static void a_list_for_prepare_hardware_is_read_only(void **state)
{
    (void)state;
    wdf_run(entry, given, 0);
}

static void changed(struct sim *s)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR one = MEMORY(0x2000), none = MEMORY(0x9000);
    struct fx_device *d = device(s);
    PCM_RESOURCE_LIST back;
    WDFCMRESLIST l = NULL;

    assert_int_equal(fx_cm_list_create(fx_of(s), d, wdm(), &l), STATUS_SUCCESS);
    fx_cm_list_allow(fx_of(s), l);
    assert_int_equal(WdfCmResourceListInsertDescriptor(l, &one, 2), STATUS_SUCCESS);
    assert_int_equal(WdfCmResourceListInsertDescriptor(l, &none, 5), STATUS_ARRAY_BOUNDS_EXCEEDED);
    assert_int_equal(WdfCmResourceListAppendDescriptor(l, &none), STATUS_SUCCESS);
    assert_int_equal(start_of(l, 2), 0x2000);
    assert_int_equal(start_of(l, 3), 0x3000);
    assert_int_equal(start_of(l, 4), 0x9000);
    WdfCmResourceListRemove(l, 1);
    WdfCmResourceListRemoveByDescriptor(l, &none);
    WdfCmResourceListRemoveByDescriptor(l, &none); /* no longer there: nothing */
    assert_int_equal(WdfCmResourceListGetCount(l), 3);
    assert_true(fx_cm_list_changed(fx_of(s), l));

    assert_int_equal(trace_attach(&s->trace, listen, NULL), 0);
    broken = 0;
    WdfCmResourceListRemove(l, 3);
    assert_int_equal(broken, 1);
    assert_int_equal(why, WDF_BREAK_INDEX);

    back = fx_cm_list_wdm(fx_of(s), l);
    assert_int_equal(back->Count, 1);
    assert_int_equal(back->List[0].PartialResourceList.Count, 3);
    one = back->List[0].PartialResourceList.PartialDescriptors[0];
    assert_int_equal(one.u.Memory.Start.LowPart, 0x1000);
    ExFreePool(back);
    fx_delete(&d->object);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
}

static void another_may_be_changed_and_becomes_windows_own_again(void **state)
{
    (void)state;
    wdf_run(entry, changed, 0);
}

#define PORT(start)                                                                                \
    {                                                                                              \
        .Type = CmResourceTypePort, .u.Port = {                                                    \
            8,                                                                                     \
            8,                                                                                     \
            { .QuadPart = start },                                                                 \
            { .QuadPart = start }                                                                  \
        }                                                                                          \
    }

/* Two alternatives, of two and of one descriptor. */
static PIO_RESOURCE_REQUIREMENTS_LIST requirements(void)
{
    static const IO_RESOURCE_DESCRIPTOR d[3] = { PORT(0x100), PORT(0x200), PORT(0x300) };
    static uint64_t room[64];
    PIO_RESOURCE_REQUIREMENTS_LIST r = (PIO_RESOURCE_REQUIREMENTS_LIST)room;
    PIO_RESOURCE_LIST l = r->List;

    r->InterfaceType = PCIBus;
    r->SlotNumber = 3;
    r->AlternativeLists = 2;
    l->Version = l->Revision = 1;
    l->Count = 2;
    memcpy(l->Descriptors, d, 2 * sizeof(d[0]));
    l = (PIO_RESOURCE_LIST)&l->Descriptors[2];
    l->Version = l->Revision = 1;
    l->Count = 1;
    l->Descriptors[0] = d[2];
    return r;
}

static void alternatives(struct sim *s)
{
    IO_RESOURCE_DESCRIPTOR one = PORT(0x400), two = PORT(0x500);
    struct fx_device *d = device(s);
    WDFIORESREQLIST r = NULL;
    WDFIORESLIST first, mine = NULL;
    PIO_RESOURCE_REQUIREMENTS_LIST back;
    PIO_RESOURCE_LIST l;

    assert_int_equal(fx_req_list_create(fx_of(s), d, requirements(), &r), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceRequirementsListGetCount(r), 2);
    first = WdfIoResourceRequirementsListGetIoResList(r, 0);
    assert_int_equal(WdfIoResourceListGetCount(first), 2);
    assert_int_equal(WdfIoResourceListGetDescriptor(first, 1)->u.Port.MinimumAddress.LowPart,
                     0x200);
    assert_null(WdfIoResourceListGetDescriptor(first, 2));
    assert_null(WdfIoResourceRequirementsListGetIoResList(r, 2));
    assert_false(fx_req_list_changed(fx_of(s), r));

    assert_int_equal(WdfIoResourceListInsertDescriptor(first, &one, 1), STATUS_SUCCESS);
    assert_true(fx_req_list_changed(fx_of(s), r));
    assert_int_equal(WdfIoResourceListAppendDescriptor(first, &one), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceListInsertDescriptor(first, &one, 9),
                     STATUS_ARRAY_BOUNDS_EXCEEDED);
    WdfIoResourceListUpdateDescriptor(first, &two, 0);
    WdfIoResourceListRemove(first, 2);                     /* 0x200 */
    WdfIoResourceListRemoveByDescriptor(first, &one);      /* the first of the two */
    assert_int_equal(WdfIoResourceListGetCount(first), 2); /* 0x500, 0x400 */

    assert_int_equal(WdfIoResourceListCreate(r, NULL, &mine), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceListAppendDescriptor(mine, &one), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceRequirementsListInsertIoResList(r, mine, 0), STATUS_SUCCESS);
    WdfIoResourceRequirementsListRemove(r, 2); /* the one of 0x300 */
    WdfIoResourceRequirementsListSetSlotNumber(r, 4);
    WdfIoResourceRequirementsListSetInterfaceType(r, Isa);
    assert_ptr_equal(WdfIoResourceRequirementsListGetIoResList(r, 1), first);

    back = fx_req_list_wdm(fx_of(s), r);
    assert_int_equal(back->AlternativeLists, 2);
    assert_int_equal(back->SlotNumber, 4);
    assert_int_equal(back->InterfaceType, Isa);
    assert_int_equal(back->ListSize, 32 + 2 * 8 + 3 * 32);
    l = back->List;
    assert_int_equal(l->Count, 1);
    assert_int_equal(l->Descriptors[0].u.Port.MinimumAddress.LowPart, 0x400);
    l = (PIO_RESOURCE_LIST)&l->Descriptors[1];
    assert_int_equal(l->Count, 2);
    assert_int_equal(l->Descriptors[0].u.Port.MinimumAddress.LowPart, 0x500);
    ExFreePool(back);
    fx_delete(&d->object);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
}

static void requirements_are_changed_and_become_windows_own_again(void **state)
{
    (void)state;
    wdf_run(entry, alternatives, 0);
}

static void refused(struct sim *s)
{
    IO_RESOURCE_DESCRIPTOR one = PORT(0x400);
    struct fx_device *d = device(s);
    WDFIORESREQLIST r = NULL, other = NULL;
    WDFIORESLIST mine = NULL;

    assert_int_equal(fx_req_list_create(fx_of(s), d, requirements(), &r), STATUS_SUCCESS);
    assert_int_equal(fx_req_list_create(fx_of(s), d, NULL, &other), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceRequirementsListGetCount(other), 0);
    assert_null(fx_req_list_wdm(fx_of(s), other));
    assert_int_equal(WdfIoResourceListCreate(other, NULL, &mine), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceRequirementsListAppendIoResList(r, mine),
                     STATUS_INVALID_DEVICE_REQUEST); /* made for the other */
    assert_int_equal(WdfIoResourceRequirementsListAppendIoResList(other, mine), STATUS_SUCCESS);
    WdfIoResourceRequirementsListRemoveByIoResList(other, mine);
    assert_int_equal(WdfIoResourceRequirementsListGetCount(other), 0);
    assert_null(fx_object_find(fx_of(s), mine, FX_OBJECT)); /* deleted */

    assert_int_equal(trace_attach(&s->trace, listen, NULL), 0);
    broken = 0;
    WdfIoResourceRequirementsListRemove(r, 2);
    WdfIoResourceListRemove(WdfIoResourceRequirementsListGetIoResList(r, 0), 2);
    WdfIoResourceListUpdateDescriptor(WdfIoResourceRequirementsListGetIoResList(r, 0), &one, 2);
    assert_int_equal(broken, 3);
    assert_int_equal(why, WDF_BREAK_INDEX);
    fx_req_list_fix(fx_of(s), r);
    mine = WdfIoResourceRequirementsListGetIoResList(r, 0);
    assert_int_equal(WdfIoResourceListAppendDescriptor(mine, &one), STATUS_ACCESS_DENIED);
    assert_int_equal(WdfIoResourceRequirementsListAppendIoResList(r, mine), STATUS_ACCESS_DENIED);
    WdfIoResourceListRemove(mine, 0);
    WdfIoResourceListRemoveByDescriptor(mine, &one);
    WdfIoResourceRequirementsListRemove(r, 0);
    WdfIoResourceRequirementsListRemoveByIoResList(r, mine);
    assert_int_equal(broken, 9);
    assert_int_equal(why, WDF_BREAK_FIXED);
    assert_int_equal(WdfIoResourceRequirementsListGetCount(r), 2);
    assert_int_equal(WdfIoResourceListGetCount(mine), 2);
    fx_delete(&d->object);
}

static void what_is_not_allowed_breaks_into_the_debugger(void **state)
{
    (void)state;
    wdf_run(entry, refused, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_for_prepare_hardware_is_read_only),
        cmocka_unit_test(another_may_be_changed_and_becomes_windows_own_again),
        cmocka_unit_test(requirements_are_changed_and_become_windows_own_again),
        cmocka_unit_test(what_is_not_allowed_breaks_into_the_debugger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
