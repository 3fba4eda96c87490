/*
 * Time as a driver sees it. The machine starts at a fixed instant and knows no clock but the virtual
 * one.
 */
#include "sim/nt/ke.h"

#define START_SYSTEM_TIME 134116992000000000ull /* 2026-01-01 00:00 UTC in 100 ns since 1601 */
#define TICK_100NS 156250ull                    /* the default clock interval, 15.625 ms */
#define PERFORMANCE_HZ 10000000ull              /* what Windows reports on current x64 machines */

uint64_t ke_system_time(struct sim *s) { return START_SYSTEM_TIME + sched_now_ns(s) / 100; }

/* Reading the time lets time pass, so that a loop which waits for it ends. */
static uint64_t look_at_clock(void)
{
    struct sim *s = sim_now();

    sched_spend(s, 20);
    sched_point(s);
    return sched_now_ns(s);
}

/* KeQuerySystemTime: Irql any. Gap: exact, not the last tick's. Source wdm/nf-wdm-kequerysystemtime-r1 */
void KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)(START_SYSTEM_TIME + look_at_clock() / 100);
}

void KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime) { KeQuerySystemTime(CurrentTime); }

/* KeQueryTickCount: Irql any. Source wdm/nf-wdm-kequerytickcount */
void KeQueryTickCount(PLARGE_INTEGER CurrentCount)
{
    CurrentCount->QuadPart = (LONGLONG)(look_at_clock() / 100 / TICK_100NS);
}

/* KeQueryTimeIncrement: 100 ns units of a tick. Source wdm/nf-wdm-kequerytimeincrement */
ULONG KeQueryTimeIncrement(void) { return TICK_100NS; }

/* KeQueryInterruptTime and its kin: 100 ns units since start. Irql any.
 * Source wdm/nf-wdm-kequeryinterrupttime */
ULONGLONG KeQueryInterruptTime(void) { return look_at_clock() / 100; }

ULONGLONG KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    uint64_t now = look_at_clock() / 100;

    if (QpcTimeStamp)
        *QpcTimeStamp = now;
    return now;
}

ULONGLONG KeQueryUnbiasedInterruptTime(void) { return look_at_clock() / 100; }

/* A broken timer: from now on the counter stands lower than it was last seen, or an hour higher. Only a
 * plan that names the point does that: a resource may be short on any machine, a clock is not broken. */
static uint64_t counter_read(struct sim *s)
{
    struct nt_ke *k = s->nt->ke;
    uint64_t now = sched_now_ns(s) / 100 + k->counter_offset;

    if (fault_take_named(s, FAULT_COUNTER_BACKWARDS))
        k->counter_offset -= now - k->counter_last / 2;
    if (fault_take_named(s, FAULT_COUNTER_FAST))
        k->counter_offset += 3600 * PERFORMANCE_HZ;
    return k->counter_last = sched_now_ns(s) / 100 + k->counter_offset;
}

/*
 * KeQueryPerformanceCounter: ticks since start, ten millions a second.
 *
 * Irql     any
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kequeryperformancecounter
 */
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeQueryPerformanceCounter, 0, 0, 0, 0, 0);
    uint64_t now = counter_read(s);

    if (PerformanceFrequency)
        PerformanceFrequency->QuadPart = PERFORMANCE_HZ;
    call_end(&c, now, PERFORMANCE_HZ, 0, 0);
    return (LARGE_INTEGER) { .QuadPart = (LONGLONG)now };
}

/*
 * KeStallExecutionProcessor: this processor does nothing for so long.
 *
 * Irql     any
 * Units    MicroSeconds; the page asks for no more than 50
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kestallexecutionprocessor
 */
void KeStallExecutionProcessor(ULONG MicroSeconds)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeStallExecutionProcessor, 0, MicroSeconds, 0, 0, 0);

    sched_spend(s, (uint64_t)MicroSeconds * 1000);
    sched_wait_point(s);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * KeDelayExecutionThread: the running thread sleeps.
 *
 * Irql     <= APC_LEVEL
 * Units    *Interval: 100 ns; negative: from now, else since 1601
 * Returns  STATUS_SUCCESS
 * Gap      alerts and APCs do not end it; above APC_LEVEL it is bug check 0xB8 and no time passes
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kedelayexecutionthread
 */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                PLARGE_INTEGER Interval)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeDelayExecutionThread, 0, WaitMode, Alertable,
                               (uint64_t)Interval->QuadPart, 0);
    uint64_t deadline = ke_deadline(s, Interval);

    if (sched_irql(s) >= IRQL_DISPATCH)
        sim_bugcheck(s, 0xB8, 0, 0, 0, 0);
    else if (Interval->QuadPart == 0)
        sched_thread_yield(s);
    else
        while (sched_now_ns(s) < deadline)
            sched_block(s, deadline);
    call_end(&c, STATUS_SUCCESS, 0, 0, 0);
    return STATUS_SUCCESS;
}
