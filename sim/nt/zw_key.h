/*
 * Keys as handles name them, and the layout of what queries return.
 */
#ifndef DMACHECK_SIM_NT_ZW_KEY_H
#define DMACHECK_SIM_NT_ZW_KEY_H

#include "sim/nt/zw.h"

/* What a key handle names: a key of the tree, seen through one opening of it. */
struct zw_key {
    struct reg_key *key;
    uint32_t obj; /* OBJ_KEY */
};

NTSTATUS zw_key_of(struct sim *s, HANDLE handle, struct zw_key **out);
/* A kernel handle to a key that the machine itself found. */
NTSTATUS zw_key_open(struct sim *s, struct reg_key *k, ACCESS_MASK access, HANDLE *out);

/* zw_query.c: the answer's bytes. *needed is what the whole of it takes. */
NTSTATUS zw_query_value(const struct reg_value *v, KEY_VALUE_INFORMATION_CLASS class, void *out,
                        ULONG length, PULONG needed);
NTSTATUS zw_query_key(const struct reg_key *k, KEY_INFORMATION_CLASS class, void *out, ULONG length,
                      PULONG needed);

#endif
