/*
 * Where reports go: stdout, or files whose extension says the format.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STDOUT_NAME "-"

static bool is_stdout(const char *path) { return !path || !strcmp(path, STDOUT_NAME); }

/* NULL: the extension says nothing, and no --format does. */
static const struct report_writer *writer_of(const struct cli_outputs *o, const char *path)
{
    const struct report_writer *w = is_stdout(path) ? NULL : report_writer_find(path);

    if (!w && o->format)
        w = report_writer_find(o->format);
    if (!w && is_stdout(path))
        w = report_writer_find("text");
    return w;
}

int cli_outputs_add(struct cli_outputs *o, const char *path)
{
    if (o->path_count == sizeof o->paths / sizeof *o->paths)
        return cli_wrong("more than %zu times -o", sizeof o->paths / sizeof *o->paths);
    o->paths[o->path_count++] = path;
    return 0;
}

/* A file that cannot be written is told before the runs, not after them. What is there stays. */
static int check_path(const struct cli_outputs *o, const char *path)
{
    int fd;

    if (!writer_of(o, path))
        return cli_wrong("-o %s: the extension names no format; --format does", path);
    if (is_stdout(path))
        return 0;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return cli_wrong("cannot write %s: %s", path, strerror(errno));
    close(fd);
    return 0;
}

int cli_outputs_check(const struct cli_outputs *o)
{
    if (o->format && !report_writer_find(o->format)) {
        char names[256] = "";

        for (unsigned i = 0; report_writers_all[i]; i++) {
            strncat(names, i ? ", " : "", sizeof names - strlen(names) - 1);
            strncat(names, report_writers_all[i]->name, sizeof names - strlen(names) - 1);
        }
        return cli_wrong("unknown format '%s'; known: %s", o->format, names);
    }
    for (unsigned i = 0; i < o->path_count; i++)
        if (check_path(o, o->paths[i]))
            return DM_USAGE;
    return 0;
}

static int write_one(const struct cli_outputs *o, const struct report *r, const char *path)
{
    struct report_style style = o->style;
    int fd = STDOUT_FILENO, error;

    if (!is_stdout(path)) {
        style.color = false;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (fd < 0)
            return cli_wrong("cannot write %s: %s", path, strerror(errno));
    }
    error = writer_of(o, path)->write(r, fd, &style);
    if (!is_stdout(path) && close(fd))
        error = -1;
    return error ? cli_wrong("cannot write %s", is_stdout(path) ? "to standard output" : path) : 0;
}

int cli_outputs_write(const struct cli_outputs *o, const struct report *r)
{
    int code = 0;

    if (!o->path_count)
        return write_one(o, r, NULL);
    for (unsigned i = 0; i < o->path_count; i++)
        code = cli_worse(code, write_one(o, r, o->paths[i]));
    return code;
}

bool cli_wants_story(const struct cli_outputs *o)
{
    bool wanted = !o->path_count && writer_of(o, NULL)->tells_story;

    for (unsigned i = 0; i < o->path_count; i++)
        wanted = wanted || writer_of(o, o->paths[i])->tells_story;
    return wanted;
}

bool cli_color_known(const char *when)
{
    return !when || !strcmp(when, "auto") || !strcmp(when, "always") || !strcmp(when, "never");
}

bool cli_color(const char *when)
{
    const char *no_color = getenv("NO_COLOR");

    if (when && !strcmp(when, "always"))
        return true;
    if ((when && !strcmp(when, "never")) || (no_color && *no_color))
        return false;
    return isatty(STDOUT_FILENO);
}
