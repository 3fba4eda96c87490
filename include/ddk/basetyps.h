/* basetyps.h: old headers take GUIDs and basic types from here. Source: guiddef page */
#ifndef DDK_BASETYPS_H
#define DDK_BASETYPS_H
#include <ntdef.h>
#endif
