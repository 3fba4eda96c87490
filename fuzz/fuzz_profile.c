/*
 * A profile's .ini out of arbitrary bytes: it is refused in one line, or a machine can be made of it.
 */
#include <string.h>

#include "fuzz/bytes.h"
#include "sim/core/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char message[300] = "";
    struct profile p;
    struct sim *s;

    if (profile_read(&p, file_of("", 0, data, size), message, sizeof message)) {
        refused(message);
        return 0;
    }
    s = sim_create(&p, message, sizeof message);
    if (!s)
        wrong("no machine", message);
    sim_reset(s);
    sim_destroy(s);
    return 0;
}
