/*
 * Traces out of arbitrary bytes: a whole file, or, after an L, lines behind a good header. Nothing of
 * it may crash the reader or who hears of events behind it, and what is refused is refused in one line.
 */
#include <string.h>

#include "fuzz/hearers.h"
#include "trace/read.h"

static const char header[] =
    "{\"dmatrace\":1,\"tool\":\"t\",\"driver\":\"d\",\"digest\":\"\",\"scenario\":\"s\","
    "\"profile\":\"remap\",\"profile_text\":"
    "\"\",\"seed\":1,\"strategy\":\"seed\",\"limits\":{\"steps_max\":1,\"virtual_ns_max\":1}}\n";

_Static_assert(TRACE_VERSION == 1, "the header above says so");

static void read_file(const char *path)
{
    char message[300] = "";
    struct trace_reader *t = trace_read_open(path, message, sizeof message);
    struct hearers h;
    struct event e;
    int got = -1;

    if (t) {
        h = hearers_begin(trace_read_depot(t), true);
        while ((got = trace_read_next(t, &e, message, sizeof message)) > 0) {
            if (!event_is_valid(&e))
                wrong("the reader gives what is no event", path);
            hearers_event(&h, &e);
        }
        hearers_end(&h);
    }
    if (got < 0)
        refused(message);
    if (t)
        trace_read_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && data[0] == 'L')
        read_file(file_of(header, sizeof header - 1, data + 1, size - 1));
    else
        read_file(file_of("", 0, data, size));
    return 0;
}
