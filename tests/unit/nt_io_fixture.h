/*
 * A machine with one device and one small driver, for the tests of the I/O manager. The driver's
 * dispatch routine is whatever the test hangs into fixture_dispatch.
 */
#ifndef TESTS_UNIT_NT_IO_FIXTURE_H
#define TESTS_UNIT_NT_IO_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/nt/host.h"
#include "sim/nt/io.h"
#include "sim/nt/ke.h"
#include "sim/nt/pnp.h"

static PDRIVER_DISPATCH fixture_dispatch;
static PDEVICE_OBJECT fixture_fdo, fixture_lower;
static ULONG fixture_flags = DO_BUFFERED_IO;
static unsigned fixture_opened, fixture_cleaned, fixture_closed, fixture_unloaded;
static struct sim *fixture_sim;
static PDRIVER_OBJECT fixture_driver;
static struct dm_device *fixture_device;
static uint32_t fixture_process;

static NTSTATUS fixture_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS fixture_files(PDEVICE_OBJECT device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    (void)device;
    fixture_opened += major == IRP_MJ_CREATE;
    fixture_cleaned += major == IRP_MJ_CLEANUP;
    fixture_closed += major == IRP_MJ_CLOSE;
    return fixture_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS fixture_io(PDEVICE_OBJECT device, PIRP irp)
{
    return fixture_dispatch(device, irp);
}

static NTSTATUS fixture_pnp(PDEVICE_OBJECT device, PIRP irp)
{
    PDEVICE_OBJECT lower = fixture_lower;
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
    NTSTATUS status;

    if (minor == IRP_MN_START_DEVICE) {
        if (!IoForwardIrpSynchronously(lower, irp))
            return fixture_complete(irp, STATUS_UNSUCCESSFUL, 0);
        return fixture_complete(irp, irp->IoStatus.Status, 0);
    }
    if (minor == IRP_MN_REMOVE_DEVICE || minor == IRP_MN_QUERY_REMOVE_DEVICE)
        irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(lower, irp);
    if (minor == IRP_MN_REMOVE_DEVICE) {
        IoDetachDevice(lower);
        IoDeleteDevice(device);
    }
    return status;
}

static NTSTATUS fixture_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    NTSTATUS status = IoCreateDevice(driver, 64, NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                                     FALSE, &fixture_fdo);

    if (!NT_SUCCESS(status))
        return status;
    fixture_lower = IoAttachDeviceToDeviceStack(fixture_fdo, pdo);
    fixture_fdo->Flags |= fixture_flags;
    fixture_fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return fixture_lower ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

static VOID fixture_unload(PDRIVER_OBJECT driver)
{
    (void)driver;
    fixture_unloaded++;
}

static NTSTATUS fixture_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    driver->DriverExtension->AddDevice = fixture_add;
    driver->DriverUnload = fixture_unload;
    driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLEANUP] = fixture_files;
    driver->MajorFunction[IRP_MJ_CLOSE] = fixture_files;
    driver->MajorFunction[IRP_MJ_READ] = driver->MajorFunction[IRP_MJ_WRITE] = fixture_io;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = fixture_io;
    driver->MajorFunction[IRP_MJ_PNP] = fixture_pnp;
    return STATUS_SUCCESS;
}

static void fixture_model_reset(struct dm_device *d) { (void)d; }

static uint64_t fixture_model_read(struct dm_device *d, unsigned bar, uint64_t offset,
                                   unsigned size_bytes)
{
    (void)d, (void)bar, (void)offset, (void)size_bytes;
    return 0;
}

static void fixture_model_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                                unsigned size_bytes)
{
    (void)d, (void)bar, (void)offset, (void)value, (void)size_bytes;
}

static struct dm_device_model fixture_model = {
    .name = "test",
    .summary = "nothing",
    .vendor_id = 0x1234,
    .device_id = 1,
    .bars = { { .bytes = 4096 } },
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = 16,
    .reset = fixture_model_reset,
    .read = fixture_model_read,
    .write = fixture_model_write,
};

static void (*fixture_body)(struct sim *s);

static bool fixture_done;

static void fixture_user(void *ctx)
{
    fixture_body(fixture_sim);
    fixture_done = true;
    sched_wake(fixture_sim, ctx);
}

/* Runs on the boot thread: driver and device first, then the test's body as a user's thread. */
static void fixture_boot(void *ctx)
{
    struct sim *s = fixture_sim;
    struct agent *user;

    (void)ctx;
    fixture_done = false;
    assert_int_equal(host_driver_load(s, "test", fixture_entry, NULL, &fixture_driver),
                     STATUS_SUCCESS);
    fixture_device = bus_plug(s, &fixture_model);
    assert_non_null(fixture_device);
    assert_int_equal(host_device_add(s, fixture_driver, fixture_device), STATUS_SUCCESS);
    assert_int_equal(host_device_start(s, fixture_device), STATUS_SUCCESS);
    fixture_process = ps_process_new(s);
    user = sched_thread(s, "user", fixture_user, sched_current_thread(s), fixture_process, 8);
    assert_non_null(user);
    while (!fixture_done)
        sched_block(s, UINT64_MAX);
    assert_int_equal(host_device_remove(s, fixture_device), STATUS_SUCCESS);
    host_driver_unload(s, fixture_driver);
}

static void fixture_run(void (*body)(struct sim *s), uint32_t bugcheck)
{
    struct profile p;
    char message[200];

    profile_default(&p);
    p.cpus = 1; /* what is expected of an order holds on one processor */
    fixture_sim = sim_create(&p, message, sizeof(message));
    assert_non_null(fixture_sim);
    fixture_body = body;
    fixture_opened = fixture_cleaned = fixture_closed = fixture_unloaded = 0;
    assert_int_equal(sched_run(fixture_sim,
                               sched_thread(fixture_sim, "boot", fixture_boot, NULL, 0, 8), true),
                     SCHED_DONE);
    assert_int_equal(fixture_sim->bugcheck_code, bugcheck);
    assert_int_equal(fixture_unloaded, 1);
    sim_destroy(fixture_sim);
}

static struct host_file *fixture_open(struct sim *s, ACCESS_MASK access)
{
    struct host_file *f;

    assert_int_equal(host_open(s, fixture_device, fixture_process, access, &f), STATUS_SUCCESS);
    return f;
}

#endif
