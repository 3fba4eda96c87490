/*
 * A fuzz target without a fuzzer: every file and every file of every folder that is named is an input. For
 * compilers that bring no fuzzer along, and for inputs that once were wrong.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_BYTES_MAX (1u << 24)

static unsigned inputs;

static void run_file(const char *path)
{
    static uint8_t bytes[INPUT_BYTES_MAX];
    FILE *f = fopen(path, "r");
    uint8_t *copy;
    size_t size;

    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(2);
    }
    size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    copy = malloc(size ? size : 1); /* its own block, so that what reads beyond is seen */
    if (!copy)
        exit(3);
    memcpy(copy, bytes, size);
    fprintf(stderr, "running %s\n", path);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static void run_path(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    char inside[PATH_MAX];

    if (count < 0) {
        run_file(path);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            snprintf(inside, sizeof inside, "%s/%s", path, names[i]->d_name);
            run_path(inside);
        }
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    printf("%u inputs\n", inputs);
    return 0;
}
