/*
 * A user's requests: sent, waited for, cancelled. The requester's half of completion arrives here
 * from io_complete.c.
 */
#include "sim/nt/io_request.h"

static void request_link(struct host_file *f, struct io_request *req)
{
    req->file = f;
    req->next = f->requests;
    if (req->next)
        req->next->prev = req;
    f->requests = req;
}

static void request_unlink(struct sim *s, struct io_request *req)
{
    struct host_file *f = req->file;

    if (req->prev)
        req->prev->next = req->next;
    else
        f->requests = req->next;
    if (req->next)
        req->next->prev = req->prev;
    req->file = NULL;
    if (!f->requests && !f->sending && f->closer && agent_blocked(f->closer))
        sched_wake(s, f->closer);
}

/* Who is sending by a handle keeps it: another thread may close it meanwhile. */
static void sending_end(struct sim *s, struct host_file *f)
{
    f->sending--;
    if (!f->requests && !f->sending && f->closer && agent_blocked(f->closer))
        sched_wake(s, f->closer);
}

static void request_forget(struct sim *s, struct io_request *req)
{
    io_host_free(s, (void *)req->pieces, req->piece_count * sizeof(*req->pieces));
    io_host_free(s, req, sizeof(*req));
}

/* The requester learns how it ended. */
static void request_done(struct sim *s, struct io_request *req, NTSTATUS status,
                         uint64_t information)
{
    struct host_request *q = req->q;

    if (!q || q->done)
        return;
    q->status = status;
    q->information = information;
    q->bytes = NT_ERROR(status) ? 0 : information;
    q->done = true;
    for (struct io_waiter *w = req->waiters; w; w = w->next)
        if (agent_blocked(w->thread))
            sched_wake(s, w->thread);
}

void io_request_end(struct sim *s, struct io_request *req, PIRP irp, bool tell)
{
    req->irp_gone = true;
    req->irp = NULL;
    request_unlink(s, req);
    if (req->q)
        req->q->irp = NULL;
    if (tell)
        request_done(s, req, irp->IoStatus.Status, irp->IoStatus.Information);
    if (!req->q)
        request_forget(s, req);
}

/* A chain's IRP is its sender's own, as an upper driver's is: it takes everything back itself. */
static void chain_done(struct sim *s, PIRP irp, void *ctx)
{
    struct io_request *req = ctx;

    io_buffers_chain_end(s, irp, req->pieces, req->piece_count);
    io_request_end(s, req, irp, true);
    io_irp_free(s, irp);
}

static NTSTATUS request_make(struct sim *s, struct host_file *f, const struct host_io *io,
                             struct io_request *req, PDEVICE_OBJECT top, PIRP *out)
{
    PIRP irp = fault_take(s, FAULT_IRP) ? NULL : io_irp_alloc(s, top->StackSize);
    struct io_irp *r;
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    r = io_irp_of(s, irp);
    irp->RequestorMode = io->pieces ? KernelMode : UserMode;
    irp->Tail.Overlay.Thread = io_thread_object(s);
    irp->Tail.Overlay.OriginalFileObject = f->object;
    IoGetNextIrpStackLocation(irp)->FileObject = f->object;
    r->threaded = !io->pieces;
    r->request = io->pieces ? NULL : req;
    r->done = io->pieces ? chain_done : NULL;
    r->done_ctx = req;
    status = io->pieces ? io_buffers_chain(s, top, irp, io) : io_buffers_set(s, top, f, irp, io);
    if (!NT_SUCCESS(status)) {
        io_buffers_drop(s, irp);
        io_irp_free(s, irp);
        return status;
    }
    *out = irp;
    return STATUS_SUCCESS;
}

/*
 * The dispatch routine has returned. A read or write that ended at once is finished here, in the
 * sender's thread: that is what IRP_DEFER_IO_COMPLETION asks for, and why a driver that returns
 * STATUS_PENDING without having marked the IRP leaves its requester waiting for ever.
 */
static void request_sent(struct sim *s, struct io_request *req, NTSTATUS status)
{
    struct io_irp *r = req->irp_gone ? NULL : io_irp_of(s, req->irp);

    if (status == STATUS_PENDING)
        return;
    if (r && r->threaded && r->state == IO_IRP_ENDED && !r->irp->PendingReturned &&
        (r->irp->Flags & IRP_DEFER_IO_COMPLETION))
        io_finish(s, r);
    request_done(s, req, status, 0);
}

static struct dm_piece *pieces_copy(struct sim *s, const struct host_io *io)
{
    struct dm_piece *p;

    if (!io->pieces)
        return NULL;
    p = io_host_alloc(s, io->piece_count * sizeof(*p));
    memcpy(p, io->pieces, io->piece_count * sizeof(*p));
    return p;
}

struct host_request *host_io_start(struct sim *s, struct host_file *f, const struct host_io *io)
{
    struct host_request *q = io_host_alloc(s, sizeof(*q));
    struct io_request *req = io_host_alloc(s, sizeof(*req));
    PDEVICE_OBJECT top = io_device_top(f->object->DeviceObject);
    PIRP irp;
    NTSTATUS status;

    q->private_data = req;
    req->q = q;
    req->pieces = pieces_copy(s, io);
    req->piece_count = io->piece_count;
    f->sending++;
    status = request_make(s, f, io, req, top, &irp);
    if (NT_SUCCESS(status)) {
        q->irp = req->irp = irp;
        request_link(f, req);
    }
    sending_end(s, f);
    if (!NT_SUCCESS(status)) {
        req->irp_gone = true;
        request_done(s, req, status, 0);
        return q;
    }
    status = io_call(s, top, irp);
    request_sent(s, req, status);
    return q;
}

bool host_io_wait(struct sim *s, struct host_request *q, uint64_t timeout_ns)
{
    struct io_request *req = q->private_data;
    struct io_waiter w = { sched_current_thread(s), req->waiters }, **link;
    uint64_t now = sched_now_ns(s);
    uint64_t deadline = timeout_ns > UINT64_MAX - now ? UINT64_MAX : now + timeout_ns;

    if (q->done)
        return true;
    req->waiters = &w;
    while (!q->done && sched_block(s, deadline))
        ;
    for (link = &req->waiters; *link != &w; link = &(*link)->next)
        ;
    *link = w.next;
    return q->done;
}

void host_io_cancel(struct sim *s, struct host_request *q)
{
    if (q->irp)
        io_cancel(s, q->irp);
}

void host_io_free(struct sim *s, struct host_request *q)
{
    struct io_request *req = q->private_data;

    req->q = NULL;
    if (req->irp_gone)
        request_forget(s, req);
    io_host_free(s, q, sizeof(*q));
}
