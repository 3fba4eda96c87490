/* poclass.h: power class interface; kernel/battery and thermal structures are not here. */
#ifndef DDK_POCLASS_H
#define DDK_POCLASS_H
#include <ntdef.h>
#endif
