/*
 * Bytes come from the file, through the decoder when it is compressed, then from the spool.
 */
#include "trace/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/scan.h"
#include "trace/spool.h"

#define BLOCK_BYTES (256u << 10)
#define UNPACK_BYTES (128u << 10) /* what an error takes along is not more than this */
#define LINE_BYTES_MAX (1ull << 30)
#define SPOOL_USED_MAX (64u << 20) /* a spool with more is none */

struct source {
    int fd;
    uint64_t file_left; /* bytes of the file that are still to be read */
    char *spool;        /* content to come behind it */
    size_t spool_at, spool_bytes;
    ZSTD_DStream *decoder; /* NULL: plain */
    char *packed;          /* a block of the compressed file */
    ZSTD_inBuffer in;
    bool frame_open; /* the decoder is within a frame */
    bool limited;    /* the spool goes on where the file stops */
    char *text;      /* room bytes and a zero; [at, used) is not yet given */
    size_t at, used, room;
    size_t searched; /* up to here there is no newline */
    unsigned line;
    char path[1024];
};

static int failed(const struct source *s, const char *what, char *message, size_t message_size)
{
    snprintf(message, message_size, "%s:%u: %s", s->path, s->line + 1, what);
    return ERR_IO;
}

/* --- bytes --- */

/* At most bytes of the file; 0 at the end, -1 with errno. */
static ssize_t file_read(struct source *s, char *to, size_t bytes)
{
    ssize_t n;

    if (bytes > s->file_left)
        bytes = (size_t)s->file_left;
    if (!bytes)
        return 0;
    do
        n = read(s->fd, to, bytes);
    while (n < 0 && errno == EINTR);
    s->file_left = n > 0 ? s->file_left - (uint64_t)n : 0;
    return n;
}

static int unpack(struct source *s, size_t *got, char *message, size_t message_size)
{
    size_t room = s->room - s->used < UNPACK_BYTES ? s->room - s->used : UNPACK_BYTES;
    ZSTD_outBuffer out = { s->text + s->used, room, 0 };

    while (!out.pos) {
        if (s->in.pos == s->in.size) {
            ssize_t n = file_read(s, s->packed, BLOCK_BYTES);

            if (n < 0)
                return failed(s, strerror(errno), message, message_size);
            s->in.size = (size_t)n;
            s->in.pos = 0;
        }
        size_t had = s->in.pos;
        size_t more = ZSTD_decompressStream(s->decoder, &out, &s->in);

        if (ZSTD_isError(more)) {
            char what[200];

            snprintf(what, sizeof what, "the compressed data is damaged: %s",
                     ZSTD_getErrorName(more));
            return failed(s, what, message, message_size);
        }
        if (s->in.pos == had && !out.pos) /* neither read nor written: nothing more will come */
            break;
        s->frame_open = more != 0;
    }
    *got = out.pos;
    return 0;
}

/* Some more text behind what there is; *got 0 at the end. */
static int fill(struct source *s, size_t *got, char *message, size_t message_size)
{
    *got = 0;
    if (s->decoder) {
        int err = unpack(s, got, message, message_size);

        if (err)
            return err;
    } else {
        ssize_t n = file_read(s, s->text + s->used, s->room - s->used);

        if (n < 0)
            return failed(s, strerror(errno), message, message_size);
        *got = (size_t)n;
    }
    if (!*got) {
        size_t left = s->spool_bytes - s->spool_at;

        *got = s->room - s->used < left ? s->room - s->used : left;
        if (*got)
            memcpy(s->text + s->used, s->spool + s->spool_at, *got);
        s->spool_at += *got;
    }
    s->used += *got;
    return 0;
}

/* --- the spool of a killed writer --- */

/* Behind `drained` the file has a part of the same lines, if anything. */
static void spool_take(struct source *s, const struct spool_header *h, int fd)
{
    size_t done = 0;
    ssize_t n = 1;

    s->spool = malloc((size_t)h->used + 1);
    must(s->spool);
    while (n > 0 && done < h->used) {
        n = pread(fd, s->spool + done, (size_t)h->used - done, (off_t)(sizeof(*h) + done));
        done += n > 0 ? (size_t)n : 0;
    }
    if (done < h->used) /* no spool that a writer made */
        return;
    s->file_left = h->drained;
    s->limited = true;
    s->spool_bytes = done;
}

static void spool_find(struct source *s)
{
    char path[1100];
    struct spool_header h;

    snprintf(path, sizeof(path), "%s.spool", s->path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (pread(fd, &h, sizeof(h), 0) == sizeof(h) && h.magic == SPOOL_MAGIC &&
        (h.used || h.beside) && h.used <= SPOOL_USED_MAX && h.drained <= s->file_left)
        spool_take(s, &h, fd);
    close(fd);
}

/* --- opening --- */

/* A frame of zstd, or the skippable one that a writer begins with. */
static bool is_packed(int fd)
{
    uint32_t b[1] = { 0 }; /* little-endian, as every host that there is */

    return pread(fd, b, sizeof(b), 0) == sizeof(b) &&
           (*b == ZSTD_MAGICNUMBER ||
            (*b & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START);
}

static bool file_open(struct source *s, uint64_t *bytes, char *message, size_t message_size)
{
    struct stat st;

    s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->fd >= 0 && fstat(s->fd, &st) == 0) {
        *bytes = s->file_left = (uint64_t)st.st_size;
        if (S_ISREG(st.st_mode))
            return true;
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    }
    snprintf(message, message_size, "%s: cannot be read: %s", s->path, strerror(errno));
    return false;
}

struct source *source_open(const char *path, char *message, size_t message_size)
{
    struct source *s = calloc(1, sizeof(*s));
    size_t n = strlen(path);
    uint64_t bytes;

    must(s);
    s->fd = -1;
    snprintf(s->path, sizeof(s->path), "%s", path);
    if (!file_open(s, &bytes, message, message_size))
        goto fail;
    if (is_packed(s->fd)) {
        s->decoder = ZSTD_createDStream();
        s->packed = malloc(BLOCK_BYTES);
        must(s->decoder && s->packed);
        s->in.src = s->packed;
    } else if (bytes && n > 4 && strcmp(path + n - 4, ".zst") == 0) {
        snprintf(message, message_size, "%s: expected a zstd file", path);
        goto fail;
    }
    spool_find(s);
    s->room = BLOCK_BYTES;
    s->text = malloc(s->room + 1);
    must(s->text);
    return s;
fail:
    source_close(s);
    return NULL;
}

bool source_cut(const struct source *s) { return s->frame_open && !s->limited; }

void source_close(struct source *s)
{
    if (s->fd >= 0)
        close(s->fd);
    ZSTD_freeDStream(s->decoder);
    free(s->packed);
    free(s->spool);
    free(s->text);
    free(s);
}

/* --- lines --- */

/* Room behind what is there. 0, 1: it is full of one line that is no object, or negative err. */
static int room_make(struct source *s, char *message, size_t message_size)
{
    if (s->at) {
        memmove(s->text, s->text + s->at, s->used - s->at);
        s->searched -= s->at;
        s->used -= s->at;
        s->at = 0;
    }
    if (s->used < s->room)
        return 0;
    if (scan_object(s->text, s->used, NULL, NULL) != SCAN_CUT)
        return 1;
    if (s->room >= LINE_BYTES_MAX)
        return failed(s, "expected a line of at most 1 GiB", message, message_size);
    s->room *= 2;
    s->text = realloc(s->text, s->room + 1);
    must(s->text);
    return 0;
}

static bool is_blank(const char *text, size_t bytes)
{
    while (bytes && (*text == ' ' || *text == '\t' || *text == '\r'))
        text++, bytes--;
    return !bytes;
}

/* The line that ends at end; false: it is blank. */
static bool line_give(struct source *s, char *end, bool whole, struct source_line *line)
{
    *line =
        (struct source_line) { s->text + s->at, (size_t)(end - s->text) - s->at, ++s->line, whole };
    *end = 0;
    s->at = line->bytes + s->at + whole;
    s->searched = s->at;
    return !is_blank(line->text, line->bytes);
}

int source_next(struct source *s, struct source_line *line, char *message, size_t message_size)
{
    for (;;) {
        char *end = memchr(s->text + s->searched, '\n', s->used - s->searched);
        size_t got;
        int err;

        if (end) {
            if (line_give(s, end, true, line))
                return 1;
            continue;
        }
        s->searched = s->used;
        err = room_make(s, message, message_size);
        if (err < 0)
            return err;
        if (err)
            return line_give(s, s->text + s->used, false, line);
        err = fill(s, &got, message, message_size);
        if (err)
            return err;
        if (!got)
            return s->used > s->at && line_give(s, s->text + s->used, false, line);
    }
}
