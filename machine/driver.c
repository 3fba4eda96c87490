/*
 * A driver's image: a shared object made by ddkcc, loaded once and lent to one machine at a time.
 * Its statics are put back to their first bytes before each run (sim/core/image.h).
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/private.h"

/* FNV-1a over the file: names this build of the driver in traces. */
static bool digest_file(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "rb");
    uint64_t h = 0xcbf29ce484222325u;
    unsigned char buf[65536];
    size_t n;

    if (!f)
        return false;
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        for (size_t i = 0; i < n; i++)
            h = (h ^ buf[i]) * 0x100000001b3u;
    fclose(f);
    snprintf(out, size, "fnv1a:%016llx", (unsigned long long)h);
    return true;
}

/* build/plain/drivers/samples/xfer.so is "xfer", .../twins/late-put.bug1.so is "late-put.bug1". */
static void name_from(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t n = strlen(base);

    if (n > 3 && !strcmp(base + n - 3, ".so"))
        n -= 3;
    snprintf(out, size, "%.*s", (int)n, base);
}

/* dlopen's complaint about a symbol, in our words. */
static void say_why(const char *path, const char *why, char *message, size_t size)
{
    static const char mark[] = "undefined symbol: ";
    const char *at = why ? strstr(why, mark) : NULL;
    size_t n;

    if (!at) {
        snprintf(message, size, "%s: cannot be loaded as a driver: %s", path, why ? why : "?");
        return;
    }
    at += sizeof(mark) - 1;
    n = strcspn(at, " ,(\n");
    snprintf(message, size, "%s: driver calls %.*s, which dmacheck does not know", path, (int)n,
             at);
}

static void *open_image(const char *path, char *message, size_t size)
{
    char real[512];
    void *handle;

    /* Without a slash dlopen would search the system's libraries. */
    snprintf(real, sizeof(real), "%s%s", strchr(path, '/') ? "" : "./", path);
    if (access(real, R_OK) != 0) {
        snprintf(message, size, "%s: no such driver", path);
        return NULL;
    }
    handle = dlopen(real, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        say_why(path, dlerror(), message, size);
    return handle;
}

/* Finds the executable segment that holds the driver's entry. */
static int code_range(struct dl_phdr_info *info, size_t size, void *driver)
{
    struct dm_driver *d = driver;
    uint64_t entry = (uint64_t)(uintptr_t)d->entry;

    (void)size; /* of *info: the fields used here have always been there */
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uint64_t start = info->dlpi_addr + p->p_vaddr;

        if (p->p_type != PT_LOAD || !(p->p_flags & PF_X) || entry < start ||
            entry >= start + p->p_memsz)
            continue;
        d->code_start = start;
        d->code_end = start + p->p_memsz;
        return 1;
    }
    return 0;
}

static bool bind_image(struct dm_driver *d, char *message, size_t size)
{
    void *entry = dlsym(d->handle, "DriverEntry");

    d->image = dlsym(d->handle, "dmacheck_image");
    d->scenarios = dlsym(d->handle, "dmacheck_scenarios");
    d->setup = dlsym(d->handle, "dmacheck_setup");
    d->models = dlsym(d->handle, "dmacheck_models");
    d->wdf_functions = dlsym(d->handle, "WdfFunctions_01033");
    d->wdf_globals = dlsym(d->handle, "WdfDriverGlobals");
    memcpy(&d->entry, &entry, sizeof(entry)); /* an object pointer to a function's, POSIX's way */
    if (!d->scenarios || !d->scenarios->name)
        d->scenarios = default_scenarios;
    if (!d->entry)
        snprintf(message, size, "%s: no DriverEntry in it", d->path);
    else if (!d->image)
        snprintf(message, size, "%s: not built by ddkcc", d->path);
    else if (d->image->version != DMACHECK_IMAGE_VERSION)
        snprintf(message, size, "%s: built by another version of ddkcc (image %u, expected %u)",
                 d->path, d->image->version, DMACHECK_IMAGE_VERSION);
    else
        return true;
    return false;
}

struct dm_driver *dm_driver_open(const char *path, char *message, size_t message_size)
{
    struct dm_driver *d = calloc(1, sizeof(*d));

    if (!d) {
        snprintf(message, message_size, "no memory for a driver");
        return NULL;
    }
    snprintf(d->path, sizeof(d->path), "%s", path);
    name_from(path, d->name, sizeof(d->name));
    d->handle = open_image(path, message, message_size);
    if (!d->handle || !bind_image(d, message, message_size))
        goto out;
    if (!digest_file(path, d->digest, sizeof(d->digest)) ||
        !(d->statics = malloc(image_data_bytes(d->image) + 1))) {
        snprintf(message, message_size, "%s: cannot be read", path);
        goto out;
    }
    dl_iterate_phdr(code_range, d);
    image_save(d->image, d->statics);
    return d;
out:
    dm_driver_close(d);
    return NULL;
}

void dm_driver_close(struct dm_driver *d)
{
    if (!d)
        return;
    if (d->handle)
        dlclose(d->handle);
    free(d->statics);
    free(d);
}

const char *dm_driver_name(const struct dm_driver *d) { return d->name; }

const struct dm_scenario *dm_driver_scenarios(const struct dm_driver *d) { return d->scenarios; }
