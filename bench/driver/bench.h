/*
 * What the bench driver and its scenario tell each other. Both include this file and nothing else in
 * common: plain integers only.
 */
#ifndef BENCH_H
#define BENCH_H

enum bench_op {
    BENCH_EMPTY,     /* the loop itself, with one call through a function table in it */
    BENCH_PAGES,     /* get+put of one run of `size` pages */
    BENCH_FRAGMENTS, /* get+put of `size` pages, no two of which follow one another */
    BENCH_LIVE,      /* get+put of one page while `size` other lists are live */
    BENCH_WRITE, /* get+put of a buffer of `size` pages to the device, wherever its frames are */
    BENCH_MEMCPY,    /* memcpy of such a buffer to another one, page by page */
    BENCH_GUARDED,   /* the same, and two guard pages are looked at each time */
    BENCH_DEVICE     /* `size` transfers of a page by the card behind one doorbell */
};

struct bench_request {
    unsigned op;
    unsigned count;
    unsigned size;
    unsigned reserved;
};

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define BENCH_CODE (0x22u << 16 | 0x800u << 2)

#endif
