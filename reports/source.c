/*
 * A line of the driver's source, for the formats that show what a place says. Names of files are as the
 * compiler was given them, from the folder that it worked in.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reports/report.h"
#include "reports/story.h"

static FILE *open_source(const struct report *r, const char *file)
{
    char path[4096];
    FILE *f = NULL;

    for (unsigned i = 0; r->story && i < r->story->root_count && !f && *file != '/'; i++)
        if ((size_t)snprintf(path, sizeof path, "%s/%s", r->story->roots[i], file) < sizeof path)
            f = fopen(path, "r");
    return f ? f : fopen(file, "r");
}

bool report_source_line(const struct report *r, const struct report_frame *frame, char *text,
                        size_t size)
{
    FILE *f = frame->file && *frame->file && frame->line ? open_source(r, frame->file) : NULL;
    unsigned line = 1;
    size_t used = 0;
    int c;

    if (!f)
        return false;
    while ((c = getc(f)) != EOF && line <= frame->line) {
        if (line == frame->line && c != '\n' && used + 1 < size &&
            (used || !isspace(c))) /* its indentation says nothing here */
            text[used++] = iscntrl(c) ? ' ' : (char)c;
        line += c == '\n';
    }
    fclose(f);
    while (used && isspace((unsigned char)text[used - 1]))
        used--;
    text[used] = '\0';
    return used > 0;
}
