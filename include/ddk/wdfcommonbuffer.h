/*
 * wdfcommonbuffer.h
 */
#ifndef DDK_WDFCOMMONBUFFER_H
#define DDK_WDFCOMMONBUFFER_H

#endif
