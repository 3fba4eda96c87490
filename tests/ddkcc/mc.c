/* The message compiler: MC.h does not exist and is made from mc.mc. */
#include "t.h"
typedef int NTSTATUS;
#include "MC.h"

int test_main(void)
{
    CHECK(MC_COPIED == 7 && SEV_ERROR == 3 && SEV_SUCCESS == 0 && FACILITY_CARD == 7);
    CHECK(CARD_BROKEN == (NTSTATUS)0xC0070001 && sizeof(CARD_BROKEN) == 4);
    CHECK(CARD_NEXT == (NTSTATUS)0xC0070002);
    CHECK(CARD_FINE == 6);
#ifdef NOT_THIS
    CHECK(0);
#endif
    return 0;
}
