/*
 * wdfcollection.h
 */
#ifndef DDK_WDFCOLLECTION_H
#define DDK_WDFCOLLECTION_H

#endif
