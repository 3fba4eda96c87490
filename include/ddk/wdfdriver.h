/*
 * wdfdriver.h
 */
#ifndef DDK_WDFDRIVER_H
#define DDK_WDFDRIVER_H

#endif
