/*
 * capture: a video card as in the field story, a device model for scenarios to bring along. It has outbound
 * windows of 1 MiB: a write of its own processor to one of them goes over the bus to the address that the
 * window's register holds. The lower 20 bits of that are wired to zero.
 *
 * | offset | register | |
 * | 0x00 | CONTROL | bit 0 run: the windows may be written from now on |
 * | 0x04 | CAUSE | write 1 to clear: a frame is complete |
 * | 0x08 | FRAME_AT | offset into the outbound space, windows in a row |
 * | 0x0c | FRAME_BYTES | |
 * | 0x10 | FRAME | the doorbell: takes a frame, whose picture has this number |
 * | 0x14 | STATUS | bit 0 busy, bit 1 bus error |
 * | 0x100 + 8 i | WINDOW | bus address of window i, 0 to 31; 0: not used |
 */
#ifndef CASE_CAPTURE_MODEL_H
#define CASE_CAPTURE_MODEL_H

#include <string.h>

#include "include/dmacheck/device.h"
#include "include/dmacheck/scenario.h"

#define CAPTURE_WINDOWS 32u
#define CAPTURE_WINDOW_BYTES (1u << 20)
#define CAPTURE_FRAME_MAX (64u << 10)
#define CAPTURE_STEP 16384u
#define CAPTURE_STEP_NS 4000u

struct capture {
    struct dm_work work; /* first */
    uint32_t control, cause, at, bytes, number, status, moved;
    uint64_t windows[CAPTURE_WINDOWS];
    uint8_t frame[CAPTURE_FRAME_MAX];
};

static void capture_claims(struct dm_device *d, bool claim)
{
    struct capture *st = dm_state(d);

    for (unsigned i = 0; i < CAPTURE_WINDOWS; i++)
        if (st->windows[i])
            (claim ? dm_claim : dm_release)(d, 0, st->windows[i], CAPTURE_WINDOW_BYTES, false);
}

static void capture_end(struct dm_device *d, uint32_t status)
{
    struct capture *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    st->status = status;
    st->cause = 1;
    dm_interrupt(d, 0);
}

static void capture_work(struct dm_device *d, struct dm_work *w)
{
    struct capture *st = dm_state(d);
    uint32_t at = st->at + st->moved, window = at / CAPTURE_WINDOW_BYTES % CAPTURE_WINDOWS;
    uint32_t in_window = at % CAPTURE_WINDOW_BYTES, bytes = st->bytes - st->moved;

    bytes = bytes < CAPTURE_STEP ? bytes : CAPTURE_STEP;
    bytes = bytes < CAPTURE_WINDOW_BYTES - in_window ? bytes : CAPTURE_WINDOW_BYTES - in_window;
    if (!bytes) {
        capture_end(d, 0);
        return;
    }
    if (!st->windows[window] ||
        !dm_bus_write(d, 0, st->windows[window] + in_window, st->frame + st->moved, bytes)) {
        capture_end(d, 2);
        return;
    }
    st->moved += bytes;
    dm_after(d, w, CAPTURE_STEP_NS);
}

static void capture_control(struct dm_device *d, uint32_t value)
{
    struct capture *st = dm_state(d);

    if ((value & 1) == st->control)
        return;
    capture_claims(d, value & 1);
    st->control = value & 1;
    if (!st->control && (st->status & 1))
        capture_end(d, 2);
}

static void capture_frame(struct dm_device *d, uint32_t number)
{
    struct capture *st = dm_state(d);

    if (!st->control || (st->status & 1) || st->bytes > CAPTURE_FRAME_MAX)
        return;
    dm_doorbell(d, 0);
    st->number = number;
    st->moved = 0;
    st->status = 1;
    dm_pattern(st->frame, st->bytes, number);
    dm_after(d, &st->work, CAPTURE_STEP_NS);
}

static uint64_t capture_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    struct capture *st = dm_state(d);

    (void)bar;
    (void)size_bytes;
    return offset == 0x00 ? st->control : offset == 0x04 ? st->cause : offset == 0x14 ? st->status : 0;
}

static void capture_window(struct capture *st, uint64_t offset, uint32_t value)
{
    uint64_t *window = &st->windows[(offset - 0x100) / 8];

    if (st->control)
        return; /* not while it runs */
    if (offset % 8)
        *window = (uint32_t)*window | (uint64_t)value << 32;
    else
        *window = (*window & ~0xffffffffull) | (value & ~(CAPTURE_WINDOW_BYTES - 1));
}

static void capture_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                          unsigned size_bytes)
{
    struct capture *st = dm_state(d);
    uint32_t low = (uint32_t)value;

    (void)bar;
    (void)size_bytes;
    if (offset >= 0x100 && offset < 0x100 + 8 * CAPTURE_WINDOWS) {
        capture_window(st, offset, low);
        return;
    }
    switch (offset) {
    case 0x00: capture_control(d, low); break;
    case 0x04: st->cause &= ~low; break;
    case 0x08: st->at = low; break;
    case 0x0c: st->bytes = low; break;
    case 0x10: capture_frame(d, low); break;
    }
}

static void capture_reset(struct dm_device *d)
{
    struct capture *st = dm_state(d);

    st->work.fn = capture_work;
}

/* Below D0 nothing is written, and the windows are forgotten. */
static void capture_power(struct dm_device *d, unsigned d_state)
{
    struct capture *st = dm_state(d);

    if (!d_state)
        return;
    capture_control(d, 0);
    memset(st->windows, 0, sizeof st->windows);
}

static const struct dm_device_model capture_model = {
    .name = "capture",
    .summary = "video card: 32 outbound windows of 1 MiB, MSI",
    .vendor_id = 0x1d4b,
    .device_id = 0x5643,
    .class_code = 0x040000, /* video */
    .bars = { [0] = { .bytes = 0x1000 } },
    .messages = 1,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = sizeof(struct capture),
    .reset = capture_reset,
    .read = capture_read,
    .write = capture_write,
    .power = capture_power,
};
const struct dm_device_model *const dmacheck_models[] = { &capture_model, NULL };

#endif
