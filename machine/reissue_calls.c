/*
 * The calls of versions 1 and 2, with the recorded arguments (trace/api_dma.def) and with what stands
 * for the recorded objects.
 */
#include <string.h>

#include "machine/reissue_private.h"

#define NO_ADAPTER_PDO 0x100u /* of IoGetDmaAdapter's flags: the PDO was NULL */

struct adapter_of reissue_adapter(struct reissue *r, uint32_t id, bool *missing)
{
    struct reissue_thing *t = id ? reissue_thing(r, id) : NULL;

    if (!id) /* a call with NULL went through some adapter's table */
        return (struct adapter_of) { NULL, r->operations };
    *missing |= !t->p;
    return (struct adapter_of) { t->p, (PDMA_OPERATIONS)(uintptr_t)t->extra };
}

/* --- adapters --- */

/* granted: map registers, when it was recorded */
static void adapter_bind(struct reissue *r, uint32_t id, PDMA_ADAPTER adapter, uint64_t granted)
{
    if (!id)
        return;
    reissue_bind(r, id, adapter, r->heard[OBJ_ADAPTER]);
    reissue_thing(r, id)->bytes = granted;
    if (!adapter)
        return;
    reissue_thing(r, id)->extra = (uint64_t)(uintptr_t)adapter->DmaOperations;
    r->operations = adapter->DmaOperations;
}

static void description_read(DEVICE_DESCRIPTION *d, const struct event *e,
                             const struct event *first, const struct event *second)
{
    uint64_t flags = first->a[0];

    memset(d, 0, sizeof(*d));
    d->Version = (ULONG)e->a[0];
    d->MaximumLength = (ULONG)e->a[1];
    d->InterfaceType = (INTERFACE_TYPE)(LONG)e->a[2];
    d->DmaAddressWidth = (ULONG)e->a[3];
    d->Master = flags & 1;
    d->ScatterGather = flags >> 1 & 1;
    d->DemandMode = flags >> 2 & 1;
    d->AutoInitialize = flags >> 3 & 1;
    d->Dma32BitAddresses = flags >> 4 & 1;
    d->IgnoreCount = flags >> 5 & 1;
    d->Reserved1 = flags >> 6 & 1;
    d->Dma64BitAddresses = flags >> 7 & 1;
    d->DmaChannel = (ULONG)first->a[1];
    d->DmaWidth = (DMA_WIDTH)(first->a[2] >> 32);
    d->DmaSpeed = (DMA_SPEED)(ULONG)first->a[2];
    d->DmaRequestLine = (ULONG)(first->a[3] >> 32);
    d->DmaPort = (ULONG)first->a[3];
    d->BusNumber = (ULONG)second->a[0];
    d->DmaControllerInstance = (ULONG)second->a[1];
    d->DeviceAddress.QuadPart = (LONGLONG)second->a[2];
}

static PDEVICE_OBJECT pdo_of(struct reissue *r, uint32_t device)
{
    reissue_device(r, device);
    return (PDEVICE_OBJECT)(uintptr_t)reissue_thing(r, device ? device : OBJ_ID(OBJ_DEVICE, 0))
        ->extra;
}

static void get_adapter(struct reissue *r, const struct reissue_call *c)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0);
    PDEVICE_OBJECT pdo = first->a[0] & NO_ADAPTER_PDO ? NULL : pdo_of(r, first->obj);
    DEVICE_DESCRIPTION d;
    ULONG registers = 0;
    PDMA_ADAPTER adapter;
    uint32_t id = (uint32_t)reissue_back(r, c)->a[0];

    description_read(&d, e, first, reissue_arg(r, c, 1));
    adapter = IoGetDmaAdapter(pdo, &d, &registers);
    adapter_bind(r, id, adapter, reissue_back(r, c)->a[1]);
    reissue_answer(r, c, id ? 0 : 0x80000000u, adapter ? 0 : 0x80000000u);
}

/* One that the framework got, and of which the trace shows only that it is there. */
void reissue_adapter_described(struct reissue *r, const struct event *e)
{
    uint32_t width = e->a[1] >> ADAPTER_WIDTH_SHIFT & 0xff;
    DEVICE_DESCRIPTION d;
    ULONG registers = 0;

    memset(&d, 0, sizeof(d));
    d.Version = e->a[1] >> ADAPTER_VERSION_SHIFT & 0xff;
    d.Master = (e->a[1] & ADAPTER_MASTER) != 0;
    d.ScatterGather = (e->a[1] & ADAPTER_SG) != 0;
    d.Dma32BitAddresses = width >= 32;
    d.Dma64BitAddresses = width >= 64;
    d.DmaAddressWidth = d.Version == 3 ? width : 0;
    d.InterfaceType = PCIBus;
    d.MaximumLength = (ULONG)e->a[3];
    adapter_bind(r, e->obj, IoGetDmaAdapter(pdo_of(r, (uint32_t)e->a[0]), &d, &registers), e->a[2]);
}

/* --- lists --- */

static bool is_failure(uint64_t status) { return ((uint32_t)status & 0x80000000u) != 0; }

static PDRIVER_LIST_CONTROL list_routine(uint64_t recorded)
{
    return recorded ? reissue_list_control : NULL;
}

static NTSTATUS get_list(struct reissue *r, struct reissue_call *c, struct adapter_of a,
                         struct reissue_mdl *m)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0),
                       *second = reissue_arg(r, c, 1);
    PDEVICE_OBJECT object = reissue_device_object(r, (uint32_t)e->a[3]);
    PVOID va = reissue_va(r, (uint32_t)e->a[0], e->a[1], first->a[0]);
    ULONG length = (ULONG)EVENT_LENGTH(e->a[2]);
    BOOLEAN write = (e->a[2] & EVENT_TO_DEVICE) != 0;

    if (e->api == API_GetScatterGatherList)
        return a.ops->GetScatterGatherList(a.adapter, object, m->mdl, va, length,
                                           list_routine(first->a[1]), c->self, write);
    if (!a.ops->BuildScatterGatherList)
        return STATUS_NOT_SUPPORTED;
    return a.ops->BuildScatterGatherList(
        a.adapter, object, m->mdl, va, length, list_routine(first->a[1]), c->self, write,
        second->a[0] || second->a[1] ? reissue_memory(r, second->a[1]) : NULL, (ULONG)second->a[1]);
}

static void list_call(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0);
    struct reissue_mdl m;
    NTSTATUS status;

    if (!reissue_mdl(r, c, (uint32_t)e->a[0], first->a[3] & 0xffff, 0, &m)) {
        reissue_skip(r, c, "left out: no memory for its buffer here");
        return;
    }
    status = get_list(r, c, a, &m);
    reissue_mdl_done(r, &m);
    r->summary->issued++;
    c->failed = is_failure((uint32_t)status);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
}

static void put_list(struct reissue *r, const struct reissue_call *c, struct adapter_of a,
                     void *list)
{
    a.ops->PutScatterGatherList(a.adapter, list, reissue_begin(r, c)->a[1] != 0);
}

/* --- channels and map registers --- */

static void channel_call(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    NTSTATUS status =
        a.ops->AllocateAdapterChannel(a.adapter, reissue_device_object(r, (uint32_t)e->a[0]),
                                      (ULONG)e->a[1], e->a[2] ? reissue_control : NULL, c->self);

    c->failed = is_failure((uint32_t)status);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
}

static bool map_or_flush(struct reissue *r, struct reissue_call *c, struct adapter_of a, void *base)
{
    const struct event *e = reissue_begin(r, c), *first = reissue_arg(r, c, 0);
    uint32_t id = (uint32_t)e->a[1];
    ULONG length = (ULONG)EVENT_LENGTH(e->a[3]);
    BOOLEAN write = (e->a[3] & EVENT_TO_DEVICE) != 0;
    struct reissue_mdl m;
    PVOID va;

    if (!reissue_mdl(r, c, id, first->a[2] & 0xffff, 0, &m))
        return false;
    va = reissue_va(r, id, e->a[2], first->a[0]);
    if (e->api == API_MapTransfer)
        a.ops->MapTransfer(a.adapter, m.mdl, base, va, &length, write);
    else
        a.ops->FlushAdapterBuffers(a.adapter, m.mdl, base, va, length, write);
    reissue_mdl_done(r, &m);
    return true;
}

/* --- questions --- */

static void calculate(struct reissue *r, struct reissue_call *c, struct adapter_of a)
{
    const struct event *e = reissue_begin(r, c);
    ULONG size = 0, count = 0;
    struct reissue_mdl m;
    NTSTATUS status;
    uint64_t recorded;

    if (!reissue_mdl(r, c, (uint32_t)e->a[0], REISSUE_FLAGS_UNKNOWN, 0, &m))
        return;
    recorded = m.mdl ? e->a[1] - reissue_thing(r, (uint32_t)e->a[0])->va : 0;
    status = a.ops->CalculateScatterGatherList(a.adapter, m.mdl,
                                               reissue_va(r, (uint32_t)e->a[0], e->a[1], recorded),
                                               (ULONG)e->a[2], &size, &count);
    reissue_mdl_done(r, &m);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
}

static void build_mdl(struct reissue *r, struct reissue_call *c, struct adapter_of a, void *list)
{
    const struct event *e = reissue_begin(r, c);
    struct reissue_mdl m;
    PMDL target = NULL;
    NTSTATUS status;

    if (!reissue_mdl(r, c, (uint32_t)e->a[1], REISSUE_FLAGS_UNKNOWN, 0, &m))
        return;
    status = a.ops->BuildMdlFromScatterGatherList(a.adapter, list, m.mdl, &target);
    reissue_mdl_done(r, &m);
    reissue_answer(r, c, reissue_back(r, c)->a[0], (uint32_t)status);
}

/* The recorded call gives a channel back, and its adapter has none here: what asked for it was refused. */
static bool channel_is_missing(struct reissue *r, const struct event *e, struct adapter_of a)
{
    uint64_t recorded = e->api == API_FreeAdapterChannel  ? e->a[0]
                        : e->api == API_FreeAdapterObject ? e->a[1]
                                                          : 0;

    return recorded && a.adapter && !dma_channel_held(adapter_find(r->s, a.adapter));
}

/* More map registers than this machine gives: the driver would have asked for as many as it got told of. */
static bool asks_too_much(struct reissue *r, const struct event *e, struct adapter_of a)
{
    const struct adapter *adapter = a.adapter ? adapter_find(r->s, a.adapter) : NULL;
    uint64_t count = e->api == API_AllocateAdapterChannel     ? e->a[1]
                     : e->api == API_AllocateAdapterChannelEx ? e->a[2]
                                                              : 0;
    uint64_t granted = reissue_thing(r, e->obj)->bytes; /* when recorded */

    return adapter && count > adapter->registers_max && granted && count <= granted;
}

/* What a call is about in its first argument: a list, map registers. */
static bool names_first(unsigned api)
{
    return api == API_PutScatterGatherList || api == API_MapTransfer ||
           api == API_FlushAdapterBuffers || api == API_FreeMapRegisters ||
           api == API_BuildMdlFromScatterGatherList;
}

/* Versions 1 and 2. false: it is none of them. */
static bool issue_old(struct reissue *r, struct reissue_call *c, struct adapter_of a, void *first)
{
    const struct event *e = reissue_begin(r, c);

    switch (e->api) {
    case API_PutDmaAdapter:
        a.ops->PutDmaAdapter(a.adapter);
        return true;
    case API_AllocateAdapterChannel:
        channel_call(r, c, a);
        return true;
    case API_FreeAdapterChannel:
        a.ops->FreeAdapterChannel(a.adapter);
        return true;
    case API_FreeMapRegisters:
        a.ops->FreeMapRegisters(a.adapter, first, (ULONG)e->a[1]);
        return true;
    case API_MapTransfer:
    case API_FlushAdapterBuffers:
        if (!map_or_flush(r, c, a, first))
            reissue_skip(r, c, "left out: no memory for its buffer here");
        return true;
    case API_PutScatterGatherList:
        put_list(r, c, a, first);
        return true;
    case API_GetDmaAlignment:
        a.ops->GetDmaAlignment(a.adapter);
        return true;
    case API_ReadDmaCounter:
        a.ops->ReadDmaCounter(a.adapter);
        return true;
    case API_CalculateScatterGatherList:
        calculate(r, c, a);
        return true;
    case API_BuildMdlFromScatterGatherList:
        build_mdl(r, c, a, first);
        return true;
    default:
        return false;
    }
}

void reissue_issue(struct reissue *r, struct reissue_call *c)
{
    const struct event *e = reissue_begin(r, c);
    bool missing = false;
    struct adapter_of a;
    void *first = NULL;

    if (e->api == API_IoGetDmaAdapter) {
        get_adapter(r, c);
        r->summary->issued++;
        return;
    }
    a = reissue_adapter(r, e->obj, &missing);
    if (names_first(e->api))
        first = reissue_pointer(r, (uint32_t)e->a[0], &missing);
    if (missing || !a.ops) {
        c->failed = true;
        reissue_skip(r, c, "left out: what it is about is not there");
        return;
    }
    if (channel_is_missing(r, e, a)) {
        reissue_skip(r, c, "left out: nothing is held here that it could give back");
        return;
    }
    if (asks_too_much(r, e, a)) {
        c->failed = true;
        reissue_skip(r, c, "left out: asks for more map registers than this machine gives");
        return;
    }
    if (e->api == API_GetScatterGatherList || e->api == API_BuildScatterGatherList) {
        list_call(r, c, a);
        return;
    }
    if (issue_old(r, c, a, first) || reissue_issue_3(r, c) || reissue_issue_common(r, c))
        r->summary->issued++;
    else
        reissue_skip(r, c, "left out: calls of this function are not issued again");
}
