/*
 * The sgdma card as the bench driver uses it: one channel, which carries pages to card memory.
 * Registers and descriptors are those of docs/devices/sgdma.md.
 */
#ifndef BENCH_CARD_H
#define BENCH_CARD_H

#include <wdm.h>

typedef struct _BENCH_CARD {
    PUCHAR Registers;
    ULONG RegisterBytes;
    PVOID Connection;
    ULONG ConnectionVersion; /* 0: not connected */
    KDPC Dpc;
    KEVENT Done;
} BENCH_CARD, *PBENCH_CARD;

NTSTATUS BenchCardStart(PBENCH_CARD Card, PDEVICE_OBJECT Pdo, PCM_RESOURCE_LIST Translated);
VOID BenchCardStop(PBENCH_CARD Card);
/* Count times: Pages transfers of 4 KiB behind one doorbell, and the interrupt of the last awaited. */
NTSTATUS BenchCardRun(PBENCH_CARD Card, PDMA_ADAPTER Adapter, PDEVICE_OBJECT Self, ULONG Pages,
                      ULONG Count);

#endif
