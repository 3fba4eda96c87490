/* stdlib.h: conversions and arithmetic that kernel code may use. */
#ifndef DDK_STDLIB_H
#define DDK_STDLIB_H
#include <stddef.h>
int abs(int Value);
int atoi(const char *String);
void qsort(void *Base, size_t Count, size_t Width, int (*Compare)(const void *, const void *));
void *bsearch(const void *Key, const void *Base, size_t Count, size_t Width,
              int (*Compare)(const void *, const void *));
#define RAND_MAX 0x7fff
#define _MAX_PATH 260
#define _CVTBUFSIZE (309 + 40)
#include <crt_names.h>
#ifndef _countof
#define _countof(A) (sizeof(A) / sizeof((A)[0]))
#endif
#endif
