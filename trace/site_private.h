/*
 * The depot's insides, shared by site.c (capture) and symbol.c (file and line).
 */
#ifndef DMACHECK_TRACE_SITE_PRIVATE_H
#define DMACHECK_TRACE_SITE_PRIVATE_H

#include "trace/site.h"

struct site {
    uint32_t hash;
    uint8_t frame_count;
    uint8_t text_known;            /* one bit a frame */
    uint64_t pcs[SITE_FRAMES_MAX]; /* return addresses */
    struct site_frame_text *text;  /* SITE_FRAMES_MAX of them, when asked for */
};

struct site_depot {
    struct site *sites;
    uint32_t count, sites_max;
    uint32_t *buckets;
    uint32_t bucket_mask;
    struct site_module modules[SITE_MODULES_MAX];
    void *dwfl[SITE_MODULES_MAX]; /* opened on first use */
    unsigned module_count;
};

void site_symbols_close(struct site_depot *d);

#endif
