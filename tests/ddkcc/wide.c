/* Wide characters are 16 bits. */
#include "t.h"
#include <stddef.h>

static const wchar_t name[] = L"\\Device\\x";

int test_main(void)
{
    CHECK(sizeof(L'x') == 2 && sizeof L"ab" == 6 && sizeof(wchar_t) == 2);
    CHECK(sizeof name == 20 && name[0] == '\\' && name[8] == 'x' && name[9] == 0);
    CHECK(((const unsigned short *)L"\x1234z")[1] == 'z');
    return 0;
}
