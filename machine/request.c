/*
 * A scenario's files and requests, and the hash over what settled ones gave, which must be the same
 * on every profile.
 */
#include <string.h>

#include "base/must.h"
#include "base/rng.h"
#include "machine/input.h"
#include "machine/system.h"
#include "sim/nt/io.h"
#include "sim/nt/pnp.h"

struct dm_file {
    struct host_file *host;
    uint32_t obj;
};

struct dm_request {
    struct host_request *host;
    uint64_t input; /* its number */
    enum host_op op;
    const void *got;         /* where what was read lies; NULL: nothing is read */
    uint32_t room_bytes;     /* there */
    struct dm_piece *pieces; /* of a chain that reads; got is NULL then */
    unsigned piece_count;
    uint32_t bytes; /* asked for */
    bool harvested; /* counted */
    bool settled;
    uint64_t settled_key; /* thread and its number there */
    NTSTATUS refused;     /* host is NULL: it could not be sent at all */
};

static ACCESS_MASK access_mask(unsigned access)
{
    return (access & DM_READ_ACCESS ? FILE_GENERIC_READ : 0) |
           (access & DM_WRITE_ACCESS ? FILE_GENERIC_WRITE : 0);
}

static struct dm_file *file_new(struct dm_run *r)
{
    struct dm_file *f = io_host_alloc(r->s, sizeof(*f));

    must(f);
    f->obj = obj_new(&r->s->trace, OBJ_FILE);
    return f;
}

/* The scenario's half of a handle goes again if the open failed. */
static struct dm_file *opened(struct dm_run *r, struct dm_file *f, NTSTATUS s, int32_t *status)
{
    if (status)
        *status = s;
    if (NT_SUCCESS(s))
        return f;
    io_host_free(r->s, f, sizeof(*f));
    return NULL;
}

SYSTEM_ENTRY struct dm_file *dm_open(struct dm_run *r, struct dm_device *d, unsigned access,
                                     int32_t *status)
{
    SYSTEM_CALL(r);
    struct dm_file *f = file_new(r);

    input_say(r, INPUT_OPEN, f->obj, { "file", .value = OBJ_NUMBER(f->obj) },
              { "device", .value = d ? OBJ_NUMBER(d->obj) : 0 },
              { "device_index", .value = run_device_index(r, d) }, { "access", .value = access });
    return opened(r, f, host_open(r->s, d, r->process, access_mask(access), &f->host), status);
}

SYSTEM_ENTRY struct dm_file *dm_open_name(struct dm_run *r, const char *name, unsigned access,
                                          int32_t *status)
{
    SYSTEM_CALL(r);
    struct dm_file *f = file_new(r);

    input_say(r, INPUT_OPEN, f->obj, { "file", .value = OBJ_NUMBER(f->obj) }, { "name", name, 0 },
              { "access", .value = access });
    return opened(r, f, host_open_name(r->s, name, r->process, access_mask(access), &f->host),
                  status);
}

SYSTEM_ENTRY struct dm_file *run_open_own(struct dm_run *r, unsigned index, unsigned access,
                                          int32_t *status)
{
    SYSTEM_CALL(r);
    struct dm_file *f = file_new(r);

    input_say(r, INPUT_OPEN, f->obj, { "file", .value = OBJ_NUMBER(f->obj) },
              { "own", .value = index }, { "access", .value = access });
    return opened(r, f,
                  host_open_own(r->s, r->driver_object, index, r->process, access_mask(access),
                                &f->host),
                  status);
}

SYSTEM_ENTRY void dm_close(struct dm_run *r, struct dm_file *f)
{
    SYSTEM_CALL(r);
    if (!f)
        return;
    input_say(r, INPUT_CLOSE, f->obj, { "file", .value = OBJ_NUMBER(f->obj) });
    host_close(r->s, f->host);
    io_host_free(r->s, f, sizeof(*f));
    pnp_removals_continue(r->s); /* a device that waits for its last handle may go now */
}

static SYSTEM_ENTRY struct dm_request *start(struct dm_run *r, struct dm_file *f,
                                             const struct host_io *io)
{
    SYSTEM_CALL(r);
    struct dm_request *q = io_host_alloc(r->s, sizeof(*q));

    must(q);
    q->op = io->op;
    q->bytes = io->bytes;
    if (io->op != HOST_WRITE && !io->pieces) {
        q->got = io->buf;
        q->room_bytes = io->bytes;
    }
    q->input = input_request(r, f->obj, io);
    q->host = host_io_start(r->s, f->host, io);
    if (!q->host)
        q->refused = STATUS_INSUFFICIENT_RESOURCES;
    return q;
}

struct dm_request *dm_read_start(struct dm_run *r, struct dm_file *f, void *buf, uint32_t bytes,
                                 uint64_t offset)
{
    return start(r, f,
                 &(struct host_io) {
                     .op = HOST_READ, .offset = offset, .buf = buf, .bytes = bytes });
}

struct dm_request *dm_write_start(struct dm_run *r, struct dm_file *f, const void *buf,
                                  uint32_t bytes, uint64_t offset)
{
    return start(r, f,
                 &(struct host_io) {
                     .op = HOST_WRITE, .offset = offset, .buf = (void *)buf, .bytes = bytes });
}

struct dm_request *dm_ioctl_start(struct dm_run *r, struct dm_file *f, uint32_t code,
                                  const void *in, uint32_t in_bytes, void *out, uint32_t out_bytes)
{
    return start(r, f,
                 &(struct host_io) { .op = HOST_IOCTL,
                                     .code = code,
                                     .in = in,
                                     .in_bytes = in_bytes,
                                     .buf = out,
                                     .bytes = out_bytes });
}

struct dm_request *dm_chain_start(struct dm_run *r, struct dm_file *f, bool write,
                                  const struct dm_piece *pieces, unsigned count, uint64_t offset)
{
    struct host_io io = { .op = write ? HOST_WRITE : HOST_READ,
                          .offset = offset,
                          .pieces = pieces,
                          .piece_count = count };
    struct dm_request *q;

    for (unsigned i = 0; i < count; i++)
        io.bytes += pieces[i].bytes;
    q = start(r, f, &io);
    if (!write && count) {
        q->pieces = io_host_alloc(r->s, count * sizeof(*pieces));
        must(q->pieces);
        memcpy(q->pieces, pieces, count * sizeof(*pieces));
        q->piece_count = count;
    }
    return q;
}

/* --- what came of it --- */

bool dm_done(const struct dm_request *q) { return !q->host || q->host->done; }

int32_t dm_status(const struct dm_request *q)
{
    if (!q->host)
        return q->refused;
    return q->host->done ? q->host->status : STATUS_PENDING;
}

uint64_t dm_information(const struct dm_request *q)
{
    return q->host && q->host->done ? q->host->information : 0;
}

static uint64_t hash_bytes(uint64_t h, const void *p, uint64_t bytes)
{
    const char *at = p;
    uint64_t w;

    for (; bytes >= sizeof(w); bytes -= sizeof(w), at += sizeof(w)) {
        memcpy(&w, at, sizeof(w));
        h = (h ^ w) * 0x100000001b3u;
        h ^= h >> 29;
    }
    w = 0;
    memcpy(&w, at, bytes);
    return (h ^ w ^ bytes << 56) * 0x100000001b3u;
}

/* What the requester got: status, Information, and the bytes that were read. */
static uint64_t hash_result(const struct dm_request *q)
{
    uint64_t left = dm_information(q), h;

    h = rng_mix(q->settled_key) ^ rng_mix((uint32_t)dm_status(q)) ^ (left << 1);
    if (q->got)
        h = hash_bytes(h, q->got, left < q->room_bytes ? left : q->room_bytes);
    for (unsigned i = 0; i < q->piece_count && left; i++) {
        uint64_t n = left < q->pieces[i].bytes ? left : q->pieces[i].bytes;

        h = hash_bytes(h, q->pieces[i].p, n);
        left -= n;
    }
    return rng_mix(h);
}

/* Once, when the request is seen to have ended. Sums do not depend on who is seen first. */
static void harvest(struct dm_run *r, struct dm_request *q)
{
    if (q->harvested || !dm_done(q))
        return;
    q->harvested = true;
    if (NT_SUCCESS(dm_status(q)))
        r->bytes += dm_information(q);
    if (q->settled)
        r->settled_hash += hash_result(q);
}

SYSTEM_ENTRY bool dm_wait(struct dm_run *r, struct dm_request *q, uint64_t timeout_ns)
{
    SYSTEM_CALL(r);
    bool ended;

    input_note(r, INPUT_WAIT, { "request", .value = q->input },
               { timeout_ns == UINT64_MAX ? NULL : "timeout_ns", .value = timeout_ns });
    ended = !q->host || host_io_wait(r->s, q->host, timeout_ns);
    if (ended)
        harvest(r, q);
    return ended;
}

SYSTEM_ENTRY void dm_cancel(struct dm_run *r, struct dm_request *q)
{
    SYSTEM_CALL(r);
    input_say(r, INPUT_CANCEL, 0, { "request", .value = q->input });
    if (q->host)
        host_io_cancel(r->s, q->host);
}

void dm_settled(struct dm_run *r, struct dm_request *q)
{
    struct dm_thread *t = run_thread_now(r);

    input_note(r, INPUT_SETTLED, { "request", .value = q->input });
    if (q->settled)
        return;
    q->settled = true;
    q->settled_key = t ? (uint64_t)(t->index + 1) << 32 | ++t->settled : 0;
    if (q->harvested)
        r->settled_hash += hash_result(q);
}

SYSTEM_ENTRY void dm_request_free(struct dm_run *r, struct dm_request *q)
{
    SYSTEM_CALL(r);
    if (!q)
        return;
    input_note(r, INPUT_RELEASE, { "request", .value = q->input });
    harvest(r, q);
    if (q->host)
        host_io_free(r->s, q->host);
    if (q->pieces)
        io_host_free(r->s, q->pieces, q->piece_count * sizeof(*q->pieces));
    io_host_free(r->s, q, sizeof(*q));
}

/* --- the same, waited for --- */

static int32_t finish(struct dm_run *r, struct dm_request *q, uint64_t *information)
{
    int32_t status;

    dm_wait(r, q, UINT64_MAX);
    status = dm_status(q);
    if (information)
        *information = dm_information(q);
    if (r->thread_count == 1) /* nobody else is there who could have ended it */
        dm_settled(r, q);
    dm_request_free(r, q);
    return status;
}

int32_t dm_read(struct dm_run *r, struct dm_file *f, void *buf, uint32_t bytes, uint64_t offset,
                uint64_t *information)
{
    return finish(r, dm_read_start(r, f, buf, bytes, offset), information);
}

int32_t dm_write(struct dm_run *r, struct dm_file *f, const void *buf, uint32_t bytes,
                 uint64_t offset, uint64_t *information)
{
    return finish(r, dm_write_start(r, f, buf, bytes, offset), information);
}

int32_t dm_ioctl(struct dm_run *r, struct dm_file *f, uint32_t code, const void *in,
                 uint32_t in_bytes, void *out, uint32_t out_bytes, uint64_t *information)
{
    return finish(r, dm_ioctl_start(r, f, code, in, in_bytes, out, out_bytes), information);
}
