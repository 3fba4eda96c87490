/* assert.h: as wdm.h has it. */
#ifndef DDK_ASSERT_H
#define DDK_ASSERT_H
#include <ntddk.h>
#ifndef assert
#define assert(x) NT_ASSERT(x)
#endif
#endif
