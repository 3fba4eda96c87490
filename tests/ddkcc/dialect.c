/* What else drivers write that is not ISO C. */
#include "t.h"

#pragma warning(push)
#pragma warning(disable : 4201)
#pragma prefast(disable : 28252, "reason")
#pragma alloc_text(INIT, DriverEntry)
#pragma data_seg("PAGED")
#pragma code_seg(push, "PAGE")
#pragma something_nobody_knows 1
#pragma intrinsic(memcpy)

enum late;
typedef enum late *plate;
enum late { LATE_ONE = 1, LATE_TWO };

typedef struct _holder {
    union {
        struct { unsigned low, high; };
        __int64 quad;
    };
    __declspec(align(64)) char line[3];
    enum late kind;
    int tail[];
} HOLDER, *PHOLDER;
#pragma warning(pop)

#pragma pack(push, 1)
struct packed { char c; int i; };
#pragma pack(pop)
struct bits { unsigned char a : 4; unsigned int b : 4; };

#define NOTE(fmt, ...) note(fmt, __VA_ARGS__)
#define QUIET __pragma(warning(suppress : 4127))
static int note(const char *fmt, ...) { return fmt[0]; }
static int __cdecl called(int a) { return a; }
typedef int (__stdcall *CALL)(int);
__declspec(noinline) static int apart(void) { return 3; }
static void *hidden = &hidden;
;
#undef reserved
int reserved(int __reserved1) { return __reserved1; }

int test_main(void)
{
    HOLDER h = {0};
    CALL call = (CALL)called;
    unsigned tag = 'abcd';
    plate p = &h.kind;
    int bad\
split = 4;

    *p = LATE_TWO;
    h.quad = 0x100000002i64;
    CHECK(h.low == 2 && h.high == 1 && h.kind == 2);
    CHECK(tag == 0x61626364);
    CHECK(sizeof(HOLDER) == 128 && __alignof(HOLDER) == 64 && sizeof(struct packed) == 5);
    CHECK(sizeof(struct bits) == 8);
    CHECK(NOTE("z") == 'z' && call(3) == 3 && apart() == 3 && reserved(badsplit) == 4);
    QUIET
    CHECK(hidden == &hidden && _MSC_VER >= 1900 && _WIN64 && DBG);
#ifdef __linux__
    CHECK(0);
#endif
#ifdef __GNUC__
    CHECK(0);
#endif
    return 0;
}
