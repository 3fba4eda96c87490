/* kernelspecs.h: the _IRQL_ annotations; sal.h holds them. */
#ifndef DDK_KERNELSPECS_H
#define DDK_KERNELSPECS_H
#include <sal.h>
#endif
