/*
 * Requests of users, between io_file.c (files), io_buffers.c (the buffers of an IRP by the device's
 * and the control code's method), io_request.c (sending and waiting) and io_complete.c.
 */
#ifndef DMACHECK_SIM_NT_IO_REQUEST_H
#define DMACHECK_SIM_NT_IO_REQUEST_H

#include "sim/nt/host.h"
#include "sim/nt/io.h"

struct io_waiter {
    struct agent *thread;
    struct io_waiter *next;
};

/* A user's handle. */
struct host_file {
    PFILE_OBJECT object;
    uint32_t process;
    ACCESS_MASK access;
    struct io_request *requests; /* those whose IRP is alive */
    struct agent *closer;        /* host_close waits for the list to be empty */
    uint32_t sending;            /* threads that are about to send a request by it */
};

struct io_request {
    struct host_request *q; /* NULL: the requester gave it up */
    struct host_file *file;
    struct io_request *next, *prev;
    struct io_waiter *waiters;
    const struct dm_piece *pieces; /* our copy; NULL: an ordinary request */
    unsigned piece_count;
    PIRP irp;
    bool irp_gone, cancelled;
};

/* The IRP of r->irp is about to go. tell: the requester learns its status from the IRP. */
void io_request_end(struct sim *s, struct io_request *req, PIRP irp, bool tell);

/* --- io_buffers.c: each sets up irp and its next stack location, or changes nothing that the
 *     freeing of the IRP would not undo, and says why --- */
NTSTATUS io_buffers_set(struct sim *s, PDEVICE_OBJECT top, struct host_file *f, PIRP irp,
                        const struct host_io *io);
/* Kernel mode, a chain of MDLs, one for each piece. */
NTSTATUS io_buffers_chain(struct sim *s, PDEVICE_OBJECT top, PIRP irp, const struct host_io *io);
void io_buffers_chain_end(struct sim *s, PIRP irp, const struct dm_piece *pieces, unsigned count);
/* Gives back what the two above set up, for an IRP that is not sent. */
void io_buffers_drop(struct sim *s, PIRP irp);
PVOID io_system_buffer(struct sim *s, PIRP irp, uint32_t bytes, const void *from,
                       uint32_t from_bytes); /* NULL: no memory */

/* --- io_file.c --- */
/* IRP_MJ_CREATE to the stack of a device, in the running thread. The file object has one reference;
 * when the last goes, IRP_MJ_CLOSE is sent. */
NTSTATUS io_file_open(struct sim *s, PDEVICE_OBJECT device, ACCESS_MASK access,
                      KPROCESSOR_MODE mode, PFILE_OBJECT *out);
void io_file_cleanup(struct sim *s, PFILE_OBJECT file, KPROCESSOR_MODE mode); /* last handle */

#endif
