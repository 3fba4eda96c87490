/*
 * wdfminiport.h
 */
#ifndef DDK_WDFMINIPORT_H
#define DDK_WDFMINIPORT_H

#endif
