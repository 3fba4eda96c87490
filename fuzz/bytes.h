/*
 * What fuzz targets share: bytes to take decisions from, a file that is only memory, and the one place
 * where a target says that something is wrong.
 */
#ifndef DMACHECK_FUZZ_BYTES_H
#define DMACHECK_FUZZ_BYTES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct bytes {
    const uint8_t *at, *end;
};

static inline uint32_t byte(struct bytes *b) { return b->at < b->end ? *b->at++ : 0; }

/* Small more often than large, of up to 21 bits. */
static inline uint32_t number(struct bytes *b)
{
    uint32_t value = byte(b);

    return value << byte(b) % 14;
}

/* How to come from the input to a trace of it; NULL: there is none. */
static const char *wrong_hint;

/* The only way out for what a target finds itself: libFuzzer then keeps the input. */
static inline _Noreturn void wrong(const char *what, const char *more)
{
    fprintf(stderr, "fuzz: %s: %s\n", what, more);
    if (wrong_hint)
        fprintf(stderr, "fuzz: to see it: %s\n", wrong_hint);
    abort();
}

/* A path by which a parser reads these bytes. The same file each time. */
static inline const char *file_of(const void *first, size_t first_size, const void *data,
                                  size_t size)
{
    static char path[40];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || ftruncate(fd, 0) != 0 ||
        pwrite(fd, first, first_size, 0) != (ssize_t)first_size ||
        pwrite(fd, data, size, (off_t)first_size) != (ssize_t)size)
        wrong("no file", path);
    return path;
}

/* What every parser owes for what it refuses: one line. */
static inline void refused(const char *message)
{
    unsigned lines = 0;

    for (const char *at = message; *at; at++)
        lines += *at == '\n';
    if (!*message || lines)
        wrong("not one line", message);
}

#endif
