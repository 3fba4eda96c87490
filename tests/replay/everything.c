/*
 * Writes the plan of everything.h as a test. Usage: everything FILE.c
 */
#include "tests/replay/everything.h"

#include "machine/to_test.h"

int main(int argc, char **argv)
{
    static const struct choice_record choices[] = { { 0, 1, 2, 3, 1 }, { 3, 17, 0, 9, 4 } };
    struct shrink_target target = { .rule = "a-rule", .message = "ends */ a comment /* and\tmore" };
    struct to_test t = { .name = "everything",
                         .driver = "build/\"quoted\"/xfer.so",
                         .profile = "remap",
                         .plan = &everything,
                         .choices = choices,
                         .choice_count = 2,
                         .target = &target };
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;

    if (!out)
        return 2;
    to_test_write(out, &t);
    return fclose(out) ? 3 : 0;
}
