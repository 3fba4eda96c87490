/*
 * wdfiotarget.h
 */
#ifndef DDK_WDFIOTARGET_H
#define DDK_WDFIOTARGET_H

#endif
