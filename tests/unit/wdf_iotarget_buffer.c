/*
 * What a target's I/O type, and a control code's method, make of a buffer.
 * Sources: wdf/sending-i-o-requests-to-general-i-o-targets, fxiotargetkm.cpp, fxrequestbuffer.cpp.
 */
#include "tests/unit/wdf_iotarget.h"

static PMDL seen_mdl;
static PVOID seen_user, seen_in;
static ULONG seen_bytes;
static char seen_byte;

static NTSTATUS lower_direct(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
    UCHAR *p;

    (void)device;
    seen_mdl = irp->MdlAddress;
    seen_user = irp->UserBuffer;
    seen_in =
        at->MajorFunction == IRP_MJ_WRITE ? NULL : at->Parameters.DeviceIoControl.Type3InputBuffer;
    if (at->MajorFunction != IRP_MJ_WRITE && irp->AssociatedIrp.SystemBuffer)
        seen_in = irp->AssociatedIrp.SystemBuffer;
    if (seen_mdl) {
        seen_bytes = MmGetMdlByteCount(seen_mdl);
        p = MmGetSystemAddressForMdlSafe(seen_mdl, NormalPagePriority);
        seen_byte = (char)p[0];
        p[0]++;
    }
    return io_complete_irp(irp, STATUS_SUCCESS, 1);
}

static void with_direct(struct fx_device *d)
{
    (void)d;
    io_lower->Flags |= DO_DIRECT_IO;
}

static void mdls(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_MEMORY_DESCRIPTOR in, out;
    UCHAR *a = ExAllocatePool2(POOL_FLAG_NON_PAGED, 32, 0x6f69), *mb = NULL;
    PMDL mdl = IoAllocateMdl(a, 32, FALSE, FALSE, NULL);
    WDFMEMORY m = NULL;
    WDFREQUEST r = make(t);

    (void)s;
    io_lower_dispatch = lower_direct;
    a[0] = 'a';
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, a, 32);
    assert_int_equal(WdfIoTargetSendWriteSynchronously(t, NULL, &in, NULL, NULL, NULL),
                     STATUS_SUCCESS);
    assert_non_null(seen_mdl); /* made for it */
    assert_int_equal(seen_bytes, 32);
    assert_int_equal(seen_byte, 'a');
    MmBuildMdlForNonPagedPool(mdl);
    WDF_MEMORY_DESCRIPTOR_INIT_MDL(&out, mdl, 32);
    assert_int_equal(WdfIoTargetSendReadSynchronously(t, r, &out, NULL, NULL, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(seen_mdl, mdl); /* the driver's own */
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0x6f69, 16, &m, (PVOID *)&mb),
                     STATUS_SUCCESS);
    mb[4] = 'm';
    WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(&out, m, &(WDFMEMORY_OFFSET) { 4, 0 });
    assert_int_equal(WdfIoTargetSendIoctlSynchronously(t, r, CODE_OUT_DIRECT, &in, &out, NULL,
                                                       NULL),
                     STATUS_SUCCESS);
    assert_int_equal(seen_bytes, 12);
    assert_int_equal(seen_byte, 'm');
    assert_int_equal(mb[4], 'm' + 1);
    assert_ptr_equal(seen_in, a);
    assert_int_equal(WdfIoTargetSendIoctlSynchronously(t, r, CODE_NEITHER, &in, &out, NULL, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(seen_in, a);
    assert_ptr_equal(seen_user, mb + 4);
    io_lower->Flags &= ~(ULONG)DO_DIRECT_IO;
    assert_int_equal(WdfIoTargetSendWriteSynchronously(t, r, &in, NULL, NULL, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(seen_user, a);
    IoFreeMdl(mdl);
    ExFreePool(a);
    WdfObjectDelete(r);
    WdfObjectDelete(m);
}

static void a_targets_io_type_decides_on_the_buffer(void **state)
{
    (void)state;
    io_run(with_direct, mdls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_targets_io_type_decides_on_the_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
