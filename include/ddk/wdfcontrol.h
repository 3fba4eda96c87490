/*
 * wdfcontrol.h
 */
#ifndef DDK_WDFCONTROL_H
#define DDK_WDFCONTROL_H

#endif
