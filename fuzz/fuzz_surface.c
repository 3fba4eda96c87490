/*
 * Tables and headers of control codes out of arbitrary bytes: refused in one line, or taken; what is taken
 * gives seeds, and inputs print with it.
 */
#include "fuzz/bytes.h"
#include "inputs/print.h"
#include "inputs/record.h"
#include "inputs/seeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t input[INPUT_PAYLOAD_MAX + 4 * RECORD_HEAD_BYTES];
    static FILE *nowhere;
    char message[300] = "", name[SEED_NAME_MAX];
    struct surface *s = surface_read(file_of("", 0, data, size), message, sizeof message);
    size_t bytes;

    nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
    if (!nowhere)
        wrong("no /dev/null", "");
    if (!s) {
        refused(message);
        return 0;
    }
    for (unsigned i = 0; (bytes = seed(s, i, input, sizeof input, name)); i++)
        input_print(nowhere, input, bytes, s);
    input_print(nowhere, data, size, s);
    surface_free(s);
    return 0;
}
