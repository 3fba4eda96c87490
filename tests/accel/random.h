/*
 * Example programs from a seed, as text (docs/devices/accel.md), with what the reference interpreter expects
 * of them. The same seed and steps give the same text.
 */
#ifndef TESTS_ACCEL_RANDOM_H
#define TESTS_ACCEL_RANDOM_H

#include <stdint.h>

#define GENERATED 200u /* programs that everything is compared on; their seeds are 0 and up */
#define GENERATED_LARGEST 20000u

/* How many steps the program of this seed has there. */
uint32_t generated_steps(unsigned seed);
/* The caller frees it. */
char *generate_program(uint64_t seed, uint32_t steps);

#endif
