/* wctype.h: classes of 16-bit characters. */
#ifndef DDK_WCTYPE_H
#define DDK_WCTYPE_H
#include <crt_names.h>
#endif
