/*
 * From what a tool saves to bytes: WinDbg and kd write bytes, DebugView and redirections of PowerShell
 * UTF-16. The recorder's own lines are ASCII, so any other character may become a question mark.
 */
#include <string.h>

#include "import/capture.h"

static char narrow(unsigned low, unsigned high) { return high || low > 0x7f ? '?' : (char)low; }

static size_t from_wide(char *text, size_t from, size_t bytes, bool big)
{
    size_t at = 0;

    for (; from + 1 < bytes; from += 2) {
        unsigned first = (unsigned char)text[from], second = (unsigned char)text[from + 1];

        text[at++] = big ? narrow(second, first) : narrow(first, second);
    }
    return at;
}

/* Without a mark: every other byte of the beginning is zero. */
static bool looks_wide(const char *text, size_t bytes)
{
    size_t zeros = 0, looked = 0;

    for (; looked < 64 && 2 * looked + 1 < bytes; looked++)
        zeros += !text[2 * looked + 1];
    return looked >= 4 && zeros * 4 >= looked * 3;
}

void import_decode(char *text, size_t *bytes)
{
    if (*bytes >= 2 && !memcmp(text, "\xff\xfe", 2))
        *bytes = from_wide(text, 2, *bytes, false);
    else if (*bytes >= 2 && !memcmp(text, "\xfe\xff", 2))
        *bytes = from_wide(text, 2, *bytes, true);
    else if (looks_wide(text, *bytes))
        *bytes = from_wide(text, 0, *bytes, false);
}
