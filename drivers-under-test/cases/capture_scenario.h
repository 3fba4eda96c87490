/*
 * What the scenarios on the video card share: a program maps the ring, has frames taken and looks at them.
 */
#ifndef CASE_CAPTURE_SCENARIO_H
#define CASE_CAPTURE_SCENARIO_H

#include "capture_ioctl.h"
#include "capture_model.h"
#include "case_scenario.h"

#define FRAME_BYTES 60000u

static inline void capture_one(struct dm_run *r, struct dm_file *f, const struct capture_map *map,
                               unsigned window, uint32_t in_window, unsigned number)
{
    struct capture_wish *wish = dm_alloc(r, sizeof *wish, 0);
    uint64_t moved = 0;

    *wish = (struct capture_wish) { window * MIB + in_window, FRAME_BYTES, number };
    dm_expect(r, dm_ioctl(r, f, DM_CTL_CODE(0x8000, CAPTURE_FUNCTION_FRAME, DM_METHOD_BUFFERED, 0), wish,
                          sizeof *wish, NULL, 0, &moved) == SUCCESS);
    dm_expect(r, dm_matches(r, (const char *)(uintptr_t)map->window[window] + in_window, FRAME_BYTES,
                            number));
    dm_free(r, wish);
}

/* A program from its start to its end: a frame into every window. */
static inline void capture_program(struct dm_run *r, unsigned number)
{
    struct dm_file *f = case_open(r);
    struct capture_map *map = dm_alloc(r, sizeof *map, 0);
    uint64_t moved = 0;
    int32_t status;

    if (!f)
        return;
    /* Where its memory is is a program's own; it is not compared between machines. */
    struct dm_request *q = dm_ioctl_start(
        r, f, DM_CTL_CODE(0x8000, CAPTURE_FUNCTION_MAP, DM_METHOD_BUFFERED, 0), NULL, 0, map, sizeof *map);

    dm_wait(r, q, UINT64_MAX);
    status = dm_status(q);
    moved = dm_information(q);
    dm_request_free(r, q);
    dm_expect(r, status == SUCCESS && moved == sizeof *map);
    if (status == SUCCESS)
        for (unsigned i = 0; i < CAPTURE_USED; i++)
            capture_one(r, f, map, i, 4096 * i, number + i);
    dm_free(r, map);
    dm_close(r, f);
}

#endif
