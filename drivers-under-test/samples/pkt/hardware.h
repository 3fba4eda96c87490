/*
 * The pktdma card as its manual (docs/devices/pktdma.md) gives it. The registers are the same in
 * the memory window (BAR0) and in the ports (BAR1).
 */
#ifndef PKT_HARDWARE_H
#define PKT_HARDWARE_H

#define PKTDMA_ID 0x00
#define PKTDMA_CONTROL 0x04
#define PKTDMA_STATUS 0x08
#define PKTDMA_CAUSE 0x0C
#define PKTDMA_ERROR 0x10
#define PKTDMA_ADDRESS 0x14
#define PKTDMA_LENGTH 0x18
#define PKTDMA_WINDOW 0x1C
#define PKTDMA_OFFSET 0x20
#define PKTDMA_MOVED 0x24
#define PKTDMA_WINDOWS 0x28
#define PKTDMA_REGISTER_BYTES 0x40

#define PKTDMA_ID_VALUE 0x31544B50u

#define PKTDMA_CONTROL_START 0x1u
#define PKTDMA_CONTROL_TO_CARD 0x2u
#define PKTDMA_CONTROL_IRQ 0x4u
#define PKTDMA_CONTROL_RESET 0x10u

#define PKTDMA_CAUSE_DONE 0x1u
#define PKTDMA_CAUSE_ERROR 0x2u
#define PKTDMA_CAUSE_STOPPED 0x4u
#define PKTDMA_CAUSES 0x7u
#define PKTDMA_ERRORS 0x7u

#define PKTDMA_WINDOW_BYTES (64 * 1024)

#endif
