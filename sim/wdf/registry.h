/*
 * What the files of WDFKEY share.
 */
#ifndef DMACHECK_SIM_WDF_REGISTRY_H
#define DMACHECK_SIM_WDF_REGISTRY_H

#include "sim/wdf/wdf.h"

static inline struct fx_key *fx_key_of(struct fx *f, WDFKEY handle)
{
    return (struct fx_key *)fx_object_of(f, handle, FX_KEY);
}

/* The key, and whether a value's name is one: STATUS_INVALID_PARAMETER, _INVALID_HANDLE. */
static inline NTSTATUS fx_value_of(struct fx *f, WDFKEY handle, PCUNICODE_STRING name,
                                   const struct fx_key **key)
{
    *key = fx_key_of(f, handle);
    if (!*key)
        return STATUS_INVALID_HANDLE;
    return fx_required(f, name) ? fx_unicode_check(name) : STATUS_INVALID_PARAMETER;
}

#endif
