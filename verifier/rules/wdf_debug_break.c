/*
 * wdf_debug_break: with the framework's verifier on, Windows stops in the debugger here: the driver asked for
 * what the framework then refuses, or does in a way of its own. Without a debugger nobody notices.
 *
 * STATUS_WDF_BUSY of a second packet transaction is left out, although the framework breaks for it, too: it is
 * what a driver is told to expect and to try again later.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static const char *const breaks[] = {
    [WDF_BREAK_UNDELETABLE] = "only the framework deletes this object",
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
     .source = "wdf/using-kmdf-verifier", .run = on_event);
