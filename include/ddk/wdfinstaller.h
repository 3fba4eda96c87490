/*
 * wdfinstaller.h
 */
#ifndef DDK_WDFINSTALLER_H
#define DDK_WDFINSTALLER_H

#endif
