/*
 * dmacheck/device.h: what a device model includes, and all that it includes of dmacheck.
 *
 * A model is a table of functions and a state structure. It never blocks and never touches memory
 * inside a register write: it asks to be called later (dm_after) and then works step by step, so
 * that a transfer can end before, while or after the driver's store returns.
 */
#ifndef DMACHECK_DEVICE_H
#define DMACHECK_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dm_device; /* one plugged-in device */

struct dm_bar {
    uint64_t bytes; /* 0: no such BAR; a power of two */
    bool port;      /* I/O ports, not memory */
};

struct dm_device_model {
    const char *name; /* as `driver.ini` and dm_plug name it */
    const char *summary;
    uint16_t vendor_id, device_id;
    uint32_t class_code; /* base<<16 | sub<<8 | interface */
    struct dm_bar bars[6];
    unsigned messages;     /* MSI messages it asks for; 0: line interrupt */
    unsigned address_bits; /* bus address lines */
    bool scatter_gather;
    size_t state_bytes;  /* registers and engines: zeroed at each reset */
    size_t memory_bytes; /* on the card, reached by dm_memory; 0: none. At most 64 MiB */
    /* A slave of the system DMA controller: it has a request line (dm_dma_request) and, in BAR 0, a data
     * register of so many bytes (1, 2 or 4; 0: it is none). While the line is raised the controller
     * asks for bytes or brings them; offset says which register it addresses. Both give how many
     * went; with 0 the controller waits until the line is raised again. */
    unsigned dma_width_bytes;
    uint64_t dma_register;
    size_t (*dma_give)(struct dm_device *d, uint64_t offset, void *buf, size_t bytes_max);
    size_t (*dma_take)(struct dm_device *d, uint64_t offset, const void *buf, size_t bytes);
    void (*reset)(
        struct dm_device *d); /* power-on state; called after plug and on function reset */
    uint64_t (*read)(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes);
    void (*write)(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                  unsigned size_bytes);
    void (*power)(struct dm_device *d, unsigned d_state); /* 0 = D0 .. 3 = D3; may be NULL */
    void (*removed)(struct dm_device *d);                 /* pulled out; may be NULL */
};

void *dm_state(struct dm_device *d);
/* Bytes of the card's memory, to be read or written; what is handed out is zero again after a reset. */
uint8_t *dm_memory(struct dm_device *d, uint64_t offset, size_t bytes);

/* A device's timed work. Lives in the model's state; set fn once, then dm_after. */
struct dm_work {
    void (*fn)(struct dm_device *d, struct dm_work *w);
    void *priv[8]; /* dmacheck's own */
};
/* Calls w->fn in delay_ns of virtual time (plus what a choice adds). Moves it if it is queued. */
void dm_after(struct dm_device *d, struct dm_work *w, uint64_t delay_ns);
bool dm_cancel_work(struct dm_device *d, struct dm_work *w);
uint64_t dm_now_ns(struct dm_device *d);

/*
 * The door. Bus address in, bytes out. A refused access (no mapping, no permission, beyond the
 * address lines, bus mastering off) returns false: reads then give all ones in buf, writes go nowhere;
 * the device may latch an error. engine is the model's own number for the part that acts.
 */
bool dm_bus_read(struct dm_device *d, unsigned engine, uint64_t bus_address, void *buf,
                 size_t bytes);
bool dm_bus_write(struct dm_device *d, unsigned engine, uint64_t bus_address, const void *buf,
                  size_t bytes);
/* A write that the device has done with and that comes to memory delay_ns later (by choice at once), in
 * order, and at the latest when the device reads or writes memory by the two above, or the driver reads one
 * of its registers. An interrupt passes it. Nobody tells the device if it is refused. */
void dm_bus_write_posted(struct dm_device *d, unsigned engine, uint64_t bus_address,
                         const void *buf, size_t bytes, uint64_t delay_ns);
/* "This engine will use this range from now on": a release while claimed is a driver's fault. */
void dm_claim(struct dm_device *d, unsigned engine, uint64_t bus_address, uint64_t bytes,
              bool reads_memory);
void dm_release(struct dm_device *d, unsigned engine, uint64_t bus_address, uint64_t bytes,
                bool reads_memory);
/* Remembers the driver's present store as the doorbell of this engine: reports name its line. */
void dm_doorbell(struct dm_device *d, unsigned engine);

/* The request line to the system DMA controller. */
void dm_dma_request(struct dm_device *d, bool raised);

/* Interrupts: a message (MSI) or the line. */
void dm_interrupt(struct dm_device *d, unsigned message);
void dm_line(struct dm_device *d, bool asserted);
bool dm_present(struct dm_device *d);
/* A value in [0, bound), 0 being the plain case: how far to go, how long to wait. */
uint32_t dm_choice_step(struct dm_device *d, uint32_t bound);
uint32_t dm_choice_delay(struct dm_device *d, uint32_t bound);

/*
 * A driver for another card brings its model along, compiled beside its scenarios: its .so carries
 * `const struct dm_device_model *const dmacheck_models[]`, ending with NULL, and dm_setup and dm_plug
 * find them by name before those of sim/dev.
 */

/* All models, from the file names of sim/dev (generated table). NULL: no such model. */
const struct dm_device_model *dm_device_model(const char *name);

#endif
