/*
 * Arbitrary sequences of DMA calls, through the tables that a driver gets, on a machine with one device:
 * whatever a driver does, the simulator lives. The first byte picks the profile; then each call takes an
 * operation and its arguments, live, dead or invented. Choices come out of the second half of the bytes.
 */
#include <string.h>

#include "sim/nt/dma.h"
#include "sim/nt/host.h"

static const struct dm_device_model model = { .name = "fuzz", .address_bits = 64, .scatter_gather = true };
static struct { const uint8_t *at, *end; } in;
static struct dm_device *device;
static PDEVICE_OBJECT pdo;
static PDMA_ADAPTER adapters[2];
static PMDL mdls[3];
static PVOID things[8]; /* lists, bases, buffers: mixed up on purpose */
static uint8_t contexts[2][DMA_TRANSFER_CONTEXT_SIZE_V1], room[4096];

static uint8_t next(void) { return in.at < in.end ? *in.at++ : 0; }
static uint32_t number(void) { return (uint32_t)next() << (next() % 14); }
static PVOID *thing(void) { return &things[next() % 8]; }
static VOID on_list(PDEVICE_OBJECT d, PIRP i, PSCATTER_GATHER_LIST l, PVOID c) { (void)d, (void)i; *(PVOID *)c = l; }
static IO_ALLOCATION_ACTION on_base(PDEVICE_OBJECT d, PIRP i, PVOID b, PVOID c)
{
    (void)d, (void)i;
    *(PVOID *)c = b;
    return (IO_ALLOCATION_ACTION)(next() % 4);
}
static NTSTATUS add(PDRIVER_OBJECT o, PDEVICE_OBJECT p) { (void)o; pdo = p; return STATUS_SUCCESS; }
static NTSTATUS entry(PDRIVER_OBJECT o, PUNICODE_STRING p) { (void)p; o->DriverExtension->AddDevice = add; return 0; }

static void call(PDMA_ADAPTER a, PMDL m)
{
    const DMA_OPERATIONS *o = GetDmaDomain ? a->DmaOperations : NULL;
    PVOID *t = thing(), va = (char *)MmGetMdlVirtualAddress(m) + number(), x = contexts[next() & 1];
    ULONG n = number(), size = number(), flags = next() & 3;
    BOOLEAN w = next() & 1;
    PHYSICAL_ADDRESS la = { .QuadPart = 0 };
    DMA_TRANSFER_INFO info = { .Version = next() % 4 };

    switch (next() % 22) {
    case 0: o->GetScatterGatherList(a, pdo, m, va, n, on_list, t, w); break;
    case 1: o->PutScatterGatherList(a, *t, w); break;
    case 2: o->AllocateAdapterChannel(a, pdo, n % 40, on_base, t); break;
    case 3: o->MapTransfer(a, m, *t, va, &n, w); break;
    case 4: o->FlushAdapterBuffers(a, m, *t, va, n, w); break;
    case 5: o->FreeMapRegisters(a, *t, n); break;
    case 6: o->FreeAdapterChannel(a); break;
    case 7: *t = o->AllocateCommonBuffer(a, n % 70000, &la, w); break;
    case 8: o->FreeCommonBuffer(a, n, la, *t, w); break;
    case 9: CalculateScatterGatherList(a, w ? m : NULL, va, n, &size, &n); break;
    case 10: BuildScatterGatherList(a, pdo, m, va, n, on_list, t, w, room, size % sizeof(room)); break;
    case 11: BuildMdlFromScatterGatherList(a, *t, m, &m); break;
    case 12: InitializeDmaTransferContext(a, x); break;
    case 13: AllocateAdapterChannelEx(a, pdo, x, n % 40, flags, w ? on_base : NULL, t, w ? NULL : t); break;
    case 14: MapTransferEx(a, m, *t, size, 0, &n, w, (PSCATTER_GATHER_LIST)room, size % sizeof(room), NULL, NULL); break;
    case 15: FlushAdapterBuffersEx(a, m, *t, size, n, w); break;
    case 16: GetScatterGatherListEx(a, pdo, x, m, size, n, flags, w ? on_list : NULL, t, w, NULL, NULL, w ? NULL : (void *)t); break;
    case 17: FreeAdapterObject(a, (IO_ALLOCATION_ACTION)flags); break;
    case 18: CancelAdapterChannel(a, pdo, x); CancelMappedTransfer(a, x); break;
    case 19: GetDmaTransferInfo(a, m, size, n, w, &info); JoinDmaDomain(a, GetDmaDomain(a)); LeaveDmaDomain(a); break;
    case 20: if (*t) dm_bus_write(device, 0, (uint64_t)*t ^ n, room, size % sizeof(room)); break;
    case 21: PutDmaAdapter(a); break;
    }
}

static void run(void *ctx)
{
    struct sim *s = ctx;
    PDRIVER_OBJECT driver;

    host_driver_load(s, "fuzz", entry, &driver);
    device = bus_plug(s, &model);
    host_device_add(s, driver, device);
    device->bus_master = true;
    for (int i = 0; i < 2; i++) {
        DEVICE_DESCRIPTION d = { .Version = 1 + next() % 3, .Master = TRUE, .ScatterGather = next() & 1,
                                 .Dma32BitAddresses = TRUE, .Dma64BitAddresses = next() & 1, .InterfaceType = PCIBus,
                                 .DmaAddressWidth = 24 + next() % 41, .MaximumLength = number() };
        ULONG registers;

        adapters[i] = IoGetDmaAdapter(pdo, &d, &registers);
    }
    for (int i = 0; i < 3; i++) {
        mdls[i] = mdl_create(s, (char *)pool_alloc(s, POOL_NONPAGED, 65536, 0x5a5a, true) + number() % 4096,
                             1 + number() % 40000, NULL);
        MmBuildMdlForNonPagedPool(mdls[i]);
    }
    mdls[0]->Next = mdls[1];
    while (in.at < in.end && adapters[0] && adapters[1]) {
        sched_irql_set(s, next() % 3 ? IRQL_DISPATCH : IRQL_PASSIVE);
        call(adapters[next() & 1], mdls[next() % 3]);
    }
    sched_irql_set(s, IRQL_PASSIVE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct profile p[12];
    static char names[12][32], message[200];
    static int count;
    struct sim *s;

    for (; !count; count = profile_names(names, 12))
        ;
    if (size < 2 || profile_find(&p[0], names[data[0] % count], message, sizeof(message)))
        return 0;
    s = sim_create(&p[0], message, sizeof(message));
    in.at = data + 1;
    in.end = data + 1 + size / 2;
    memset(things, 0, sizeof(things));
    choice_from_bytes(s, in.end, size - 1 - size / 2);
    sched_run(s, sched_thread(s, "fuzz", run, s, 0, 8), true);
    sim_destroy(s);
    return 0;
}
