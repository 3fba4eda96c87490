/*
 * One JSON object taken apart into its fields, where it lies and without memory. What is nested in a field
 * is checked and skipped.
 */
#ifndef DMACHECK_TRACE_SCAN_H
#define DMACHECK_TRACE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_FIELDS_MAX 32

enum scan_type {
    SCAN_STRING,
    SCAN_INTEGER, /* 0 to 2^64-1 */
    SCAN_OTHER    /* any other number, a literal, an object, an array */
};

struct scan_field {
    const char *name, *value; /* of strings: what stands between the quotes */
    size_t name_bytes, value_bytes;
    uint64_t number;
    enum scan_type type;
    bool escaped; /* name or value has a backslash in it: they are not what they mean */
};

enum scan_end {
    SCAN_WHOLE,
    SCAN_CUT, /* an object begins, and nothing is wrong with it but that it does not end */
    SCAN_BAD
};

/* fields NULL: it is only checked. More than SCAN_FIELDS_MAX fields: *count says how many, the first ones
 * are there. */
enum scan_end scan_object(const char *text, size_t bytes, struct scan_field *fields,
                          unsigned *count);

#endif
