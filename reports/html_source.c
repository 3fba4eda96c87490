/*
 * Source lines around a place in the driver, as they lie on disk when the page is written. Names of
 * files come out of debug information or out of a trace from anywhere, so only what is called like C
 * source is opened.
 */
#include "reports/html.h"

#include <stdio.h>
#include <string.h>

#define AROUND 4 /* lines before and after */
#define LINE_MAX_SHOWN 200

static bool is_source(const char *file)
{
    static const char *const ends[] = { ".c", ".h", ".cpp", ".cc", ".cxx", ".hpp", ".inl", ".inc" };
    const char *dot = strrchr(file, '.');

    for (unsigned i = 0; dot && i < sizeof ends / sizeof *ends; i++)
        if (!strcmp(dot, ends[i]))
            return true;
    return false;
}

static FILE *open_source(const struct report *r, const char *file)
{
    char path[4096];
    FILE *f = NULL;

    if (!is_source(file))
        return NULL;
    if (*file == '/')
        return fopen(file, "r");
    for (unsigned i = 0; r->story && i < r->story->root_count && !f; i++)
        if ((size_t)snprintf(path, sizeof path, "%s/%s", r->story->roots[i], file) < sizeof path)
            f = fopen(path, "r");
    return f;
}

/* One line without its end; false: there is none. What is longer than a page is wide is cut. */
static bool next_line(FILE *f, char *line)
{
    size_t n = 0;
    int c;

    while ((c = fgetc(f)) != EOF && c != '\n')
        if (c != '\r' && n < LINE_MAX_SHOWN)
            line[n++] = (char)c;
    line[n] = '\0';
    return c != EOF || n > 0;
}

/* How many columns all of the lines are indented: less of that, more of the code is seen. Lines of the
 * preprocessor stand at the edge whatever the code does. */
static unsigned common_indent(char (*lines)[LINE_MAX_SHOWN + 1], unsigned count)
{
    unsigned least = LINE_MAX_SHOWN;

    for (unsigned i = 0; i < count; i++) {
        unsigned n = (unsigned)strspn(lines[i], " \t");

        if (lines[i][n] && lines[i][n] != '#' && n < least)
            least = n;
    }
    return least;
}

void html_source(struct html *h, const struct report_frame *frame)
{
    char lines[2 * AROUND + 1][LINE_MAX_SHOWN + 1];
    unsigned first = frame->line > AROUND ? frame->line - AROUND : 1, count = 0, at = 0, indent,
             skipped;
    FILE *f =
        frame->file && *frame->file && frame->line ? open_source(h->report, frame->file) : NULL;

    while (f && ++at < first && next_line(f, lines[0]))
        ;
    while (f && at == first && count < sizeof lines / sizeof *lines && next_line(f, lines[count]))
        count++;
    if (f)
        fclose(f);
    if (first + count <= frame->line || !count) {
        h->excerpts_missing++;
        html_raw(h, "<p class=\"missing\">No source: ");
        html_text(h, frame->file && *frame->file ? frame->file : "the file's name is not known");
        html_raw(h, f ? " has fewer lines than that.</p>\n" : " was not found.</p>\n");
        return;
    }
    indent = common_indent(lines, count);
    html_raw(h, "<pre class=\"source\">");
    for (unsigned i = 0; i < count; i++) {
        html_say(h, "<span class=\"line%s\"><b>%u</b>", first + i == frame->line ? " here" : "",
                 first + i);
        skipped = (unsigned)strspn(lines[i], " \t");
        html_text(h, lines[i] + (skipped < indent ? skipped : indent));
        html_raw(h, "\n</span>");
    }
    html_raw(h, "</pre>\n");
}
