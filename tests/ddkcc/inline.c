/* Microsoft's inline functions: each spelling, with and without a call, taken by address. */
#include "t.h"

int declared_first(int);
extern __inline int only_declared(int);
__inline int plain(int x) { return x + 1; }
static __inline int with_static(int x) { return x + 2; }
extern __inline int with_extern(int x) { return x + 3; }
__forceinline int forced(int x) { return x + 4; }
static __forceinline int forced_static(int x) { return x + 5; }
__inline static int reversed(int x) { return x + 6; }
__inline int declared_first(int x) { return x + 7; }
inline unsigned long standard(void) { return 8; }
__forceinline
void *
pointer(void *p)
{
    return p;
}
__forceinline int with_try(int x)
{
    __try { host_raise(x); } __except (1) { return 9; }
    return 0;
}
int only_declared(int x) { return x + 10; }
#define FORCEINLINE static __inline__ __attribute__((always_inline, unused))
static FORCEINLINE int twice_static(int x) { return x + 11; }
extern FORCEINLINE int both(int x) { return x + 12; }
FORCEINLINE int macro_try(int x) { int y = 0;
    __try { y = 13; host_raise(x); } __except (1) { return y; } return 0; }

int test_main(void)
{
    int (*volatile f)(int) = plain;
    int (*volatile g)(int) = forced;
    CHECK(f(1) == 2 && g(1) == 5 && plain(1) == 2 && with_static(1) == 3 && with_extern(1) == 4);
    CHECK(forced_static(1) == 6 && reversed(1) == 7 && declared_first(1) == 8 && standard() == 8);
    CHECK(pointer(&f) == (void *)&f && with_try(1) == 9 && only_declared(1) == 11);
    CHECK(twice_static(1) == 12 && both(1) == 13 && macro_try(1) == 13);
    return 0;
}
