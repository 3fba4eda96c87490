/*
 * A driver with a bug that only an input can show (tests/drivers/canary.c): a fuzzer that does not find it
 * within a few thousand runs finds nothing else either.
 */
#define FUZZ_DRIVER "canary"
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    target_open((*argv)[0], "ioctl", DECODE_REQUESTS);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return target_run(data, size); }
