/* windef.h: a few Win32 words that headers shared with applications use. */
#ifndef DDK_WINDEF_H
#define DDK_WINDEF_H
#include <ntdef.h>
#ifndef MAX_PATH
#define MAX_PATH 260
#endif
typedef unsigned int *LPUINT;
typedef ULONG *LPULONG;
typedef int *LPINT, *LPLONG;
typedef WORD *LPWORD, ATOM;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef DWORD COLORREF;
typedef struct tagRECT {
    LONG left;
    LONG top;
    LONG right;
    LONG bottom;
} RECT, *PRECT, *LPRECT;
typedef struct tagPOINT {
    LONG x;
    LONG y;
} POINT, *PPOINT;
typedef struct tagSIZE {
    LONG cx;
    LONG cy;
} SIZE, *PSIZE;
typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME;
#endif
