/*
 * Writes an example program: generate SEED STEPS > FILE.acc.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/accel/random.h"

int main(int argc, char **argv)
{
    unsigned long steps = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

    if (steps < 1 || steps > 65536) {
        fprintf(stderr, "usage: generate SEED STEPS > FILE.acc, 1 to 65536 steps\n");
        return 2;
    }
    fputs(generate_program(strtoull(argv[1], NULL, 10), (uint32_t)steps), stdout);
    return 0;
}
