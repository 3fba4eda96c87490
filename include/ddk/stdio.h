/* stdio.h: formatting into memory; kernel code has no files. */
#ifndef DDK_STDIO_H
#define DDK_STDIO_H
#include <stddef.h>
#include <stdarg.h>
#include <crt_names.h>
#define EOF (-1)
#define _TRUNCATE ((size_t)-1)
#endif
