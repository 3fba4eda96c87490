/*
 * The framework's work item, over IoAllocateWorkItem.
 *
 * Source: microsoft/Windows-Driver-Frameworks (fxworkitem.cpp, fxsystemworkitem.cpp)
 */
#include "sim/wdf/work.h"

NTSTATUS fx_work_create(struct fx *f, struct fx_work *w, PDEVICE_OBJECT device,
                        void (*fn)(struct fx_object *o))
{
    *w = (struct fx_work) { .fn = fn };
    w->idle = pool_alloc_internal(f->s, sizeof(KEVENT));
    if (!w->idle)
        return STATUS_INSUFFICIENT_RESOURCES;
    w->item = IoAllocateWorkItem(device);
    if (!w->item) {
        pool_free_internal(f->s, w->idle);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io_event_init(w->idle, NotificationEvent, true);
    return STATUS_SUCCESS;
}

void fx_work_destroy(struct fx *f, struct fx_work *w)
{
    if (!w->item)
        return;
    IoFreeWorkItem(w->item);
    pool_free_internal(f->s, w->idle);
    w->item = NULL;
}

/* It may be queued again while it runs. */
static VOID work_run(PDEVICE_OBJECT device, PVOID ctx)
{
    struct fx_work *w = ctx;
    struct fx *f = fx_now();

    (void)device;
    w->queued = false;
    w->running++;
    w->thread = sched_current(f->s);
    w->fn(w->object);
    w->thread = NULL;
    if (--w->running == 0 && !w->queued)
        ke_event_set(f->s, w->idle);
    fx_dereference(w->object);
}

bool fx_work_queue(struct fx_work *w)
{
    if (w->queued)
        return false;
    w->queued = true;
    w->idle->Header.SignalState = 0;
    fx_reference(w->object);
    IoQueueWorkItem(w->item, work_run, DelayedWorkQueue, w);
    return true;
}

bool fx_work_wait(struct fx *f, struct fx_work *w)
{
    if (!w->item)
        return true;
    if (w->thread == sched_current(f->s))
        return false;
    ke_wait(f->s, w->idle, UINT64_MAX);
    return true;
}
