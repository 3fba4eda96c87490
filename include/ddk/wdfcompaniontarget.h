/*
 * wdfcompaniontarget.h
 */
#ifndef DDK_WDFCOMPANIONTARGET_H
#define DDK_WDFCOMPANIONTARGET_H

#endif
