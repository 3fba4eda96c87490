/* tchar.h: kernel code is Unicode. */
#ifndef DDK_TCHAR_H
#define DDK_TCHAR_H
#include <ntdef.h>
#define _T(x) L##x
#define _TEXT(x) L##x
typedef WCHAR TCHAR, *PTCHAR;
#endif
