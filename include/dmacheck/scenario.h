/*
 * dmacheck/scenario.h: what a scenario includes. A scenario is a user program of the simulated
 * machine: it opens the device, sends requests, waits, cancels, pulls power or the device itself.
 * Its threads are agents like any other, so what it does interleaves with the driver and the device.
 *
 * A driver's .so carries `const struct dm_scenario dmacheck_scenarios[]` (last name NULL) and
 * `const struct dm_setup dmacheck_setup`. One without scenarios gets those of machine/default.c.
 */
#ifndef DMACHECK_SCENARIO_H
#define DMACHECK_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dm_run;     /* the running scenario */
struct dm_device;  /* a plugged-in device (dmacheck/device.h) */
struct dm_file;    /* a user's handle */
struct dm_request; /* one request under way */
struct dm_thread;

#define DM_MANUAL 0x1u              /* the scenario plugs and removes devices itself */
#define DM_EXPECT_FAILED_START 0x2u /* starting the device may fail without that being an error */
#define DM_TAKES_PROGRAM 0x4u       /* the command runs it once for each --program FILE, else not */

struct dm_scenario {
    const char *name;
    const char *summary;
    void (*run)(struct dm_run *r);
    unsigned flags;
};

struct dm_setup {
    /* Models to plug, comma separated: "sgdma" or "sgdma,sgdma"; "": none. NULL, as without a
     * dm_setup: one sgdma for a driver with an AddDevice, else none. */
    const char *devices;
    /* Resource requests that are to fail in each run: "pool:3,sgl:1" (points: trace/faults.def). NULL:
     * none but those of --faults. */
    const char *faults;
};

/* --- devices --- */
struct dm_device *dm_device_at(struct dm_run *r, unsigned index); /* NULL: no such device */
struct dm_device *dm_plug(struct dm_run *r, const char *model);   /* plug, AddDevice, start */
int32_t dm_remove(struct dm_run *r, struct dm_device *d);         /* query remove, remove; status */
void dm_surprise_remove(struct dm_run *r, struct dm_device *d);   /* pulled out; then the IRPs */
int32_t dm_stop(struct dm_run *r, struct dm_device *d);           /* query stop, stop: rebalance */
int32_t dm_start(struct dm_run *r, struct dm_device *d);          /* start again, new resources */
int32_t dm_power(struct dm_run *r, struct dm_device *d, unsigned d_state); /* 0 = D0 .. 3 = D3 */
/* The machine sleeps (1 .. 3: S1 .. S3; 4: hibernates) or wakes (0), and with it every device. */
int32_t dm_system_power(struct dm_run *r, unsigned s_state);
/* A value of the device's hardware key (Device Parameters), before or after start. */
void dm_registry_dword(struct dm_run *r, unsigned device_index, const char *name, uint32_t value);

/* A file that the driver can open with ZwCreateFile ("\\??\\C:\\firmware.bin"). NTSTATUS. */
int32_t dm_file_put(struct dm_run *r, const char *path, const void *bytes, uint32_t size_bytes);

/* --- memory of the user --- */
void *dm_alloc(struct dm_run *r, size_t bytes, unsigned offset_in_page);
void dm_free(struct dm_run *r, void *p);
void dm_fill(struct dm_run *r, void *p, size_t bytes, uint64_t pattern); /* no two words alike */
bool dm_matches(struct dm_run *r, const void *p, size_t bytes, uint64_t pattern); /* every byte */
void dm_pattern(void *p, size_t bytes, uint64_t pattern); /* the same bytes, anywhere on the host */

/* --- files and requests (status: NTSTATUS) --- */
#define DM_READ_ACCESS 1u
#define DM_WRITE_ACCESS 2u
struct dm_file *dm_open(struct dm_run *r, struct dm_device *d, unsigned access, int32_t *status);
/* By name, as CreateFile does: "\\\\.\\Name", or a name of the kernel's ("\\Device\\Name"). What stands
 * behind the device's name is the file's own: "\\\\.\\Name\\channel0". For drivers that make their device
 * in DriverEntry; `.devices = ""` plugs none. */
struct dm_file *dm_open_name(struct dm_run *r, const char *name, unsigned access, int32_t *status);
void dm_close(struct dm_run *r, struct dm_file *f);
int32_t dm_read(struct dm_run *r, struct dm_file *f, void *buf, uint32_t bytes, uint64_t offset,
                uint64_t *information);
int32_t dm_write(struct dm_run *r, struct dm_file *f, const void *buf, uint32_t bytes,
                 uint64_t offset, uint64_t *information);
int32_t dm_ioctl(struct dm_run *r, struct dm_file *f, uint32_t code, const void *in,
                 uint32_t in_bytes, void *out, uint32_t out_bytes, uint64_t *information);
struct dm_request *dm_read_start(struct dm_run *r, struct dm_file *f, void *buf, uint32_t bytes,
                                 uint64_t offset);
struct dm_request *dm_write_start(struct dm_run *r, struct dm_file *f, const void *buf,
                                  uint32_t bytes, uint64_t offset);
struct dm_request *dm_ioctl_start(struct dm_run *r, struct dm_file *f, uint32_t code,
                                  const void *in, uint32_t in_bytes, void *out, uint32_t out_bytes);
/* A request as an upper driver sends it: kernel mode, over a chain of MDLs, one for each piece. */
struct dm_piece {
    void *p;
    uint32_t bytes;
};
struct dm_request *dm_chain_start(struct dm_run *r, struct dm_file *f, bool write,
                                  const struct dm_piece *pieces, unsigned count, uint64_t offset);
/* Waits (virtual time); false: it did not end within timeout_ns (UINT64_MAX: for ever). */
bool dm_wait(struct dm_run *r, struct dm_request *q, uint64_t timeout_ns);
void dm_cancel(struct dm_run *r, struct dm_request *q);
bool dm_done(const struct dm_request *q);
int32_t dm_status(const struct dm_request *q);
uint64_t dm_information(const struct dm_request *q);
/* What this requester got must be the same on every profile (not for what a race may decide). A
 * request that dm_read, dm_write or dm_ioctl waited for counts as settled as long as the scenario
 * has but one thread. */
void dm_settled(struct dm_run *r, struct dm_request *q);
void dm_request_free(struct dm_run *r, struct dm_request *q);

/* --- threads and time --- */
struct dm_thread *dm_thread(struct dm_run *r, void (*fn)(struct dm_run *r, void *ctx), void *ctx);
void dm_join(struct dm_run *r, struct dm_thread *t);
void dm_sleep(struct dm_run *r, uint64_t ns);
uint64_t dm_time_ns(struct dm_run *r);
uint32_t dm_choose(struct dm_run *r, uint32_t bound); /* by the run's choices */

/* What whoever runs the scenario hands it by name: "program", a struct dm_program (dmacheck/program.h). NULL:
 * nothing of that name. */
const void *dm_input(struct dm_run *r, const char *name, size_t *bytes);

/* --- judging: an expectation; after an injected failure it is not judged any more --- */
void dm_expect_at(struct dm_run *r, bool holds, const char *what, const char *file, int line);
#define dm_expect(r, condition) dm_expect_at((r), (condition), #condition, __FILE__, __LINE__)
const char *dm_profile(struct dm_run *r);

#define DM_METHOD_BUFFERED 0u
#define DM_METHOD_IN_DIRECT 1u
#define DM_METHOD_OUT_DIRECT 2u
#define DM_METHOD_NEITHER 3u
#define DM_CTL_CODE(device_type, function, method, access)                                         \
    ((uint32_t)(device_type) << 16 | (uint32_t)(access) << 14 | (uint32_t)(function) << 2 |        \
     (method))

#endif
