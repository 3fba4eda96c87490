/*
 * Block-wise writing that loses nothing: content first, then its length, then the file.
 */
#include "trace/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/err.h"
#include "base/must.h"

struct spool {
    struct spool_header *header;
    char *content;
    int file;
    int error; /* errno of the first failed write; reported at close */
    char path[4096], spool_path[4104];
};

struct spool *spool_open(const char *path, char *message, size_t message_size)
{
    struct spool *s = calloc(1, sizeof(*s));
    int fd = -1;

    must(s);
    s->file = -1;
    if (snprintf(s->path, sizeof(s->path), "%s", path) >= (int)sizeof(s->path)) {
        snprintf(message, message_size, "%.60s...: the name is too long", path);
        free(s);
        return NULL;
    }
    snprintf(s->spool_path, sizeof(s->spool_path), "%s.spool", path);
    s->file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (s->file >= 0)
        fd = open(s->spool_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || ftruncate(fd, SPOOL_BYTES) != 0) {
        snprintf(message, message_size, "%s: cannot be written: %s", path, strerror(errno));
        goto fail;
    }
    void *map = mmap(NULL, SPOOL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);

    if (map == MAP_FAILED) {
        snprintf(message, message_size, "%s: cannot be mapped: %s", s->spool_path, strerror(errno));
        goto fail;
    }
    close(fd);
    s->header = map;
    s->content = (char *)map + sizeof(*s->header);
    *s->header = (struct spool_header) { .magic = SPOOL_MAGIC };
    return s;
fail:
    if (fd >= 0) {
        close(fd);
        unlink(s->spool_path);
    }
    if (s->file >= 0)
        close(s->file);
    free(s);
    return NULL;
}

int spool_drain(struct spool *s)
{
    uint64_t done = 0, used = s->header->used;

    while (done < used) {
        ssize_t n = write(s->file, s->content + done, used - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (!s->error)
                s->error = errno ? errno : EIO;
            break;
        }
        done += (uint64_t)n;
    }
    /* In this order: a reader that finds used 0 takes nothing twice. After a failed write the rest is
     * lost, and said at close. */
    __atomic_store_n(&s->header->used, 0, __ATOMIC_SEQ_CST);
    s->header->drained += done;
    return s->error ? ERR_IO : 0;
}

char *spool_reserve(struct spool *s, size_t bytes)
{
    uint64_t room = SPOOL_BYTES - sizeof(*s->header);

    must(bytes <= room);
    if (s->header->used + bytes > room)
        spool_drain(s);
    return s->content + s->header->used;
}

void spool_commit(struct spool *s, const char *end)
{
    uint64_t used = (uint64_t)(end - s->content);

    must(used <= SPOOL_BYTES - sizeof(*s->header));
    __atomic_store_n(&s->header->used, used, __ATOMIC_RELEASE);
}

void spool_write(struct spool *s, const void *text, size_t bytes)
{
    const char *from = text;

    while (bytes) {
        size_t n = bytes < SPOOL_LINE_MAX ? bytes : SPOOL_LINE_MAX;
        char *to = spool_reserve(s, n);

        memcpy(to, from, n);
        spool_commit(s, to + n);
        from += n;
        bytes -= n;
    }
}

/* Replaces the file's text with its compressed form. */
static int compress_file(struct spool *s)
{
    struct stat st;
    int err = ERR_IO;
    char *text = NULL;
    void *packed = NULL;

    if (fstat(s->file, &st) != 0)
        return ERR_IO;
    text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, s->file, 0);
    if (text == MAP_FAILED)
        return ERR_IO;
    size_t bound = ZSTD_compressBound((size_t)st.st_size);

    packed = malloc(bound);
    must(packed);
    size_t n = ZSTD_compress(packed, bound, text, (size_t)st.st_size, 9);

    munmap(text, (size_t)st.st_size);
    if (!ZSTD_isError(n) && pwrite(s->file, packed, n, 0) == (ssize_t)n &&
        ftruncate(s->file, (off_t)n) == 0)
        err = 0;
    free(packed);
    return err;
}

int spool_close(struct spool *s, char *message, size_t message_size)
{
    size_t n = strlen(s->path);
    int err = spool_drain(s);

    if (!err && n > 4 && strcmp(s->path + n - 4, ".zst") == 0)
        err = compress_file(s);
    if (err)
        snprintf(message, message_size, "%s: cannot be written: %s", s->path,
                 strerror(s->error ? s->error : EIO));
    unlink(s->spool_path);
    munmap(s->header, SPOOL_BYTES);
    close(s->file);
    free(s);
    return err;
}
