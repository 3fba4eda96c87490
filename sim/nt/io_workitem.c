/*
 * Work items and the system threads that run them. What is queued is a record of ours that carries
 * routine and context, so that a driver which frees an item too early cannot break the queue; the
 * item then runs all the same, as it does on Windows.
 */
#include "sim/nt/io.h"
#include "sim/nt/zw.h"

#define BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL 0xE1

#define BUGCHECK_INVALID_WORK_QUEUE_ITEM 0x96

/* What PIO_WORKITEM points to. Drivers may only know its size. */
struct _IO_WORKITEM {
    WORK_QUEUE_ITEM WorkItem;
    PVOID Routine;
    PVOID IoObject;
    PVOID Context;
    ULONG Type;
};

struct work_record {
    struct io_work work;
    uint32_t obj;
    PIO_WORKITEM item; /* NULL: of ExQueueWorkItem */
    PWORK_QUEUE_ITEM plain;
    PVOID io_object, context;
    PIO_WORKITEM_ROUTINE routine;
    PIO_WORKITEM_ROUTINE_EX routine_ex;
    PWORKER_THREAD_ROUTINE worker;
    bool pooled, freed;
};

struct worker {
    struct sim *s;
    struct io_worker_queue *q;
};

static const int queue_priority[IO_QUEUES] = { 13, 12, 15 }; /* kernel/system-worker-threads */
static const char *const queue_name[IO_QUEUES] = { "worker-critical", "worker-delayed",
                                                   "worker-hypercritical" };

static void worker_loop(void *ctx)
{
    struct worker *w = ctx;
    struct io_worker_queue *q = w->q;
    struct sim *s = w->s;

    for (;;) {
        while (q->head) {
            struct io_work *work = q->head;

            q->head = work->next;
            if (!q->head)
                q->tail = NULL;
            work->next = NULL;
            work->queued = false;
            work->fn(s, work);
            sched_point(s);
        }
        q->idle[q->idle_count++] = sched_current_thread(s);
        sched_block(s, UINT64_MAX);
    }
}

/* An idle worker is woken; when all are busy, one more is started, up to the limit. */
static void worker_rouse(struct sim *s, enum io_queue queue)
{
    struct io_worker_queue *q = &s->nt->io->queues[queue];
    struct worker *w;

    if (q->idle_count) {
        sched_wake(s, q->idle[--q->idle_count]);
        return;
    }
    if (q->worker_count == IO_WORKERS_MAX)
        return;
    w = io_host_alloc(s, sizeof(*w));
    *w = (struct worker) { s, q };
    if (sched_thread(s, queue_name[queue], worker_loop, w, 0, queue_priority[queue]))
        q->worker_count++;
}

bool io_work_queue(struct sim *s, struct io_work *w, enum io_queue queue)
{
    struct io_worker_queue *q = &s->nt->io->queues[queue];

    if (w->queued)
        return false;
    w->queued = true;
    w->next = NULL;
    if (q->tail)
        q->tail->next = w;
    else
        q->head = w;
    q->tail = w;
    worker_rouse(s, queue);
    return true;
}

static enum io_queue queue_of(ULONG type)
{
    if (type == CriticalWorkQueue || type == RealTimeWorkQueue)
        return IO_QUEUE_CRITICAL;
    if (type == HyperCriticalWorkQueue || type == SuperCriticalWorkQueue)
        return IO_QUEUE_HYPER;
    if (type >= CustomPriorityWorkQueue)
        return type - CustomPriorityWorkQueue > 12 ? IO_QUEUE_CRITICAL : IO_QUEUE_DELAYED;
    return IO_QUEUE_DELAYED;
}

static struct work_record *record_of(struct sim *s, const void *item)
{
    struct objmap_entry *e = objmap_find(&s->nt->objects, item);

    return e && OBJ_TYPE(e->obj) == OBJ_WORKITEM ? e->data : NULL;
}

static struct work_record *record_new(struct sim *s, void *item)
{
    struct work_record *r = io_host_alloc(s, sizeof(*r));

    r->obj = obj_new(&s->trace, OBJ_WORKITEM);
    objmap_drop(&s->nt->objects, item);
    objmap_put(&s->nt->objects, item, r->obj, r);
    return r;
}

/* The routine may free its item; nothing of it is used after the call. */
static void item_run(struct sim *s, struct io_work *w)
{
    struct work_record *r = (struct work_record *)w;
    PVOID io_object = r->io_object;
    uint32_t obj = r->obj;
    bool freed = r->freed;
    struct work_record copy = *r;

    if (freed)
        io_host_free(s, r, sizeof(*r));
    callback_begin(s, API_WorkItem, obj, nt_obj(s, io_object, OBJ_DEVOBJ), freed, 0, 0);
    if (copy.routine_ex)
        copy.routine_ex(io_object, copy.context, copy.item);
    else
        copy.routine(io_object, copy.context);
    callback_end(s, API_WorkItem, obj, sched_irql(s));
    if (sched_irql(s) != IRQL_PASSIVE)
        io_irql_restore_as(s, API_WorkItem, obj, IRQL_PASSIVE,
                           copy.routine_ex ? (const void *)copy.routine_ex
                                           : (const void *)copy.routine,
                           BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL);
    ob_dereference(s, io_object);
}

static bool item_queue(struct sim *s, PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine,
                       PIO_WORKITEM_ROUTINE_EX routine_ex, ULONG type, PVOID context)
{
    struct work_record *r = record_of(s, item);

    if (!r || r->work.queued)
        return false;
    r->work.fn = item_run;
    r->routine = routine;
    r->routine_ex = routine_ex;
    r->context = context;
    ob_reference(s, r->io_object);
    return io_work_queue(s, &r->work, queue_of(type));
}

static void item_init(struct sim *s, PVOID io_object, PIO_WORKITEM item, bool pooled)
{
    struct work_record *r = record_new(s, item);

    memset(item, 0, sizeof(*item));
    item->IoObject = io_object;
    r->item = item;
    r->io_object = io_object;
    r->pooled = pooled;
}

static void item_drop(struct sim *s, PIO_WORKITEM item)
{
    struct work_record *r = record_of(s, item);

    if (!r)
        return;
    objmap_drop(&s->nt->objects, item);
    if (r->pooled)
        pool_free_internal(s, item);
    if (r->work.queued)
        r->freed = true; /* runs still, and is forgotten then */
    else
        io_host_free(s, r, sizeof(*r));
}

/*
 * IoAllocateWorkItem: a work item for a device object.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the work item, or NULL
 * Gap      none known
 * Says     CALL, RETURN (object = the work item)
 * Source   wdm/nf-wdm-ioallocateworkitem
 */
PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAllocateWorkItem, 0, device_obj(s, DeviceObject), 0, 0, 0);
    PIO_WORKITEM item =
        fault_take(s, FAULT_WORKITEM) ? NULL : pool_alloc_internal(s, sizeof(*item));

    if (item) {
        item_init(s, DeviceObject, item, true);
        c.obj = record_of(s, item)->obj;
    }
    call_end(&c, c.obj, 0, 0, 0);
    return item;
}

/*
 * IoFreeWorkItem: gives a work item back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      an item that is still queued runs, with what it was queued with
 * Says     CALL (a0 = 1: queued), RETURN
 * Source   wdm/nf-wdm-iofreeworkitem
 */
VOID IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    struct sim *s = sim_now();
    struct work_record *r = record_of(s, IoWorkItem);
    struct call c = call_begin(s, API_IoFreeWorkItem, nt_obj(s, IoWorkItem, OBJ_WORKITEM),
                               r && r->work.queued, 0, 0, 0);

    item_drop(s, IoWorkItem);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoSizeofWorkItem: the bytes that IoInitializeWorkItem needs.
 *
 * Irql     any
 * Returns  bytes
 * Gap      not Windows' own number, which is opaque
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iosizeofworkitem
 */
ULONG IoSizeofWorkItem(VOID)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoSizeofWorkItem, 0, 0, 0, 0, 0);

    call_end(&c, sizeof(struct _IO_WORKITEM), 0, 0, 0);
    return sizeof(struct _IO_WORKITEM);
}

/*
 * IoInitializeWorkItem: makes a work item of memory that the driver brings.
 *
 * Irql     any
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioinitializeworkitem
 */
VOID IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoInitializeWorkItem, 0, nt_obj(s, IoObject, OBJ_DEVOBJ), 0, 0, 0);

    item_init(s, IoObject, IoWorkItem, false);
    c.obj = record_of(s, IoWorkItem)->obj;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoUninitializeWorkItem: ends what IoInitializeWorkItem began; the memory stays the driver's.
 *
 * Irql     any
 * Returns  nothing
 * Gap      as IoFreeWorkItem
 * Says     CALL (a0 = 1: queued), RETURN
 * Source   wdm/nf-wdm-iouninitializeworkitem
 */
VOID IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
    struct sim *s = sim_now();
    struct work_record *r = record_of(s, IoWorkItem);
    struct call c = call_begin(s, API_IoUninitializeWorkItem, nt_obj(s, IoWorkItem, OBJ_WORKITEM),
                               r && r->work.queued, 0, 0, 0);

    item_drop(s, IoWorkItem);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoQueueWorkItem: has a system thread call the routine.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      an item that is queued already stays queued once; on Windows the list is damaged (bug
 *          check 0x96 is said). A further worker starts as soon as all are busy
 * Says     CALL (a0 = queue, a1 = 1: queued already), RETURN
 * Source   wdm/nf-wdm-ioqueueworkitem
 */
VOID IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
                     WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    struct sim *s = sim_now();
    struct work_record *r = record_of(s, IoWorkItem);
    struct call c = call_begin(s, API_IoQueueWorkItem, nt_obj(s, IoWorkItem, OBJ_WORKITEM),
                               QueueType, r && r->work.queued, 0, 0);

    if (!item_queue(s, IoWorkItem, WorkerRoutine, NULL, QueueType, Context))
        sim_bugcheck(s, BUGCHECK_INVALID_WORK_QUEUE_ITEM, 0, 0, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoQueueWorkItemEx: as IoQueueWorkItem; the routine gets the item, too.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      as IoQueueWorkItem
 * Says     CALL (a0 = queue, a1 = 1: queued already), RETURN
 * Source   wdm/nf-wdm-ioqueueworkitemex
 */
VOID IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                       WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    struct sim *s = sim_now();
    struct work_record *r = record_of(s, IoWorkItem);
    struct call c = call_begin(s, API_IoQueueWorkItemEx, nt_obj(s, IoWorkItem, OBJ_WORKITEM),
                               QueueType, r && r->work.queued, 0, 0);

    if (!item_queue(s, IoWorkItem, NULL, WorkerRoutine, QueueType, Context))
        sim_bugcheck(s, BUGCHECK_INVALID_WORK_QUEUE_ITEM, 0, 0, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoTryQueueWorkItem: as IoQueueWorkItemEx; an item that is queued already is no fault.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE when it was queued now
 * Gap      none known
 * Says     CALL (a0 = queue, a1 = 1: queued already), RETURN
 * Source   wdm/nf-wdm-iotryqueueworkitem
 */
BOOLEAN IoTryQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                           WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    struct sim *s = sim_now();
    struct work_record *r = record_of(s, IoWorkItem);
    struct call c = call_begin(s, API_IoTryQueueWorkItem, nt_obj(s, IoWorkItem, OBJ_WORKITEM),
                               QueueType, r && r->work.queued, 0, 0);
    BOOLEAN queued = item_queue(s, IoWorkItem, NULL, WorkerRoutine, QueueType, Context);

    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/* The routine may free the item; it is free to be queued again when the routine begins. */
static void plain_run(struct sim *s, struct io_work *w)
{
    struct work_record r = *(struct work_record *)w;

    objmap_drop(&s->nt->objects, r.plain);
    io_host_free(s, w, sizeof(r));
    r.plain->List.Flink = NULL;
    callback_begin(s, API_WorkItem, r.obj, 0, 0, 0, 0);
    r.worker(r.context);
    callback_end(s, API_WorkItem, r.obj, sched_irql(s));
    if (sched_irql(s) != IRQL_PASSIVE)
        io_irql_restore_as(s, API_WorkItem, r.obj, IRQL_PASSIVE, (const void *)r.worker,
                           BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL);
}

/*
 * ExQueueWorkItem: the old form, without a device object that would keep the driver loaded.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      routine and parameter are taken when it is queued, not when it runs
 * Says     CALL (a0 = queue, a1 = 1: queued already), RETURN; BUGCHECK 0x96 for one queued twice
 * Source   wdm/nf-wdm-exqueueworkitem
 */
VOID ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    struct sim *s = sim_now();
    struct work_record *r = record_of(s, WorkItem);
    struct call c = call_begin(s, API_ExQueueWorkItem, 0, QueueType, r != NULL, 0, 0);

    if (r) {
        sim_bugcheck(s, BUGCHECK_INVALID_WORK_QUEUE_ITEM, va_of(s, WorkItem).v, 0, 0, 0);
    } else {
        r = record_new(s, WorkItem);
        c.obj = r->obj;
        r->plain = WorkItem;
        r->worker = WorkItem->WorkerRoutine;
        r->context = WorkItem->Parameter;
        r->work.fn = plain_run;
        WorkItem->List.Flink = &WorkItem->List;
        io_work_queue(s, &r->work, queue_of(QueueType));
    }
    call_end(&c, 0, 0, 0, 0);
}
