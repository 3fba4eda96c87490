/*
 * What the cases' scenarios share: a program opens the first card, sends requests and looks at what it
 * gets. What it expects is what its author expected, so a program that was let down says so.
 */
#ifndef CASE_SCENARIO_H
#define CASE_SCENARIO_H

#include "include/dmacheck/scenario.h"

#define PAGE 4096u
#define KIB 1024u
#define MIB (1024u * KIB)
#define SUCCESS 0

static inline struct dm_file *case_open(struct dm_run *r)
{
    int32_t status = -1;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, &status);

    dm_expect(r, f && status == SUCCESS);
    return f;
}

static inline void case_write(struct dm_run *r, struct dm_file *f, const void *p, uint32_t bytes,
                              uint64_t at)
{
    uint64_t moved = 0;

    dm_expect(r, dm_write(r, f, p, bytes, at, &moved) == SUCCESS && moved == bytes);
}

static inline void case_read(struct dm_run *r, struct dm_file *f, void *p, uint32_t bytes, uint64_t at)
{
    uint64_t moved = 0;

    dm_expect(r, dm_read(r, f, p, bytes, at, &moved) == SUCCESS && moved == bytes);
}

/* Written, read into other memory, compared. */
static inline void case_there_and_back(struct dm_run *r, struct dm_file *f, uint32_t bytes,
                                       unsigned in_page, uint64_t at)
{
    void *out = dm_alloc(r, bytes, in_page), *in = dm_alloc(r, bytes, in_page);

    dm_fill(r, out, bytes, at + bytes);
    case_write(r, f, out, bytes, at);
    case_read(r, f, in, bytes, at);
    dm_expect(r, dm_matches(r, in, bytes, at + bytes));
    dm_free(r, in);
    dm_free(r, out);
}

#endif
