/*
 * wdfrequest.h
 */
#ifndef DDK_WDFREQUEST_H
#define DDK_WDFREQUEST_H

#endif
