/*
 * Hardware resources: what a device asks for, what it gets, and both as Windows writes them down. A
 * BAR's descriptor is followed by a DevicePrivate one that holds the BAR's index, as the PCI bus
 * driver's lists do: drivers that count BARs by position must skip it.
 */
#include "sim/nt/pnp.h"

#define VECTOR_FIRST 0x50u /* IRQL of a vector is vector / 16: 5 .. 11 for devices */
#define VECTOR_LAST 0xbfu
#define LINE_FIRST 16u /* raw numbers of PCI interrupt lines at the I/O APIC */
#define LINES 8u
/* Where rebalancing puts BARs: at the far end of the bus's own ranges, downwards, then from the top
 * again. */
#define MOVED_MEMORY_TOP 0xfe000000ull
#define MOVED_MEMORY_FLOOR 0xf8000000ull
#define MOVED_PORT_TOP 0xfff0ull
#define MOVED_PORT_FLOOR 0xe000ull

static bool bar_there(const struct pnp_node *n, unsigned bar)
{
    return n->device->bars[bar].bytes != 0;
}

static unsigned bar_count(const struct pnp_node *n)
{
    unsigned count = 0;

    for (unsigned i = 0; i < BUS_BARS_MAX; i++)
        count += bar_there(n, i);
    return count;
}

static unsigned dma_count(const struct pnp_node *n) { return n->device->dma_line != 0; }

/* The controller knows request lines, so descriptors are of the later form; Channel lies where the
 * earlier one has it, too. */
static USHORT dma_flags(const struct pnp_node *n)
{
    unsigned width = n->device->model->dma_width_bytes;

    return CM_RESOURCE_DMA_V3 | (width == 1   ? CM_RESOURCE_DMA_8
                                 : width == 2 ? CM_RESOURCE_DMA_16
                                              : CM_RESOURCE_DMA_32);
}

static DMA_WIDTH dma_width(const struct pnp_node *n)
{
    unsigned width = n->device->model->dma_width_bytes;

    return width == 1 ? Width8Bits : width == 2 ? Width16Bits : Width32Bits;
}

static unsigned messages_wanted(const struct pnp_node *n)
{
    unsigned m = n->device->model->messages;

    return m > BUS_MESSAGES_MAX ? BUS_MESSAGES_MAX : m;
}

/* --- what it asks for --- */

static void require_bar(const struct pnp_node *n, unsigned bar, PIO_RESOURCE_DESCRIPTOR d)
{
    const struct bus_bar *b = &n->device->bars[bar];

    d->Type = b->port ? CmResourceTypePort : CmResourceTypeMemory;
    d->ShareDisposition = CmResourceShareDeviceExclusive;
    d->Flags = b->port ? CM_RESOURCE_PORT_IO | CM_RESOURCE_PORT_POSITIVE_DECODE
                       : CM_RESOURCE_MEMORY_READ_WRITE;
    d->u.Generic.Length = (ULONG)b->bytes;
    d->u.Generic.Alignment = (ULONG)b->bytes;
    d->u.Generic.MaximumAddress.QuadPart = b->port ? 0xffff : 0xffffffffll;
}

static void require_interrupt(const struct pnp_node *n, PIO_RESOURCE_DESCRIPTOR d, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        d[i].Type = CmResourceTypeInterrupt;
        if (messages_wanted(n)) {
            d[i].ShareDisposition = CmResourceShareDeviceExclusive;
            d[i].Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE;
            d[i].u.Interrupt.MinimumVector = CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN;
            d[i].u.Interrupt.MaximumVector = CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN;
        } else {
            d[i].ShareDisposition = CmResourceShareShared;
            d[i].Flags = CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
            d[i].u.Interrupt.MinimumVector = LINE_FIRST;
            d[i].u.Interrupt.MaximumVector = LINE_FIRST + LINES - 1;
        }
    }
}

static void require_dma(const struct pnp_node *n, PIO_RESOURCE_DESCRIPTOR d)
{
    d->Type = CmResourceTypeDma;
    d->ShareDisposition = CmResourceShareDeviceExclusive;
    d->Flags = dma_flags(n);
    d->u.DmaV3.RequestLine = n->device->dma_line;
    d->u.DmaV3.Channel = n->device->dma_channel;
    d->u.DmaV3.TransferWidth = (ULONG)dma_width(n);
}

PIO_RESOURCE_REQUIREMENTS_LIST pnp_requirements(struct sim *s, struct pnp_node *n)
{
    unsigned interrupts = messages_wanted(n) ? messages_wanted(n) : 1;
    unsigned count = 2 * bar_count(n) + interrupts + dma_count(n);
    uint32_t bytes = (uint32_t)(sizeof(IO_RESOURCE_REQUIREMENTS_LIST) +
                                (count - 1) * sizeof(IO_RESOURCE_DESCRIPTOR));
    PIO_RESOURCE_REQUIREMENTS_LIST r = pool_alloc(s, POOL_PAGED, bytes, PNP_POOL_TAG, true);
    PIO_RESOURCE_LIST l;
    PIO_RESOURCE_DESCRIPTOR d;

    if (!r)
        return NULL;
    r->ListSize = bytes;
    r->InterfaceType = PCIBus;
    r->SlotNumber = n->device->slot;
    r->AlternativeLists = 1;
    l = r->List;
    l->Version = l->Revision = 1;
    l->Count = count;
    d = l->Descriptors;
    for (unsigned i = 0; i < BUS_BARS_MAX; i++) {
        if (!bar_there(n, i))
            continue;
        require_bar(n, i, d++);
        d->Type = CmResourceTypeDevicePrivate;
        d->ShareDisposition = CmResourceShareDeviceExclusive;
        d->u.DevicePrivate.Data[0] = 1;
        d++->u.DevicePrivate.Data[1] = i;
    }
    require_interrupt(n, d, interrupts);
    if (dma_count(n))
        require_dma(n, d + interrupts);
    return r;
}

/* --- what it gets --- */

static PCM_RESOURCE_LIST list_new(struct sim *s, unsigned count)
{
    uint32_t bytes = (uint32_t)(sizeof(CM_RESOURCE_LIST) +
                                (count ? count - 1 : 0) * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR));
    PCM_RESOURCE_LIST l = pool_alloc(s, POOL_PAGED, bytes, PNP_POOL_TAG, true);

    if (!l)
        return NULL;
    l->Count = 1;
    l->List[0].InterfaceType = PCIBus;
    l->List[0].PartialResourceList.Version = 1;
    l->List[0].PartialResourceList.Revision = 1;
    l->List[0].PartialResourceList.Count = count;
    return l;
}

/* The BARs, each with its DevicePrivate; the same raw and translated, as on any x64 machine. */
static PCM_PARTIAL_RESOURCE_DESCRIPTOR describe_bars(const struct pnp_node *n,
                                                     PCM_PARTIAL_RESOURCE_DESCRIPTOR d)
{
    for (unsigned i = 0; i < BUS_BARS_MAX; i++) {
        const struct bus_bar *b = &n->device->bars[i];

        if (!bar_there(n, i))
            continue;
        d->Type = b->port ? CmResourceTypePort : CmResourceTypeMemory;
        d->ShareDisposition = CmResourceShareDeviceExclusive;
        d->Flags = b->port ? CM_RESOURCE_PORT_IO | CM_RESOURCE_PORT_POSITIVE_DECODE
                           : CM_RESOURCE_MEMORY_READ_WRITE;
        d->u.Generic.Start.QuadPart = (LONGLONG)b->start;
        d++->u.Generic.Length = (ULONG)b->bytes;
        d->Type = CmResourceTypeDevicePrivate;
        d->ShareDisposition = CmResourceShareDeviceExclusive;
        d->u.DevicePrivate.Data[0] = 1;
        d++->u.DevicePrivate.Data[1] = i;
    }
    return d;
}

static PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptors_of(PCM_RESOURCE_LIST l)
{
    PCM_PARTIAL_RESOURCE_LIST partial = &l->List->PartialResourceList;

    return partial->PartialDescriptors;
}

PCM_RESOURCE_LIST pnp_boot_resources(struct sim *s, struct pnp_node *n)
{
    PCM_RESOURCE_LIST l = list_new(s, 2 * bar_count(n));

    if (l)
        describe_bars(n, descriptors_of(l));
    return l;
}

/* How many messages the drivers left in the requirements. */
static unsigned messages_required(const struct pnp_node *n)
{
    unsigned count = 0;
    const IO_RESOURCE_LIST *l;

    if (!n->requirements || !n->requirements->AlternativeLists)
        return messages_wanted(n);
    l = n->requirements
            ->List; /* by pointer: through List[0] gcc takes Descriptors[1] at its word */
    for (ULONG i = 0; i < l->Count; i++)
        count += l->Descriptors[i].Type == CmResourceTypeInterrupt &&
                 l->Descriptors[i].Flags & CM_RESOURCE_INTERRUPT_MESSAGE;
    return count < messages_wanted(n) ? count : messages_wanted(n);
}

/* A vector that no started device has. The search begins behind the last one given, so that a
 * device which is stopped and started again gets another. */
static uint32_t vector_take(struct sim *s)
{
    struct nt_pnp *p = s->nt->pnp;
    uint32_t span = VECTOR_LAST - VECTOR_FIRST + 1;

    for (uint32_t tries = 0; tries < span; tries++) {
        uint32_t vector = VECTOR_FIRST + p->vector_next++ % span;
        bool taken = false;

        for (unsigned i = 0; i < p->node_count && !taken; i++)
            for (unsigned m = 0; m < p->nodes[i].vector_count && !taken; m++)
                taken = p->nodes[i].vectors[m] == vector;
        if (!taken)
            return vector;
    }
    return 0;
}

static void vectors_assign(struct sim *s, struct pnp_node *n)
{
    unsigned messages = messages_required(n);
    unsigned count;

    if (messages > 1 && fault_take(s, FAULT_MESSAGES))
        messages = 1;
    count = messages ? messages : 1;
    n->vector_count = 0;
    while (n->vector_count < count) {
        uint32_t vector = vector_take(s);

        if (!vector) {
            /* Too few are left: one message, as Windows gives when all are not to be had. */
            while (n->vector_count > 1)
                io_vector_unregister(s, n->vectors[--n->vector_count]);
            messages = n->vector_count;
            break;
        }
        io_vector_register(s, vector, (uint8_t)(vector >> 4), n->device, n->vector_count);
        n->vectors[n->vector_count++] = vector;
    }
    n->device->messages = messages;
}

static void describe_dma(const struct pnp_node *n, PCM_PARTIAL_RESOURCE_DESCRIPTOR d)
{
    d->Type = CmResourceTypeDma;
    d->ShareDisposition = CmResourceShareDeviceExclusive;
    d->Flags = dma_flags(n);
    d->u.DmaV3.Channel = n->device->dma_channel;
    d->u.DmaV3.RequestLine = n->device->dma_line;
    d->u.DmaV3.TransferWidth = (UCHAR)dma_width(n);
}

/* The processors that the requirements name for an interrupt; otherwise all. */
static KAFFINITY affinity_of(struct sim *s, const struct pnp_node *n, unsigned interrupt)
{
    KAFFINITY all = ((KAFFINITY)1 << sched_cpu_count(s)) - 1;
    const IO_RESOURCE_LIST *l;

    if (!n->requirements || !n->requirements->AlternativeLists)
        return all;
    l = n->requirements->List;
    for (ULONG i = 0; i < l->Count; i++) {
        const IO_RESOURCE_DESCRIPTOR *d = &l->Descriptors[i];

        if (d->Type != CmResourceTypeInterrupt || d->Option & IO_RESOURCE_ALTERNATIVE)
            continue;
        if (interrupt--)
            continue;
        if (d->Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED &&
            d->u.Interrupt.AffinityPolicy == IrqPolicySpecifiedProcessors &&
            d->u.Interrupt.TargetedProcessors & all)
            return d->u.Interrupt.TargetedProcessors & all;
        break;
    }
    return all;
}

static void describe_interrupts(struct sim *s, const struct pnp_node *n,
                                PCM_PARTIAL_RESOURCE_DESCRIPTOR raw,
                                PCM_PARTIAL_RESOURCE_DESCRIPTOR translated)
{
    for (unsigned i = 0; i < n->vector_count; i++, raw++, translated++) {
        KAFFINITY affinity = affinity_of(s, n, i);

        raw->Type = translated->Type = CmResourceTypeInterrupt;
        if (n->device->messages) {
            raw->ShareDisposition = CmResourceShareDeviceExclusive;
            raw->Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE;
            raw->u.MessageInterrupt.Raw.MessageCount = 1;
            raw->u.MessageInterrupt.Raw.Vector = n->vectors[i];
            raw->u.MessageInterrupt.Raw.Affinity = affinity;
            translated->u.MessageInterrupt.Translated.Level = n->vectors[i] >> 4;
            translated->u.MessageInterrupt.Translated.Vector = n->vectors[i];
            translated->u.MessageInterrupt.Translated.Affinity = affinity;
        } else {
            raw->ShareDisposition = CmResourceShareShared;
            raw->Flags = CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
            raw->u.Interrupt.Level = raw->u.Interrupt.Vector = LINE_FIRST + n->device->slot % LINES;
            raw->u.Interrupt.Affinity = affinity;
            translated->u.Interrupt.Level = n->vectors[i] >> 4;
            translated->u.Interrupt.Vector = n->vectors[i];
            translated->u.Interrupt.Affinity = affinity;
        }
        translated->ShareDisposition = raw->ShareDisposition;
        translated->Flags = raw->Flags;
    }
}

static bool overlaps(struct sim *s, const struct bus_bar *self, uint64_t start)
{
    for (const struct dm_device *d = bus_first(s); d; d = d->next)
        for (unsigned i = 0; i < BUS_BARS_MAX; i++) {
            const struct bus_bar *b = &d->bars[i];

            if (b->bytes && b->port == self->port && start < b->start + b->bytes &&
                b->start < start + self->bytes)
                return true; /* also with itself: the BAR must move */
        }
    return false;
}

/* After a rebalance a BAR lies elsewhere, aligned to its size. One that finds no place stays. */
static void bar_move(struct sim *s, struct bus_bar *b)
{
    struct nt_pnp *p = s->nt->pnp;
    uint64_t *next = b->port ? &p->port_next : &p->memory_next;
    uint64_t floor = b->port ? MOVED_PORT_FLOOR : MOVED_MEMORY_FLOOR;
    uint64_t unit = b->bytes < PAGE_BYTES && !b->port ? PAGE_BYTES : b->bytes;

    for (unsigned wraps = 0; wraps < 2;) {
        if (*next < floor + 2 * unit) {
            *next = b->port ? MOVED_PORT_TOP : MOVED_MEMORY_TOP;
            wraps++;
        }
        *next = align_down(*next - unit, unit);
        if (!overlaps(s, b, *next)) {
            b->start = *next;
            return;
        }
    }
}

static void bars_move(struct sim *s, struct pnp_node *n)
{
    for (unsigned i = 0; i < BUS_BARS_MAX; i++)
        if (n->device->bars[i].bytes)
            bar_move(s, &n->device->bars[i]);
}

NTSTATUS pnp_resources_assign(struct sim *s, struct pnp_node *n, PCM_RESOURCE_LIST *raw,
                              PCM_RESOURCE_LIST *translated)
{
    unsigned count;

    if (n->started_before)
        bars_move(s, n);
    vectors_assign(s, n);
    count = 2 * bar_count(n) + n->vector_count + dma_count(n);
    *raw = list_new(s, count);
    *translated = list_new(s, count);
    if (!*raw || !*translated)
        return STATUS_INSUFFICIENT_RESOURCES;
    describe_interrupts(s, n, describe_bars(n, descriptors_of(*raw)),
                        describe_bars(n, descriptors_of(*translated)));
    if (dma_count(n)) {
        describe_dma(n, descriptors_of(*raw) + count - 1);
        describe_dma(n, descriptors_of(*translated) + count - 1);
    }
    pnp_config_init(n->device); /* the BAR registers hold where the BARs lie */
    return STATUS_SUCCESS;
}

void pnp_resources_release(struct sim *s, struct pnp_node *n)
{
    for (unsigned i = 0; i < n->vector_count; i++)
        io_vector_unregister(s, n->vectors[i]);
    n->vector_count = 0;
}
