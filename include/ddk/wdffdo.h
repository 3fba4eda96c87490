/*
 * wdffdo.h
 */
#ifndef DDK_WDFFDO_H
#define DDK_WDFFDO_H

#endif
