/*
 * wdfdmatransaction.h
 */
#ifndef DDK_WDFDMATRANSACTION_H
#define DDK_WDFDMATRANSACTION_H

#endif
