/* vadefs.h: base types of the C library. */
#ifndef DDK_VADEFS_H
#define DDK_VADEFS_H
#include <stddef.h>
#include <stdarg.h>
#endif
