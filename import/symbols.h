/*
 * Names of a driver's functions, from a list of its symbols: a linker's map (link.exe /MAP) or what nm
 * prints. Where the driver lay when it was recorded follows from DmaRecordStart, whose address the
 * recording says.
 */
#ifndef DMACHECK_IMPORT_SYMBOLS_H
#define DMACHECK_IMPORT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

struct import_symbols;

/* NULL: one line in message. */
struct import_symbols *import_symbols_read(const char *path, char *message, size_t size);
void import_symbols_free(struct import_symbols *s);
/* Where DmaRecordStart lies in the list; 0: nowhere. */
uint64_t import_symbols_anchor(const struct import_symbols *s);
/* The function that holds an address of the list, and how far into it; NULL: none. */
const char *import_symbols_find(const struct import_symbols *s, uint64_t address, uint64_t *into);

#endif
