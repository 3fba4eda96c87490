/*
 * Mappings of a driver's pages into programs, and by which handle each was asked for: the file object of the
 * request that the program's thread had sent when it was made.
 */
#ifndef DMACHECK_VERIFIER_TRACK_USER_VIEW_H
#define DMACHECK_VERIFIER_TRACK_USER_VIEW_H

#include "verifier/track/tracker.h"

#define USER_VIEWS_MAX 64

struct user_view {
    uint32_t mdl, file, site; /* file 0: no request was under way */
    uint64_t va, length_bytes;
};

extern const struct tracker tracker_user_view;
/* The file object whose last request, IRP_MJ_CLOSE, this is; 0: it is another request. */
uint32_t user_view_closing(const struct track *t, uint32_t irp);
/* A live mapping that was asked for by this file, from the from-th on; NULL: none is left. */
const struct user_view *user_view_of(const struct track *t, uint32_t file, unsigned *from);

#endif
