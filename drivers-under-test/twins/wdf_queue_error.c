/*
 * Twin of rule wdf_queue_error: a queue is stopped a second time while the first stop still waits for
 * a request.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STARTS_WITH_NOTHING
TWIN_STOPS_WITH_NOTHING

/* All that was presented is completed: the queue goes on. */
static VOID TwinStopped(WDFQUEUE Queue, WDFCONTEXT Context)
{
    UNREFERENCED_PARAMETER(Context);
    WdfIoQueueStart(Queue);
}

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    WDFQUEUE queue = WdfRequestGetIoQueue(Request);

    WdfIoQueueStop(queue, TwinStopped, Twin);
#if BUG
    WdfIoQueueStop(queue, TwinStopped, Twin);
#endif
    TwinComplete(Request, TwinTransfer(Twin, Request), Length);
}

#else
#include "twin_scenario.h"
#endif
