/*
 * wdfresource.h
 */
#ifndef DDK_WDFRESOURCE_H
#define DDK_WDFRESOURCE_H

#endif
