/*
 * Programs for a computing device, from their text form (docs/devices/accel.md) to the block that a scenario
 * is handed (include/dmacheck/program.h).
 */
#ifndef DMACHECK_MACHINE_PROGRAM_H
#define DMACHECK_MACHINE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "include/dmacheck/program.h"

/* NULL: message has one line, "FILE:LINE:COLUMN: expected ..." or why the file cannot be read. */
struct dm_program *program_parse(const char *file, const char *text, size_t *bytes, char *message,
                                 size_t message_size);
struct dm_program *program_read(const char *path, size_t *bytes, char *message,
                                size_t message_size);
void program_free(struct dm_program *p);

#endif
