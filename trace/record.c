/*
 * What is recorded as lines, into the spool: the header, events and, before the first that names it, a site.
 */
#include "trace/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/form.h"
#include "trace/spool.h"
#include "trace/trace.h"

struct recorder {
    struct spool *spool;
    struct site_depot *depot;
    const char *(*names)(void *, uint16_t);
    void *names_ctx;
    uint8_t *site_said; /* one bit a site */
    uint32_t sites_max;
    struct form form;
    const struct trace *trace; /* whose events' bytes are recorded */
    unsigned payload_max;
    char *at; /* while a line is being written */
};

static void put_text(struct recorder *r, const char *text)
{
    size_t n = strlen(text);

    memcpy(r->at, text, n);
    r->at += n;
}

static void put_string(struct recorder *r, const char *text)
{
    *r->at++ = '"';
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\') {
            *r->at++ = '\\';
            *r->at++ = (char)c;
        } else if (c < 0x20) {
            r->at += sprintf(r->at, "\\u%04x", c);
        } else {
            *r->at++ = (char)c;
        }
    }
    *r->at++ = '"';
}

static void put_decimal(struct recorder *r, uint64_t v) { r->at = form_decimal(r->at, v); }
static void put_number(struct recorder *r, uint64_t v) { r->at = form_number(r->at, v); }

static void line_begin(struct recorder *r) { r->at = spool_reserve(r->spool); }

static void line_end(struct recorder *r)
{
    *r->at++ = '\n';
    spool_commit(r->spool, r->at);
    r->at = NULL;
}

static void say_site(struct recorder *r, uint32_t site)
{
    struct site_frame_text f;

    if (site >= r->sites_max) {
        uint32_t more = site * 2 + 64;

        r->site_said = realloc(r->site_said, more);
        must(r->site_said);
        memset(r->site_said + r->sites_max, 0, more - r->sites_max);
        r->sites_max = more;
    }
    r->site_said[site] = 1;
    line_begin(r);
    put_text(r, "{\"k\":\"site\",\"id\":");
    put_decimal(r, site);
    put_text(r, ",\"frames\":[");
    for (unsigned i = 0; site_frame_text(r->depot, site, i, &f); i++) {
        put_text(r, i ? ",{\"file\":" : "{\"file\":");
        put_string(r, f.file);
        put_text(r, ",\"line\":");
        put_decimal(r, f.line);
        put_text(r, ",\"function\":");
        put_string(r, f.function);
        *r->at++ = '}';
    }
    put_text(r, "]}");
    line_end(r);
}

void recorder_payload(struct recorder *r, const struct trace *t, unsigned bytes_max)
{
    must(bytes_max <= RECORD_PAYLOAD_MAX);
    r->trace = t;
    r->payload_max = bytes_max;
}

/* The first bytes, and if there are more, how many there are. */
static void put_payload(struct recorder *r, const struct trace_payload *p)
{
    static const char hex[] = "0123456789abcdef";
    const uint8_t *bytes = p->bytes;

    put_text(r, ",\"data\":\"");
    for (size_t i = 0; i < p->count && i < r->payload_max; i++) {
        *r->at++ = hex[bytes[i] >> 4];
        *r->at++ = hex[bytes[i] & 15];
    }
    *r->at++ = '"';
    if (p->count <= r->payload_max)
        return;
    put_text(r, ",\"data_bytes\":");
    put_decimal(r, p->count);
}

void recorder_event(void *recorder, const struct event *e)
{
    struct recorder *r = recorder;
    const char *name;

    if (e->site && (e->site >= r->sites_max || !r->site_said[e->site]))
        say_site(r, e->site);
    r->at = form_event(&r->form, spool_reserve(r->spool), e);
    if (e->kind == EV_AGENT && r->names &&
        (name = r->names(r->names_ctx, (uint16_t)OBJ_NUMBER(e->obj)))) {
        put_text(r, ",\"name\":");
        put_string(r, name);
    }
    if (r->payload_max && r->trace->payload.bytes)
        put_payload(r, &r->trace->payload);
    *r->at++ = '}';
    line_end(r);
}

void recorder_line(struct recorder *r, const char *json)
{
    spool_line(r->spool, json, strlen(json));
}

/* A text that somebody typed. One that is too long is not said: a control character takes six bytes, and
 * the header is formatted in place. */
static void put_option(struct recorder *r, const char *name, const char *text, size_t max)
{
    if (!text || strlen(text) >= max)
        return;
    put_text(r, name);
    put_string(r, text);
}

static void say_header(struct recorder *r, const struct record_header *h)
{
    line_begin(r);
    put_text(r, "{\"dmatrace\":");
    put_decimal(r, TRACE_VERSION);
    put_text(r, ",\"tool\":");
    put_string(r, h->tool);
    put_text(r, ",\"driver\":");
    put_string(r, h->driver);
    put_text(r, ",\"digest\":");
    put_string(r, h->driver_digest);
    put_text(r, ",\"scenario\":");
    put_string(r, h->scenario);
    put_text(r, ",\"profile\":");
    put_string(r, h->profile);
    put_text(r, ",\"profile_text\":");
    put_string(r, h->profile_text);
    put_text(r, ",\"seed\":");
    put_number(r, h->seed);
    put_text(r, ",\"strategy\":");
    put_string(r, h->strategy);
    put_text(r, ",\"limits\":{\"steps_max\":");
    put_number(r, h->steps_max);
    put_text(r, ",\"virtual_ns_max\":");
    put_number(r, h->virtual_ns_max);
    *r->at++ = '}';
    put_option(r, ",\"subject\":", h->subject, RECORD_SUBJECT_MAX);
    put_option(r, ",\"bug\":", h->bug, RECORD_BUG_MAX);
    put_option(r, ",\"mend\":", h->mend, RECORD_MEND_MAX);
    put_option(r, ",\"devices\":", h->devices, RECORD_DEVICES_MAX);
    put_option(r, ",\"faults\":", h->faults, RECORD_FAULTS_MAX);
    put_text(r, ",\"scenario_flags\":");
    put_decimal(r, h->scenario_flags);
    put_text(r, h->races ? ",\"races\":true" : ",\"races\":false");
    put_text(r, h->bugcheck_stops ? ",\"bugcheck_stops\":true" : ",\"bugcheck_stops\":false");
    if (h->plan)
        put_text(r, ",\"plan\":true");
    *r->at++ = '}';
    line_end(r);
}

struct recorder *recorder_open(const char *path, const struct record_header *h,
                               struct site_depot *depot, const char *(*names)(void *, uint16_t),
                               void *names_ctx, char *message, size_t message_size)
{
    struct recorder *r = calloc(1, sizeof(*r));

    if (!r) {
        snprintf(message, message_size, "%s: no memory for a recorder", path);
        return NULL;
    }
    form_prepare();
    r->depot = depot;
    r->names = names;
    r->names_ctx = names_ctx;
    r->spool = spool_open(path, message, message_size);
    if (!r->spool) {
        free(r);
        return NULL;
    }
    say_header(r, h);
    return r;
}

int recorder_close(struct recorder *r, char *message, size_t message_size)
{
    int err = spool_close(r->spool, message, message_size);

    free(r->site_said);
    free(r);
    return err;
}
