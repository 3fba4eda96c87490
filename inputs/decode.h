/*
 * From bytes to a plan: what a fuzzer gives is decoded into what the requester does, what fails, which
 * machine it is and how its choices fall. Any bytes are a valid plan; each file that is opened is closed,
 * each request waited for, each device on again in the end, whatever the bytes say.
 */
#ifndef DMACHECK_INPUTS_DECODE_H
#define DMACHECK_INPUTS_DECODE_H

#include <stdbool.h>

#include "include/dmacheck/plan.h"
#include "inputs/surface.h"

/* Records beyond are passed over: a run stays short. */
#define DECODE_RECORDS_MAX 256

struct decoder; /* keeps its memory from input to input */

struct decoded {
    struct dm_plan plan; /* lives until the next input is decoded; payloads point into the bytes */
    uint32_t profile;    /* any number: the caller takes it modulo its profiles */
    const uint8_t *choices; /* for dm_options.bytes */
    size_t choice_bytes;
};

/* What an input may do: records of other kinds, and faults of other points, are passed over. */
#define DECODE_REQUESTS 1u /* always */
#define DECODE_POWER 2u    /* power and PnP */
#define DECODE_FAILURES 4u /* faults that are no device's */
#define DECODE_HOSTILE 8u  /* those of a device */
#define DECODE_ALL 15u

/* surface: kept by the caller; devices: how many the driver has, 1 to 8. */
struct decoder *decoder_create(const struct surface *surface, unsigned devices, unsigned allowed);
void decoder_destroy(struct decoder *d);
const struct decoded *decode(struct decoder *d, const uint8_t *bytes, size_t size);
/* The number by which a record names a fault's point; false: there is no such point. */
bool decode_point(const char *word, uint32_t *number);
/* Which chance of a fault's point a record's number means. */
uint32_t decode_nth(uint32_t number);

#endif
