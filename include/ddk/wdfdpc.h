/*
 * wdfdpc.h
 */
#ifndef DDK_WDFDPC_H
#define DDK_WDFDPC_H

#endif
