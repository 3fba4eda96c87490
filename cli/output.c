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

static const struct report_writer *writer_of(const struct cli_outputs *o, const char *path)
{
    const struct report_writer *w = path ? report_writer_find(path) : NULL;

    return w ? w : report_writer_find(o->format ? o->format : "text");
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
    return 0;
}

static int write_one(const struct cli_outputs *o, const struct report *r, const char *path)
{
    struct report_style style = o->style;
    int fd = STDOUT_FILENO, error;

    if (path) {
        style.color = false;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (fd < 0)
            return cli_wrong("cannot write %s: %s", path, strerror(errno));
    }
    error = writer_of(o, path)->write(r, fd, &style);
    if (path && close(fd))
        error = -1;
    return error ? cli_wrong("cannot write %s", path ? path : "to standard output") : 0;
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

bool cli_color(const char *when)
{
    const char *no_color = getenv("NO_COLOR");

    if (when && !strcmp(when, "always"))
        return true;
    if ((when && !strcmp(when, "never")) || (no_color && *no_color))
        return false;
    return isatty(STDOUT_FILENO);
}
