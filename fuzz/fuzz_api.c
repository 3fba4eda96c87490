/*
 * Arbitrary sequences of DMA calls, through the table that a driver gets: whatever a driver does, the
 * simulator lives. The first byte picks the profile; then each call takes an operation and its
 * arguments, live, dead or invented. Choices come out of the second half of the bytes.
 */
#include "fuzz/machine.h"

static PVOID things[8]; /* lists, bases, buffers: mixed up on purpose */
static uint8_t contexts[2][DMA_TRANSFER_CONTEXT_SIZE_V1], room[4096];

static void call(PDMA_ADAPTER a, PMDL m)
{
    const DMA_OPERATIONS *o = a->DmaOperations;
    PVOID *t = &things[next() % 8], va = (char *)MmGetMdlVirtualAddress(m) + number(),
          x = contexts[next() & 1];
    ULONG n = number(), size = number(), flags = next() & 3, few = n % 40,
          some = size % sizeof(room);
    BOOLEAN w = next() & 1;
    PHYSICAL_ADDRESS la = { .QuadPart = 0 };
    DMA_TRANSFER_INFO info = { .Version = few % 4 };
    PSCATTER_GATHER_LIST list = (PSCATTER_GATHER_LIST)room;

    /* clang-format off */
    switch (next() % 22) {
    case 0: o->GetScatterGatherList(a, pdo, m, va, n, on_list, t, w); break;
    case 1: o->PutScatterGatherList(a, *t, w); break;
    case 2: o->AllocateAdapterChannel(a, pdo, few, on_base, t); break;
    case 3: o->MapTransfer(a, m, *t, va, &n, w); break;
    case 4: o->FlushAdapterBuffers(a, m, *t, va, n, w); break;
    case 5: o->FreeMapRegisters(a, *t, n); break;
    case 6: o->FreeAdapterChannel(a); break;
    case 7: *t = o->AllocateCommonBuffer(a, n % 70000, &la, w); break;
    case 8: o->FreeCommonBuffer(a, n, la, *t, w); break;
    case 9: o->CalculateScatterGatherList(a, w ? m : NULL, va, n, &size, &n); break;
    case 10: o->BuildScatterGatherList(a, pdo, m, va, n, on_list, t, w, room, some); break;
    case 11: o->BuildMdlFromScatterGatherList(a, *t, m, &m); break;
    case 12: o->InitializeDmaTransferContext(a, x); break;
    case 13: o->AllocateAdapterChannelEx(a, pdo, x, few, flags, w ? on_base : NULL, t, w ? NULL : t); break;
    case 14: o->MapTransferEx(a, m, *t, size, 0, &n, w, list, some,
                                flags & 2 ? on_done : NULL, NULL); break;
    case 15: o->FlushAdapterBuffersEx(a, m, *t, size, n, w); break;
    case 16: o->GetScatterGatherListEx(a, pdo, x, m, size, n, flags, w ? on_list : NULL, t, w, NULL, NULL,
                                       w ? NULL : (PSCATTER_GATHER_LIST *)t); break;
    case 17: o->FreeAdapterObject(a, (IO_ALLOCATION_ACTION)flags); break;
    case 18: o->CancelAdapterChannel(a, pdo, x), o->CancelMappedTransfer(a, x); break;
    case 19: o->GetDmaTransferInfo(a, m, size, n, w, &info), o->JoinDmaDomain(a, o->GetDmaDomain(a)); break;
    case 20: dm_bus_write(device, 0, ((uint64_t)*t ^ n) & 0x41ffffffff, room, some); break;
    case 21: if (few < 2) o->PutDmaAdapter(a); break;
    }
    /* clang-format on */
}

static void run(void *ctx)
{
    machine_build(ctx);
    while (in.at < in.end && adapters[0] && adapters[1]) {
        sched_irql_set(ctx, next() % 3 ? IRQL_DISPATCH : IRQL_PASSIVE);
        call(adapters[next() & 1], mdls[next() % 3]);
    }
    sched_irql_set(ctx, IRQL_PASSIVE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char names[32][32], message[200], count;
    struct profile p;
    struct sim *s;
    count = count ? count : (char)profile_names(names, 32);
    if (size < 2 || !count || profile_find(&p, names[data[0] % count], message, sizeof(message)))
        return 0;
    s = sim_create(&p, message, sizeof(message));
    in.at = data + 1, in.end = in.at + size / 2, memset(things, 0, sizeof(things));
    choice_from_bytes(s, in.end, size - 1 - size / 2);
    sched_run(s, sched_thread(s, "fuzz", run, s, 0, 8), true);
    sim_destroy(s);
    return 0;
}
