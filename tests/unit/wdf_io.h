/*
 * A device of the framework's for the tests of queues, requests, files and I/O targets: built by hand on a
 * named device object, so that a test says itself when power comes and goes. Below it lies a
 * small WDM device, whose dispatch routine is the test's.
 */
#ifndef TESTS_UNIT_WDF_IO_H
#define TESTS_UNIT_WDF_IO_H

#include "tests/unit/wdf_fixture.h"

#include "sim/wdf/io.h"

#define CODE_BUFFERED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_IN_DIRECT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_IN_DIRECT, FILE_ANY_ACCESS)
#define CODE_OUT_DIRECT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define CODE_NEITHER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_NEITHER, FILE_ANY_ACCESS)

static struct fx_device *io_d;
static PDEVICE_OBJECT io_lower;
static PDRIVER_DISPATCH io_lower_dispatch;    /* NULL: completes with success */
static void (*io_setup)(struct fx_device *d); /* before fx_io_create */
static ULONG io_flags = DO_BUFFERED_IO;

static const struct fx_class io_device_class = {
    .type = FX_DEVICE, .trace = OBJ_WDFDEVICE, .bytes = sizeof(struct fx_device), .passive = true
};

static NTSTATUS io_complete_irp(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS io_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    if (device == io_d->wdm && IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_PNP)
        return fx_irp_pass(io_d, irp);
    if (device == io_d->wdm)
        return fx_io_dispatch(fx_now(), io_d, irp);
    if (io_lower_dispatch)
        return io_lower_dispatch(device, irp);
    return io_complete_irp(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS io_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    static WCHAR name[] = L"\\Device\\WdfIo";
    UNICODE_STRING device = { .Buffer = name,
                              .Length = sizeof(name) - sizeof(WCHAR),
                              .MaximumLength = sizeof(name) };
    struct fx *f = fx_now();
    struct fx_object *o;

    (void)path;
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = io_dispatch;
    assert_int_equal(IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &io_lower),
                     STATUS_SUCCESS);
    io_lower->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    assert_int_equal(fx_object_create(f, f->drivers, &io_device_class, NULL, NULL, &o),
                     STATUS_SUCCESS);
    io_d = (struct fx_device *)o;
    assert_int_equal(IoCreateDevice(driver, 0, &device, FILE_DEVICE_UNKNOWN, 0, FALSE, &io_d->wdm),
                     STATUS_SUCCESS);
    io_d->attached = IoAttachDeviceToDeviceStack(io_d->wdm, io_lower);
    io_d->pdo = io_lower;
    io_d->level = WdfExecutionLevelDispatch;
    io_d->scope = WdfSynchronizationScopeNone;
    io_d->io_type = io_flags & DO_DIRECT_IO     ? WdfDeviceIoDirect
                    : io_flags & DO_BUFFERED_IO ? WdfDeviceIoBuffered
                                                : WdfDeviceIoNeither;
    if (io_setup)
        io_setup(io_d);
    fx_lock_create(f, &io_d->lock, io_d->scope, io_d->level == WdfExecutionLevelPassive);
    io_d->wdm->Flags |= io_flags;
    io_d->wdm->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return fx_io_create(f, io_d);
}

static inline WDFDEVICE io_device(void) { return (WDFDEVICE)io_d->object.handle; }

static void (*io_test)(struct sim *s);

/* Nothing of a test's may be left: whoever has a reference too many shows here. */
static void io_nothing_left(const struct fx *f)
{
    for (uint32_t i = 0; i < f->slot_count; i++)
        if (f->slots[i])
            fail_msg("left: type %x, obj %x, refs %u", (unsigned)f->slots[i]->class->type,
                     f->slots[i]->obj, f->slots[i]->refs);
}

static void io_body(struct sim *s)
{
    struct fx *f = fx_of(s);
    PDEVICE_OBJECT wdm = io_d->wdm;

    io_test(s);
    fx_reference(&io_d->object);
    fx_delete(&io_d->object);
    fx_io_destroy(f, io_d);
    fx_lock_destroy(f, &io_d->lock);
    fx_dereference(&io_d->object);
    io_nothing_left(f);
    IoDetachDevice(io_lower);
    IoDeleteDevice(wdm);
    IoDeleteDevice(io_lower);
}

static inline void io_run(void (*setup)(struct fx_device *), void (*test)(struct sim *),
                          uint32_t bugcheck)
{
    io_setup = setup;
    io_test = test;
    wdf_run(io_entry, io_body, bugcheck);
    io_flags = DO_BUFFERED_IO;
    io_lower_dispatch = NULL;
}

/* The device is in D0. */
static inline void io_on(struct sim *s) { fx_io_power_up(fx_of(s), io_d); }

static inline struct host_file *io_open(struct sim *s)
{
    struct host_file *file = NULL;

    assert_int_equal(host_open_name(s, "\\Device\\WdfIo", wdf_process,
                                    FILE_READ_DATA | FILE_WRITE_DATA, &file),
                     STATUS_SUCCESS);
    return file;
}

static inline struct host_request *io_read(struct sim *s, struct host_file *file, void *buffer,
                                           uint32_t bytes)
{
    return host_io_start(s, file,
                         &(struct host_io) { .op = HOST_READ, .buf = buffer, .bytes = bytes });
}

static inline struct host_request *io_control(struct sim *s, struct host_file *file, ULONG code,
                                              const void *in, uint32_t in_bytes, void *out,
                                              uint32_t out_bytes)
{
    return host_io_start(s, file,
                         &(struct host_io) { .op = HOST_IOCTL,
                                             .code = code,
                                             .in = in,
                                             .in_bytes = in_bytes,
                                             .buf = out,
                                             .bytes = out_bytes });
}

static inline NTSTATUS io_end(struct sim *s, struct host_request *q)
{
    NTSTATUS status;

    assert_true(host_io_wait(s, q, UINT64_MAX));
    status = q->status;
    host_io_free(s, q);
    return status;
}

/* A program's memory. */
static inline void *io_user(struct sim *s, uint64_t bytes)
{
    void *p = mem_user_alloc(s, wdf_process, bytes, 16);

    assert_non_null(p);
    return p;
}

static inline WDFQUEUE io_queue(WDF_IO_QUEUE_CONFIG *config, WDF_OBJECT_ATTRIBUTES *attributes)
{
    WDFQUEUE queue = NULL;

    assert_int_equal(WdfIoQueueCreate(io_device(), config, attributes, &queue), STATUS_SUCCESS);
    assert_non_null(queue);
    return queue;
}

#endif
