/*
 * wdfregistry.h
 */
#ifndef DDK_WDFREGISTRY_H
#define DDK_WDFREGISTRY_H

#endif
