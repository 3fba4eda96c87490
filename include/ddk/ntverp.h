/*
 * ntverp.h: which kit this is, for resources and the #if of old drivers.
 * Source: the version numbers of sdkddkver.h
 */
#ifndef DDK_NTVERP_H
#define DDK_NTVERP_H
#define VER_PRODUCTMAJORVERSION 10
#define VER_PRODUCTMINORVERSION 0
#define VER_PRODUCTBUILD 22621
#define VER_PRODUCTBUILD_QFE 1
#define VER_PRODUCTVERSION \
    VER_PRODUCTMAJORVERSION, VER_PRODUCTMINORVERSION, VER_PRODUCTBUILD, VER_PRODUCTBUILD_QFE
#endif
