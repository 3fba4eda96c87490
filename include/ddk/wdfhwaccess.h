/*
 * wdfhwaccess.h: access to registers and ports. In kernel mode drivers use the HAL's names, so it is empty.
 * Source: wdfhwaccess/
 */
#ifndef DDK_WDFHWACCESS_H
#define DDK_WDFHWACCESS_H


#endif
