/*
 * Bug check 0x10D, with which the framework stops a KMDF driver: a rule for each of its first parameters that
 * a driver's own calls can cause. The framework says it in the middle of a call of the driver's, or of
 * what it does for itself later.
 */
#include <stdio.h>

#include "verifier/finding.h"
#include "verifier/track/track.h"

#define WDF_VIOLATION 0x10Du

/* wdfbugcodes.h's, and dma.h's of the framework (0x10D/8's third parameter). */
enum {
    RECURSIVE = 2,
    VERIFIER_FATAL,
    NULL_PARAMETER,
    HANDLE,
    REQUEST_FATAL,
    OBJECT,
    DMA,
    QUEUE = 10,
    LOCK
};

static RULE_COLD void say(struct rule_run *r, const struct event *e, unsigned known,
                          const char *what)
{
    const struct call_record *call = track_call(r->track, e->agent, 0);
    struct finding_about a = { .obj = call ? call->obj : 0,
                               .sites = { { ROLE_HERE, e->site } },
                               .bugcheck = { e->a[2], e->a[3] },
                               .bugcheck_known = known };

    if (!call)
        finding(r, e, &a, "the framework: %s", what);
    else if (call->obj)
        finding(r, e, &a, "%s of %s: %s", api_name(call->api), finding_object(call->obj), what);
    else
        finding(r, e, &a, "%s: %s", api_name(call->api), what);
}

static bool is(const struct event *e, unsigned parameter)
{
    return e->a[0] == WDF_VIOLATION && e->a[1] == parameter;
}

static void on_recursive(struct rule_run *r, const struct event *e)
{
    if (is(e, RECURSIVE))
        say(r, e, 0, "the thread has this lock already");
}

static void on_request_early(struct rule_run *r, const struct event *e)
{
    if (is(e, VERIFIER_FATAL))
        say(r, e, 2,
            "somebody still refers to its IRP: a DMA transaction that has not ended, or its "
            "memory");
}

static void on_null(struct rule_run *r, const struct event *e)
{
    if (is(e, NULL_PARAMETER))
        say(r, e, 0, "a parameter that must not be NULL is NULL");
}

static void on_handle(struct rule_run *r, const struct event *e)
{
    if (is(e, HANDLE))
        say(r, e, 1, "a handle that names nothing any more, or an object of another type");
}

static const char *const request_errors[] = {
    NULL,
    "no stack location is left in its IRP",
    "it has no IRP",
    "it was sent already",
    "more bytes returned than its output buffer has",
    "it is in no queue",
};

static void on_request(struct rule_run *r, const struct event *e)
{
    uint64_t which = e->a[2];

    if (!is(e, REQUEST_FATAL))
        return;
    say(r, e, 1,
        which && which < sizeof(request_errors) / sizeof(request_errors[0]) ? request_errors[which]
                                                                            : "a fatal error");
}

static void on_object(struct rule_run *r, const struct event *e)
{
    if (is(e, OBJECT))
        say(r, e, 1, "a reference is given back that was not taken");
}

static const char *const states[] = { "Invalid",        "Created",  "Reserved",
                                      "Initialized",    "Transfer", "TransferCompleted",
                                      "TransferFailed", "Released", "Deleted" };

static void on_dma(struct rule_run *r, const struct event *e)
{
    char what[64];

    if (!is(e, DMA))
        return;
    snprintf(what, sizeof(what), "not in state %s",
             e->a[3] < sizeof(states) / sizeof(states[0]) ? states[e->a[3]] : "unknown");
    say(r, e, 2, what);
}

static void on_queue(struct rule_run *r, const struct event *e)
{
    if (is(e, QUEUE))
        say(r, e, 0, "the queue cannot go on");
}

static void on_lock(struct rule_run *r, const struct event *e)
{
    if (is(e, LOCK))
        say(r, e, 2, e->a[3] == 1 ? "the thread has not got this lock" : "this object has no lock");
}

#define VIOLATION(number)                                                                          \
    .on = EV(BUGCHECK), .stops = { WDF_VIOLATION }, .level = ERROR, .family = FRAMEWORK,           \
    .bugcheck = DV(WDF_VIOLATION, number), .source = "debugger/bug-check-0x10d---wdf-violation"

RULE(wdf_recursive_lock, VIOLATION(RECURSIVE), .run = on_recursive);
RULE(wdf_request_before_transaction, VIOLATION(VERIFIER_FATAL), .run = on_request_early);
RULE(wdf_null_parameter, VIOLATION(NULL_PARAMETER), .run = on_null);
RULE(wdf_wrong_handle, VIOLATION(HANDLE), .run = on_handle);
RULE(wdf_request_error, VIOLATION(REQUEST_FATAL), .run = on_request);
RULE(wdf_object_error, VIOLATION(OBJECT), .run = on_object);
RULE(wdf_dma_wrong_state, VIOLATION(DMA), .run = on_dma);
RULE(wdf_queue_error, VIOLATION(QUEUE), .run = on_queue);
RULE(wdf_lock_operation, VIOLATION(LOCK), .run = on_lock);
