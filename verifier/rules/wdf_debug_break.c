/*
 * wdf_debug_break: with the framework's verifier on, Windows stops in the debugger here: the driver asked for
 * what the framework then refuses, or does in a way of its own. Without a debugger nobody notices.
 *
 * STATUS_WDF_BUSY of a second packet transaction is left out, although the framework breaks for it, too:
 * it is what a driver is told to expect and to try again later.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static const char *const breaks[] = {
    [WDF_BREAK_UNDELETABLE] = "only the framework deletes this object",
    [WDF_BREAK_IRQL] = "not at this IRQL",
    [WDF_BREAK_EXECUTION_LEVEL] = "its parent's callbacks run at another execution level",
    [WDF_BREAK_INTERRUPT_LOCK] = "this lock belongs to an interrupt object",
    [WDF_BREAK_NOT_OWNER] = "the thread has not got this lock",
    [WDF_BREAK_GOING] = "it is being deleted",
    [WDF_BREAK_OWN_CALLBACK] = "its own callback waits for itself to end",
    [WDF_BREAK_STOPPED_TWICE] = "another thread stops it and waits already",
    [WDF_BREAK_SIZE] = "a structure of another Size",
    [WDF_BREAK_POLICY] = "a policy or priority that there is not",
    [WDF_BREAK_CREATED_LATE] = "the resources are assigned already",
    [WDF_BREAK_NOT_CONNECTED] = "the interrupt is not connected",
    [WDF_BREAK_CONNECTED] = "the interrupt is connected already",
    [WDF_BREAK_NOT_PASSIVE] = "the interrupt is not handled at PASSIVE_LEVEL",
    [WDF_BREAK_RESOURCE] = "not a resource for this interrupt",
    [WDF_BREAK_READ_ONLY] = "the memory of a write request is only read",
    [WDF_BREAK_NO_MEMBER] = "the collection has no such member",
    [WDF_BREAK_INDEX] = "no such index",
    [WDF_BREAK_FIXED] = "this resource list may only be read",
    [WDF_BREAK_NOT_CONTROL] = "the device is no control device",
    [WDF_BREAK_NOT_POLICY_OWNER] = "another driver owns the device's power policy",
    [WDF_BREAK_NO_REFERENCE] = "no WdfDeviceStopIdle came before it",
    [WDF_BREAK_DMA_CONFIG] = "the configuration contradicts itself",
    [WDF_BREAK_DMA_DIRECTION] = "a direction that is neither",
    [WDF_BREAK_DMA_VERSION] = "it takes version 3 of the DMA interface",
    [WDF_BREAK_DMA_PROFILE] = "not with this DMA profile",
    [WDF_BREAK_DMA_STATE] = "the transaction's state does not allow it",
    [WDF_BREAK_DMA_LENGTH] = "more bytes than the transfer had",
    [WDF_BREAK_DMA_SHORT] = "the MDL chain ends before the transaction does",
    [WDF_BREAK_DMA_FLUSH] = "the adapter could not flush its buffers",
    [WDF_BREAK_DMA_REQUEST] = "the request cannot be used so",
    [WDF_BREAK_DMA_BUFFER] = "no common buffer can be so long",
    [WDF_BREAK_QUEUE_KIND] = "not with a queue of this kind",
    [WDF_BREAK_QUEUE_IDLE] = "this queue presents its requests by itself",
    [WDF_BREAK_QUEUE_FOREIGN] = "the request's own queue, or another device's",
    [WDF_BREAK_QUEUE_STATE] = "the queue's notification is not in a state for it",
    [WDF_BREAK_DISPATCHING] = "the request type is configured already, or has no callback",
    [WDF_BREAK_REQUEST_NOT_OWNED] = "the driver does not own the request",
    [WDF_BREAK_REQUEST_MARKED] = "the request is still marked cancelable",
    [WDF_BREAK_REQUEST_UNMARKED] = "the request is not marked cancelable",
    [WDF_BREAK_REQUEST_COMPLETED] = "the request is completed",
    [WDF_BREAK_REQUEST_NO_QUEUE] = "no queue has presented the request",
    [WDF_BREAK_REQUEST_NOT_FOUND] = "the request was not found by WdfIoQueueFindRequest",
    [WDF_BREAK_REQUEST_NOT_CALLER] = "only in EvtIoInCallerContext",
    [WDF_BREAK_REQUEST_NOT_STOP] = "EvtIoStop has not told of the request",
    [WDF_BREAK_REQUEST_BUFFER] = "the request has no such buffer with this I/O type",
    [WDF_BREAK_SEND_OPTIONS] = "the options contradict each other",
    [WDF_BREAK_SEND_CALLBACK] = "nobody would hear of its completion",
    [WDF_BREAK_SEND_FORGET] = "a request that is forgotten has no completion routine and no format",
    [WDF_BREAK_SENT_DELETED] = "an I/O target has the request",
};

static void on_event(struct rule_run *r, const struct event *e)
{
    const struct call_record *call = track_call(r->track, e->agent, 0);
    uint64_t why = e->a[1];
    const char *text = why < sizeof(breaks) / sizeof(breaks[0]) ? breaks[why] : NULL;

    if (e->a[0] != MISUSE_WDF_BREAK || why == WDF_BREAK_DMA_BUSY)
        return;
    finding(r, e, &(struct finding_about) { .obj = e->obj, .sites = { { ROLE_HERE, e->site } } },
            "%s of %s: %s", call ? api_name(call->api) : "the framework's handling",
            finding_object(e->obj), text ? text : "the framework's verifier breaks here");
}

RULE(wdf_debug_break, .on = EV(MISUSE), .level = ERROR, .family = FRAMEWORK,
     .source = "wdf/using-kmdf-verifier", .after = "wrong_irql", .run = on_event);
