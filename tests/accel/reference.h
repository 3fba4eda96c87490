/*
 * A second implementation of docs/devices/accel.md, to compare the first with: it runs a program on plain
 * memory, one step after the other, and computes floats with integers alone. It shares no line and no header
 * with the device model.
 */
#ifndef TESTS_ACCEL_REFERENCE_H
#define TESTS_ACCEL_REFERENCE_H

#include <stdint.h>

#define REFERENCE_DONE UINT32_MAX

struct reference_end {
    uint32_t step;  /* at fault; REFERENCE_DONE: none */
    uint32_t fault; /* its code */
};

/* program: steps of 64 bytes; memory: buffer 0, and there is no other. */
struct reference_end reference_run(const uint8_t *program, uint32_t steps, uint8_t *memory,
                                   uint64_t bytes);
/* a * b + c, rounded once. */
uint32_t reference_fma(uint32_t a, uint32_t b, uint32_t c);

#endif
