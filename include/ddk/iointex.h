/*
 * iointex.h: once IoConnectInterruptEx for older systems.
 * Source: kernel/using-ioconnectinterruptex-prior-to-windows-vista
 */
#ifndef DDK_IOINTEX_H
#define DDK_IOINTEX_H
#include <wdm.h>
#endif
