/* wchar.h: 16-bit strings. */
#ifndef DDK_WCHAR_H
#define DDK_WCHAR_H
#include <stddef.h>
#include <stdarg.h>
#include <crt_names.h>
#ifndef WCHAR_MIN
#define WCHAR_MIN 0
#define WCHAR_MAX 0xffff
#endif
#ifndef WEOF
#define WEOF ((unsigned short)0xffff)
#endif
#endif
