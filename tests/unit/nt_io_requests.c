/*
 * A user's requests: what buffers the driver finds for each kind of device and control code, what
 * comes back, and who is refused before the driver sees anything.
 */
#include "tests/unit/nt_io_fixture.h"

#define RW (FILE_READ_DATA | FILE_WRITE_DATA)
#define CODE(function, method, access) CTL_CODE(FILE_DEVICE_UNKNOWN, function, method, access)

/* What the dispatch routine saw of the last request, and what it shall answer. */
static struct {
    unsigned calls;
    UCHAR major;
    ULONG in, out, code, length;
    LONGLONG offset;
    PVOID system, user, type3;
    ULONG mdl_bytes, mdls, flags;
    KPROCESSOR_MODE mode;
    UCHAR input[16];
    NTSTATUS status;
    ULONG_PTR information;
    UCHAR fill;
} saw;

static void fill_output(PIRP irp)
{
    UCHAR *p = irp->MdlAddress ? mdl_system_view(sim_now(), irp->MdlAddress)
                               : irp->AssociatedIrp.SystemBuffer;

    for (ULONG_PTR i = 0; p && saw.fill && i < saw.information && i < 4096; i++)
        p[i] = saw.fill;
}

static NTSTATUS look(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

    (void)device;
    saw.calls++;
    saw.major = at->MajorFunction;
    saw.in = at->Parameters.DeviceIoControl.InputBufferLength;
    saw.out = at->Parameters.DeviceIoControl.OutputBufferLength;
    saw.code = at->Parameters.DeviceIoControl.IoControlCode;
    saw.type3 = at->Parameters.DeviceIoControl.Type3InputBuffer;
    saw.length = at->Parameters.Read.Length;
    saw.offset = at->Parameters.Read.ByteOffset.QuadPart;
    saw.system = irp->AssociatedIrp.SystemBuffer;
    saw.user = irp->UserBuffer;
    saw.flags = irp->Flags;
    saw.mode = irp->RequestorMode;
    saw.mdls = saw.mdl_bytes = 0;
    for (PMDL m = irp->MdlAddress; m; m = m->Next) {
        saw.mdls++;
        saw.mdl_bytes += MmGetMdlByteCount(m);
        assert_true(m->MdlFlags & MDL_PAGES_LOCKED);
    }
    if (saw.system && io_irp_of(sim_now(), irp)->buffer_bytes >= sizeof(saw.input))
        memcpy(saw.input, saw.system, sizeof(saw.input));
    fill_output(irp);
    return fixture_complete(irp, saw.status, saw.information);
}

static NTSTATUS send(struct sim *s, struct host_file *f, struct host_io io, uint64_t *information)
{
    struct host_request *q = host_io_start(s, f, &io);
    NTSTATUS status;

    assert_true(host_io_wait(s, q, UINT64_MAX));
    status = q->status;
    if (information)
        *information = q->information;
    host_io_free(s, q);
    return status;
}

static NTSTATUS control(struct sim *s, struct host_file *f, uint32_t code, void *in, uint32_t ins,
                        void *out, uint32_t outs, uint64_t *information)
{
    return send(
        s, f,
        (struct host_io) {
            .op = HOST_IOCTL, .code = code, .in = in, .in_bytes = ins, .buf = out, .bytes = outs },
        information);
}

static void begin(NTSTATUS status, ULONG_PTR information, UCHAR fill)
{
    memset(&saw, 0, sizeof(saw));
    saw.status = status;
    saw.information = information;
    saw.fill = fill;
    fixture_dispatch = look;
}

static void buffered_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, RW);
    UCHAR *in = mem_user_alloc(s, fixture_process, 16, 0);
    UCHAR *out = mem_user_alloc(s, fixture_process, 64, 100);
    uint64_t information;

    memset(in, 0x11, 16);
    memset(out, 0x22, 64);
    begin(STATUS_SUCCESS, 24, 0x33);
    assert_int_equal(control(s, f, CODE(0x800, METHOD_BUFFERED, FILE_ANY_ACCESS), in, 16, out, 64,
                             &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, 24);
    assert_int_equal(saw.in, 16);
    assert_int_equal(saw.out, 64);
    assert_non_null(saw.system);
    assert_false(mem_is_user(saw.system));
    assert_memory_equal(saw.input, in, 16);
    assert_int_equal(saw.mdls, 0);
    assert_int_equal(saw.mode, UserMode);
    assert_int_equal(out[23], 0x33); /* Information bytes come back, and no more */
    assert_int_equal(out[24], 0x22);
    /* An error gives nothing back, whatever Information says; a warning does. */
    memset(out, 0x22, 64);
    begin(STATUS_INVALID_PARAMETER, 24, 0x33);
    assert_int_equal(control(s, f, CODE(0x800, METHOD_BUFFERED, 0), in, 16, out, 64, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(out[0], 0x22);
    begin(STATUS_BUFFER_OVERFLOW, 24, 0x33);
    assert_int_equal(control(s, f, CODE(0x800, METHOD_BUFFERED, 0), in, 16, out, 64, NULL),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(out[0], 0x33);
    /* Nothing in, nothing out: no buffer at all. */
    begin(STATUS_SUCCESS, 0, 0);
    control(s, f, CODE(0x800, METHOD_BUFFERED, 0), NULL, 0, NULL, 0, NULL);
    assert_null(saw.system);
    host_close(s, f);
    assert_int_equal(fixture_opened + fixture_cleaned + fixture_closed, 3);
}

static void direct_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, RW);
    UCHAR *in = mem_user_alloc(s, fixture_process, 16, 0);
    UCHAR *out = mem_user_alloc(s, fixture_process, 9000, 4000);

    memset(in, 0x44, 16);
    memset(out, 0x22, 9000);
    begin(STATUS_SUCCESS, 9, 0x55);
    assert_int_equal(control(s, f, CODE(0x801, METHOD_OUT_DIRECT, 0), in, 16, out, 9000, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(saw.mdls, 1);
    assert_int_equal(saw.mdl_bytes, 9000);
    assert_memory_equal(saw.input, in, 16);
    assert_int_equal(out[8], 0x55); /* written in place */
    begin(STATUS_SUCCESS, 0, 0);
    control(s, f, CODE(0x802, METHOD_IN_DIRECT, 0), in, 16, out, 9000, NULL);
    assert_int_equal(saw.mdl_bytes, 9000);
    /* A zero length has no MDL; an absent input has no system buffer. */
    control(s, f, CODE(0x801, METHOD_OUT_DIRECT, 0), NULL, 0, NULL, 0, NULL);
    assert_int_equal(saw.mdls, 0);
    assert_null(saw.system);
    assert_int_equal(mem_frame(s, mem_page_of(s, out))->locks, 0); /* unlocked again */
    host_close(s, f);
}

static void neither_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, RW);
    void *wild = (void *)(uintptr_t)0x1000;

    begin(STATUS_SUCCESS, 0, 0);
    assert_int_equal(control(s, f, CODE(0x803, METHOD_NEITHER, 0), wild, 5, wild, 7, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(saw.type3, wild);
    assert_ptr_equal(saw.user, wild);
    assert_int_equal(saw.in, 5);
    assert_int_equal(saw.out, 7);
    assert_null(saw.system);
    host_close(s, f);
}

static void refusals_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, FILE_READ_DATA);
    UCHAR *p = mem_user_alloc(s, fixture_process, 16, 0);
    void *wild = (void *)(uintptr_t)0x1000;

    begin(STATUS_SUCCESS, 0, 0);
    assert_int_equal(control(s, f, CODE(0x800, METHOD_BUFFERED, FILE_WRITE_ACCESS), p, 4, p, 4,
                             NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(control(s, f,
                             CODE(0x800, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS), p,
                             4, p, 4, NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(control(s, f, CODE(0x800, METHOD_BUFFERED, 0), wild, 4, p, 4, NULL),
                     STATUS_ACCESS_VIOLATION);
    assert_int_equal(control(s, f, CODE(0x801, METHOD_OUT_DIRECT, 0), NULL, 0, wild, 4, NULL),
                     STATUS_ACCESS_VIOLATION);
    assert_int_equal(send(s, f, (struct host_io) { .op = HOST_WRITE, .buf = p, .bytes = 4 }, NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(saw.calls, 0); /* the driver was never asked */
    assert_int_equal(control(s, f, CODE(0x800, METHOD_BUFFERED, FILE_READ_ACCESS), p, 4, p, 4,
                             NULL),
                     STATUS_SUCCESS);
    assert_int_equal(saw.calls, 1);
    host_close(s, f);
}

static void read_write_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, RW);
    UCHAR *p = mem_user_alloc(s, fixture_process, 100, 0);
    uint64_t information;

    memset(p, 0x66, 100);
    begin(STATUS_SUCCESS, 10, 0x77);
    assert_int_equal(send(s, f,
                          (struct host_io) {
                              .op = HOST_READ, .buf = p, .bytes = 100, .offset = 1ull << 33 },
                          &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, 10);
    assert_int_equal(saw.length, 100);
    assert_true(saw.offset == 1ll << 33);
    assert_int_equal(p[9], 0x77);
    assert_int_equal(p[10], 0x66);
    begin(STATUS_SUCCESS, 100, 0);
    send(s, f, (struct host_io) { .op = HOST_WRITE, .buf = p, .bytes = 100 }, NULL);
    assert_memory_equal(saw.input, p, 10);
    begin(STATUS_SUCCESS, 0, 0);
    assert_int_equal(send(s, f, (struct host_io) { .op = HOST_READ, .buf = p, .bytes = 0 }, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(saw.calls, 1); /* zero bytes reach the driver */
    assert_null(saw.system);
    host_close(s, f);
}

static void direct_io_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, RW);
    UCHAR *p = mem_user_alloc(s, fixture_process, 5000, 0),
          *q = mem_user_alloc(s, fixture_process, 100, 8);
    struct dm_piece pieces[2] = { { p, 5000 }, { q, 100 } };

    begin(STATUS_SUCCESS, 50, 0x12);
    assert_int_equal(send(s, f, (struct host_io) { .op = HOST_READ, .buf = p, .bytes = 5000 },
                          NULL),
                     STATUS_SUCCESS);
    assert_int_equal(saw.mdl_bytes, 5000);
    assert_null(saw.system);
    assert_int_equal(p[49], 0x12);
    begin(STATUS_SUCCESS, 0, 0);
    send(s, f, (struct host_io) { .op = HOST_READ, .buf = p, .bytes = 0 }, NULL);
    assert_int_equal(saw.mdls, 0);
    /* A chain, as an upper driver sends it. */
    begin(STATUS_SUCCESS, 5100, 0);
    assert_int_equal(send(s, f,
                          (struct host_io) { .op = HOST_WRITE, .pieces = pieces, .piece_count = 2 },
                          NULL),
                     STATUS_SUCCESS);
    assert_int_equal(saw.mdls, 2);
    assert_int_equal(saw.mdl_bytes, 5100);
    assert_int_equal(saw.length, 5100);
    assert_int_equal(saw.mode, KernelMode);
    assert_int_equal(mem_frame(s, mem_page_of(s, q))->locks, 0);
    host_close(s, f);
}

static void buffered_device_and_codes(void **state)
{
    (void)state;
    fixture_flags = DO_BUFFERED_IO;
    fixture_run(buffered_body, 0);
    fixture_run(read_write_body, 0);
}

static void direct_codes_lock_the_output(void **state)
{
    (void)state;
    fixture_run(direct_body, 0);
}

static void neither_hands_on_raw_pointers(void **state)
{
    (void)state;
    fixture_run(neither_body, 0);
}

static void refused_before_the_driver(void **state)
{
    (void)state;
    fixture_run(refusals_body, 0);
}

static void direct_device_and_chains(void **state)
{
    (void)state;
    fixture_flags = DO_DIRECT_IO;
    fixture_run(direct_io_body, 0);
    fixture_flags = DO_BUFFERED_IO;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffered_device_and_codes),
        cmocka_unit_test(direct_codes_lock_the_output),
        cmocka_unit_test(neither_hands_on_raw_pointers),
        cmocka_unit_test(refused_before_the_driver),
        cmocka_unit_test(direct_device_and_chains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
