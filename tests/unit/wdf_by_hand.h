/*
 * A device that the state machine knows nothing of: what DPCs, timers, work items and locks need to hang
 * on. Include wdf_fixture.h first.
 */
#ifndef TESTS_UNIT_WDF_BY_HAND_H
#define TESTS_UNIT_WDF_BY_HAND_H

#include "sim/wdf/device.h"

static bool hand_serial(struct fx_object *o, struct fx_serial *out)
{
    struct fx_device *d = (struct fx_device *)o;

    *out = (struct fx_serial) { d->scope, d->level == WdfExecutionLevelPassive, &d->lock };
    return true;
}

static void hand_destroy(struct fx_object *o)
{
    struct fx_device *d = (struct fx_device *)o;

    fx_lock_destroy(fx_now(), &d->lock);
    IoDeleteDevice(d->wdm);
}

static const struct fx_class hand_class = { .type = FX_DEVICE,
                                            .trace = OBJ_WDFDEVICE,
                                            .bytes = sizeof(struct fx_device),
                                            .destroy = hand_destroy,
                                            .serial = hand_serial };

/* Below the driver; WdfObjectDelete takes it away. */
static WDFDEVICE hand_device(WDF_SYNCHRONIZATION_SCOPE scope, bool passive)
{
    struct fx *f = fx_now();
    struct fx_driver *driver = fx_driver_of(WdfDriverGlobals);
    struct fx_object *o;
    struct fx_device *d;

    assert_int_equal(fx_object_create(f, driver, &hand_class, &driver->object, NULL, &o),
                     STATUS_SUCCESS);
    d = (struct fx_device *)o;
    d->scope = scope;
    d->level = passive ? WdfExecutionLevelPassive : WdfExecutionLevelDispatch;
    fx_lock_create(f, &d->lock, scope, passive);
    assert_int_equal(IoCreateDevice(wdf_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &d->wdm),
                     STATUS_SUCCESS);
    return (WDFDEVICE)o->handle;
}

static void pass_ms(LONG ms)
{
    LARGE_INTEGER due = { .QuadPart = -10000LL * ms };

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static NTSTATUS hand_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

#endif
