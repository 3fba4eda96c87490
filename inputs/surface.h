/*
 * What a driver takes from user mode, for whoever makes requests out of bytes: its control codes with the
 * lengths that they expect, and how long requests are. A table of text, or the CTL_CODE macros of a header.
 */
#ifndef DMACHECK_INPUTS_SURFACE_H
#define DMACHECK_INPUTS_SURFACE_H

#include <stddef.h>
#include <stdint.h>

#define SURFACE_IOCTLS_MAX 256
#define SURFACE_NAME_MAX 64
#define SURFACE_BYTES_MAX 65536u /* where nothing is said */

struct surface_ioctl {
    char name[SURFACE_NAME_MAX];
    uint32_t code;
    uint32_t in_bytes, out_bytes; /* that it expects; 0: none, or nothing is known */
};

struct surface {
    struct surface_ioctl *ioctls;
    unsigned ioctl_count;
    uint32_t bytes_max; /* of one request */
};

/*
 * A table, one statement a line, ';' and '#' begin a comment:
 *     bytes-max 65536
 *     ioctl NAME CODE IN_BYTES OUT_BYTES
 * CODE is a number or CTL_CODE(device type, function, method, access) in numbers and Windows' words. A file
 * with a #define is taken for a C header: each macro that is a CTL_CODE is a control code, others give
 * numbers; the rest of it is not looked at. NULL: one line in message.
 */
struct surface *surface_read(const char *path, char *message, size_t message_size);
struct surface *surface_parse(const char *name, const char *text, char *message,
                              size_t message_size);
void surface_free(struct surface *s);

#endif
