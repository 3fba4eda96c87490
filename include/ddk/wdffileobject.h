/*
 * wdffileobject.h
 */
#ifndef DDK_WDFFILEOBJECT_H
#define DDK_WDFFILEOBJECT_H

#endif
