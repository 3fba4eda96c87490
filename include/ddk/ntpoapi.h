/* ntpoapi.h: power; wdm/po.h holds it. */
#ifndef DDK_NTPOAPI_H
#define DDK_NTPOAPI_H
#include <wdm.h>
#endif
