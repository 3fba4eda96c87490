/*
 * What the files of the HTML report share. Text that a driver, a trace or a file brought along goes
 * through html_text, which leaves no markup in it; html_raw is for our own markup alone.
 */
#ifndef DMACHECK_REPORTS_HTML_H
#define DMACHECK_REPORTS_HTML_H

#include "reports/group.h"
#include "reports/report.h"
#include "reports/story.h"
#include "reports/writer.h"

#define HTML_BYTES_MAX (8u << 20) /* further findings are one line each, and a note says so */

struct html {
    struct writer w;
    const struct report *report;
    struct report_groups groups; /* findings as the page numbers them, from 0 */
    unsigned *group_of;          /* by the number of a finding in the report */
    bool *on_timeline;           /* by group */
    uint64_t bytes;              /* written so far */
    unsigned cut;                /* findings that are one line because of HTML_BYTES_MAX */
    unsigned excerpts_missing;
};

void html_raw(struct html *h, const char *markup);
void html_text(struct html *h, const char *text); /* NULL: nothing */
void html_number(struct html *h, uint64_t value);
/* Our own format with numbers and our own words alone. */
void html_say(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* <element class="...">text</element> */
void html_element(struct html *h, const char *element, const char *class_name, const char *text);

/* --- html_finding.c --- */
void html_findings(struct html *h);
/* The number of the group that a finding of the report is in; the groups' count: it is not listed. */
unsigned html_group_of(const struct html *h, unsigned finding);

/* --- html_readiness.c --- */
void html_readiness(struct html *h);

/* --- html_coverage.c --- */
void html_coverage(struct html *h);

/* --- html_source.c --- */
/* The lines around a place, the line itself marked; or a sentence that says what is missing. */
void html_source(struct html *h, const struct report_frame *frame);

/* --- html_picture.c --- */
/* The picture of what a finding is about, when some timeline knows it. */
void html_picture(struct html *h, unsigned group);

/* --- html_ranges.c --- */
/* What was mapped at the time of a finding about an address; nothing where it is about none. */
void html_ranges(struct html *h, const struct timeline *t, const struct timeline_mark *m);

/* --- html_timeline.c --- */
void html_timelines(struct html *h);     /* the section, which the script fills */
void html_timeline_data(struct html *h); /* the data, as JSON in an element of its own */
/* Fills h->on_timeline. */
void html_find_marks(struct html *h);

/* Made from reports/html/ by tools/embed.sh. */
extern const char html_style[], html_script[];

#endif
