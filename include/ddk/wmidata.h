/* wmidata.h: WMI class structures; drivers of the census include it and use none. */
#ifndef DDK_WMIDATA_H
#define DDK_WMIDATA_H
#include <ntdef.h>
#endif
