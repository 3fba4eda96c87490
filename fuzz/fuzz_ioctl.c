/*
 * What a user program can do to a driver: requests of any code, length and memory, several at once,
 * cancelled, with power going and the device being stopped and pulled out. The driver stays silent and
 * leaks nothing.
 */
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    target_open((*argv)[0], "ioctl", DECODE_REQUESTS | DECODE_POWER);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return target_run(data, size); }
