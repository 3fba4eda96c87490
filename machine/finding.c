/*
 * Findings, from the verifier's form (ids of sites) to the one that users of a machine read (files
 * and lines).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"

/* One finding with everything that its pointers point to. */
struct finding_view {
    struct dm_finding finding;
    struct dm_finding_site sites[FINDING_SITES_MAX];
    struct dm_site_frame frames[FINDING_SITES_MAX][SITE_FRAMES_MAX];
    struct site_frame_text texts[FINDING_SITES_MAX][SITE_FRAMES_MAX];
};

static void site_fill(struct dm_machine *m, struct finding_view *v, unsigned i,
                      const struct finding_site *from)
{
    struct dm_finding_site *to = &v->sites[i];
    unsigned count = site_frame_count(m->s->depot, from->site);

    to->role = finding_role_word(from->role);
    to->frames = v->frames[i];
    for (unsigned f = 0; f < count && f < SITE_FRAMES_MAX; f++) {
        struct site_frame_text *t = &v->texts[i][f];

        if (!site_frame_text(m->s->depot, from->site, f, t))
            continue;
        v->frames[i][to->frame_count++] = (struct dm_site_frame) { t->file, t->function, t->line };
    }
}

static void view_fill(struct dm_machine *m, struct finding_view *v, const struct finding *f)
{
    memset(v, 0, sizeof(*v));
    v->finding = (struct dm_finding) { .rule = f->word,
                                       .severity = f->severity,
                                       .message = f->message,
                                       .driver_verifier = f->driver_verifier,
                                       .sites = v->sites,
                                       .site_count = f->site_count,
                                       .seq = f->seq,
                                       .ns = f->ns,
                                       .obj = f->obj,
                                       .owner = f->owner };
    for (unsigned i = 0; i < f->site_count; i++)
        site_fill(m, v, i, &f->sites[i]);
}

/* Symbols are looked up here, after the run, since that is slow and says nothing to the machine. */
void findings_gather(struct dm_machine *m)
{
    unsigned count = m->verifier ? finding_count(m->verifier) : 0;

    findings_forget(m);
    if (!count)
        return;
    free(m->views);
    m->views = calloc(count, sizeof(*m->views));
    must(m->views);
    for (unsigned i = 0; i < count; i++)
        view_fill(m, &m->views[i], finding_at(m->verifier, i));
    m->view_count = count;
}

void findings_forget(struct dm_machine *m) { m->view_count = 0; }

unsigned dm_finding_count(const struct dm_machine *m) { return m->view_count; }

const struct dm_finding *dm_finding(const struct dm_machine *m, unsigned index)
{
    return index < m->view_count ? &m->views[index].finding : NULL;
}

/* --- into the trace, one line each --- */

static size_t put(char *out, size_t at, size_t size, const char *text)
{
    while (*text && at + 1 < size)
        out[at++] = *text++;
    out[at] = 0;
    return at;
}

/* A JSON string with its quotes. */
static size_t put_string(char *out, size_t at, size_t size, const char *text)
{
    at = put(out, at, size, "\"");
    for (; text && *text; text++) {
        char one[8];

        if (*text == '"' || *text == '\\')
            snprintf(one, sizeof(one), "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            snprintf(one, sizeof(one), "\\u%04x", (unsigned char)*text);
        else
            snprintf(one, sizeof(one), "%c", *text);
        at = put(out, at, size, one);
    }
    return put(out, at, size, "\"");
}

static size_t put_frame(char *out, size_t at, size_t size, const struct dm_site_frame *f)
{
    char line[16];

    at = put(out, at, size, "{\"file\":");
    at = put_string(out, at, size, f->file);
    snprintf(line, sizeof(line), "%u", f->line);
    at = put(out, at, size, ",\"line\":");
    at = put(out, at, size, line);
    at = put(out, at, size, ",\"function\":");
    at = put_string(out, at, size, f->function);
    return put(out, at, size, "}");
}

static size_t put_site(char *out, size_t at, size_t size, const struct dm_finding_site *s)
{
    at = put(out, at, size, "{\"role\":");
    at = put_string(out, at, size, s->role);
    at = put(out, at, size, ",\"frames\":[");
    for (unsigned i = 0; i < s->frame_count; i++) {
        if (i)
            at = put(out, at, size, ",");
        at = put_frame(out, at, size, &s->frames[i]);
    }
    return put(out, at, size, "]}");
}

void findings_record(struct dm_machine *m)
{
    static char line[32768];

    for (unsigned i = 0; i < m->view_count; i++) {
        const struct dm_finding *f = &m->views[i].finding;
        size_t at = put(line, 0, sizeof(line), "{\"k\":\"finding\",\"rule\":");

        at = put_string(line, at, sizeof(line), f->rule);
        at = put(line, at, sizeof(line), ",\"severity\":");
        at = put_string(line, at, sizeof(line), f->severity);
        at = put(line, at, sizeof(line), ",\"message\":");
        at = put_string(line, at, sizeof(line), f->message);
        at = put(line, at, sizeof(line), ",\"driver_verifier\":");
        at = put_string(line, at, sizeof(line), f->driver_verifier);
        at = put(line, at, sizeof(line), ",\"sites\":[");
        for (unsigned k = 0; k < f->site_count; k++) {
            if (k)
                at = put(line, at, sizeof(line), ",");
            at = put_site(line, at, sizeof(line), &f->sites[k]);
        }
        put(line, at, sizeof(line), "]}");
        recorder_line(m->recorder, line);
    }
}
