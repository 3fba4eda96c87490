/*
 * run.c: child processes and the private folder. The folder stands beside the output, so that it is
 * on the same disk, and is removed on every way out.
 */
#include "ddkcc/ddkcc.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *tmp_path; /* null when there is nothing to remove */

void tmp_create(struct options *o)
{
    char *path = say("%s.ddkcc.XXXXXX", o->out);

    if (!mkdtemp(path))
        quit(EXIT_USAGE, "cannot make a folder beside %s: %s", o->out, strerror(errno));
    o->tmp = path;
    if (!o->keep)
        tmp_path = path;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

void tmp_remove(void)
{
    if (tmp_path)
        nftw(tmp_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    tmp_path = NULL;
}

/* Runs argv and returns its exit code. What it says goes into the file `said`. */
int run_heard(const struct options *o, char **argv, const char *said)
{
    int status;

    if (o->verbose) {
        for (char **a = argv; *a; a++)
            fprintf(stderr, "%s%s", a == argv ? "+ " : " ", *a);
        fputc('\n', stderr);
    }
    pid_t pid = fork();
    if (pid < 0)
        quit(EXIT_TOOL, "cannot start %s: %s", argv[0], strerror(errno));
    if (pid == 0) {
        if (said && !freopen(said, "w", stderr))
            _exit(127);
        execvp(argv[0], argv);
        fprintf(stderr, "ddkcc: cannot run %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            quit(EXIT_TOOL, "cannot wait for %s: %s", argv[0], strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) != 127)
        return WEXITSTATUS(status);
    if (WIFSIGNALED(status))
        quit(EXIT_TOOL, "%s was ended by signal %d", argv[0], WTERMSIG(status));
    quit(EXIT_USAGE, "%s did not run; set DDKCC_CLANG to a clang of version 14 or later", argv[0]);
}

/* The same, and what it says goes to our own standard error. */
int run(const struct options *o, char **argv) { return run_heard(o, argv, NULL); }
