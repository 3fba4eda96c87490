/*
 * A trace line by line: the header, sites into a depot, agents' names, events.
 */
#include "trace/read.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/line.h"
#include "trace/source.h"

#define AGENT_NAMES 1024
#define SITE_ID_MAX (1u << 20) /* a trace with more stacks than this is not believed */
#define SPECIAL_BYTES_MAX (1u << 20)

struct trace_reader {
    struct source *source;
    char path[1024], cut[1200], gap[1200];
    uint64_t next_seq;
    bool begun; /* an event has been read */
    char *header_line;
    struct trace_header header;
    struct site_depot *depot;
    char agent_names[AGENT_NAMES][24];
    char **findings;
    unsigned finding_count, findings_max;
};

static int expected(const struct trace_reader *r, unsigned line, const char *what, char *message,
                    size_t message_size)
{
    snprintf(message, message_size, "%s:%u: expected %s", r->path, line, what);
    return ERR_INVALID;
}

/* --- the lines that are no events: few, so jansson may read them --- */

static bool number_field(const json_t *o, const char *name, uint64_t limit, uint64_t *out)
{
    const json_t *v = json_object_get(o, name);
    char *end;

    *out = 0;
    if (json_is_string(v) && strncmp(json_string_value(v), "0x", 2) == 0 &&
        strlen(json_string_value(v)) <= 18) {
        *out = strtoull(json_string_value(v) + 2, &end, 16);
        return !*end && end != json_string_value(v) + 2 && *out <= limit;
    }
    *out = (uint64_t)json_integer_value(v);
    return !v || (json_is_integer(v) && json_integer_value(v) >= 0 && *out <= limit);
}

static void text_field(const json_t *o, const char *name, char *to, size_t size)
{
    const char *v = json_string_value(json_object_get(o, name));

    snprintf(to, size, "%s", v ? v : "");
}

/* How the run was asked for: older traces do not say. */
static bool header_asked(struct trace_header *h, const json_t *o)
{
    uint64_t flags;

    text_field(o, "subject", h->subject, sizeof(h->subject));
    text_field(o, "bug", h->bug, sizeof(h->bug));
    text_field(o, "mend", h->mend, sizeof(h->mend));
    text_field(o, "devices", h->devices, sizeof(h->devices));
    text_field(o, "faults", h->faults, sizeof(h->faults));
    h->has_devices = json_is_string(json_object_get(o, "devices"));
    h->races = json_is_true(json_object_get(o, "races"));
    h->bugcheck_stops = json_is_true(json_object_get(o, "bugcheck_stops"));
    h->plan = json_is_true(json_object_get(o, "plan"));
    if (!number_field(o, "scenario_flags", UINT32_MAX, &flags))
        return false;
    h->scenario_flags = (unsigned)flags;
    return true;
}

static bool header_parse(struct trace_reader *r, const json_t *o)
{
    struct trace_header *h = &r->header;
    uint64_t version, limit = UINT64_MAX;
    const json_t *limits = json_object_get(o, "limits");

    if (!json_object_get(o, "dmatrace") || !number_field(o, "dmatrace", UINT32_MAX, &version))
        return false;
    h->version = (unsigned)version;
    if (h->version != TRACE_VERSION)
        return true; /* nothing else of it means what it means here */
    text_field(o, "tool", h->tool, sizeof(h->tool));
    text_field(o, "driver", h->driver, sizeof(h->driver));
    text_field(o, "digest", h->digest, sizeof(h->digest));
    text_field(o, "scenario", h->scenario, sizeof(h->scenario));
    text_field(o, "profile", h->profile, sizeof(h->profile));
    text_field(o, "profile_text", h->profile_text, sizeof(h->profile_text));
    text_field(o, "strategy", h->strategy, sizeof(h->strategy));
    return header_asked(h, o) && number_field(o, "seed", limit, &h->seed) &&
           (!limits || (number_field(limits, "steps_max", limit, &h->steps_max) &&
                        number_field(limits, "virtual_ns_max", limit, &h->virtual_ns_max)));
}

static bool site_parse(struct trace_reader *r, const json_t *o)
{
    struct site_frame_text frames[SITE_FRAMES_MAX];
    const json_t *list = json_object_get(o, "frames");
    uint64_t id, line;
    unsigned count = 0;

    if (!number_field(o, "id", SITE_ID_MAX, &id) || !id || !json_is_array(list))
        return false;
    memset(frames, 0, sizeof(frames));
    for (; count < json_array_size(list) && count < SITE_FRAMES_MAX; count++) {
        const json_t *f = json_array_get(list, count);

        if (!number_field(f, "line", UINT32_MAX, &line))
            return false;
        frames[count].line = (uint32_t)line;
        text_field(f, "file", frames[count].file, sizeof(frames[count].file));
        text_field(f, "function", frames[count].function, sizeof(frames[count].function));
    }
    site_add_text(r->depot, (uint32_t)id, frames, count);
    return true;
}

/* parse of the line's object; longer ones than anybody writes are no such lines. */
static bool special(struct trace_reader *r, const char *text, size_t bytes,
                    bool (*parse)(struct trace_reader *, const json_t *))
{
    json_t *o = bytes <= SPECIAL_BYTES_MAX ? json_loadb(text, bytes, 0, NULL) : NULL;
    bool good = json_is_object(o) && parse(r, o);

    json_decref(o);
    return good;
}

static bool lost_parse(struct trace_reader *r, const json_t *o)
{
    uint64_t lines = 0, bytes = 0;
    char why[100];

    number_field(o, "lines", UINT64_MAX, &lines);
    number_field(o, "bytes", UINT64_MAX, &bytes);
    text_field(o, "why", why, sizeof(why));
    snprintf(r->cut, sizeof(r->cut),
             "%s: its last %" PRIu64 " lines (%" PRIu64 " bytes) could not be written: %s", r->path,
             lines, bytes, *why ? why : "nobody says why");
    return true;
}

static void finding_keep(struct trace_reader *r, const char *line)
{
    if (r->finding_count == r->findings_max) {
        r->findings_max = r->findings_max * 2 + 8;
        r->findings = realloc(r->findings, r->findings_max * sizeof(*r->findings));
        must(r->findings);
    }
    r->findings[r->finding_count++] = strdup(line);
}

/* --- lines --- */

static void seq_check(struct trace_reader *r, uint64_t seq, unsigned line)
{
    if (r->begun && seq != r->next_seq && !*r->gap)
        snprintf(r->gap, sizeof(r->gap),
                 "%s:%u: event %" PRIu64 " stands behind event %" PRIu64 ": lines are missing",
                 r->path, line, seq, r->next_seq - 1);
    r->begun = true;
    r->next_seq = seq + 1;
}

/* What a line means to the reader itself. NULL, or what was expected. */
static const char *line_heed(struct trace_reader *r, const struct source_line *l,
                             const struct line_said *said)
{
    uint32_t agent = OBJ_NUMBER(said->event.obj);

    if (said->kind == TRACE_SITE && !special(r, l->text, l->bytes, site_parse))
        return "a site with id and frames";
    if (said->kind == TRACE_FINDING)
        finding_keep(r, l->text);
    if (said->kind == TRACE_OTHER && said->lost)
        special(r, l->text, l->bytes, lost_parse);
    if (said->kind == TRACE_EVENT)
        seq_check(r, said->event.seq, l->number);
    if (said->kind == TRACE_EVENT && *said->agent_name && agent < AGENT_NAMES)
        memcpy(r->agent_names[agent], said->agent_name, sizeof(said->agent_name));
    return NULL;
}

static int line_end(struct trace_reader *r)
{
    if (source_cut(r->source)) /* which is why a last line is not whole, if it is not */
        snprintf(r->cut, sizeof(r->cut),
                 "%s: the compressed data stops before its end: only what comes before is used",
                 r->path);
    return 0;
}

int trace_read_line(struct trace_reader *r, struct trace_line *line, char *message,
                    size_t message_size)
{
    struct source_line l;
    struct line_said said;
    enum scan_end end;
    int got = source_next(r->source, &l, message, message_size);

    if (got <= 0)
        return got < 0 ? got : line_end(r);
    end = line_read(l.text, l.bytes, &said);
    if (end == SCAN_CUT && !l.whole) {
        snprintf(r->cut, sizeof(r->cut),
                 "%s:%u: the last line is cut off: only the lines before it are used", r->path,
                 l.number);
        return line_end(r);
    }
    const char *missing = end != SCAN_WHOLE ? "one JSON object" : said.not_found;

    if (!missing)
        missing = line_heed(r, &l, &said);
    if (missing)
        return expected(r, l.number, missing, message, message_size);
    line->kind = said.kind;
    line->text = l.text;
    line->bytes = l.bytes;
    line->number = l.number;
    if (said.kind == TRACE_EVENT)
        line->event = said.event;
    return 1;
}

int trace_read_next(struct trace_reader *r, struct event *e, char *message, size_t message_size)
{
    struct trace_line line;
    int got;

    while ((got = trace_read_line(r, &line, message, message_size)) > 0)
        if (line.kind == TRACE_EVENT) {
            *e = line.event;
            break;
        }
    return got;
}

/* --- opening --- */

static int header_read(struct trace_reader *r, char *message, size_t message_size)
{
    struct source_line l;
    int got = source_next(r->source, &l, message, message_size);

    if (got < 0)
        return got;
    if (!got || !special(r, l.text, l.bytes, header_parse))
        return expected(r, got ? l.number : 1, "a dmatrace header", message, message_size);
    if (r->header.version != TRACE_VERSION) {
        snprintf(message, message_size, "%s:%u: trace version %u; this dmacheck reads version %u",
                 r->path, l.number, r->header.version, (unsigned)TRACE_VERSION);
        return ERR_INVALID;
    }
    r->header_line = strdup(l.text);
    must(r->header_line);
    return 0;
}

struct trace_reader *trace_read_open(const char *path, char *message, size_t message_size)
{
    struct trace_reader *r = calloc(1, sizeof(*r));

    must(r);
    snprintf(r->path, sizeof(r->path), "%s", path);
    r->depot = site_depot_create();
    must(r->depot);
    r->source = source_open(path, message, message_size);
    if (r->source && !header_read(r, message, message_size))
        return r;
    trace_read_close(r);
    return NULL;
}

const struct trace_header *trace_read_header(const struct trace_reader *r) { return &r->header; }
const char *trace_read_header_line(const struct trace_reader *r) { return r->header_line; }
struct site_depot *trace_read_depot(struct trace_reader *r) { return r->depot; }

const char *trace_read_cut(const struct trace_reader *r) { return *r->cut ? r->cut : NULL; }

const char *trace_read_gap(const struct trace_reader *r) { return *r->gap ? r->gap : NULL; }

const char *trace_read_finding(const struct trace_reader *r, unsigned index)
{
    return index < r->finding_count ? r->findings[index] : NULL;
}

const char *trace_read_agent_name(const struct trace_reader *r, uint16_t id)
{
    return id < AGENT_NAMES && r->agent_names[id][0] ? r->agent_names[id] : "agent";
}

void trace_read_close(struct trace_reader *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        free(r->findings[i]);
    free(r->findings);
    free(r->header_line);
    if (r->source)
        source_close(r->source);
    site_depot_destroy(r->depot);
    free(r);
}
