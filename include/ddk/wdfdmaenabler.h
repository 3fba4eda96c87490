/*
 * wdfdmaenabler.h
 */
#ifndef DDK_WDFDMAENABLER_H
#define DDK_WDFDMAENABLER_H

#endif
