/*
 * wdfwmi.h
 */
#ifndef DDK_WDFWMI_H
#define DDK_WDFWMI_H

#endif
