/*
 * A device that does what it should not, against each driver: what the driver takes from it on trust, and
 * what it leaves behind, is found; what the device itself does is not judged.
 */
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    target_open((*argv)[0], "device", DECODE_REQUESTS | DECODE_HOSTILE);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return target_run(data, size); }
