/*
 * The bus: device instances, their BARs and interrupts, and the one door through which a device
 * touches memory. A device model knows bus addresses only; the door translates (IOMMU or not), says
 * every touch, and says when one must not be.
 */
#ifndef DMACHECK_SIM_CORE_BUS_H
#define DMACHECK_SIM_CORE_BUS_H

#include "include/dmacheck/device.h"
#include "sim/core/sched.h"
#include "sim/core/sim.h"

#define BUS_BARS_MAX 6
#define BUS_MESSAGES_MAX 32
#define BUS_MEMORY_CHUNK_BYTES (64u << 10)
#define BUS_MEMORY_CHUNKS_MAX 1024
#define BUS_ENGINES_MAX 16 /* engines whose doorbells are remembered; others share by number */

struct bus_bar {
    uint64_t bytes; /* 0: absent */
    bool port;      /* I/O ports instead of memory */
    uint64_t start; /* physical address or port number given by the machine */
};

struct bus_posted;

struct bus_late { /* an interrupt on its way */
    struct sched_event event;
    struct dm_device *d;
    uint32_t message;
};

struct dm_device { /* one device in one slot; device models see it as an opaque handle */
    const struct dm_device_model *model;
    void *state;  /* model->state_bytes, zeroed at reset */
    uint32_t obj; /* OBJ_DEVICE */
    struct sim *s;
    struct bus_bar bars[BUS_BARS_MAX];
    struct sched_intr
        *intr[BUS_MESSAGES_MAX]; /* what each message (or the line, [0]) is connected to */
    unsigned messages;           /* granted; 0: line interrupt */
    bool line_asserted;
    bool present;        /* false after surprise removal: reads give all ones */
    bool bus_master;     /* command register: may touch memory */
    uint8_t config[256]; /* PCI configuration space */
    uint32_t power;      /* 0 = D0 .. 3 = D3 */
    uint32_t domain;     /* IOMMU domain (sim/core/iommu.h) */
    uint32_t own_domain; /* the one it began in */
    uint32_t slot;
    uint32_t dma_channel, dma_line; /* of the system DMA controller; line 0: it has none */
    bool dma_requested;             /* the line is raised */
    uint32_t doorbell_site;         /* site of the driver's last store to this device */
    uint32_t engine_doorbell[BUS_ENGINES_MAX]; /* as doorbell_site, by dm_doorbell */
    uint16_t agent;                            /* who acts in its timed work */
    struct dm_work *works;                     /* queued */
    size_t state_capacity;
    uint8_t *memory; /* model->memory_bytes; chunks that were handed out are marked */
    size_t memory_capacity;
    uint64_t memory_used[BUS_MEMORY_CHUNKS_MAX / 64];
    struct bus_late late[BUS_MESSAGES_MAX];
    struct bus_posted *posted;       /* on their way to memory, in order: bus_posted.c */
    struct bus_posted *posted_free;  /* records to use again */
    struct sched_event posted_event; /* the first of them arrives */
    void *nt;                        /* sim/nt's PDO */
    struct dm_device *next;
};

/* Plugs a device of this model into the next slot. */
struct dm_device *bus_plug(struct sim *s, const struct dm_device_model *model);
void bus_unplug(struct sim *s, struct dm_device *d);
struct dm_device *bus_first(struct sim *s);
/* The driver's register access, by physical address or port (sim/nt maps it). */
uint64_t bus_bar_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes);
void bus_bar_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                   unsigned size_bytes);
/* Finds the BAR that holds a physical address (or port); false: none. */
bool bus_bar_find(struct sim *s, uint64_t start, bool port, struct dm_device **d, unsigned *bar,
                  uint64_t *offset);
/* As dm_bus_read and dm_bus_write, by a controller that acts for the device: what the device's command
 * register forbids the device does not bind it. */
bool bus_controller_read(struct dm_device *d, unsigned engine, uint64_t bus_address, void *buf,
                         size_t bytes);
bool bus_controller_write(struct dm_device *d, unsigned engine, uint64_t bus_address,
                          const void *buf, size_t bytes);
/* The driver takes back [offset, +length_bytes) of what owner maps: says so if writes to it that an interrupt
 * has told of have not arrived. To be asked while dma->posted is not zero. */
void bus_posted_taken(struct sim *s, uint32_t owner, uint64_t offset, uint64_t length_bytes);
void bus_device_power(struct dm_device *d, uint32_t power); /* tells the model */
void bus_device_reset(struct dm_device *d);

/* Maps [physical, +bytes) of a BAR into the MMIO window: a pointer for the driver; the door routes
 * plain loads and stores through it to bus_bar_read/write. NULL: no BAR there. */
void *bus_mmio_map(struct sim *s, uint64_t physical, uint64_t bytes);
bool bus_mmio_unmap(struct sim *s, void *p, uint64_t bytes);
/* If p is in a mapped BAR: its device, bar and offset. */
bool bus_mmio_find(struct sim *s, const void *p, struct dm_device **d, unsigned *bar,
                   uint64_t *offset);

int bus_create(struct sim *s);
void bus_reset(struct sim *s);
void bus_destroy(struct sim *s);

#endif
