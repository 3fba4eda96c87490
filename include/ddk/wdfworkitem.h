/*
 * wdfworkitem.h
 */
#ifndef DDK_WDFWORKITEM_H
#define DDK_WDFWORKITEM_H

#endif
