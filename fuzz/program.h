/*
 * A user program of the xfer driver out of bytes: reads, writes and IOCTLs of any code and length,
 * several at once, cancelled, with power going, the device being stopped and pulled out.
 */
#ifndef DMACHECK_FUZZ_PROGRAM_H
#define DMACHECK_FUZZ_PROGRAM_H

#include <string.h>

#include "fuzz/bytes.h"
#include "include/dmacheck/scenario.h"

enum { REQUESTS = 6, BUFFER = 1 << 16 };
static struct bytes plan;

static struct dm_request *start(struct dm_run *r, struct dm_file *f, uint8_t *p, uint32_t what)
{
    uint32_t bytes = number(&plan) % BUFFER, at = byte(&plan), code = byte(&plan);
    uint64_t card = number(&plan) * (code > 250 ? 1ull << 40 : 1);

    if (what < 2)
        return what ? dm_write_start(r, f, p + at, bytes, card)
                    : dm_read_start(r, f, p + at, bytes, card);
    memcpy(p + BUFFER + 512, &card, sizeof card);
    if (code < 192) /* the driver's own: 0x800 and on, whatever method and access */
        code = DM_CTL_CODE(0x8000u, 0x800u + code % 8, code / 8 % 4, code % 3);
    return dm_ioctl_start(r, f, code, what & 1 ? p + BUFFER + 512 : NULL, byte(&plan) % 64,
                          what & 2 ? p + at : NULL, bytes);
}

static void program(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = dm_open(r, d, DM_READ_ACCESS | DM_WRITE_ACCESS, NULL);
    uint8_t *p = dm_alloc(r, BUFFER + 4096, byte(&plan));
    struct dm_request *q[REQUESTS] = { 0 };
    bool there = true;

    while (f && plan.at < plan.end) {
        uint32_t what = byte(&plan), i = what / 16 % REQUESTS;

        what %= 16;
        if (what < 6 && !q[i])
            q[i] = start(r, f, p, what);
        else if (what < 9 && q[i])
            dm_request_free(r, (dm_wait(r, q[i], UINT64_MAX), q[i])), q[i] = NULL;
        else if (what == 9 && q[i])
            dm_cancel(r, q[i]);
        else if (what < 12)
            dm_sleep(r, number(&plan));
        else if (what == 12 && there)
            dm_power(r, d, 3), dm_sleep(r, byte(&plan)), dm_power(r, d, 0);
        else if (what == 13 && there && dm_stop(r, d) == 0)
            there = dm_start(r, d) == 0;
        else if (what == 14 && there && byte(&plan) > 128)
            dm_surprise_remove(r, d), there = false;
    }
    for (int i = 0; i < REQUESTS; i++)
        if (q[i])
            dm_wait(r, q[i], UINT64_MAX), dm_request_free(r, q[i]);
    dm_close(r, f);
    dm_free(r, p);
}

#endif
