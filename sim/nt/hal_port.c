/*
 * Register and port access, and the HAL's old bus functions. A pointer into a mapped BAR goes to
 * the device, any other is memory, as on Windows, where these are plain loads and stores with a
 * barrier and drivers use them on common buffers too. An access is one MMIO event with the driver's
 * line as its site; there is no CALL beside it, since the access itself says all.
 */
#include "sim/nt/pnp.h"

/* What call_begin does, without the event: the access that follows is the event. */
struct access {
    struct sim *s;
    uint32_t outer_site;
};

static struct access access_begin(enum api api, const void *frame)
{
    struct access a = { .s = sim_now() };
    const void *low, *high;

    door_flush_pending();
    sched_spend(a.s, call_cost_ns[api]);
    sched_point(a.s);
    a.outer_site = a.s->trace.site;
    if (a.s->trace.on) {
        sched_stack(a.s, &low, &high);
        a.s->trace.site = site_capture(a.s->depot, frame, 0, low, high);
    }
    return a;
}

static void access_end(struct access *a)
{
    sched_between(a->s);
    a->s->trace.site = a->outer_site;
}

/*
 * READ_REGISTER_x and READ_REGISTER_BUFFER_x: loads from a device's register; a buffer's loads all
 * go to ascending addresses.
 *
 * Irql     any
 * Units    Count: elements
 * Returns  what the device gives; all ones when it is not there
 * Gap      none known
 * Says     MMIO_READ; nothing for memory
 * Source   wdm/nf-wdm-read_register_ulong and its family
 */
static uint64_t register_read(const volatile void *p, unsigned size, const void *frame, void *pc)
{
    struct sim *s = sim_now();
    struct dm_device *d;
    unsigned bar;
    uint64_t offset, v = 0;

    if (bus_mmio_find(s, (const void *)p, &d, &bar, &offset)) {
        struct access a = access_begin(API_READ_REGISTER, frame);

        v = bus_bar_read(d, bar, offset, size);
        access_end(&a);
        return v;
    }
    door_flush_pending();
    door_range((const void *)p, size, false, pc);
    memcpy(&v, (const void *)p, size);
    __asm__ volatile("" ::: "memory");
    return v;
}

/*
 * WRITE_REGISTER_x and WRITE_REGISTER_BUFFER_x: stores to a device's register.
 *
 * Irql     any
 * Units    Count: elements
 * Returns  nothing
 * Gap      the store has happened when the function returns; a posted write has not yet
 * Says     MMIO_WRITE; nothing for memory
 * Source   wdm/nf-wdm-write_register_ulong and its family
 */
static void register_write(volatile void *p, uint64_t v, unsigned size, const void *frame, void *pc)
{
    struct sim *s = sim_now();
    struct dm_device *d;
    unsigned bar;
    uint64_t offset;

    if (bus_mmio_find(s, (const void *)p, &d, &bar, &offset)) {
        struct access a = access_begin(API_WRITE_REGISTER, frame);

        bus_bar_write(d, bar, offset, v, size);
        access_end(&a);
        return;
    }
    door_flush_pending();
    door_range((const void *)p, size, true, pc);
    memcpy((void *)p, &v, size);
    __asm__ volatile("" ::: "memory");
}

/*
 * READ_PORT_x: an I/O port's value; READ_PORT_BUFFER_x reads one port Count times.
 *
 * Irql     any
 * Returns  all ones where no device answers
 * Gap      none known
 * Says     MMIO_READ of the port BAR; nothing where no device answers
 * Source   wdm/nf-wdm-read_port_ulong and its family
 */
static uint64_t port_read(const void *port, unsigned size, const void *frame)
{
    struct access a = access_begin(API_READ_PORT, frame);
    struct dm_device *d;
    unsigned bar;
    uint64_t offset, v = UINT64_MAX;

    if (bus_bar_find(a.s, (uintptr_t)port, true, &d, &bar, &offset))
        v = bus_bar_read(d, bar, offset, size);
    access_end(&a);
    return v;
}

/*
 * WRITE_PORT_x, WRITE_PORT_BUFFER_x: stores to an I/O port.
 *
 * Irql     any
 * Gap      none known
 * Says     MMIO_WRITE of the port BAR; nothing where no device answers
 * Source   wdm/nf-wdm-write_port_ulong and its family
 */
static void port_write(void *port, uint64_t v, unsigned size, const void *frame)
{
    struct access a = access_begin(API_WRITE_PORT, frame);
    struct dm_device *d;
    unsigned bar;
    uint64_t offset;

    if (bus_bar_find(a.s, (uintptr_t)port, true, &d, &bar, &offset))
        bus_bar_write(d, bar, offset, v, size);
    access_end(&a);
}

#define FRAME __builtin_frame_address(0)
#define PC __builtin_return_address(0)

#define REGISTER_FUNCTIONS(NAME, type)                                                             \
    type READ_REGISTER_##NAME(volatile type *Register)                                             \
    {                                                                                              \
        return (type)register_read(Register, sizeof(type), FRAME, PC);                             \
    }                                                                                              \
    VOID WRITE_REGISTER_##NAME(volatile type *Register, type Value)                                \
    {                                                                                              \
        register_write(Register, Value, sizeof(type), FRAME, PC);                                  \
    }                                                                                              \
    VOID READ_REGISTER_BUFFER_##NAME(volatile type *Register, type *Buffer, ULONG Count)           \
    {                                                                                              \
        door_range(Buffer, (uint64_t)Count * sizeof(type), true, PC);                              \
        for (ULONG i = 0; i < Count; i++)                                                          \
            Buffer[i] = (type)register_read(Register + i, sizeof(type), FRAME, PC);                \
    }                                                                                              \
    VOID WRITE_REGISTER_BUFFER_##NAME(volatile type *Register, type *Buffer, ULONG Count)          \
    {                                                                                              \
        door_range(Buffer, (uint64_t)Count * sizeof(type), false, PC);                             \
        for (ULONG i = 0; i < Count; i++)                                                          \
            register_write(Register + i, Buffer[i], sizeof(type), FRAME, PC);                      \
    }

REGISTER_FUNCTIONS(UCHAR, UCHAR)
REGISTER_FUNCTIONS(USHORT, USHORT)
REGISTER_FUNCTIONS(ULONG, ULONG)
REGISTER_FUNCTIONS(ULONG64, ULONG64)

#define PORT_FUNCTIONS(NAME, type)                                                                 \
    type READ_PORT_##NAME(type *Port) { return (type)port_read(Port, sizeof(type), FRAME); }       \
    VOID WRITE_PORT_##NAME(type *Port, type Value)                                                 \
    {                                                                                              \
        port_write(Port, Value, sizeof(type), FRAME);                                              \
    }                                                                                              \
    VOID READ_PORT_BUFFER_##NAME(type *Port, type *Buffer, ULONG Count)                            \
    {                                                                                              \
        door_range(Buffer, (uint64_t)Count * sizeof(type), true, PC);                              \
        for (ULONG i = 0; i < Count; i++)                                                          \
            Buffer[i] = (type)port_read(Port, sizeof(type), FRAME);                                \
    }                                                                                              \
    VOID WRITE_PORT_BUFFER_##NAME(type *Port, type *Buffer, ULONG Count)                           \
    {                                                                                              \
        door_range(Buffer, (uint64_t)Count * sizeof(type), false, PC);                             \
        for (ULONG i = 0; i < Count; i++)                                                          \
            port_write(Port, Buffer[i], sizeof(type), FRAME);                                      \
    }

PORT_FUNCTIONS(UCHAR, UCHAR)
PORT_FUNCTIONS(USHORT, USHORT)
PORT_FUNCTIONS(ULONG, ULONG)

/* --- the HAL's bus functions --- */

/* PCI_SLOT_NUMBER: device in bits 0..4, function in bits 5..7. */
static struct dm_device *device_in_slot(struct sim *s, ULONG slot)
{
    struct dm_device *d = bus_first(s);

    while (d && (d->slot != (slot & 31) || slot >> 5))
        d = d->next;
    return d;
}

static ULONG bus_data(struct sim *s, BUS_DATA_TYPE type, ULONG bus, ULONG slot, PVOID buffer,
                      ULONG offset, ULONG length, bool write)
{
    struct dm_device *d;

    if (type != PCIConfiguration || bus != 0)
        return 0; /* no such bus */
    d = device_in_slot(s, slot);
    if (!d || !d->present) {
        /* An empty slot: the vendor id reads PCI_INVALID_VENDORID, and that is all. */
        if (!write && offset == 0 && length >= 2)
            memset(buffer, 0xff, 2);
        return write ? 0 : 2;
    }
    return write ? pnp_config_write(s, d, offset, buffer, length)
                 : pnp_config_read(s, d, offset, buffer, length);
}

/*
 * HalGetBusDataByOffset: reads PCI configuration space by bus, slot and offset.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Offset, Length: bytes
 * Returns  bytes read; 2 for an empty slot; 0 for a bus that does not exist
 * Gap      PCI bus 0 alone
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-halgetbusdatabyoffset
 */
ULONG HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                            PVOID Buffer, ULONG Offset, ULONG Length)
{
    struct sim *s = sim_now();
    ULONG done;
    struct call c = call_begin(s, API_HalGetBusData, 0, (uint64_t)BusDataType,
                               (uint64_t)BusNumber << 32 | SlotNumber, Offset, Length);

    done = bus_data(s, BusDataType, BusNumber, SlotNumber, Buffer, Offset, Length, false);
    call_end(&c, done, 0, 0, 0);
    return done;
}

/*
 * HalGetBusData: the same from offset 0.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as HalGetBusDataByOffset
 * Gap      PCI bus 0 alone
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-halgetbusdata
 */
ULONG HalGetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer,
                    ULONG Length)
{
    struct sim *s = sim_now();
    ULONG done;
    struct call c = call_begin(s, API_HalGetBusData, 0, (uint64_t)BusDataType,
                               (uint64_t)BusNumber << 32 | SlotNumber, 0, Length);

    done = bus_data(s, BusDataType, BusNumber, SlotNumber, Buffer, 0, Length, false);
    call_end(&c, done, 0, 0, 0);
    return done;
}

/*
 * HalSetBusDataByOffset: writes PCI configuration space by bus, slot and offset.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  bytes written; 0 where there is no device
 * Gap      PCI bus 0 alone; BARs and capabilities do not change
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-halsetbusdatabyoffset
 */
ULONG HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                            PVOID Buffer, ULONG Offset, ULONG Length)
{
    struct sim *s = sim_now();
    ULONG done;
    struct call c = call_begin(s, API_HalSetBusData, 0, (uint64_t)BusDataType,
                               (uint64_t)BusNumber << 32 | SlotNumber, Offset, Length);

    done = bus_data(s, BusDataType, BusNumber, SlotNumber, Buffer, Offset, Length, true);
    call_end(&c, done, 0, 0, 0);
    return done;
}

/*
 * HalSetBusData: the same from offset 0.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as HalSetBusDataByOffset
 * Gap      as HalSetBusDataByOffset
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-halsetbusdata
 */
ULONG HalSetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer,
                    ULONG Length)
{
    struct sim *s = sim_now();
    ULONG done;
    struct call c = call_begin(s, API_HalSetBusData, 0, (uint64_t)BusDataType,
                               (uint64_t)BusNumber << 32 | SlotNumber, 0, Length);

    done = bus_data(s, BusDataType, BusNumber, SlotNumber, Buffer, 0, Length, true);
    call_end(&c, done, 0, 0, 0);
    return done;
}

/*
 * HalTranslateBusAddress: bus addresses are processor addresses on x64.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    *AddressSpace: 0 memory, 1 I/O, in and out
 * Returns  TRUE for PCI bus 0 and the machine's own bus, else FALSE
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-haltranslatebusaddress
 */
BOOLEAN HalTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                               PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                               PPHYSICAL_ADDRESS TranslatedAddress)
{
    struct sim *s = sim_now();
    BOOLEAN done = (InterfaceType == PCIBus || InterfaceType == Internal || InterfaceType == Isa) &&
                   BusNumber == 0;
    struct call c = call_begin(s, API_HalTranslateBusAddress, 0, (uint64_t)InterfaceType, BusNumber,
                               (uint64_t)BusAddress.QuadPart, *AddressSpace);

    if (done)
        *TranslatedAddress = BusAddress;
    call_end(&c, done, (uint64_t)BusAddress.QuadPart, 0, 0);
    return done;
}
