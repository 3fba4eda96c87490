/*
 * The accelerator as its manual (docs/devices/accel.md) gives it: registers, commands, buffers and
 * their page tables, steps, faults.
 */
#ifndef ACCEL_HARDWARE_H
#define ACCEL_HARDWARE_H

/* --- registers --- */

#define ACCEL_ID 0x000
#define ACCEL_VERSION 0x004
#define ACCEL_ADDRESS_BITS 0x008
#define ACCEL_LOCAL_BYTES 0x00C
#define ACCEL_STEPS_MAX 0x010
#define ACCEL_OPERAND_BYTES_MAX 0x014
#define ACCEL_TILE_MAX 0x018
#define ACCEL_GATHER_BYTES_MAX 0x01C
#define ACCEL_PREFETCH_MAX 0x020
#define ACCEL_BUFFERS_MAX 0x024
#define ACCEL_PAGES_MAX 0x028
#define ACCEL_LANES 0x02C
#define ACCEL_CONTROL 0x040
#define ACCEL_STATUS 0x044
#define ACCEL_RING_LOW 0x048
#define ACCEL_RING_HIGH 0x04C
#define ACCEL_RING_ENTRIES 0x050
#define ACCEL_PRODUCER 0x054
#define ACCEL_CONSUMER 0x058
#define ACCEL_ABORT 0x05C
#define ACCEL_INT_STATUS 0x060
#define ACCEL_PREFETCH 0x064
#define ACCEL_FAULT 0x068
#define ACCEL_FAULT_STEP 0x06C
#define ACCEL_FAULT_ENTRY 0x070
#define ACCEL_FAULT_ADDRESS_LOW 0x074
#define ACCEL_FAULT_ADDRESS_HIGH 0x078
#define ACCEL_STEPS_DONE 0x07C
#define ACCEL_COMMANDS_DONE 0x080
#define ACCEL_REGISTER_BYTES 0x1000

#define ACCEL_ID_VALUE 0x4C454341u
#define ACCEL_VERSION_VALUE 0x00010000u

#define ACCEL_CONTROL_RUN 0x1u
#define ACCEL_CONTROL_IRQ 0x2u
#define ACCEL_CONTROL_RESET 0x4u
#define ACCEL_STATUS_BUSY 0x1u
#define ACCEL_STATUS_FAULT 0x100u
#define ACCEL_STATUS_RING 0x200u
#define ACCEL_STATUS_BUS 0x400u
#define ACCEL_STATUS_ERRORS 0x700u
#define ACCEL_INT_ENDED 0x1u
#define ACCEL_INT_RING 0x2u

#define ACCEL_RING_ENTRIES_MAX 256
#define ACCEL_BUFFER_BYTES_MAX (256u << 20)
#define ACCEL_NO_STEP 0xFFFFFFFFu

/* --- commands --- */

#define ACCEL_COMMAND_NOP 0u
#define ACCEL_COMMAND_RUN 1u
#define ACCEL_COMMAND_TRANSFER_IN 2u
#define ACCEL_COMMAND_TRANSFER_OUT 3u
#define ACCEL_FLAG_INTERRUPT 0x1u
#define ACCEL_FLAG_LOCAL 0x2u
#define ACCEL_ENDED 0x1u
#define ACCEL_ENDED_FAULT 0x2u
#define ACCEL_ENDED_ABORTED 0x4u

typedef struct _ACCEL_COMMAND {
    ULONG Opcode;
    ULONG Flags;
    ULONGLONG Address; /* of the program, or of a transfer's list */
    ULONG Count;       /* steps, or elements */
    ULONG Buffers;
    ULONGLONG Target; /* of the buffers, or what a transfer fills or empties */
    ULONGLONG Cookie;
    ULONG StepsDone; /* from here on the device writes */
    ULONG FaultStep;
    ULONGLONG FaultAddress;
    ULONG Fault;
    ULONG Status; /* last */
} ACCEL_COMMAND, *PACCEL_COMMAND;

C_ASSERT(sizeof(ACCEL_COMMAND) == 64);

typedef struct _ACCEL_ELEMENT {
    ULONGLONG Address;
    ULONG Length;
    ULONG Reserved;
} ACCEL_ELEMENT, *PACCEL_ELEMENT;

C_ASSERT(sizeof(ACCEL_ELEMENT) == 16);

/* --- buffers --- */

typedef struct _ACCEL_BUFFER {
    ULONGLONG Table; /* bus address of Pages entries */
    ULONGLONG Bytes;
    ULONG Pages;
    ULONG FirstByte; /* in the first page */
    ULONGLONG Reserved;
} ACCEL_BUFFER, *PACCEL_BUFFER;

C_ASSERT(sizeof(ACCEL_BUFFER) == 32);

#define ACCEL_PAGE_BYTES 4096u
#define ACCEL_PAGE_READ 0x1ull
#define ACCEL_PAGE_WRITE 0x2ull
#define ACCEL_PAGE_LOCAL 0x4ull

/* --- steps --- */

enum {
    ACCEL_COPY = 1,
    ACCEL_FILL,
    ACCEL_ADD,
    ACCEL_MUL,
    ACCEL_FMA,
    ACCEL_REDUCE,
    ACCEL_SELECT,
    ACCEL_MATMUL,
    ACCEL_GATHER
};

enum { ACCEL_U8, ACCEL_I32, ACCEL_F32, ACCEL_TYPES };
enum { ACCEL_SUM, ACCEL_MINIMUM, ACCEL_MAXIMUM, ACCEL_REDUCTIONS };
enum { ACCEL_EQUAL, ACCEL_NOT_EQUAL, ACCEL_LESS, ACCEL_LESS_EQUAL, ACCEL_COMPARISONS };
enum { ACCEL_PRODUCT, ACCEL_PRODUCT_ADDED, ACCEL_PRODUCTS };

typedef struct _ACCEL_STEP {
    UCHAR Opcode;
    UCHAR Type;
    UCHAR Variant;
    UCHAR Flags;  /* 0 */
    ULONG Count;  /* elements; rows of a product */
    ULONG Count2; /* columns of a product; elements of a gather's table */
    ULONG Count3; /* depth of a product */
    ULONGLONG Out, A, B, C, D; /* references */
    ULONG Immediate;
    ULONG Tag;
} ACCEL_STEP, *PACCEL_STEP;

C_ASSERT(sizeof(ACCEL_STEP) == 64);

#define ACCEL_REFERENCE(Buffer, Offset) ((ULONGLONG)(Buffer) << 56 | (ULONGLONG)(Offset))
#define ACCEL_REFERENCE_BUFFER(Reference) ((ULONG)((Reference) >> 56))
#define ACCEL_REFERENCE_OFFSET(Reference) ((Reference) & 0x00FFFFFFFFFFFFFFull)

/* --- faults --- */

enum {
    ACCEL_FAULT_NONE,
    ACCEL_FAULT_COMMAND,
    ACCEL_FAULT_OPCODE,
    ACCEL_FAULT_TYPE,
    ACCEL_FAULT_VARIANT,
    ACCEL_FAULT_SIZE,
    ACCEL_FAULT_ALIGNMENT,
    ACCEL_FAULT_REFERENCE,
    ACCEL_FAULT_OVERLAP,
    ACCEL_FAULT_INDEX,
    ACCEL_FAULT_DMA_ABORT
};

#endif
