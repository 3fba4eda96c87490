/*
 * The sgdma card as its manual (docs/devices/sgdma.md) gives it: registers, bits, descriptors.
 */
#ifndef XFER_HARDWARE_H
#define XFER_HARDWARE_H

#define SGDMA_ID 0x000
#define SGDMA_CHANNELS 0x008
#define SGDMA_CARD_BYTES 0x00C
#define SGDMA_INT_STATUS 0x010

#define SGDMA_ID_VALUE 0x414D4447u
#define SGDMA_REGISTER_BYTES 0x300

#define SGDMA_CHANNEL(Index) (0x100 + 0x40 * (Index))
#define SGDMA_CONTROL 0x00
#define SGDMA_STATUS 0x04
#define SGDMA_RING_LOW 0x08
#define SGDMA_RING_HIGH 0x0C
#define SGDMA_RING_ENTRIES 0x10
#define SGDMA_PRODUCER 0x14
#define SGDMA_VECTOR 0x20

#define SGDMA_CONTROL_RUN 0x1u
#define SGDMA_CONTROL_IRQ 0x2u
#define SGDMA_CONTROL_RESET 0x4u
#define SGDMA_STATUS_ERRORS 0x1F00u

#define SGDMA_CHANNELS_EACH_WAY 4
#define SGDMA_CHANNEL_COUNT (2 * SGDMA_CHANNELS_EACH_WAY)

#define SGDMA_MAGIC 0xAD4B5347u
#define SGDMA_FLAG_END 0x1u
#define SGDMA_FLAG_INTERRUPT 0x2u
#define SGDMA_DESCRIPTOR_DONE 0x1u

typedef struct _SGDMA_DESCRIPTOR {
    ULONG Magic;
    ULONG Flags;
    ULONGLONG BusAddress;
    ULONG Length;
    ULONG Status;
    ULONGLONG CardAddress;
    ULONG Moved;
    ULONG Reserved[7];
} SGDMA_DESCRIPTOR, *PSGDMA_DESCRIPTOR;

C_ASSERT(sizeof(SGDMA_DESCRIPTOR) == 64);

#endif
