/*
 * How the process ends when we were wrong: one line, the traces kept, exit code 3.
 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void (*must_last_words)(void);

_Noreturn void must_fail(const char *condition, const char *file, int line)
{
    void (*last_words)(void) = must_last_words;

    must_last_words = NULL; /* a fault while speaking must not come back here */
    fprintf(stderr, "dmacheck: internal: %s:%d: '%s' does not hold; this is a bug in dmacheck\n",
            file, line, condition);
    if (last_words)
        last_words();
#ifdef DMACHECK_FUZZING
    abort();
#else
    _Exit(3);
#endif
}
