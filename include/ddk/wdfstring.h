/*
 * wdfstring.h
 */
#ifndef DDK_WDFSTRING_H
#define DDK_WDFSTRING_H

#endif
