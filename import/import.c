/*
 * The whole way: capture, order, learn, say into a recorder.
 */
#include "import/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "import/model.h"
#include "trace/record.h"

/* Where lines are missing, for who reads the trace: readers pass over kinds of lines that they do not
 * know. */
static void say_gaps(struct recorder *r, const struct import_capture *c)
{
    char line[160];

    for (size_t i = 0; i < c->count; i++) {
        uint32_t number = c->lines[i].number, before = i ? c->lines[i - 1].number + 1 : 0;

        if (c->lines[i].gaps == (i ? c->lines[i - 1].gaps : 0))
            continue;
        snprintf(line, sizeof(line),
                 "{\"k\":\"gap\",\"first\":%u,\"missing\":%u,\"place\":%" PRIu64 "}", before,
                 number - before, c->lines[i].place);
        recorder_line(r, line);
    }
}

static int write_trace(const struct import_options *o, struct import_model *m,
                       struct import_summary *s, char *message, size_t size)
{
    const struct record_header h = {
        .tool = o->tool,
        .driver = m->driver,
        .driver_digest = "",
        .scenario = "recorded",
        .profile = "imported",
        .profile_text = m->remapped < 0 ? ""
                        : m->remapped   ? o->remapped_text
                                        : o->direct_text,
        .strategy = "imported",
    };
    struct recorder *r = recorder_open(o->trace, &h, m->depot, import_agent_name, m, message, size);

    if (!r)
        return ERR_IO;
    must(trace_attach(&m->trace, recorder_event, r) == 0);
    say_gaps(r, m->c);
    import_model_say(m);
    s->events = m->trace.seq;
    trace_detach(&m->trace, r);
    return recorder_close(r, message, size) ? ERR_IO : 0;
}

int import_log(const struct import_options *o, struct import_summary *s, char *message, size_t size)
{
    struct import_capture *c = import_capture_read(o->log, message, size);
    struct site_depot *depot = c ? site_depot_create() : NULL;
    struct import_symbols *symbols = NULL;
    struct import_model m;
    int err = ERR_INVALID;

    memset(s, 0, sizeof(*s));
    if (!c)
        return ERR_INVALID;
    must(depot);
    s->sessions = 0;
    if (!import_order(c, o->session)) {
        snprintf(message, size, "%s: has %u recording%s, not %u", o->log, c->sessions,
                 c->sessions == 1 ? "" : "s", o->session);
        goto out;
    }
    if (o->symbols && !(symbols = import_symbols_read(o->symbols, message, size)))
        goto out;
    import_model_create(&m, c, depot);
    m.symbols = symbols;
    import_model_learn(&m);
    err = write_trace(o, &m, s, message, size);
    s->lines = c->count;
    s->missing = c->missing;
    s->damaged = c->damaged;
    s->repeated = c->repeated;
    s->joined = c->joined;
    s->gaps = c->gaps;
    s->sessions = c->sessions;
    s->session = o->session ? o->session : c->sessions;
    s->calls_left_out = m.calls_dropped;
    s->objects_left_out = m.unsure_count;
    s->undescribed = m.undescribed;
    s->ended = m.ends;
    snprintf(s->driver, sizeof(s->driver), "%s", m.driver);
    import_model_destroy(&m);
out:
    import_symbols_free(symbols);
    site_depot_destroy(depot);
    import_capture_free(c);
    return err;
}
