/*
 * A machine for fuzz targets that call DMA from outside a driver: bytes to take arguments from, one
 * device with a PDO, two adapters and three MDLs (the first two chained), all shaped by the bytes.
 */
#ifndef DMACHECK_FUZZ_MACHINE_H
#define DMACHECK_FUZZ_MACHINE_H

#include <string.h>

#include "sim/nt/dma.h"
#include "sim/nt/host.h"

static size_t slave_bytes; /* that it still wants to move: a ring would go round for ever */

static size_t slave_some(size_t most)
{
    size_t bytes = most < slave_bytes ? most : slave_bytes;

    slave_bytes -= bytes;
    return bytes;
}

static size_t slave_give(struct dm_device *d, uint64_t offset, void *buf, size_t most)
{
    (void)d, (void)offset;
    most = slave_some(most);
    memset(buf, 0x77, most);
    return most;
}

static size_t slave_take(struct dm_device *d, uint64_t offset, const void *buf, size_t bytes)
{
    (void)d, (void)offset, (void)buf;
    return slave_some(bytes);
}

/* A bus master, and a slave of the system DMA controller that asks until it has moved enough. */
static const struct dm_device_model model = { .name = "fuzz",
                                              .bars = { { .bytes = 4096 } },
                                              .address_bits = 64,
                                              .scatter_gather = true,
                                              .dma_width_bytes = 1,
                                              .dma_give = slave_give,
                                              .dma_take = slave_take };
static struct {
    const uint8_t *at, *end;
} in;
static struct dm_device *device;
static PDEVICE_OBJECT pdo;
static PDMA_ADAPTER adapters[2];
static PMDL mdls[3];

static uint8_t next(void) { return in.at < in.end ? *in.at++ : 0; }
static uint32_t number(void)
{
    uint32_t value = next();

    return value << next() % 14;
}

static NTSTATUS machine_add(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    (void)DriverObject;
    pdo = PhysicalDeviceObject;
    return STATUS_SUCCESS;
}

static NTSTATUS machine_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->DriverExtension->AddDevice = machine_add;
    return STATUS_SUCCESS;
}

static PMDL machine_mdl(struct sim *s)
{
    char *block = pool_alloc(s, POOL_NONPAGED, 65536, 0x5a5a, true);
    uint32_t offset = number() % 4096, bytes = 1 + number() % 40000;
    PMDL mdl = mdl_create(s, block + offset, bytes, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    return mdl;
}

static PDMA_ADAPTER machine_adapter(void)
{
    DEVICE_DESCRIPTION d = {
        .Version = 3, .Master = TRUE, .Dma32BitAddresses = TRUE, .InterfaceType = PCIBus
    };
    ULONG registers;

    d.ScatterGather = next() & 1;
    d.DmaAddressWidth = 24 + next() % 41;
    d.MaximumLength = number();
    if (next() % 4 == 0) {
        d.Master = FALSE;
        d.AutoInitialize = next() & 1;
        d.DmaRequestLine = 16 + next() % 2;
        d.DeviceAddress.QuadPart = (LONGLONG)device->bars[0].start;
    }
    return IoGetDmaAdapter(pdo, &d, &registers);
}

static void machine_build(struct sim *s)
{
    PDRIVER_OBJECT driver;

    host_driver_load(s, "fuzz", machine_entry, NULL, &driver);
    device = bus_plug(s, &model);
    host_device_add(s, driver, device);
    device->bus_master = true;
    slave_bytes = 16384;
    dm_dma_request(device, true);
    for (int i = 0; i < 2; i++)
        adapters[i] = machine_adapter();
    for (int i = 0; i < 3; i++)
        mdls[i] = machine_mdl(s);
    mdls[0]->Next = mdls[1];
}

/* What the DMA calls call back: each keeps what it got where its context says. */
static VOID on_list(PDEVICE_OBJECT d, PIRP i, PSCATTER_GATHER_LIST l, PVOID c)
{
    (void)d, (void)i;
    *(PVOID *)c = l;
}

static IO_ALLOCATION_ACTION on_base(PDEVICE_OBJECT d, PIRP i, PVOID b, PVOID c)
{
    (void)d, (void)i;
    *(PVOID *)c = b;
    return (IO_ALLOCATION_ACTION)(next() % 4);
}

static VOID on_done(PDMA_ADAPTER a, PDEVICE_OBJECT d, PVOID c, DMA_COMPLETION_STATUS s)
{
    (void)a, (void)d, (void)c, (void)s;
}

#endif
