/* intrin.h: compiler intrinsics; wdm/intrin.h holds them. */
#ifndef DDK_INTRIN_H
#define DDK_INTRIN_H
#include <ntdef.h>
#include "wdm/intrin.h"
#endif
