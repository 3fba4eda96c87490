/*
 * wdfpdo.h
 */
#ifndef DDK_WDFPDO_H
#define DDK_WDFPDO_H

#endif
