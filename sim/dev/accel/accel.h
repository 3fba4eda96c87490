/*
 * The accelerator's state, and what lies in memory for it. sim/dev/accel.c has the registers, ring.c the
 * commands from first to last; run.c and transfer.c carry out the two kinds of command.
 */
#ifndef DMACHECK_SIM_DEV_ACCEL_ACCEL_H
#define DMACHECK_SIM_DEV_ACCEL_ACCEL_H

#include "sim/dev/accel/engine.h"

#define ACCEL_RING_ENTRIES_MAX 256u
#define ACCEL_PREFETCH_MAX 64u
#define ACCEL_CLAIMS_MAX 8192u

/* Time. On the SoC's bus: 4 bytes a nanosecond, half a microsecond to memory and back. */
#define ACCEL_BYTES_PER_NS 4u
#define ACCEL_FETCH_NS 500u
#define ACCEL_STEP_NS 20u

/* --- bits of the registers --- */

#define CONTROL_RUN 0x1u
#define CONTROL_IRQ 0x2u
#define CONTROL_RESET 0x4u /* reads as zero */
#define STATUS_BUSY 0x1u
#define STATUS_FAULT 0x100u
#define STATUS_RING 0x200u
#define STATUS_BUS 0x400u
#define STATUS_ERRORS 0x700u
#define INT_ENDED 0x1u
#define INT_RING 0x2u

/* --- what lies in memory --- */

enum { COMMAND_NOP, COMMAND_RUN, COMMAND_TRANSFER_IN, COMMAND_TRANSFER_OUT, COMMANDS };
#define COMMAND_INTERRUPT 0x1u
#define COMMAND_LOCAL 0x2u
#define COMMAND_FLAGS 0x3u
#define ENDED 0x1u
#define ENDED_FAULT 0x2u
#define ENDED_ABORTED 0x4u

struct accel_command {
    uint32_t opcode, flags;
    uint64_t address;
    uint32_t count, buffers;
    uint64_t target, cookie;
    uint32_t steps_done, fault_step; /* from here on written back */
    uint64_t fault_address;
    uint32_t fault, status;
};
_Static_assert(sizeof(struct accel_command) == 64, "the ring's stride");

struct accel_buffer_entry {
    uint64_t table, bytes;
    uint32_t pages, first_byte;
    uint64_t reserved;
};
_Static_assert(sizeof(struct accel_buffer_entry) == 32, "the array's stride");

struct accel_element {
    uint64_t address;
    uint32_t bytes, reserved;
};
_Static_assert(sizeof(struct accel_element) == 16, "the list's stride");

#define ACCEL_ELEMENTS (ACCEL_BURST_BYTES / 16u) /* of a list, that one read fetches */

/* --- hostile behaviour --- */

#define HOSTILE_EARLY 0x01u
#define HOSTILE_TWICE 0x02u
#define HOSTILE_OVERREAD 0x04u
#define HOSTILE_LATE_WRITE 0x08u
#define HOSTILE_WRONG_STEP 0x10u
#define HOSTILE_NEVER 0x20u
#define HOSTILE_ALL 0x3fu
#define HOSTILE_ALWAYS 0x80000000u /* the lowest bit, without a choice */

/* --- state --- */

enum accel_state {
    ACCEL_IDLE,
    ACCEL_COMMAND, /* fetch one */
    ACCEL_BUFFERS, /* fetch their array */
    ACCEL_TABLES,  /* fetch their page tables, a burst at a time */
    ACCEL_STEPS,   /* fetch, decode and carry out */
    ACCEL_LIST,    /* fetch the next elements of a list */
    ACCEL_PIECES,  /* move what they name */
    ACCEL_HANGING, /* hostile: done, and does not say so */
    ACCEL_RECORD,  /* say what became of the command */
};

struct accel_claim {
    uint64_t address, bytes;
    bool reads;
};

struct accel {
    struct dm_work work; /* the one that acts */
    struct dm_work echo; /* hostile: what comes after the end */
    uint32_t address_bits, local_bytes, hostile;
    uint32_t control, status, int_status, entries, producer, consumer, prefetch, commands_done;
    uint64_t ring;
    bool ring_claimed;
    struct accel_told latched;
    uint32_t latched_entry;

    enum accel_state state;
    bool aborting;                       /* the command under way */
    bool aborts[ACCEL_RING_ENTRIES_MAX]; /* those that wait */
    struct accel_command command;        /* under way */
    uint32_t mode;                       /* hostile: the bit chosen for it */
    bool told_early;                     /* hostile: its record has been written */
    struct accel_echo {                  /* hostile: what will be written again */
        uint32_t mode, entry;
        struct accel_command command;
        uint64_t to;
        uint32_t bytes;
        uint8_t data[ACCEL_BURST_BYTES];
    } again;
    uint32_t claims_count;
    struct accel_claim claims[ACCEL_CLAIMS_MAX];

    struct accel_run {
        uint32_t buffer, page; /* whose entry in a page table is next to be read */
        uint32_t pages_before; /* entries of the buffers in front of it */
        uint32_t step;         /* next to be decoded */
        uint32_t fetched_first, fetched_count;
        struct accel_told decoded; /* a fault: nothing more is decoded */
        uint64_t tables[ACCEL_BUFFERS_MAX];
        struct accel_step fetched[ACCEL_PREFETCH_MAX];
    } run;
    struct accel_engine engine;

    struct accel_transfer {
        uint32_t element; /* under way */
        uint32_t fetched_first, fetched_count;
        uint32_t moved;        /* of it */
        uint64_t moved_before; /* by those in front of it */
        struct accel_element fetched[ACCEL_ELEMENTS];
        uint8_t burst[ACCEL_BURST_BYTES];
    } transfer;
};

/* --- ring.c --- */
void accel_work(struct dm_device *d, struct dm_work *w); /* what accel.work does */
void accel_echo(struct dm_device *d, struct dm_work *w); /* and accel.echo */
void accel_int_clear(struct dm_device *d, uint32_t bits);
void accel_ring_claim(struct dm_device *d, bool claimed);
/* The next command, if there is one and the device may run. */
void accel_ring_next(struct dm_device *d, uint64_t delay_ns);
/* At once, in the middle of a burst; what it had is nobody's. */
void accel_halt(struct dm_device *d);
/* The ring is at fault (STATUS_RING, STATUS_BUS): halts and says so. */
void accel_ring_fail(struct dm_device *d, uint32_t error);
void accel_after(struct dm_device *d, enum accel_state state, uint64_t delay_ns);
/* Until the command has ended. What is claimed beyond ACCEL_CLAIMS_MAX is forgotten. */
void accel_claim(struct dm_device *d, uint64_t address, uint64_t bytes, bool reads);
/* The command has ended, well or not. */
void accel_end(struct dm_device *d, const struct accel_told *told);
/* Hostile: says so before it has. */
void accel_tell_early(struct dm_device *d);
bool accel_local_holds(const struct accel *st, uint64_t address, uint64_t bytes);

/* --- run.c, transfer.c: begin a command, and do what its state asks for --- */
void accel_run_begin(struct dm_device *d);
void accel_run_work(struct dm_device *d);
void accel_transfer_begin(struct dm_device *d);
void accel_transfer_work(struct dm_device *d);

#endif
