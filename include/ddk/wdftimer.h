/*
 * wdftimer.h
 */
#ifndef DDK_WDFTIMER_H
#define DDK_WDFTIMER_H

#endif
