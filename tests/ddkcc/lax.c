/*
 * What Microsoft's C compiler lets pass: a macro for L before a string, a cast as an lvalue, a
 * callback defined with a type of its own where its role has another.
 */
#include "t.h"

#define WIDE L
#define NAME "abc"
typedef unsigned short WCHAR;
struct context {
    int value;
};
struct holder {
    void *context;
    unsigned char *at;
    int words[2];
};
typedef int ROLE(void *Context, int Number);

ROLE Changed;
static ROLE Quiet;

static int run(ROLE *role, void *context) { return role(context, 3); }

#define context_of(h) ((struct context *)((h)->context))

int test_main(void)
{
    static const WCHAR wide[] = WIDE "ab" WIDE "c";
    struct context c = { 4 }, other = { 5 };
    struct holder h = { 0 };
    int n = 1, *p = &n;

    CHECK(sizeof(wide) == 8 && wide[2] == 'c' && WIDE 'x' == 'x');
    (struct context *)h.context = &c;
    CHECK(h.context == &c);
    context_of(&h) = &other;
    CHECK(h.context == &other);
    (int *)h.at = p;
    (int *)h.at += 1;
    CHECK(h.at == (unsigned char *)(p + 1));
    if (n)
        (unsigned)h.words[n] |= 6;
    CHECK(h.words[1] == 6);
    while (n < 2)
        *(volatile int *)((void *)p) = 2;
    n = 1;
    (void)n;
    (*p)++;
    CHECK((n) == 2 && run(Changed, &c) == 7 && run(Quiet, &other) == 8);
    return 0;
}

int Changed(struct context *Context, int Number) { return Context->value + Number; }

static int Quiet(struct context *Context, int Number) { return Context->value + Number; }
