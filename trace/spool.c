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
#include <unistd.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/output.h"

#define CONTENT_BYTES (SPOOL_BYTES - sizeof(struct spool_header))

struct spool {
    struct spool_header *header;
    char *content;
    struct output *output;
    char path[1100];
};

/* The room is taken now: a mapping that finds the disk full would be a bus error. */
static void *map_file(const char *path, int *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    void *map = MAP_FAILED;

    *error = fd < 0 ? errno : posix_fallocate(fd, 0, SPOOL_BYTES);
    if (!*error) {
        map = mmap(NULL, SPOOL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
        *error = map == MAP_FAILED ? errno : 0;
    }
    if (fd >= 0)
        close(fd);
    return map;
}

struct spool *spool_open(const char *path, char *message, size_t message_size)
{
    struct spool *s = calloc(1, sizeof(*s));
    int error;

    must(s);
    if (snprintf(s->path, sizeof(s->path), "%s.spool", path) >= (int)sizeof(s->path)) {
        snprintf(message, message_size, "%.60s...: the name is too long", path);
        free(s);
        return NULL;
    }
    unlink(s->path); /* of a killed writer, before its trace goes */
    s->output = output_open(path, message, message_size);
    if (!s->output) {
        free(s);
        return NULL;
    }
    s->header = map_file(s->path, &error);
    if (error) {
        snprintf(message, message_size, "%s: cannot be written: %s", s->path, strerror(error));
        output_close(s->output, message, message_size);
        unlink(s->path);
        free(s);
        return NULL;
    }
    s->content = (char *)s->header + sizeof(*s->header);
    *s->header = (struct spool_header) { .magic = SPOOL_MAGIC };
    return s;
}

/* A reader that finds used 0 takes all of the file; one that finds it not takes the content instead of what
 * the file has got of it. So the file is written first, and used is 0 before drained says so. */
static void drained(struct spool *s)
{
    if (output_failed(s->output))
        __atomic_store_n(&s->header->magic, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&s->header->used, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&s->header->drained, output_bytes(s->output), __ATOMIC_SEQ_CST);
}

static void drain(struct spool *s)
{
    if (s->header->used)
        output_write(s->output, s->content, s->header->used);
    drained(s);
}

static char *room_for(struct spool *s, size_t bytes)
{
    if (s->header->used + bytes > CONTENT_BYTES)
        drain(s);
    return s->content + s->header->used;
}

char *spool_reserve(struct spool *s) { return room_for(s, SPOOL_LINE_MAX); }

void spool_commit(struct spool *s, const char *end)
{
    uint64_t used = (uint64_t)(end - s->content);

    must(used <= CONTENT_BYTES);
    __atomic_store_n(&s->header->used, used, __ATOMIC_RELEASE);
}

void spool_line(struct spool *s, const char *text, size_t bytes)
{
    bool fits = bytes < CONTENT_BYTES;
    char *to = fits ? room_for(s, bytes + 1) : malloc(bytes + 1);

    must(to);
    memcpy(to, text, bytes);
    to[bytes] = '\n';
    if (fits) {
        spool_commit(s, to + bytes + 1);
        return;
    }
    drain(s);
    __atomic_store_n(&s->header->beside, 1, __ATOMIC_SEQ_CST);
    output_write(s->output, to, bytes + 1);
    drained(s);
    __atomic_store_n(&s->header->beside, 0, __ATOMIC_SEQ_CST);
    free(to);
}

int spool_close(struct spool *s, char *message, size_t message_size)
{
    int err;

    drain(s);
    err = output_close(s->output, message, message_size);
    unlink(s->path);
    munmap(s->header, SPOOL_BYTES);
    free(s);
    return err;
}
