/*
 * Each seed opens, does one thing, waits for it, and leaves closing to the decoder.
 */
#include "inputs/seeds.h"

#include <stdio.h>

#include "inputs/record.h"

#define TRANSFER_BYTES 4096u

static const struct {
    const char *name;
    struct record record;
    bool cancelled;
} transfers[] = {
    { "read", { .kind = RECORD_READ, .who = RECORD_WHO(0, true, 0), .a = TRANSFER_BYTES }, false },
    { "write",
      { .kind = RECORD_WRITE, .who = RECORD_WHO(0, true, 0), .a = TRANSFER_BYTES },
      false },
    { "read-cancelled", { .kind = RECORD_READ, .a = TRANSFER_BYTES }, true },
    { "write-cancelled", { .kind = RECORD_WRITE, .a = TRANSFER_BYTES }, true },
};
#define TRANSFERS (sizeof(transfers) / sizeof(transfers[0]))

static size_t put_transfer(unsigned which, uint8_t *to, size_t room, char name[SEED_NAME_MAX])
{
    const struct record cancel = { .kind = RECORD_CANCEL };
    size_t bytes = record_put(to, room, &transfers[which].record);

    snprintf(name, SEED_NAME_MAX, "%s", transfers[which].name);
    return bytes + (transfers[which].cancelled ? record_put(to + bytes, room - bytes, &cancel) : 0);
}

size_t seed(const struct surface *s, unsigned index, uint8_t *to, size_t room,
            char name[SEED_NAME_MAX])
{
    static const uint8_t zeros[INPUT_PAYLOAD_MAX];
    const struct record open = { .kind = RECORD_OPEN, .b = 3 };
    size_t bytes = record_put(to, room, &open);
    struct record r = { .kind = RECORD_IOCTL, .who = RECORD_WHO(0, true, 0) };

    if (index < TRANSFERS)
        return bytes + put_transfer(index, to + bytes, room - bytes, name);
    index -= TRANSFERS;
    if (index >= s->ioctl_count)
        return 0;
    r.a = RECORD_IOCTL_OF(index);
    r.b = s->ioctls[index].out_bytes;
    r.payload = zeros;
    r.payload_bytes = (uint16_t)(s->ioctls[index].in_bytes & INPUT_PAYLOAD_MAX);
    snprintf(name, SEED_NAME_MAX, "ioctl-%s", s->ioctls[index].name);
    return bytes + record_put(to + bytes, room - bytes, &r);
}
