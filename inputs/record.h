/*
 * An input is a sequence of records: a head of fixed shape and a payload whose length the head says. Any
 * bytes are a valid input: what is missing at the end is zero, and a payload ends where the bytes end.
 */
#ifndef DMACHECK_INPUTS_RECORD_H
#define DMACHECK_INPUTS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_kind {
#define RECORD(kind, word, a, b, c, payload) RECORD_##kind,
#include "inputs/records.def"
#undef RECORD
    RECORD_COUNT
};

enum record_buffer {
    RECORD_BUFFER_NEW,  /* memory of its own */
    RECORD_BUFFER_LAST, /* that of the thread's last request, which may still be under way */
    RECORD_BUFFER_NULL,
    RECORD_BUFFER_WILD,   /* user addresses where nothing is */
    RECORD_BUFFER_KERNEL, /* an address of the kernel's half */
    RECORD_BUFFER_FREED,  /* unmapped while the request is under way */
    RECORD_BUFFER_CHAIN,  /* a read or write over several MDLs, as an upper driver sends it */
    RECORD_BUFFERS
};

enum record_act { RECORD_STOP, RECORD_START, RECORD_REMOVE, RECORD_SURPRISE, RECORD_ACTS };

#define RECORD_HEAD_BYTES 16u
#define INPUT_PAYLOAD_MAX 0xffffu
#define RECORD_THREADS 4u
/* Of `who`: the thread, whether a request is waited for at once, and which file or request. */
#define RECORD_THREAD(who) ((who) % RECORD_THREADS)
#define RECORD_AT_ONCE(who) (((who) >> 2 & 1) != 0)
#define RECORD_WHICH(who) ((who) >> 3)
#define RECORD_WHO(thread, at_once, which)                                                         \
    ((uint8_t)((thread) % RECORD_THREADS | ((at_once) ? 4u : 0u) | (which) << 3))
/* `which` of an IOCTL: the surface's index-th code; and the code as it stands. */
#define RECORD_IOCTL_OF(index) ((uint32_t)(index)*8 + 1)
#define RECORD_IOCTL_RAW 0u
#define RECORD_IOCTL_IS_RAW(which) ((which) % 8 == 0)
#define RECORD_IOCTL_INDEX(which) ((which) / 8)

struct record {
    uint8_t kind; /* below RECORD_COUNT */
    uint8_t who;
    uint16_t payload_bytes; /* that are there */
    uint32_t a, b, c;
    const uint8_t *payload;
};

/* The record at *at, which moves behind it; false: nothing is left. */
bool record_next(const uint8_t **at, const uint8_t *end, struct record *r);
/* Writes it; returns its bytes, 0: it does not fit in room. The payload may lie where it is written to. */
size_t record_put(uint8_t *to, size_t room, const struct record *r);
const char *record_word(unsigned kind);
const char *record_number_word(unsigned kind, unsigned index); /* of a, b, c; 3: the payload */
/* Little-endian, as everything in an input. */
uint32_t record_number_at(const uint8_t *p, unsigned bytes);

#endif
