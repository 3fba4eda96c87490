/*
 * What a report may hold besides findings, for the formats that show it: how runs went, where sources
 * lie. A report without it is whole as well.
 */
#ifndef DMACHECK_REPORTS_STORY_H
#define DMACHECK_REPORTS_STORY_H

#include "reports/report.h"
#include "reports/timeline.h"

#define STORY_TIMELINES_MAX 6
#define STORY_ROOTS_MAX 4

struct report_story {
    struct timeline *timelines[STORY_TIMELINES_MAX]; /* owned; in the order of the report's runs */
    unsigned timeline_count;
    const char *roots[STORY_ROOTS_MAX]; /* folders that sources' names start from */
    unsigned root_count;
};

/* Makes the report's story if it has none yet; freed with the report. */
struct report_story *report_story(struct report *r);
void report_story_free(struct report_story *s); /* NULL: nothing happens */
/* A further folder to look for sources in; copies. */
void report_story_root(struct report *r, const char *folder);

#endif
