/* concurrencysal.h: lock annotations; sal.h holds them. */
#ifndef DDK_CONCURRENCYSAL_H
#define DDK_CONCURRENCYSAL_H
#include <sal.h>
#endif
