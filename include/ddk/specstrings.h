/* specstrings.h: the older spelling of annotations; sal.h holds both. */
#ifndef DDK_SPECSTRINGS_H
#define DDK_SPECSTRINGS_H
#include <sal.h>
#endif
