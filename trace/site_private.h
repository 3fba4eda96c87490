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

struct site_found { /* what symbols said of a return address */
    uint64_t pc;    /* 0: an empty slot */
    struct site_frame_text text;
};

struct site_depot {
    struct site *sites;
    uint32_t count, sites_max;
    uint32_t *buckets;
    uint32_t bucket_mask;
    struct site_module modules[SITE_MODULES_MAX];
    void *dwfl[SITE_MODULES_MAX]; /* opened on first use */
    unsigned module_count;
    struct site_found *found; /* open addressing; outlives the stacks, not the modules */
    uint32_t found_count, found_room;
};

void site_symbols_close(struct site_depot *d);
void site_found_forget(struct site_depot *d);

#endif
