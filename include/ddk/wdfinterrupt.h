/*
 * wdfinterrupt.h
 */
#ifndef DDK_WDFINTERRUPT_H
#define DDK_WDFINTERRUPT_H

#endif
