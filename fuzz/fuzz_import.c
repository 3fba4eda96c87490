/*
 * Captures out of arbitrary bytes. Lines get their sums right first, as no mutation would ever hit
 * one: what is read then must come through importing, reading back and judging; what is refused is
 * refused in one line.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/hearers.h"
#include "import/import.h"
#include "import/line.h"
#include "trace/read.h"

#define TEXT_MAX 65536u

/* Behind each marker up to the line's end: the sum that belongs there. */
static size_t with_sums(const uint8_t *data, size_t size, char *to)
{
    size_t at = 0, begin = 0;

    for (size_t i = 0; i < size && at + 16 < TEXT_MAX; i++) {
        bool end = data[i] == '\n' || i + 1 == size;

        if (data[i] != '\n')
            to[at++] = (char)data[i];
        if (!end)
            continue;
        if (at - begin > strlen(IMPORT_MARKER) &&
            !memcmp(to + begin, IMPORT_MARKER, strlen(IMPORT_MARKER)))
            at += (size_t)sprintf(to + at, " ~%05x", import_line_sum(to + begin, at - begin));
        to[at++] = '\n';
        begin = at;
    }
    return at;
}

static void judge(const char *path)
{
    char message[300] = "";
    struct trace_reader *t = trace_read_open(path, message, sizeof message);
    struct hearers h;
    struct event e;
    int got;

    if (!t)
        wrong("what was imported is no trace", message);
    h = hearers_begin(trace_read_depot(t), true);
    while ((got = trace_read_next(t, &e, message, sizeof message)) > 0)
        hearers_event(&h, &e);
    hearers_end(&h);
    if (got < 0)
        wrong("what was imported cannot be read", message);
    trace_read_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_MAX + 32], out[64];
    struct import_options o = {
        .tool = "t", .remapped_text = "translation=1", .direct_text = "", .trace = out
    };
    struct import_summary s;
    char message[300] = "";

    snprintf(out, sizeof out, "/dev/shm/dmacheck-fuzz-import.%d.dmatrace", (int)getpid());
    o.log = file_of("", 0, (const uint8_t *)text, with_sums(data, size, text));
    if (!import_log(&o, &s, message, sizeof message))
        judge(out);
    else if (!*message || strchr(message, '\n'))
        wrong("not one line", message);
    unlink(out);
    return 0;
}
