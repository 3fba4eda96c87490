/*
 * An input as text, a record a line, with everything named that has a name.
 */
#ifndef DMACHECK_INPUTS_PRINT_H
#define DMACHECK_INPUTS_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "inputs/surface.h"

void input_print(FILE *to, const uint8_t *bytes, size_t size, const struct surface *surface);

#endif
