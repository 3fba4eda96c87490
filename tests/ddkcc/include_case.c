/* Headers are found whatever their case and slashes. */
#include "T.H"
#include <STDDEF.H>
#include "Inc\sub\INNER.h"
#include "from_option.H"
#include ".\inc\Sub\..\SUB\again.h"

int test_main(void)
{
    CHECK(INNER == 1 && NEIGHBOUR == 2 && OPTION == 3 && AGAIN == 4);
    CHECK(sizeof(size_t) == 8);
    return 0;
}
