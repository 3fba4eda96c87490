/*
 * What a disk does when it is full is found out by writing. The file then ends with a line that counts
 * what is not in it.
 */
#include "trace/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zstd.h>

#include "base/err.h"
#include "base/must.h"

#define FILE_BYTES_MAX (8ull << 30) /* a run that does not end leaves room for others on the disk */
#define PAD_BYTES 512u              /* the line about what was lost fits, compressed or not */

struct output {
    int fd;
    int error; /* errno of the first write that failed */
    uint64_t bytes;
    uint64_t lines_lost, bytes_lost;
    ZSTD_CCtx *packer; /* NULL: plain */
    char *packed;
    size_t packed_room;
    char pad[PAD_BYTES]; /* what stands in the free place, and nobody reads */
    char path[1024];
};

/* --- bytes --- */

/* Bytes and the pad, at the end; how many of them got there. */
static size_t append(struct output *o, const char *bytes, size_t count)
{
    size_t done = 0, all = count + PAD_BYTES;

    while (done < all) {
        struct iovec v[2] = { { (char *)bytes + done, done < count ? count - done : 0 },
                              { o->pad, PAD_BYTES } };
        ssize_t n;

        if (done > count)
            v[1] = (struct iovec) { o->pad + (done - count), all - done };
        n = pwritev(o->fd, v, 2, (off_t)(o->bytes + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            o->error = n < 0 ? errno : ENOSPC;
            break;
        }
        done += (size_t)n;
    }
    return done;
}

/* Lines as they are to stand in the file; *count bytes. */
static const char *form(struct output *o, const char *lines, size_t *count)
{
    size_t n;

    if (!o->packer)
        return lines;
    n = ZSTD_compressBound(*count);
    if (n > o->packed_room) {
        free(o->packed);
        o->packed = malloc(n);
        o->packed_room = n;
        must(o->packed);
    }
    n = ZSTD_compress2(o->packer, o->packed, o->packed_room, lines, *count);
    must(!ZSTD_isError(n));
    *count = n;
    return o->packed;
}

/* --- a disk that is full --- */

static size_t whole_lines(const char *lines, size_t bytes)
{
    const char *end = memrchr(lines, '\n', bytes);

    return end ? (size_t)(end - lines) + 1 : 0;
}

static void count_lost(struct output *o, const char *lines, size_t bytes)
{
    const char *end = lines + bytes;

    o->bytes_lost += bytes;
    for (const char *at = lines; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        o->lines_lost++;
}

/* As many of the lines as have room there, into the bytes that the file has got already. */
static void keep_some(struct output *o, const char *lines, size_t bytes, size_t room)
{
    size_t kept = bytes, count = 0;
    const char *formed = NULL;

    do { /* what does not fit is cut to what would, if all of it were as compressible */
        kept = whole_lines(lines, count ? (size_t)((double)kept * room / count * 0.95) : kept);
        count = kept;
        formed = kept ? form(o, lines, &count) : lines;
    } while (count > room);
    if (count && pwrite(o->fd, formed, count, (off_t)o->bytes) == (ssize_t)count)
        o->bytes += count;
    else
        kept = 0;
    count_lost(o, lines + kept, bytes - kept);
}

/* The line that counts, behind the last that is kept: always of one length, so that it can be said again. */
static void say_lost(struct output *o)
{
    char line[256];
    size_t count = (size_t)snprintf(line, sizeof(line),
                                    "{\"k\":\"lost\",\"lines\":%12" PRIu64 ",\"bytes\":%16" PRIu64
                                    ",\"why\":\"%.60s\"}\n",
                                    o->lines_lost, o->bytes_lost, strerror(o->error));
    const char *formed = form(o, line, &count);

    if (pwrite(o->fd, formed, count, (off_t)o->bytes) != (ssize_t)count ||
        ftruncate(o->fd, (off_t)(o->bytes + count)) != 0)
        return; /* nothing helps then: the lines that are there stay, and closing says the rest */
}

bool output_write(struct output *o, const char *lines, size_t bytes)
{
    size_t count = bytes, done;
    const char *formed;

    if (o->error) {
        count_lost(o, lines, bytes);
        say_lost(o);
        return false;
    }
    formed = form(o, lines, &count);
    if (o->bytes + count > FILE_BYTES_MAX)
        o->error = EFBIG;
    done = o->error ? 0 : append(o, formed, count);
    if (!o->error) {
        o->bytes += count;
        return true;
    }
    keep_some(o, lines, bytes, done > PAD_BYTES ? done - PAD_BYTES : 0);
    say_lost(o);
    return false;
}

uint64_t output_bytes(const struct output *o) { return o->bytes; }
bool output_failed(const struct output *o) { return o->error != 0; }

/* --- opening and closing --- */

static void pad_make(struct output *o)
{
    const uint32_t frame[2] = { ZSTD_MAGIC_SKIPPABLE_START, PAD_BYTES - sizeof(frame) };

    memset(o->pad, '\n', sizeof(o->pad));
    if (o->packer)
        memcpy(o->pad, frame, sizeof(frame)); /* little-endian, as every host that there is */
}

/* Beyond a limit of the file's size a write fails, as on a full disk, and does not end the process. */
static void limit_is_an_error(void)
{
    struct sigaction old;

    if (sigaction(SIGXFSZ, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        signal(SIGXFSZ, SIG_IGN);
}

struct output *output_open(const char *path, char *message, size_t message_size)
{
    struct output *o = calloc(1, sizeof(*o));
    size_t n = strlen(path);

    must(o);
    snprintf(o->path, sizeof(o->path), "%s", path);
    limit_is_an_error();
    if (n > 4 && strcmp(path + n - 4, ".zst") == 0) {
        o->packer = ZSTD_createCCtx();
        must(o->packer);
        ZSTD_CCtx_setParameter(o->packer, ZSTD_c_checksumFlag, 1);
    }
    pad_make(o);
    o->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (o->fd < 0)
        o->error = errno;
    else
        append(o, "", 0);
    if (!o->error)
        return o;
    snprintf(message, message_size, "%s: cannot be written: %s", path, strerror(o->error));
    output_close(o, NULL, 0);
    return NULL;
}

int output_close(struct output *o, char *message, size_t message_size)
{
    int err = o->error ? ERR_IO : 0;

    if (!o->error && ftruncate(o->fd, (off_t)o->bytes) != 0)
        o->error = errno; /* the pad stays, which nobody reads */
    if (err && message)
        snprintf(message, message_size,
                 "%s: its last %" PRIu64 " lines (%" PRIu64 " bytes) could not be written: %s",
                 o->path, o->lines_lost, o->bytes_lost, strerror(o->error));
    if (o->fd >= 0 && close(o->fd) != 0 && !err) {
        snprintf(message, message_size, "%s: cannot be written: %s", o->path, strerror(errno));
        err = ERR_IO;
    }
    ZSTD_freeCCtx(o->packer);
    free(o->packed);
    free(o);
    return err;
}
