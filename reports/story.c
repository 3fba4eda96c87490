/*
 * A report's story: made when somebody has one to tell.
 */
#include "reports/story.h"

#include <stdlib.h>

#include "base/must.h"

struct report_story *report_story(struct report *r)
{
    if (!r->story) {
        r->story = calloc(1, sizeof *r->story);
        must(r->story);
    }
    return r->story;
}

void report_story_free(struct report_story *s)
{
    for (unsigned i = 0; s && i < s->timeline_count; i++)
        timeline_destroy(s->timelines[i]);
    free(s);
}

void report_story_root(struct report *r, const char *folder)
{
    struct report_story *s = report_story(r);

    if (s->root_count < STORY_ROOTS_MAX)
        s->roots[s->root_count++] = report_keep(r, folder);
}
