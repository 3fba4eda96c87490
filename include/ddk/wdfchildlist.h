/*
 * wdfchildlist.h
 */
#ifndef DDK_WDFCHILDLIST_H
#define DDK_WDFCHILDLIST_H

#endif
