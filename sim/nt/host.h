/*
 * The machine's side of Windows: what a scenario's runner (machine/) asks of the executive. The
 * driver never sees these. All of them run on an agent (a thread of the simulated machine) and may
 * block it.
 */
#ifndef DMACHECK_SIM_NT_HOST_H
#define DMACHECK_SIM_NT_HOST_H

#include "sim/core/bus.h"
#include "include/dmacheck/scenario.h"
#include "sim/nt/nt.h"

/* --- io_driver.c: drivers --- */
/* What a library that is linked into the driver does around DriverEntry. */
struct host_stub {
    NTSTATUS (*enter)(struct sim *s, PDRIVER_OBJECT driver, PUNICODE_STRING path, void *ctx);
    void (*left)(struct sim *s, PDRIVER_OBJECT driver,
                 NTSTATUS status); /* only when it was entered */
    void *ctx;
};
/* Makes a DRIVER_OBJECT and calls entry (DriverEntry) with a registry path. stub: NULL, none. */
NTSTATUS host_driver_load(struct sim *s, const char *name, PDRIVER_INITIALIZE entry,
                          const struct host_stub *stub, PDRIVER_OBJECT *out);
/* DriverUnload, when it has one; then what it left behind is looked at. */
void host_driver_unload(struct sim *s, PDRIVER_OBJECT driver);

/* --- pnp.c: devices --- */
/* PDO for a plugged device, AddDevice, resources, IRP_MN_START_DEVICE. */
NTSTATUS host_device_add(struct sim *s, PDRIVER_OBJECT driver, struct dm_device *d);
NTSTATUS host_device_start(struct sim *s, struct dm_device *d);
NTSTATUS host_device_stop(struct sim *s, struct dm_device *d);   /* query stop + stop */
NTSTATUS host_device_remove(struct sim *s, struct dm_device *d); /* query remove + remove */
void host_device_surprise(
    struct sim *s, struct dm_device *d); /* surprise removal + remove when handles are closed */
NTSTATUS host_device_power(struct sim *s, struct dm_device *d, unsigned d_state);
/* The whole machine to S0 .. S4: every started device, or none when one refuses. */
NTSTATUS host_system_power(struct sim *s, unsigned s_state);
PDEVICE_OBJECT host_device_top(struct sim *s, struct dm_device *d); /* top of its stack; NULL */
void host_registry_dword(struct sim *s, unsigned device_index, const char *name, uint32_t value);

/* --- io_file.c: user requests --- */
struct host_file;
struct host_request {
    PIRP irp;
    NTSTATUS status;
    uint64_t information;
    bool done;
    uint64_t bytes;
    void *private_data;
};
/* IRP_MJ_CREATE to the device's stack, as this process. */
NTSTATUS host_open(struct sim *s, struct dm_device *d, uint32_t process, ACCESS_MASK access,
                   struct host_file **out);
/* The same by name, "\\\\.\\Name" or "\\Device\\Name"; what stands behind it goes into FileName. */
NTSTATUS host_open_name(struct sim *s, const char *name, uint32_t process, ACCESS_MASK access,
                        struct host_file **out);
/* The driver's own named devices, those in no device's stack, by number. STATUS_NO_MORE_ENTRIES: none. */
NTSTATUS host_open_own(struct sim *s, PDRIVER_OBJECT driver, unsigned index, uint32_t process,
                       ACCESS_MASK access, struct host_file **out);
void host_close(struct sim *s, struct host_file *f); /* IRP_MJ_CLEANUP, IRP_MJ_CLOSE */
enum host_op { HOST_READ, HOST_WRITE, HOST_IOCTL };
struct host_io {
    enum host_op op;
    uint64_t offset;
    void *buf; /* user pointer: read/write buffer, or the IOCTL's output */
    uint32_t bytes;
    uint32_t code; /* IOCTL */
    const void *in;
    uint32_t in_bytes;
    const struct dm_piece *pieces; /* kernel-mode request over a chain of MDLs */
    unsigned piece_count;
};
/* Sends it; returns at once with *q (done is set when the IRP completes). The caller frees it. */
struct host_request *host_io_start(struct sim *s, struct host_file *f, const struct host_io *io);
bool host_io_wait(struct sim *s, struct host_request *q, uint64_t timeout_ns);
void host_io_cancel(struct sim *s, struct host_request *q);
void host_io_free(struct sim *s, struct host_request *q);

#endif
