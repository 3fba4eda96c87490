/*
 * wdfqueryinterface.h
 */
#ifndef DDK_WDFQUERYINTERFACE_H
#define DDK_WDFQUERYINTERFACE_H

#endif
