/*
 * wdfroletypes.h
 */
#ifndef DDK_WDFROLETYPES_H
#define DDK_WDFROLETYPES_H

#endif
