/*
 * wdfsync.h
 */
#ifndef DDK_WDFSYNC_H
#define DDK_WDFSYNC_H

#endif
