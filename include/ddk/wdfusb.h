/*
 * wdfusb.h
 */
#ifndef DDK_WDFUSB_H
#define DDK_WDFUSB_H

#endif
