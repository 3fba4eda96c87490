/*
 * The recorder's ring under real threads: no line is torn, none comes twice, and what is lost is
 * counted. The C file is the recorder's own; what it asks of Windows is answered here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/ddk/ntddk.h"

static LARGE_INTEGER counter(PLARGE_INTEGER Frequency)
{
    LARGE_INTEGER now = { .QuadPart = 7 };

    if (Frequency)
        Frequency->QuadPart = 10000000;
    return now;
}
static ULONG processor(PPROCESSOR_NUMBER Number)
{
    (void)Number;
    return 1;
}
static KIRQL level(void) { return 2; }
static __thread char here;
static PKTHREAD thread(void) { return (PKTHREAD)&here; }
static char printed[1 << 20];
static size_t printed_bytes;
static ULONG print(ULONG Component, ULONG Level, PCSTR Format, ...)
{
    va_list args;

    (void)Component, (void)Level;
    va_start(args, Format);
    printed_bytes +=
        (size_t)vsnprintf(printed + printed_bytes, sizeof(printed) - printed_bytes, Format, args);
    va_end(args);
    return 0;
}
static LONG compare_exchange(LONG volatile *Target, LONG Exchange, LONG Comparand)
{
    __atomic_compare_exchange_n(Target, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}
/* A processor is held up now and then, also between having taken a slot and having filled it. */
static __thread unsigned steps;
static void hold_up(void)
{
    if (++steps % 16 == 0)
        sched_yield();
}
/* Those of include/ddk are points of the simulated schedule as well; these are bare. */
#define InterlockedIncrement(p) (hold_up(), __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST))
#define InterlockedExchange(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define InterlockedCompareExchange compare_exchange
#define KeQueryPerformanceCounter counter
#define KeGetCurrentProcessorNumberEx processor
#define KeGetCurrentIrql level
#define KeGetCurrentThread thread
#define DbgPrintEx print
#define DMA_RECORD_RING_LINES 4
#include "recorder/dmarecord.c"

#include "import/capture.h"

#define WRITERS 4
#define LINES 50000

static bool writing;
static uint64_t taken;
static uint32_t last_number;
static unsigned wrong;

static void *write_lines(void *ctx)
{
    DMA_RECORD_PAIR pairs[2] = { { "a", (ULONG64)(uintptr_t)ctx }, { "b", 0 } };

    for (unsigned i = 0; i < LINES; i++) {
        pairs[1].Value = (uint64_t)i * 0x123456789abcull;
        DmaRecordNote('c', "GetDmaAlignment", 0, NULL, pairs, 2);
    }
    return NULL;
}

static VOID take_line(PVOID Context, PCSTR Line)
{
    char text[IMPORT_LINE_MAX];
    struct import_line l;
    size_t body = strlen(Line) - 7;
    unsigned sum;

    (void)Context;
    taken++;
    snprintf(text, sizeof(text), "%s", Line);
    sscanf(Line + body + 2, "%x", &sum);
    text[body] = 0;
    if (sum != import_line_sum(text, body) || !import_line_read(text, &l))
        wrong++;
}

static void *dump_lines(void *ctx)
{
    (void)ctx;
    while (__atomic_load_n(&writing, __ATOMIC_ACQUIRE))
        DmaRecordDump(take_line, NULL);
    DmaRecordDump(take_line, NULL);
    return NULL;
}

static void every_line_is_whole_or_counted(void **state)
{
    pthread_t writers[WRITERS], dumper;

    (void)state;
    DmaRecordStart(DMA_RECORD_RING, "ring");
    writing = true;
    assert_int_equal(pthread_create(&dumper, NULL, dump_lines, NULL), 0);
    for (uintptr_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, write_lines, (void *)i), 0);
    for (unsigned i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    __atomic_store_n(&writing, false, __ATOMIC_RELEASE);
    pthread_join(dumper, NULL);
    assert_int_equal(wrong, 0);
    assert_true(taken > 4);
    /* Numbers are given to every line; each was taken, written over or dropped. */
    assert_int_equal(taken + (uint64_t)DmrOver + (uint64_t)DmrLost, (uint64_t)DmrNumber);
}

static VOID in_order(PVOID Context, PCSTR Line)
{
    char text[IMPORT_LINE_MAX];
    struct import_line l;

    snprintf(text, sizeof(text), "%s", Line);
    assert_true(import_line_read(text, &l));
    if (*(unsigned *)Context)
        assert_int_equal(l.number, last_number + 1);
    last_number = l.number;
    ++*(unsigned *)Context;
}

static void the_last_lines_are_kept_oldest_first(void **state)
{
    unsigned count = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        DmaRecordNote('c', "GetDmaAlignment", 0, NULL, NULL, 0);
    assert_int_equal(DmaRecordDump(in_order, &count), 4);
    assert_int_equal(count, 4);
    count = 0;
    assert_int_equal(DmaRecordDump(in_order, &count), 1); /* its own: what state there is */
}

/* The longest call there is, all of its values at their largest. */
static void the_longest_line_is_not_cut(void **state)
{
    DMR_LINE line;
    MDL mdl;

    (void)state;
    memset(&mdl, 0xff, sizeof(mdl));
    mdl.Next = NULL;
    mdl.StartVa = (PVOID)(~0ull - mdl.ByteOffset); /* no sum of the two goes round */
    DmrCall(&line, "BuildScatterGatherListEx", (PDMA_ADAPTER)~0ull, (PVOID)~0ull);
    DmrListKeys(&line, &DmrStray, (PDEVICE_OBJECT)~0ull, &mdl, ~0u, NULL, (PVOID)~0ull,
                (PVOID)~0ull, 1);
    DmrKey(&line, "mn", 64);
    DmrListExKeys(&line, (PVOID)~0ull, ~0ull, ~0u, (PVOID)~0ull);
    DmrKey(&line, "blen", ~0u);
    assert_true(line.At < DMR_LINE_BYTES - 8);
}

static void the_driver_says_that_it_goes(void **state)
{
    (void)state;
    DmaRecordStop();
    assert_non_null(strstr(printed, " i stop lost="));
    assert_non_null(strstr(printed, " i state name=ring hz=989680 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_whole_or_counted),
        cmocka_unit_test(the_last_lines_are_kept_oldest_first),
        cmocka_unit_test(the_longest_line_is_not_cut),
        cmocka_unit_test(the_driver_says_that_it_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
