/*
 * A driver with every fault that a simulator must survive. The first word of a write says which one
 * to commit; each scenario asks for one and then sees whether the machine still works.
 */
#define FAULTS(X)                                                                                \
    X(NOTHING, nothing)                                                                          \
    X(POOL_BEYOND, pool_beyond)                                                                  \
    X(POOL_FREED, pool_freed)                                                                    \
    X(FREED_EVENT, freed_event)                                                                  \
    X(LOCAL_BEYOND, local_beyond)                                                                \
    X(STATIC_BEYOND, static_beyond)                                                              \
    X(NULL_READ, null_read)                                                                      \
    X(WILD_WRITE, wild_write)                                                                    \
    X(WILD_READ_AT_DISPATCH, wild_read_at_dispatch)                                              \
    X(WILD_CALL, wild_call)                                                                      \
    X(WILD_EVENT, wild_event)                                                                    \
    X(FREED_POINTER, freed_pointer)                                                              \
    X(DIVIDE, divide)                                                                            \
    X(RECURSION, recursion)                                                                      \
    X(BIG_FRAMES, big_frames)                                                                    \
    X(LOOP, loop)                                                                                \
    X(LOOP_OF_CALLS, loop_of_calls)

enum fault {
#define FAULT(code, name) FAULT_##code,
    FAULTS(FAULT)
#undef FAULT
};

#ifndef DMACHECK_SCENARIO
#include "../../drivers-under-test/twins/twin.h"

#define TAG 'tluF'
#define BLOCK 96

static volatile ULONG Statics[8];
static volatile ULONG Sink;

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

static DECLSPEC_NOINLINE VOID Pool(enum fault Which)
{
    volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPoolNx, BLOCK, TAG);
    volatile UCHAR **inner = ExAllocatePoolWithTag(NonPagedPoolNx, BLOCK, TAG);

    if (block == NULL || inner == NULL)
        return;
    *inner = block;
    if (Which == FAULT_POOL_BEYOND)
        block[BLOCK + 4] = 1; /* at: pool_beyond */
    if (Which == FAULT_FREED_EVENT)
        KeInitializeEvent((PRKEVENT)block, NotificationEvent, FALSE);
    ExFreePoolWithTag((PVOID)block, TAG); /* at: pool_given_back */
    ExFreePoolWithTag(inner, TAG);
    if (Which == FAULT_POOL_FREED)
        block[4] = 1; /* at: pool_freed */
    if (Which == FAULT_FREED_EVENT)
        KeSetEvent((PRKEVENT)block, IO_NO_INCREMENT, FALSE); /* at: freed_event */
    if (Which == FAULT_FREED_POINTER)
        **inner = 1; /* at: freed_pointer */
}

static DECLSPEC_NOINLINE VOID Local(ULONG Words)
{
    volatile ULONG local[8];
    ULONG i;

    for (i = 0; i < Words; i++)
        local[i] = i; /* at: local_beyond */
    Sink = local[0];
}

static DECLSPEC_NOINLINE ULONG Recurse(ULONG Depth)
{
    volatile ULONG local[16];

    local[Depth % 16] = Depth;
    return Depth == MAXULONG ? 0 : Recurse(Depth + 1) + local[Depth % 16];
}

static DECLSPEC_NOINLINE ULONG RecurseWide(ULONG Depth)
{
    volatile UCHAR local[20000];

    local[Depth % 16] = (UCHAR)Depth;
    return Depth == MAXULONG ? 0 : RecurseWide(Depth + 1) + local[Depth % 16];
}

static DECLSPEC_NOINLINE VOID Wild(enum fault Which)
{
    volatile ULONG *wild = (volatile ULONG *)0xFFFFA00000000000ull; /* the system's, nobody's */
    VOID (*nowhere)(VOID) = (VOID(*)(VOID))0x300000000000ull;
    KIRQL irql;

    if (Which == FAULT_NULL_READ)
        Sink = *(volatile ULONG *)NULL; /* at: null_read */
    if (Which == FAULT_WILD_WRITE)
        *wild = 1; /* at: wild_write */
    if (Which == FAULT_WILD_CALL)
        nowhere(); /* at: wild_call */
    if (Which == FAULT_WILD_EVENT)
        KeSetEvent((PRKEVENT)wild, IO_NO_INCREMENT, FALSE); /* at: wild_event */
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Sink = *wild; /* at: wild_read_at_dispatch */
    KeLowerIrql(irql);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    volatile ULONG *words = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);
    volatile ULONG zero = 0;

    if (words == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    switch ((enum fault)words[0]) {
    case FAULT_NOTHING:
        break;
    case FAULT_POOL_BEYOND:
    case FAULT_POOL_FREED:
    case FAULT_FREED_EVENT:
    case FAULT_FREED_POINTER:
        Pool((enum fault)words[0]);
        break;
    case FAULT_LOCAL_BEYOND:
        Local(9);
        break;
    case FAULT_STATIC_BEYOND:
        Statics[words[0] / words[0] * 8] = 1; /* at: static_beyond */
        break;
    case FAULT_DIVIDE:
        Sink = Length / zero; /* at: divide */
        break;
    case FAULT_RECURSION:
        Sink = Recurse(0);
        break;
    case FAULT_BIG_FRAMES:
        Sink = RecurseWide(0);
        break;
    case FAULT_LOOP:
        while (!zero)
            Sink++;
        break;
    case FAULT_LOOP_OF_CALLS:
        while (!zero)
            KeStallExecutionProcessor(1);
        break;
    default:
        Wild((enum fault)words[0]);
        break;
    }
    return STATUS_SUCCESS;
}

#else
#include "dmacheck/scenario.h"

/* The fault, then a write without one: the machine works on when the first came back. */
static void commit(struct dm_run *r, enum fault which)
{
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, NULL);
    uint32_t *words = dm_alloc(r, 64, 0);
    uint64_t information = 0;

    words[0] = which;
    dm_write(r, f, words, 64, 0, &information);
    words[0] = FAULT_NOTHING;
    dm_expect(r, dm_write(r, f, words, 64, 0, &information) == 0 && information == 64);
    dm_free(r, words);
    dm_close(r, f);
}

#define FAULT(code, name)                                                                        \
    static void name(struct dm_run *r) { commit(r, FAULT_##code); }
FAULTS(FAULT)
#undef FAULT

const struct dm_scenario dmacheck_scenarios[] = {
#define FAULT(code, name) { #name, "commits one fault", name, 0 },
    FAULTS(FAULT)
#undef FAULT
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma" };

#endif
