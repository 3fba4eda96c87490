/*
 * What the tests of DMA share: a machine of a profile with one device of a model that is all ears,
 * a PDO for it, an agent on which the test runs, and buffers with MDLs over them. Numbers that
 * tests compare with are typed from the reference, never taken from the simulator's own tables.
 */
#ifndef DMACHECK_TESTS_UNIT_NT_DMA_H
#define DMACHECK_TESTS_UNIT_NT_DMA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nt/dma.h"
#include "sim/nt/host.h"

#define EVENTS_KEPT 4096

struct dma_test {
    struct sim *s;
    struct dm_device *d;
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT pdo;
    PDMA_ADAPTER adapter;
    PDMA_OPERATIONS ops;
    ULONG registers;
    uint32_t events; /* heard so far */
};

static struct dma_test T;
static struct event heard[EVENTS_KEPT];
static void (*test_body)(void);
static struct host_stub *test_stub; /* what the driver is linked with; NULL: nothing */
static PDEVICE_OBJECT pdo_seen;

static void hear(void *ctx, const struct event *e)
{
    (void)ctx;
    heard[T.events++ % EVENTS_KEPT] = *e;
}

/* How many events of a kind were said since the count `from`; the last of them in *last. */
static inline unsigned said_since(uint32_t from, enum event_kind kind, struct event *last)
{
    unsigned count = 0;

    for (uint32_t i = from; i < T.events; i++)
        if (heard[i % EVENTS_KEPT].kind == kind) {
            count++;
            if (last)
                *last = heard[i % EVENTS_KEPT];
        }
    return count;
}

static uint64_t reg_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size)
{
    (void)d, (void)bar, (void)size;
    return offset + 0x100;
}

static struct {
    uint64_t offset, value;
    unsigned size, count;
} stored;
static void reg_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                      unsigned size)
{
    (void)d, (void)bar;
    stored.offset = offset;
    stored.value = value;
    stored.size = size;
    stored.count++;
}

static struct dm_device_model model = {
    .name = "ears",
    .vendor_id = 0x1234,
    .device_id = 0x11,
    .class_code = 0xff0000,
    .bars = { { .bytes = 0x1000 }, { .bytes = 0x20, .port = true } },
    .messages = 2,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = 64,
    .read = reg_read,
    .write = reg_write,
};

static NTSTATUS add_device(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    (void)DriverObject;
    pdo_seen = PhysicalDeviceObject;
    return STATUS_SUCCESS;
}

static NTSTATUS driver_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->DriverExtension->AddDevice = add_device;
    return STATUS_SUCCESS;
}

static PDMA_ADAPTER get_adapter(ULONG version, BOOLEAN sg, ULONG bits, ULONG length,
                                ULONG *registers)
{
    DEVICE_DESCRIPTION d;

    memset(&d, 0, sizeof(d));
    d.Version = version;
    d.Master = TRUE;
    d.ScatterGather = sg;
    d.InterfaceType = PCIBus;
    d.MaximumLength = length;
    d.Dma32BitAddresses = bits >= 32;
    d.Dma64BitAddresses = bits == 64;
    d.DmaAddressWidth = version == 3 ? bits : 0;
    return IoGetDmaAdapter(T.pdo, &d, registers);
}

static void on_agent(void *ctx)
{
    (void)ctx;
    assert_int_equal(host_driver_load(T.s, "ears", driver_entry, test_stub, &T.driver),
                     STATUS_SUCCESS);
    T.d = bus_plug(T.s, &model);
    assert_int_equal(host_device_add(T.s, T.driver, T.d), STATUS_SUCCESS);
    T.pdo = pdo_seen;
    T.d->bus_master = true;
    test_body();
}

static void on_machine_of(struct profile *p, void (*body)(void))
{
    char message[200];

    memset(&T, 0, sizeof(T));
    T.s = sim_create(p, message, sizeof(message));
    assert_non_null(T.s);
    trace_attach(&T.s->trace, hear, NULL);
    test_body = body;
    assert_int_equal(sched_run(T.s, sched_thread(T.s, "test", on_agent, NULL, 0, 8), true),
                     SCHED_DONE);
    sim_destroy(T.s);
}

/* The machine of a profile by its name, an adapter of version 3 with 64 bits, scatter/gather, 1
 * MiB. */
static inline void with_adapter(const char *name, void (*body)(void))
{
    struct profile p;
    char message[200];

    assert_int_equal(profile_find(&p, name, message, sizeof(message)), 0);
    on_machine_of(&p, body);
}

static inline void open_adapter(ULONG version, BOOLEAN sg, ULONG bits, ULONG length)
{
    T.adapter = get_adapter(version, sg, bits, length, &T.registers);
    assert_non_null(T.adapter);
    T.ops = T.adapter->DmaOperations;
}

struct buffer {
    uint8_t *block, *p; /* p: first byte of the buffer */
    ULONG bytes;
    PMDL mdl;
};

/* A buffer that begins at this offset in its page, filled with a pattern, with a built MDL. */
static inline struct buffer buffer_make(ULONG offset, ULONG bytes)
{
    struct buffer b = { .bytes = bytes };

    b.block =
        pool_alloc(T.s, POOL_NONPAGED, (uint64_t)bytes + offset + 2 * PAGE_BYTES, 0x54534554, true);
    assert_non_null(b.block);
    b.p = (uint8_t *)align_up((uint64_t)(uintptr_t)b.block, PAGE_BYTES) + offset;
    for (ULONG i = 0; i < bytes; i++)
        b.p[i] = (uint8_t)(i * 7 + 3);
    b.mdl = mdl_create(T.s, b.p, bytes, NULL);
    assert_non_null(b.mdl);
    MmBuildMdlForNonPagedPool(b.mdl);
    return b;
}

static inline void buffer_free(struct buffer *b)
{
    mdl_destroy(T.s, b->mdl);
    pool_free(T.s, b->block, 0x54534554);
}

static inline KIRQL to_dispatch(void) { return sched_irql_set(T.s, IRQL_DISPATCH); }

static inline void from_dispatch(KIRQL irql) { sched_irql_set(T.s, irql); }

/* --- a list, and who was called with it --- */

static struct {
    unsigned calls;
    PSCATTER_GATHER_LIST list;
    PVOID context;
    uint8_t irql;
} got;

static inline VOID list_control(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                PSCATTER_GATHER_LIST ScatterGather, PVOID Context)
{
    (void)DeviceObject, (void)Irp;
    got.calls++;
    got.list = ScatterGather;
    got.context = Context;
    got.irql = sched_irql(T.s);
}

static struct {
    unsigned calls;
    PVOID base, context;
    IO_ALLOCATION_ACTION action;
} ctl;

static inline IO_ALLOCATION_ACTION control(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                           PVOID MapRegisterBase, PVOID Context)
{
    (void)DeviceObject, (void)Irp;
    ctl.calls++;
    ctl.base = MapRegisterBase;
    ctl.context = Context;
    return ctl.action;
}

static inline uint64_t list_bytes(PSCATTER_GATHER_LIST l)
{
    uint64_t bytes = 0;

    for (ULONG i = 0; i < l->NumberOfElements; i++)
        bytes += l->Elements[i].Length;
    return bytes;
}

/* The device reads (to_device) or writes all that the list shows. */
static inline bool device_moves(PSCATTER_GATHER_LIST l, uint8_t *bytes, bool to_device)
{
    for (ULONG i = 0; i < l->NumberOfElements; i++) {
        uint64_t ba = (uint64_t)l->Elements[i].Address.QuadPart;
        ULONG n = l->Elements[i].Length;

        if (!(to_device ? dm_bus_read(T.d, 0, ba, bytes, n) : dm_bus_write(T.d, 0, ba, bytes, n)))
            return false;
        bytes += n;
    }
    return true;
}

#endif
