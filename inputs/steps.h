/*
 * Programs for a computing device out of records (docs/devices/accel.md, "Step, 64 bytes"; the head is the
 * one that the accel sample's interface has): mostly steps that may be carried out, changed here and there.
 */
#ifndef DMACHECK_INPUTS_STEPS_H
#define DMACHECK_INPUTS_STEPS_H

#include "inputs/record.h"

#define STEP_BYTES 64u
#define STEPS_HEAD_BYTES 16u
#define STEPS_MAX 64u
#define STEPS_BUFFER_BYTES 8192u /* the buffer that they are made for */

struct steps {
    uint32_t count;
    uint8_t bytes[STEPS_MAX * STEP_BYTES];
};

/* Adds the step that the record says; one beyond STEPS_MAX is passed over. */
void steps_add(struct steps *s, const struct record *r);
/* Head and steps, and what change says is put over them from its first byte on. Returns their bytes; room for
 * STEPS_HEAD_BYTES and the steps. */
size_t steps_write(const struct steps *s, uint8_t *to, const uint8_t *change, size_t change_bytes);

#endif
