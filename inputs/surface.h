/*
 * What a driver takes from user mode, for whoever makes requests out of bytes: its control codes with the
 * lengths that they expect, whether it reads and writes, how long requests are.
 */
#ifndef DMACHECK_INPUTS_SURFACE_H
#define DMACHECK_INPUTS_SURFACE_H

#include <stddef.h>
#include <stdint.h>

#define SURFACE_IOCTLS_MAX 256

struct surface_ioctl {
    const char *name;
    uint32_t code;
    uint32_t in_bytes, out_bytes; /* that it expects; 0: none */
};

struct surface {
    const struct surface_ioctl *ioctls;
    unsigned ioctl_count;
    uint32_t bytes_max; /* of one request */
};

#endif
