/*
 * image.h: what a driver built by ddkcc tells its loader, under the symbol `dmacheck_image`. The
 * loader saves the initialised statics right after dlopen and restores all statics before each
 * machine. ddkcc/rt/driver_rt.c fills the structure in.
 */
#ifndef SIM_CORE_IMAGE_H
#define SIM_CORE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define DMACHECK_IMAGE_VERSION 1u

enum {
    DMACHECK_IMAGE_ASAN = 1, /* ASan's red zones on stack and statics; needs its run-time */
    DMACHECK_IMAGE_FUZZ = 2  /* has libFuzzer's coverage counters */
};

struct dmacheck_image {
    uint32_t version;
    uint32_t flags;
    char *data_start, *data_stop; /* initialised statics */
    char *bss_start, *bss_stop;   /* statics that start as zeros */
    const char *source_root;      /* what file names in the debug information are relative to */
};

/* How many bytes image_save writes. Those of zeroed statics need no copy. */
size_t image_data_bytes(const struct dmacheck_image *image);

void image_save(const struct dmacheck_image *image, void *copy);
void image_restore(const struct dmacheck_image *image, const void *copy);

#endif
