/*
 * Programs of the accelerator as text (docs/devices/accel.md) out of arbitrary bytes: refused in one line,
 * or made, and everything that the program says of places lies in its block.
 */
#include "fuzz/bytes.h"
#include "machine/program.h"

static void check(const struct dm_program *p, size_t bytes)
{
    if (p->magic != DM_PROGRAM_MAGIC || p->contents_at > bytes ||
        p->buffer_bytes > bytes - p->contents_at || p->steps_at > bytes ||
        (uint64_t)p->steps * DM_PROGRAM_STEP_BYTES > bytes - p->steps_at)
        wrong("progtext", "a place outside the block");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char message[600] = "", *text = malloc(size + 1);
    struct dm_program *p;
    size_t bytes = 0;

    if (!text)
        return 0;
    for (size_t i = 0; i < size; i++)
        text[i] = (char)data[i];
    text[size] = 0;
    p = program_parse("program", text, &bytes, message, sizeof message);
    if (p)
        check(p, bytes);
    else
        refused(message);
    program_free(p);
    free(text);
    return 0;
}
