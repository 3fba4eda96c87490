/*
 * wdfdevice.h
 */
#ifndef DDK_WDFDEVICE_H
#define DDK_WDFDEVICE_H

#endif
