/* errno.h: the error numbers that secure C functions return. */
#ifndef DDK_ERRNO_H
#define DDK_ERRNO_H
#define EINVAL 22
#define ERANGE 34
#define EILSEQ 42
#define STRUNCATE 80
#endif
