/* stdarg.h: variable arguments for drivers, built on the compiler's own. */
#ifndef DDK_STDARG_H
#define DDK_STDARG_H
typedef __builtin_va_list va_list;
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_end(ap) __builtin_va_end(ap)
#define va_arg(ap, type) __builtin_va_arg(ap, type)
#define va_copy(to, from) __builtin_va_copy(to, from)
#endif
