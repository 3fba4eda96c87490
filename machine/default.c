/*
 * What a driver is taken through that brings no scenarios of its own: opened, asked what nobody can
 * know, closed, put to sleep, stopped, removed. That needs no knowledge of the driver, so nothing
 * here judges what its requests give; the verifier and the machine judge the rest.
 */
#include "machine/private.h"
#include "sim/nt/pnp.h"

#define OWN_DEVICES_MAX 16
#define PATIENCE_NS 1000000000u /* a second; then a request is cancelled */
#define UNKNOWN_FUNCTION 0xFFEu

static bool started(struct dm_run *r, struct dm_device *d)
{
    struct pnp_node *n = pnp_node_of(r->s, d);

    return n && n->state == PNP_STARTED;
}

static void end(struct dm_run *r, struct dm_request *q)
{
    if (!dm_wait(r, q, PATIENCE_NS)) {
        dm_cancel(r, q);
        dm_wait(r, q, UINT64_MAX);
    }
    dm_request_free(r, q);
}

/* A control code that the driver does not have, by each method, and transfers of nothing. */
static void ask(struct dm_run *r, struct dm_file *f)
{
    uint64_t *buf = dm_alloc(r, 64, 0);

    for (unsigned method = DM_METHOD_BUFFERED; method <= DM_METHOD_NEITHER; method++)
        end(r,
            dm_ioctl_start(r, f, DM_CTL_CODE(0x22, UNKNOWN_FUNCTION, method, 0), buf, 32, buf, 32));
    end(r, dm_read_start(r, f, buf, 0, 0));
    end(r, dm_write_start(r, f, buf, 0, 0));
    dm_free(r, buf);
}

/* Every device that a user can open; what the driver refuses to open is not insisted on. */
static void open_all(struct dm_run *r)
{
    struct dm_file *f;
    int32_t status;

    for (unsigned i = 0; i < r->device_count; i++) {
        f = started(r, r->devices[i])
                ? dm_open(r, r->devices[i], DM_READ_ACCESS | DM_WRITE_ACCESS, NULL)
                : NULL;
        if (f)
            ask(r, f);
        dm_close(r, f);
    }
    for (unsigned i = 0; i < OWN_DEVICES_MAX; i++) {
        f = run_open_own(r, i, DM_READ_ACCESS | DM_WRITE_ACCESS, &status);
        if (status == STATUS_NO_MORE_ENTRIES)
            return;
        if (f)
            ask(r, f);
        dm_close(r, f);
    }
}

static void through_life(struct dm_run *r)
{
    open_all(r);
    for (unsigned i = 0; i < r->device_count; i++) {
        struct dm_device *d = r->devices[i];

        if (!started(r, d))
            continue;
        dm_power(r, d, 3);
        dm_power(r, d, 0);
        if (NT_SUCCESS(dm_stop(r, d)))
            dm_start(r, d);
    }
    open_all(r);
}

/* The card is pulled out while it is open: the driver hears of it, and is closed later. */
static void pulled_out(struct dm_run *r)
{
    for (unsigned i = 0; i < r->device_count; i++) {
        struct dm_device *d = r->devices[i];
        struct dm_file *f;

        if (!started(r, d))
            continue;
        f = dm_open(r, d, DM_READ_ACCESS | DM_WRITE_ACCESS, NULL);
        dm_surprise_remove(r, d);
        if (f)
            ask(r, f);
        dm_close(r, f);
    }
}

const struct dm_scenario default_scenarios[] = {
    { "default", "open, unknown requests, sleep, stop and start, remove, unload", through_life, 0 },
    { "default-pulled-out", "the device goes while it is open", pulled_out, 0 },
    { NULL, NULL, NULL, 0 },
};
