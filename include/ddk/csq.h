/* csq.h: cancel-safe queues; wdm/irp.h holds them. */
#ifndef DDK_CSQ_H
#define DDK_CSQ_H
#include <wdm.h>
#endif
