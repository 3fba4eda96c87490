/*
 * The system DMA controller: a third party on the bus that moves bytes between memory and the data
 * register of a device which has a request line and no bus mastering of its own. It has eight
 * channels, each with one address, one count and a small buffer inside, and one completion interrupt.
 *
 * A channel runs from the MapTransfer(Ex) that programs it until its count is out, it is cancelled
 * or a flush stops it. The bytes that it holds inside when it ends reach memory with the flush.
 */
#ifndef DMACHECK_SIM_CORE_SYSDMA_H
#define DMACHECK_SIM_CORE_SYSDMA_H

#include "sim/core/mapreg.h"

#define SYSDMA_CONTROLLER 0u /* its id: there is one */
#define SYSDMA_CHANNELS 8u
#define SYSDMA_CASCADE                                                                             \
    4u /* versions 0 to 2 number channels as an ISA machine does: this one is none */
#define SYSDMA_LINE_FIRST 16u /* request line of channel 0; they follow one another */
#define SYSDMA_ADDRESS_BITS 32u
#define SYSDMA_HELD_BYTES 16u

struct sysdma;
struct sysdma_channel;

enum sysdma_status { SYSDMA_COMPLETE = 0, SYSDMA_ERROR = 2, SYSDMA_CANCELLED = 3 }; /* Windows' */

struct sysdma_want { /* what programs a channel */
    struct mapfile *file;
    uint64_t ba, length_bytes;
    bool to_device;
    uint32_t device_offset; /* version 3: of the register, from the adapter's device address */
    /* sim/nt's: calls the driver's completion routine; NULL: there is none */
    void (*complete)(struct sim *s, const struct sysdma_want *w, enum sysdma_status status);
    void *routine, *routine_context;
    struct adapter *a; /* the file may be gone by then */
    void *device_object;
};

/* Takes what a description says of the channel into the adapter. false: the description is refused. */
bool sysdma_bind(struct sim *s, struct adapter *a, const struct adapter_description *d);
/* A device that has a request line gets a channel and its line; false: none is left. */
bool sysdma_line_assign(struct sim *s, struct dm_device *d);

void sysdma_start(struct sim *s, const struct sysdma_want *w);
/* Whether the adapter's channel is still moving bytes, for whomever. */
bool sysdma_busy(const struct adapter *a);
/* Bytes that are still to be moved. */
uint64_t sysdma_left(const struct adapter *a);
/* The running transfer of this context is over; its routine will hear. */
void sysdma_cancel(struct sim *s, struct adapter *a, const struct dma_context *context);
/* What was programmed with this file ends, and what the channel holds goes to memory. Returns the
 * bytes that never moved. */
uint64_t sysdma_flush(struct sim *s, const struct mapfile *f);
/* The device's request line has risen. */
void sysdma_request(struct dm_device *d);

#endif
