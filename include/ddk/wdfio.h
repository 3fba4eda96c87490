/*
 * wdfio.h
 */
#ifndef DDK_WDFIO_H
#define DDK_WDFIO_H

#endif
