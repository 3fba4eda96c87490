/*
 * wdfmemory.h
 */
#ifndef DDK_WDFMEMORY_H
#define DDK_WDFMEMORY_H

#endif
