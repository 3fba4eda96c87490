/*
 * Shared by rtl*.c and crt*.c alone: copying in the driver's name, through the access door.
 */
#ifndef DMACHECK_SIM_NT_RTL_PRIV_H
#define DMACHECK_SIM_NT_RTL_PRIV_H

#include <string.h>

#include "sim/core/door.h"
#include "sim/nt/nt.h"

static inline __attribute__((always_inline)) void rtl_copy(void *to, const void *from, size_t bytes)
{
    door_range(from, bytes, false, __builtin_return_address(0));
    door_range(to, bytes, true, __builtin_return_address(0));
    memcpy(to, from, bytes);
}

#endif
