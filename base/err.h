/*
 * What our own functions return: 0, or one of these, negative. NTSTATUS belongs to Windows' face.
 */
#ifndef DMACHECK_BASE_ERR_H
#define DMACHECK_BASE_ERR_H

enum err {
    ERR_NONE = 0,
    ERR_NOMEM = -1,    /* a limit or a pool is used up */
    ERR_INVALID = -2,  /* an argument, a line of a file, an option is wrong */
    ERR_NOTFOUND = -3, /* no such name */
    ERR_BUSY = -4,     /* not now */
    ERR_RANGE = -5,    /* outside what exists */
    ERR_DENIED = -6,   /* not with these rights */
    ERR_IO = -7,       /* the host's file system said no */
    ERR_VERSION = -8,  /* a trace or an image of another version */
    ERR_DIVERGED = -9, /* a replay did not follow its trace */
};

#endif
