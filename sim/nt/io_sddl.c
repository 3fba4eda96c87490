/*
 * The security descriptors in words that wdmsec.lib brings along. They are data alone: nobody checks
 * access here.
 *
 * Source: kernel/sddl-for-device-objects
 */
#include "include/ddk/wdmsec.h"

#define WORDS(name, text) const UNICODE_STRING SDDL_DEVOBJ_##name = RTL_CONSTANT_STRING(text)

WORDS(KERNEL_ONLY, L"D:P");
WORDS(SYS_ALL, L"D:P(A;;GA;;;SY)");
WORDS(SYS_ALL_ADM_ALL, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
WORDS(SYS_ALL_ADM_RX, L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
WORDS(SYS_ALL_ADM_RWX_WORLD_R, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
WORDS(SYS_ALL_ADM_RWX_WORLD_R_RES_R, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
WORDS(SYS_ALL_ADM_RWX_WORLD_RW_RES_R, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
WORDS(SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
      L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");
