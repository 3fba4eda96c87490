/*
 * A manual queue for what is read, and a parallel one beside it.
 */
#ifndef TESTS_UNIT_WDF_QUEUE_MANUAL_H
#define TESTS_UNIT_WDF_QUEUE_MANUAL_H

#include "tests/unit/wdf_io.h"

static WDFREQUEST held[8];
static unsigned held_count, told, cancelled_count;
static WDFQUEUE manual, parallel;
static struct host_file *file;

static inline VOID on_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    (void)queue, (void)length;
    held[held_count++] = request;
}

static inline VOID on_state(WDFQUEUE queue, WDFCONTEXT context)
{
    (void)queue;
    told += (unsigned)(uintptr_t)context;
}

static inline VOID on_cancelled(WDFQUEUE queue, WDFREQUEST request)
{
    (void)queue;
    cancelled_count++;
    WdfRequestComplete(request, STATUS_CANCELLED);
}

/* `manual` gets what is read; `parallel` gets what is forwarded to it. */
static inline void queues(struct sim *s, bool cancelled_callback)
{
    WDF_IO_QUEUE_CONFIG c;

    held_count = told = cancelled_count = 0;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchManual);
    c.PowerManaged = WdfFalse;
    if (cancelled_callback)
        c.EvtIoCanceledOnQueue = on_cancelled;
    manual = io_queue(&c, NULL);
    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoRead = on_read;
    parallel = io_queue(&c, NULL);
    file = io_open(s);
}

static inline struct host_request *reads(struct sim *s, uint32_t bytes)
{
    return io_read(s, file, io_user(s, 32), bytes);
}

static inline WDFREQUEST next(void)
{
    WDFREQUEST r = NULL;

    assert_int_equal(WdfIoQueueRetrieveNextRequest(manual, &r), STATUS_SUCCESS);
    return r;
}

#endif
