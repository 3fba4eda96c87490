/* driverspecs.h: the __drv_ annotations; sal.h holds them. */
#ifndef DDK_DRIVERSPECS_H
#define DDK_DRIVERSPECS_H
#include <sal.h>
#endif
