/*
 * Device queues, and the packets that the I/O manager feeds through them to a driver's StartIo: one
 * IRP at a time for each device object.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"

#define DEVICE_QUEUE_OBJECT 20 /* KOBJECTS */

static KIRQL queue_lock(struct sim *s, PKDEVICE_QUEUE q)
{
    KIRQL old = sched_irql(s);

    if (old < IRQL_DISPATCH)
        sched_irql_set(s, IRQL_DISPATCH);
    ke_spin_acquire(s, &q->Lock);
    return old;
}

static void queue_unlock(struct sim *s, PKDEVICE_QUEUE q, KIRQL old)
{
    ke_spin_release(s, &q->Lock);
    if (old != sched_irql(s))
        sched_irql_set(s, old);
}

static void link_before(PLIST_ENTRY at, PLIST_ENTRY e)
{
    e->Flink = at;
    e->Blink = at->Blink;
    at->Blink->Flink = e;
    at->Blink = e;
}

static void unlink_entry(PLIST_ENTRY e)
{
    e->Blink->Flink = e->Flink;
    e->Flink->Blink = e->Blink;
}

static PKDEVICE_QUEUE_ENTRY entry_of(PLIST_ENTRY e)
{
    return CONTAINING_RECORD(e, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

/* Keys ascend along the queue; among equal keys the first come stays first. */
static bool queue_insert(struct sim *s, PKDEVICE_QUEUE q, PKDEVICE_QUEUE_ENTRY e, bool keyed,
                         ULONG key)
{
    KIRQL old = queue_lock(s, q);
    PLIST_ENTRY at = &q->DeviceListHead;
    bool busy = q->Busy;

    if (keyed)
        e->SortKey = key;
    if (busy) {
        if (keyed)
            for (at = at->Flink; at != &q->DeviceListHead && entry_of(at)->SortKey <= key;)
                at = at->Flink;
        link_before(at, &e->DeviceListEntry);
    }
    q->Busy = TRUE;
    e->Inserted = busy;
    queue_unlock(s, q, old);
    return busy;
}

/* The first entry whose key is not below key; when there is none, the head: round it goes. */
static PKDEVICE_QUEUE_ENTRY queue_remove(struct sim *s, PKDEVICE_QUEUE q, bool keyed, ULONG key)
{
    KIRQL old = queue_lock(s, q);
    PLIST_ENTRY head = &q->DeviceListHead, at = head->Flink;
    PKDEVICE_QUEUE_ENTRY e = NULL;

    if (at == head) {
        q->Busy = FALSE;
    } else {
        if (keyed)
            while (at != head && entry_of(at)->SortKey < key)
                at = at->Flink;
        e = entry_of(at == head ? head->Flink : at);
        unlink_entry(&e->DeviceListEntry);
        e->Inserted = FALSE;
    }
    queue_unlock(s, q, old);
    return e;
}

static bool queue_remove_entry(struct sim *s, PKDEVICE_QUEUE q, PKDEVICE_QUEUE_ENTRY e)
{
    KIRQL old = queue_lock(s, q);
    bool inserted = e->Inserted;

    if (inserted)
        unlink_entry(&e->DeviceListEntry);
    e->Inserted = FALSE;
    queue_unlock(s, q, old);
    return inserted;
}

/*
 * KeInitializeDeviceQueue: an empty device queue that is not busy.
 *
 * Irql     any
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keinitializedevicequeue
 */
VOID KeInitializeDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeInitializeDeviceQueue, 0, va_of(s, DeviceQueue).v, 0, 0, 0);

    DeviceQueue->Type = DEVICE_QUEUE_OBJECT;
    DeviceQueue->Size = sizeof(*DeviceQueue);
    DeviceQueue->DeviceListHead.Flink = DeviceQueue->DeviceListHead.Blink =
        &DeviceQueue->DeviceListHead;
    DeviceQueue->Lock = 0;
    DeviceQueue->Busy = FALSE;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * KeInsertDeviceQueue: queues an entry when the queue is busy, else makes it busy.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  TRUE when the entry was queued
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keinsertdevicequeue
 */
BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeInsertDeviceQueue, 0, va_of(s, DeviceQueue).v, 0, 0, 0);
    BOOLEAN queued = queue_insert(s, DeviceQueue, DeviceQueueEntry, false, 0);

    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/*
 * KeInsertByKeyDeviceQueue: as KeInsertDeviceQueue, in the order of keys.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  TRUE when the entry was queued
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keinsertbykeydevicequeue
 */
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry,
                                 ULONG SortKey)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeInsertByKeyDeviceQueue, 0, va_of(s, DeviceQueue).v, SortKey, 0, 0);
    BOOLEAN queued = queue_insert(s, DeviceQueue, DeviceQueueEntry, true, SortKey);

    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/*
 * KeRemoveDeviceQueue: the entry at the head; an empty queue is not busy any more.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  the entry, or NULL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keremovedevicequeue
 */
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeRemoveDeviceQueue, 0, va_of(s, DeviceQueue).v, 0, 0, 0);
    PKDEVICE_QUEUE_ENTRY e = queue_remove(s, DeviceQueue, false, 0);

    call_end(&c, e != NULL, 0, 0, 0);
    return e;
}

/*
 * KeRemoveByKeyDeviceQueue: the first entry from this key on, or the head.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  the entry, or NULL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keremovebykeydevicequeue
 */
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeRemoveByKeyDeviceQueue, 0, va_of(s, DeviceQueue).v, SortKey, 0, 0);
    PKDEVICE_QUEUE_ENTRY e = queue_remove(s, DeviceQueue, true, SortKey);

    call_end(&c, e != NULL, 0, 0, 0);
    return e;
}

/*
 * KeRemoveByKeyDeviceQueueIfBusy: as KeRemoveByKeyDeviceQueue; an idle queue gives nothing.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  the entry, or NULL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keremovebykeydevicequeueifbusy
 */
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueueIfBusy(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeRemoveByKeyDeviceQueueIfBusy, 0, va_of(s, DeviceQueue).v,
                               SortKey, 0, 0);
    PKDEVICE_QUEUE_ENTRY e = DeviceQueue->Busy ? queue_remove(s, DeviceQueue, true, SortKey) : NULL;

    call_end(&c, e != NULL, 0, 0, 0);
    return e;
}

/*
 * KeRemoveEntryDeviceQueue: takes this entry out, if it is in.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  TRUE when it was queued
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keremoveentrydevicequeue
 */
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue, PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeRemoveEntryDeviceQueue, 0, va_of(s, DeviceQueue).v, 0, 0, 0);
    BOOLEAN was = queue_remove_entry(s, DeviceQueue, DeviceQueueEntry);

    call_end(&c, was, 0, 0, 0);
    return was;
}

static void start_io(struct sim *s, PDEVICE_OBJECT device, PIRP irp)
{
    uint32_t obj = s->trace.on ? irp_obj(s, irp) : 0;

    callback_begin(s, API_DriverStartIo, obj, device_obj(s, device), sched_irql(s), 0, 0);
    device->DriverObject->DriverStartIo(device, irp);
    callback_end(s, API_DriverStartIo, obj, 0);
}

/*
 * One step: the next packet becomes the current one and goes to StartIo. The cancel spin lock
 * guards CurrentIrp against IoCancelIrp when the driver's packets are cancelable.
 */
static void start_next(struct sim *s, PDEVICE_OBJECT device, bool cancelable, bool keyed, ULONG key)
{
    struct io_device *r = io_device_of(s, device);
    bool lock = cancelable && !(r && r->start_io_non_cancelable);
    KIRQL irql = lock ? io_cancel_lock(s) : sched_irql(s);
    PKDEVICE_QUEUE_ENTRY e;
    PIRP irp;

    device->CurrentIrp = NULL;
    e = queue_remove(s, &device->DeviceQueue, keyed, key);
    irp = e ? CONTAINING_RECORD(e, IRP, Tail.Overlay.DeviceQueueEntry) : NULL;
    if (irp)
        device->CurrentIrp = irp;
    if (lock)
        io_cancel_unlock(s, irql);
    if (irp)
        start_io(s, device, irp);
}

/* With deferred start, a next packet asked for from within StartIo waits until that has returned:
 * no recursion. */
static void start_next_deferred(struct sim *s, struct io_device *r, bool cancelable, bool keyed,
                                ULONG key)
{
    r->start_io_key = key;
    r->start_io_keyed = keyed;
    if (r->in_start_io) {
        r->start_io_again = true;
        return;
    }
    r->in_start_io = true;
    do {
        r->start_io_again = false;
        start_next(s, r->object, cancelable, r->start_io_keyed, r->start_io_key);
    } while (r->start_io_again);
    r->in_start_io = false;
}

static void next_packet(struct sim *s, PDEVICE_OBJECT device, bool cancelable, bool keyed,
                        ULONG key)
{
    struct io_device *r = io_device_of(s, device);

    if (r && r->start_io_deferred)
        start_next_deferred(s, r, cancelable, keyed, key);
    else
        start_next(s, device, cancelable, keyed, key);
}

/* The packet that finds the device idle goes straight to StartIo, at DISPATCH_LEVEL. */
static void packet_run(struct sim *s, PDEVICE_OBJECT device, PIRP irp)
{
    struct io_device *r = io_device_of(s, device);
    bool deferred = r && r->start_io_deferred;

    if (deferred)
        r->in_start_io = true;
    start_io(s, device, irp);
    if (!deferred)
        return;
    r->in_start_io = false;
    if (r->start_io_again) {
        r->start_io_again = false;
        start_next_deferred(s, r, !r->start_io_non_cancelable, r->start_io_keyed, r->start_io_key);
    }
}

/*
 * IoStartPacket: gives an IRP to StartIo, now or when its turn comes.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, CALLBACK (StartIo), RETURN (result: 1 = queued)
 * Source   ntifs/nf-ntifs-iostartpacket
 */
VOID IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key, PDRIVER_CANCEL CancelFunction)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoStartPacket, irp_obj(s, Irp), device_obj(s, DeviceObject),
                               Key != NULL, Key ? *Key : 0, CancelFunction != NULL);
    KIRQL old = sched_irql(s), irql = IRQL_DISPATCH;
    bool queued, cancelled = false;

    if (old < IRQL_DISPATCH)
        sched_irql_set(s, IRQL_DISPATCH);
    if (CancelFunction) {
        irql = io_cancel_lock(s);
        IoSetCancelRoutine(Irp, CancelFunction);
    }
    queued = queue_insert(s, &DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry,
                          Key != NULL, Key ? *Key : 0);
    if (!queued)
        DeviceObject->CurrentIrp = Irp;
    cancelled = queued && CancelFunction && Irp->Cancel && IoSetCancelRoutine(Irp, NULL);
    if (cancelled) {
        Irp->CancelIrql = irql;
        CancelFunction(DeviceObject, Irp); /* releases the lock */
    } else if (CancelFunction) {
        io_cancel_unlock(s, irql);
    }
    if (!queued)
        packet_run(s, DeviceObject, Irp);
    if (old < IRQL_DISPATCH)
        sched_irql_set(s, old);
    call_end(&c, queued, 0, 0, 0);
}

/*
 * IoStartNextPacket: the device is free for the next IRP.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, CALLBACK (StartIo), RETURN
 * Source   ntifs/nf-ntifs-iostartnextpacket
 */
VOID IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoStartNextPacket, device_obj(s, DeviceObject), Cancelable, 0, 0, 0);

    next_packet(s, DeviceObject, Cancelable, false, 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoStartNextPacketByKey: as IoStartNextPacket, from this key on.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, CALLBACK (StartIo), RETURN
 * Source   ntifs/nf-ntifs-iostartnextpacketbykey
 */
VOID IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoStartNextPacketByKey, device_obj(s, DeviceObject),
                               Cancelable, Key, 0, 0);

    next_packet(s, DeviceObject, Cancelable, true, Key);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoSetStartIoAttributes: how this device's packets are started.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-iosetstartioattributes
 */
VOID IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
                            BOOLEAN NonCancelable)
{
    struct sim *s = sim_now();
    struct io_device *r = io_device_of(s, DeviceObject);
    struct call c = call_begin(s, API_IoSetStartIoAttributes, device_obj(s, DeviceObject),
                               DeferredStartIo, NonCancelable, 0, 0);

    if (r) {
        r->start_io_deferred = DeferredStartIo;
        r->start_io_non_cancelable = NonCancelable;
    }
    call_end(&c, 0, 0, 0, 0);
}
