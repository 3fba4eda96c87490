/* stddef.h: sizes for drivers; size_t is the compiler's, so that its built-in functions agree. */
#ifndef DDK_STDDEF_H
#define DDK_STDDEF_H
typedef __typeof__(sizeof(0)) size_t;
typedef __typeof__((char *)8 - (char *)4) ptrdiff_t;
typedef __typeof__((char *)8 - (char *)4) intptr_t;
typedef __typeof__(sizeof(0)) uintptr_t;
typedef __typeof__(sizeof(0)) rsize_t;
typedef int errno_t;
#ifndef __cplusplus
typedef __WCHAR_TYPE__ wchar_t;
#endif
typedef unsigned short wint_t;
typedef unsigned short wctype_t;
#ifndef NULL
#define NULL ((void *)0)
#endif
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
