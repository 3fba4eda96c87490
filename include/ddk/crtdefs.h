/* crtdefs.h: base types of the C library. */
#ifndef DDK_CRTDEFS_H
#define DDK_CRTDEFS_H
#include <stddef.h>
#include <stdarg.h>
#endif
