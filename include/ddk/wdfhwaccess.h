/*
 * wdfhwaccess.h
 */
#ifndef DDK_WDFHWACCESS_H
#define DDK_WDFHWACCESS_H

#endif
