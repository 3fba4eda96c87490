/* minwindef.h: what of it kernel code uses is in windef.h. */
#ifndef DDK_MINWINDEF_H
#define DDK_MINWINDEF_H
#include <ntdef.h>
#include <windef.h>
#endif
