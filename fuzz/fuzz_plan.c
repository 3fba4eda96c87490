/*
 * All together: requests, power, PnP, resources that are not to be had, and a device that lies.
 */
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    target_open((*argv)[0], "plan", DECODE_ALL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return target_run(data, size); }
