/* Statics of every kind are put back between two runs; the host runs test_main twice. */
#include "t.h"

static int zero;
static int one = 1;
int global_zero[100];
struct { char c; long long x; } global = {'g', 7};
static __declspec(align(64)) char aligned[70] = "aligned";
static int *pointer = &one;
static const int constant = 5;
static const char *const names[] = {"a", "b"};
static const char *changing[] = {"a", "b"};
#pragma bss_seg("PAGEBSS")
static int in_segment;
#pragma data_seg("PAGEDATA")
static int in_data_segment = 3;
#pragma data_seg()
__declspec(allocate("INIT")) int placed = 9;

static int next(void)
{
    static int calls;
    static int from_ten = 10;
    calls++;
    return calls + from_ten++;
}

int test_main(void)
{
    int i, sum = 0;
    CHECK(zero == 0 && one == 1 && global.x == 7 && global.c == 'g' && pointer == &one);
    CHECK(aligned[0] == 'a' && (unsigned long long)aligned % 64 == 0 && changing[0] != changing[1]);
    CHECK(in_segment == 0 && in_data_segment == 3 && placed == 9);
    for (i = 0; i < 100; i++)
        sum += global_zero[i];
    CHECK(sum == 0 && next() == 11 && constant == 5 && names[1][0] == 'b');
    zero = 5; *pointer = 6; global.x++; global.c = 'h'; aligned[0] = 'b'; pointer = &zero;
    changing[0] = changing[1]; in_segment = 1; in_data_segment++; placed++;
    for (i = 0; i < 100; i++)
        global_zero[i] = i;
    return 0;
}
