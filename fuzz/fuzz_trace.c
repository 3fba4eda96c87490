/*
 * Traces out of arbitrary bytes: a whole file, or, after an L, lines behind a good header. Nothing of
 * it may crash the reader or the verifier behind it, and what is refused is refused in one line.
 */
#include <string.h>

#include "fuzz/bytes.h"
#include "trace/read.h"
#include "verifier/verify.h"

static const char header[] =
    "{\"dmatrace\":1,\"tool\":\"t\",\"driver\":\"d\",\"digest\":\"\",\"scenario\":\"s\","
    "\"profile\":\"remap\",\"profile_text\":"
    "\"\",\"seed\":1,\"strategy\":\"seed\",\"limits\":{\"steps_max\":1,\"virtual_ns_max\":1}}\n";

_Static_assert(TRACE_VERSION == 1, "the header above says so");

static void judge(struct verifier *v)
{
    verifier_end(v);
    for (unsigned i = 0; i < finding_count(v); i++)
        if (!*finding_at(v, i)->message)
            wrong("a finding without words", finding_at(v, i)->word);
    verifier_destroy(v);
}

static void read_file(const char *path)
{
    char message[300] = "";
    struct trace_reader *t = trace_read_open(path, message, sizeof message);
    struct verifier *v = t ? verifier_create(trace_read_depot(t)) : NULL;
    struct event e;
    int got = -1;

    if (v) {
        verifier_begin(v, trace_read_header(t)->profile, 1, true);
        while ((got = trace_read_next(t, &e, message, sizeof message)) > 0)
            verifier_event(v, &e);
        judge(v);
    }
    if (got < 0 && (!*message || strchr(message, '\n')))
        wrong("not one line", message);
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
