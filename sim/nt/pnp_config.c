/*
 * PCI configuration space: 256 bytes a device, with registers that take writes and registers that
 * do not; and the three ways to it (IRP, BUS_INTERFACE_STANDARD, Hal...BusData).
 */
#include "sim/nt/pnp.h"

#define CONFIG_BYTES 256u
#define COMMAND 0x04u
#define STATUS 0x06u
#define BARS 0x10u
#define SUBSYSTEM 0x2cu
#define CAPABILITIES 0x34u
#define INTERRUPT_LINE 0x3cu
#define INTERRUPT_PIN 0x3du
#define CAP_POWER 0x40u /* power management, 8 bytes */
#define CAP_MSIX 0x50u  /* MSI-X, 12 bytes */
#define COMMAND_IO 0x1u
#define COMMAND_MEMORY 0x2u
#define COMMAND_MASTER 0x4u
#define COMMAND_BITS 0x0547u /* those that this function takes: also parity, SERR, INTx disable */

static void put16(struct dm_device *d, unsigned at, uint32_t v)
{
    d->config[at] = (uint8_t)v;
    d->config[at + 1] = (uint8_t)(v >> 8);
}

static void put32(struct dm_device *d, unsigned at, uint64_t v)
{
    put16(d, at, (uint32_t)v);
    put16(d, at + 2, (uint32_t)(v >> 16));
}

static uint32_t get16(const struct dm_device *d, unsigned at)
{
    return d->config[at] | (uint32_t)d->config[at + 1] << 8;
}

/* The header and two capabilities, out of the model and of where the BARs lie. */
void pnp_config_init(struct dm_device *d)
{
    const struct dm_device_model *m = d->model;

    put16(d, 0x00, m->vendor_id);
    put16(d, 0x02, m->device_id);
    put16(d, STATUS, 0x0010); /* has a capability list */
    d->config[0x08] = 1;      /* revision */
    put16(d, 0x09, m->class_code & 0xffff);
    d->config[0x0b] = (uint8_t)(m->class_code >> 16);
    for (unsigned i = 0; i < BUS_BARS_MAX; i++)
        put32(d, BARS + 4 * i, d->bars[i].bytes ? d->bars[i].start | (d->bars[i].port ? 1 : 0) : 0);
    put16(d, SUBSYSTEM, m->vendor_id);
    put16(d, SUBSYSTEM + 2, m->device_id);
    d->config[CAPABILITIES] = CAP_POWER;
    d->config[INTERRUPT_PIN] = 1; /* INTA# */
    d->config[CAP_POWER] = 0x01;
    d->config[CAP_POWER + 1] = m->messages ? CAP_MSIX : 0;
    put16(d, CAP_POWER + 2, 0x0603); /* version 3, D1 and D2 supported, no PME */
    put16(d, CAP_POWER + 4, d->power & 3);
    if (m->messages) {
        d->config[CAP_MSIX] = 0x11;
        d->config[CAP_MSIX + 1] = 0;
        put16(d, CAP_MSIX + 2, (d->messages ? 0x8000u : 0) | (m->messages - 1));
    }
}

ULONG pnp_config_read(struct sim *s, struct dm_device *d, ULONG offset, void *to, ULONG length)
{
    if (offset >= CONFIG_BYTES)
        return 0;
    if (length > CONFIG_BYTES - offset)
        length = CONFIG_BYTES - offset;
    sched_spend(s, 300);
    if (!d->present) {
        memset(to, 0xff, length); /* nobody answers: the bridge gives all ones */
        return length;
    }
    put16(d, CAP_POWER + 4, d->power & 3);
    memcpy(to, d->config + offset, length);
    return length;
}

static void command_write(struct dm_device *d, uint32_t v)
{
    put16(d, COMMAND, v & COMMAND_BITS);
    d->bus_master = (v & COMMAND_MASTER) != 0;
}

ULONG pnp_config_write(struct sim *s, struct dm_device *d, ULONG offset, const void *from,
                       ULONG length)
{
    const uint8_t *b = from;
    uint32_t command = get16(d, COMMAND);

    if (offset >= CONFIG_BYTES)
        return 0;
    if (length > CONFIG_BYTES - offset)
        length = CONFIG_BYTES - offset;
    sched_spend(s, 300);
    if (!d->present)
        return length; /* goes nowhere */
    for (ULONG i = 0; i < length; i++) {
        unsigned at = offset + i;

        if (at == COMMAND)
            command = (command & 0xff00u) | b[i];
        else if (at == COMMAND + 1)
            command = (command & 0xffu) | (uint32_t)b[i] << 8;
        else if (at == INTERRUPT_LINE || at == 0x0c || at == 0x0d || at >= 0x60)
            d->config[at] = b[i]; /* cache line size, latency timer, what a device may use freely */
        /* All else is read-only, or the bus driver's own business (BARs, capabilities). */
    }
    if (command != get16(d, COMMAND))
        command_write(d, command);
    return length;
}

void pnp_config_enable(struct sim *s, struct dm_device *d, bool on)
{
    uint32_t bits = COMMAND_MASTER;

    for (unsigned i = 0; i < BUS_BARS_MAX; i++)
        if (d->bars[i].bytes)
            bits |= d->bars[i].port ? COMMAND_IO : COMMAND_MEMORY;
    sched_spend(s, 600);
    command_write(d, on ? get16(d, COMMAND) | bits : get16(d, COMMAND) & ~bits);
}

/* --- BUS_INTERFACE_STANDARD: Context is the PDO --- */

static void count_interface(PVOID Context, enum api api, int by)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, Context);
    struct call c =
        call_begin(s, api, device_obj(s, Context), n ? n->interface_references : 0, 0, 0, 0);

    if (n)
        n->interface_references += (uint32_t)by;
    call_end(&c, n ? n->interface_references : 0, 0, 0, 0);
}

static VOID InterfaceReference(PVOID Context)
{
    count_interface(Context, API_InterfaceReference, 1);
}

static VOID InterfaceDereference(PVOID Context)
{
    count_interface(Context, API_InterfaceDereference, -1);
}

/*
 * TranslateBusAddress: PCI addresses are processor addresses on x64.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Length: bytes; *AddressSpace: 0 memory, 1 I/O, in and out
 * Returns  TRUE
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-translate_bus_address
 */
static BOOLEAN TranslateBusAddress(PVOID Context, PHYSICAL_ADDRESS BusAddress, ULONG Length,
                                   PULONG AddressSpace, PPHYSICAL_ADDRESS TranslatedAddress)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_TranslateBusAddress, device_obj(s, Context),
                               (uint64_t)BusAddress.QuadPart, Length, *AddressSpace, 0);

    *TranslatedAddress = BusAddress;
    call_end(&c, 1, (uint64_t)BusAddress.QuadPart, 0, 0);
    return TRUE;
}

static struct _DMA_ADAPTER *GetDmaAdapter(PVOID Context, struct _DEVICE_DESCRIPTION *Description,
                                          PULONG NumberOfMapRegisters)
{
    return IoGetDmaAdapter(Context, Description, NumberOfMapRegisters);
}

/*
 * GetBusData: reads configuration space.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Offset, Length: bytes
 * Returns  how many bytes were read; 0 for another space than PCI_WHICHSPACE_CONFIG
 * Gap      no expansion ROM
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-get_set_device_data
 */
static ULONG GetBusData(PVOID Context, ULONG DataType, PVOID Buffer, ULONG Offset, ULONG Length)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, Context);
    ULONG done = 0;
    struct call c =
        call_begin(s, API_GetBusData, device_obj(s, Context), DataType, Offset, Length, 0);

    if (n && DataType == PCI_WHICHSPACE_CONFIG)
        done = pnp_config_read(s, n->device, Offset, Buffer, Length);
    call_end(&c, done, 0, 0, 0);
    return done;
}

/*
 * SetBusData: writes configuration space.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Offset, Length: bytes
 * Returns  how many bytes were written; 0 for another space than PCI_WHICHSPACE_CONFIG
 * Gap      BARs and capabilities do not change
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-get_set_device_data
 */
static ULONG SetBusData(PVOID Context, ULONG DataType, PVOID Buffer, ULONG Offset, ULONG Length)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, Context);
    ULONG done = 0;
    struct call c =
        call_begin(s, API_SetBusData, device_obj(s, Context), DataType, Offset, Length, 0);

    if (n && DataType == PCI_WHICHSPACE_CONFIG)
        done = pnp_config_write(s, n->device, Offset, Buffer, Length);
    call_end(&c, done, 0, 0, 0);
    return done;
}

/* IRP_MN_QUERY_INTERFACE. STATUS_NOT_SUPPORTED: no such interface, the IRP keeps its status. */
NTSTATUS pnp_query_interface(struct sim *s, struct pnp_node *n, PIO_STACK_LOCATION stack)
{
    static const GUID standard = {
        0x496b8280, 0x6f25, 0x11d0, { 0xbe, 0xaf, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f }
    };
    PBUS_INTERFACE_STANDARD b = (PBUS_INTERFACE_STANDARD)stack->Parameters.QueryInterface.Interface;

    if (memcmp(stack->Parameters.QueryInterface.InterfaceType, &standard, sizeof(standard)) ||
        stack->Parameters.QueryInterface.Size < sizeof(*b))
        return STATUS_NOT_SUPPORTED;
    sched_spend(s, 200);
    *b = (BUS_INTERFACE_STANDARD) {
        .Size = sizeof(*b),
        .Version = BUS_INTERFACE_STANDARD_VERSION,
        .Context = n->pdo,
        .InterfaceReference = InterfaceReference,
        .InterfaceDereference = InterfaceDereference,
        .TranslateBusAddress = TranslateBusAddress,
        .GetDmaAdapter = GetDmaAdapter,
        .SetBusData = SetBusData,
        .GetBusData = GetBusData,
    };
    n->interface_references++; /* for whoever asked */
    return STATUS_SUCCESS;
}
