/*
 * A trace is read whole into memory (a killed writer's spool appended), then line by line.
 */
#include "trace/read.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/spool.h"

#define AGENT_NAMES 1024
#define TRACE_BYTES_MAX (8ull << 30) /* a compressed trace that says it is larger is not believed */

struct trace_reader {
    char *text, *at, *end;
    unsigned line;
    char path[1024], cut[1200];
    char *header_line;
    struct trace_header header;
    struct site_depot *depot;
    char agent_names[AGENT_NAMES][24];
    char **findings;
    unsigned finding_count, findings_max;
};

/* --- bytes --- */

static char *file_read(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *text;
    size_t done = 0;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (!errno)
            errno = EINVAL;
        close(fd);
        return NULL;
    }
    text = malloc((size_t)st.st_size + SPOOL_BYTES + 2);
    must(text);
    while (done < (size_t)st.st_size) {
        ssize_t n = read(fd, text + done, (size_t)st.st_size - done);

        if (n <= 0)
            break;
        done += (size_t)n;
    }
    close(fd);
    *size = done;
    return text;
}

/* What a killed writer left: lines that are not yet in the file. */
static void spool_append(const char *path, char *text, size_t *size)
{
    char spool_path[1100];
    size_t spool_size;
    char *spool;

    snprintf(spool_path, sizeof(spool_path), "%s.spool", path);
    spool = file_read(spool_path, &spool_size);
    if (!spool)
        return;
    struct spool_header h;

    memset(&h, 0, sizeof(h));
    if (spool_size >= sizeof(h))
        memcpy(&h, spool, sizeof(h));
    if (h.magic == SPOOL_MAGIC && h.used <= spool_size - sizeof(h) && *size >= h.drained &&
        *size - h.drained <= h.used) {
        size_t skip = *size - h.drained;

        memcpy(text + *size, spool + sizeof(h) + skip, h.used - skip);
        *size += h.used - skip;
    }
    free(spool);
}

static char *unpack(char *packed, size_t *size)
{
    unsigned long long bytes = ZSTD_getFrameContentSize(packed, *size);
    char *text;
    size_t n;

    if (bytes == ZSTD_CONTENTSIZE_ERROR || bytes == ZSTD_CONTENTSIZE_UNKNOWN ||
        bytes > TRACE_BYTES_MAX)
        return NULL;
    text = malloc(bytes + 2);
    must(text);
    n = ZSTD_decompress(text, bytes, packed, *size);
    if (ZSTD_isError(n)) {
        free(text);
        return NULL;
    }
    *size = n;
    return text;
}

/* --- fields --- */

static bool number_of(const json_t *v, uint64_t *out)
{
    char *end;

    if (json_is_integer(v)) {
        *out = (uint64_t)json_integer_value(v);
        return json_integer_value(v) >= 0;
    }
    if (!json_is_string(v) || strncmp(json_string_value(v), "0x", 2) != 0)
        return false;
    errno = 0;
    *out = strtoull(json_string_value(v) + 2, &end, 16);
    return !errno && !*end && end != json_string_value(v) + 2;
}

static bool field(const json_t *o, const char *name, uint64_t limit, uint64_t *out)
{
    const json_t *v = json_object_get(o, name);

    *out = 0;
    return !v || (number_of(v, out) && *out <= limit);
}

static bool object_of(const json_t *v, uint32_t *out)
{
    char word[32];
    const char *text, *hash;
    char *end;
    uint64_t n;
    int type;

    *out = 0;
    if (!v)
        return true;
    if (json_is_integer(v)) {
        *out = (uint32_t)json_integer_value(v);
        return json_integer_value(v) >= 0 && json_integer_value(v) < 1 << 24;
    }
    text = json_string_value(v);
    if (!text || !(hash = strrchr(text, '#')) || (size_t)(hash - text) >= sizeof(word))
        return false;
    memcpy(word, text, (size_t)(hash - text));
    word[hash - text] = 0;
    type = object_type_of(word);
    n = strtoull(hash + 1, &end, 10);
    if (type < 0 || *end || end == hash + 1 || n > 0xffffff)
        return false;
    *out = OBJ_ID(type, n);
    return true;
}

static void text_copy(const json_t *o, const char *name, char *to, size_t size)
{
    const char *v = json_string_value(json_object_get(o, name));

    snprintf(to, size, "%s", v ? v : "");
}

/* How the run was asked for: older traces do not say. */
static bool header_asked(struct trace_header *h, const json_t *o)
{
    uint64_t flags;

    text_copy(o, "subject", h->subject, sizeof(h->subject));
    text_copy(o, "bug", h->bug, sizeof(h->bug));
    text_copy(o, "mend", h->mend, sizeof(h->mend));
    text_copy(o, "devices", h->devices, sizeof(h->devices));
    text_copy(o, "faults", h->faults, sizeof(h->faults));
    h->has_devices = json_is_string(json_object_get(o, "devices"));
    h->races = json_is_true(json_object_get(o, "races"));
    h->bugcheck_stops = json_is_true(json_object_get(o, "bugcheck_stops"));
    if (!field(o, "scenario_flags", UINT32_MAX, &flags))
        return false;
    h->scenario_flags = (unsigned)flags;
    return true;
}

static bool header_parse(struct trace_reader *r, const json_t *o)
{
    struct trace_header *h = &r->header;
    uint64_t version, limit = UINT64_MAX;
    const json_t *limits = json_object_get(o, "limits");

    if (!json_object_get(o, "dmatrace") || !field(o, "dmatrace", UINT32_MAX, &version))
        return false;
    h->version = (unsigned)version;
    text_copy(o, "tool", h->tool, sizeof(h->tool));
    text_copy(o, "driver", h->driver, sizeof(h->driver));
    text_copy(o, "digest", h->digest, sizeof(h->digest));
    text_copy(o, "scenario", h->scenario, sizeof(h->scenario));
    text_copy(o, "profile", h->profile, sizeof(h->profile));
    text_copy(o, "profile_text", h->profile_text, sizeof(h->profile_text));
    text_copy(o, "strategy", h->strategy, sizeof(h->strategy));
    if (!header_asked(h, o))
        return false;
    return field(o, "seed", limit, &h->seed) &&
           (!limits || (field(limits, "steps_max", limit, &h->steps_max) &&
                        field(limits, "virtual_ns_max", limit, &h->virtual_ns_max)));
}

static bool site_parse(struct trace_reader *r, const json_t *o)
{
    struct site_frame_text frames[SITE_FRAMES_MAX];
    const json_t *list = json_object_get(o, "frames");
    uint64_t id, line;
    unsigned count = 0;

    if (!json_object_get(o, "id") || !field(o, "id", 1u << 24, &id) || !id || !json_is_array(list))
        return false;
    memset(frames, 0, sizeof(frames));
    for (; count < json_array_size(list) && count < SITE_FRAMES_MAX; count++) {
        const json_t *f = json_array_get(list, count);

        if (!field(f, "line", UINT32_MAX, &line))
            return false;
        frames[count].line = (uint32_t)line;
        text_copy(f, "file", frames[count].file, sizeof(frames[count].file));
        text_copy(f, "function", frames[count].function, sizeof(frames[count].function));
    }
    site_add_text(r->depot, (uint32_t)id, frames, count);
    return true;
}

static bool event_parse(struct trace_reader *r, const json_t *o, int kind, struct event *e)
{
    const char *api = json_string_value(json_object_get(o, "api"));
    int api_id = api ? api_of(api) : 0;
    uint64_t site, agent, cpu, irql;

    memset(e, 0, sizeof(*e));
    e->kind = (uint16_t)kind;
    if (api_id < 0 || !field(o, "s", UINT64_MAX, &e->seq) || !field(o, "t", UINT64_MAX, &e->ns) ||
        !field(o, "w", 1u << 24, &site) || !field(o, "g", UINT16_MAX, &agent) ||
        !field(o, "c", UINT8_MAX, &cpu) || !field(o, "i", UINT8_MAX, &irql) ||
        !object_of(json_object_get(o, "o"), &e->obj))
        return false;
    e->api = (uint16_t)api_id;
    e->site = (uint32_t)site;
    e->agent = (uint16_t)agent;
    e->cpu = (uint8_t)cpu;
    e->irql = (uint8_t)irql;
    for (unsigned i = 0; i < 4; i++) {
        const char *name = event_arg_name((unsigned)kind, i);

        if (name[0] != '-' && !field(o, name, UINT64_MAX, &e->a[i]))
            return false;
    }
    if (kind == EV_AGENT && OBJ_NUMBER(e->obj) < AGENT_NAMES)
        text_copy(o, "name", r->agent_names[OBJ_NUMBER(e->obj)], sizeof(r->agent_names[0]));
    return event_is_valid(e);
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

static char *line_next(struct trace_reader *r)
{
    char *line = r->at, *end;

    if (line >= r->end)
        return NULL;
    end = memchr(line, '\n', (size_t)(r->end - line));
    if (!end)
        end = r->end;
    *end = 0;
    r->at = end + 1;
    r->line++;
    return line;
}

static int bad_line(struct trace_reader *r, const char *expected, char *message,
                    size_t message_size)
{
    snprintf(message, message_size, "%s:%u: expected %s", r->path, r->line, expected);
    return ERR_INVALID;
}

/* What a line of the kind that "k" names says. */
static int line_parse(struct trace_reader *r, const json_t *o, struct trace_line *line,
                      char *message, size_t message_size)
{
    const char *word = json_string_value(json_object_get(o, "k"));
    int kind = word ? event_kind_of(word) : -1;

    line->kind = TRACE_OTHER;
    if (!word)
        return bad_line(r, "one JSON object with its kind in \"k\"", message, message_size);
    if (strcmp(word, "site") == 0) {
        line->kind = TRACE_SITE;
        return site_parse(r, o) ? 1
                                : bad_line(r, "a site with id and frames", message, message_size);
    }
    if (strcmp(word, "payload") == 0) {
        line->kind = TRACE_INPUT;
    } else if (kind == EV_FINDING) {
        line->kind = TRACE_FINDING;
        finding_keep(r, line->text);
    } else if (kind >= 0) {
        line->kind = TRACE_EVENT;
        return event_parse(r, o, kind, &line->event)
                   ? 1
                   : bad_line(r, "an event with numbers in its fields", message, message_size);
    }
    return 1;
}

int trace_read_line(struct trace_reader *r, struct trace_line *line, char *message,
                    size_t message_size)
{
    char *text;

    while ((text = line_next(r))) {
        json_t *o;
        int result;

        if (!*text)
            continue;
        line->text = text;
        line->bytes = strlen(text);
        line->number = r->line;
        o = json_loads(text, 0, NULL);
        if (!o && r->at > r->end) { /* no newline behind it */
            snprintf(r->cut, sizeof(r->cut), "%s:%u: the last line is cut off and not used",
                     r->path, r->line);
            return 0;
        }
        result = line_parse(r, o, line, message, message_size);
        json_decref(o);
        return result;
    }
    return 0;
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

struct trace_reader *trace_read_open(const char *path, char *message, size_t message_size)
{
    struct trace_reader *r = calloc(1, sizeof(*r));
    size_t size = 0, n = strlen(path);
    char *line;

    must(r);
    snprintf(r->path, sizeof(r->path), "%s", path);
    errno = 0;
    r->text = file_read(path, &size);
    r->depot = site_depot_create();
    must(r->depot);
    if (!r->text) {
        snprintf(message, message_size, "%s: cannot be read: %s", path, strerror(errno));
        goto fail;
    }
    if (n > 4 && strcmp(path + n - 4, ".zst") == 0) {
        char *text = unpack(r->text, &size);

        free(r->text);
        r->text = text;
        if (!text) {
            snprintf(message, message_size, "%s: expected a zstd file", path);
            goto fail;
        }
    } else {
        spool_append(path, r->text, &size);
    }
    r->at = r->text;
    r->end = r->text + size;
    line = line_next(r);
    json_t *o = line ? json_loads(line, 0, NULL) : NULL;
    bool known = o && header_parse(r, o);

    r->header_line = line;
    json_decref(o);
    if (!known) {
        snprintf(message, message_size, "%s:1: expected a dmatrace header", path);
        goto fail;
    }
    if (r->header.version != TRACE_VERSION) {
        snprintf(message, message_size, "%s:1: trace version %u; this dmacheck reads version %u",
                 path, r->header.version, (unsigned)TRACE_VERSION);
        goto fail;
    }
    return r;
fail:
    trace_read_close(r);
    return NULL;
}

const struct trace_header *trace_read_header(const struct trace_reader *r) { return &r->header; }
const char *trace_read_header_line(const struct trace_reader *r) { return r->header_line; }
struct site_depot *trace_read_depot(struct trace_reader *r) { return r->depot; }

const char *trace_read_cut(const struct trace_reader *r) { return *r->cut ? r->cut : NULL; }

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
    free(r->text);
    site_depot_destroy(r->depot);
    free(r);
}
