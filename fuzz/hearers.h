/*
 * Whoever hears events, all of them together: the verifier, the ledger, the timeline, what readiness
 * wants to have seen, and the text of each event. At the end what they found is written in full.
 */
#ifndef DMACHECK_FUZZ_HEARERS_H
#define DMACHECK_FUZZ_HEARERS_H

#include <fcntl.h>
#include <string.h>

#include "fuzz/bytes.h"
#include "reports/dump.h"
#include "reports/readiness.h"
#include "reports/story.h"
#include "trace/text.h"
#include "verifier/ledger.h"
#include "verifier/verify.h"

struct hearers {
    struct site_depot *depot;
    struct verifier *v;
    struct timeline *timeline;
    struct ledger *ledger;
    uint32_t seen;
};

static inline struct hearers hearers_begin(struct site_depot *depot, bool remapped)
{
    static struct ledger ledger;
    struct hearers h = { .depot = depot,
                         .v = verifier_create(depot),
                         .timeline = timeline_create(),
                         .ledger = &ledger };

    if (!h.v || !h.timeline)
        wrong("no memory", "");
    verifier_begin(h.v, "remap", 1, remapped);
    ledger_begin(h.ledger);
    return h;
}

static inline const char *hearers_name(void *ctx, uint16_t agent)
{
    (void)ctx;
    return agent & 1 ? "agent" : "";
}

static inline void hearers_event(struct hearers *h, const struct event *e)
{
    char text[TRACE_TEXT_MAX];

    verifier_event(h->v, e);
    timeline_event(h->timeline, e);
    ledger_event(h->ledger, e);
    readiness_event(&h->seen, e);
    trace_text(text, sizeof text, e, h->depot, "agent");
}

static inline void hearers_finding(struct hearers *h, struct report *r, const struct finding *f)
{
    struct report_finding to = { .rule = f->word,
                                 .severity = f->severity,
                                 .message = f->message,
                                 .scenario = "s",
                                 .profile = "remap" };

    if (!*f->message || strstr(f->message, "(null)"))
        wrong("a finding without words", f->word);
    report_add_finding(r, 0, &to);
    timeline_mark(h->timeline, &(struct timeline_mark) { f->seq, f->ns, f->obj, f->owner,
                                                         (unsigned)report_index_of(r, &to) });
}

static inline void hearers_write(struct hearers *h, const struct report *r)
{
    static const struct report_style style = { .verbosity = 1 };
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct writer w;

    writer_init(&w, nowhere, false);
    dump_text(&w, h->ledger, h->depot, "");
    writer_flush(&w);
    if (nowhere < 0 || report_writer_find("html")->write(r, nowhere, &style))
        wrong("no page", "");
    close(nowhere);
}

static inline void hearers_end(struct hearers *h)
{
    struct report_run run = { .scenario = "s", .profile = "remap", .seed = 1 };
    struct report_story *story;
    struct report r;

    verifier_end(h->v);
    run.seen = h->seen;
    report_init(&r, "d");
    r.watched = true;
    report_add_run(&r, &run);
    for (unsigned i = 0; i < finding_count(h->v); i++)
        hearers_finding(h, &r, finding_at(h->v, i));
    timeline_close(h->timeline, h->depot, hearers_name, NULL);
    story = report_story(&r);
    story->timelines[story->timeline_count++] = h->timeline;
    report_fingerprint_all(&r);
    hearers_write(h, &r);
    report_free(&r);
    verifier_destroy(h->v);
}

#endif
