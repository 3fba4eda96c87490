/*
 * Example programs from a seed, as text (docs/devices/accel.md), with what the reference interpreter expects
 * of them. The same seed and steps give the same text.
 */
#ifndef TESTS_ACCEL_RANDOM_H
#define TESTS_ACCEL_RANDOM_H

#include <stdint.h>

/* The caller frees it. */
char *generate_program(uint64_t seed, uint32_t steps);

#endif
