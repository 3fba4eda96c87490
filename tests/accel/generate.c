/*
 * Writes example programs: generate SEED STEPS > FILE.acc, or generate FOLDER, which makes in it all those
 * that model, driver and reference interpreter are compared on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/accel/random.h"

static int write_all(const char *folder)
{
    for (unsigned seed = 0; seed < GENERATED; seed++) {
        char path[4096], *text = generate_program(seed, generated_steps(seed));
        FILE *f;

        snprintf(path, sizeof path, "%s/%u.acc", folder, seed);
        f = fopen(path, "w");
        if (!f || fputs(text, f) < 0 || fclose(f)) {
            fprintf(stderr, "generate: %s: %s\n", path, strerror(errno));
            return 1;
        }
        free(text);
    }
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long steps = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    char *text;

    if (argc == 2)
        return write_all(argv[1]);
    if (steps < 1 || steps > 65536) {
        fprintf(stderr,
                "usage: generate SEED STEPS > FILE.acc, 1 to 65536 steps; generate FOLDER\n");
        return 2;
    }
    text = generate_program(strtoull(argv[1], NULL, 10), (uint32_t)steps);
    fputs(text, stdout);
    free(text);
    return 0;
}
